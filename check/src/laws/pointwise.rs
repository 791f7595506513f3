//! What holds for every loss of one prediction and one target: its drivers,
//! written once. An operation's file says what it is, and adds its own laws.

mod batches;
mod methods;
mod second;
mod slope;
mod values;
mod working;

pub use batches::reductions_and_weights;
pub use methods::methods_agree;
pub use second::{
    CurvedLoss, Curves, mixed_types_round_once, pairs_round_once, second_derivatives,
    second_is_the_slope, second_methods_agree,
};
pub use slope::derivative_is_the_slope;
pub use values::values_and_derivatives;
pub use working::{working_methods_agree, working_responses};

use crate::laws::elementwise::{Method, Operation};
use crate::numbers::{Number, Random, around, error_at, special};
use crate::reference::{Double, ulp};
use gradstep::loss::{Loss, Pointwise};
use gradstep::{Error, Execution, Level, Reduction};
use std::fmt::Debug;

/// A loss with its parameters.
pub trait PointwiseLoss<E: Number>: Copy + Debug + Send + Sync + 'static {
    /// The formula.
    type Formula: Pointwise<E> + 'static;
    /// See [`Operation::NEEDS_FUSION`].
    const NEEDS_FUSION: bool = false;

    /// The loss with the methods of all losses.
    fn loss<'w>(self) -> Loss<'w, E, Self::Formula>;

    /// Turns any numbers into a prediction and a target that are not refused. NaN stays NaN.
    fn admit(self, prediction: E, target: E) -> (E, E) {
        (prediction, target)
    }

    /// Whether the formula is meant for these numbers, of those that it takes.
    fn is_meant(self, _prediction: E, _target: E) -> bool {
        true
    }

    /// A prediction and a target, not near the ends of the type.
    fn ordinary(self, random: &mut Random) -> (E, E) {
        (random.ordinary(-4.0, 4.0), random.ordinary(-4.0, 4.0))
    }

    /// Distances between prediction and target where the formula changes.
    fn kinks(self) -> Vec<E> {
        Vec::new()
    }

    /// Where the formula changes, and around: at the kinks.
    fn corners(self) -> Vec<(E, E)> {
        let mut corners = Vec::new();
        for kink in self.kinks() {
            for target in [E::ZERO, kink, -E::ONE, E::from_f64(0.3)] {
                for place in [target + kink, target - kink] {
                    corners.extend(around(place, 4).map(|prediction| (prediction, target)));
                }
            }
        }
        corners
    }
}

/// An exact result, and how far from it a rounded one may lie.
#[derive(Clone, Copy, Debug)]
pub struct Exact {
    /// The result.
    pub value: Double,
    /// The term whose ULPs count.
    pub magnitude: Double,
    /// How many of them are allowed.
    pub ulps: f64,
    /// What is allowed beyond: what underflow has cost intermediate results.
    pub slack: Double,
}

impl Exact {
    /// Within `ulps` of the result itself.
    #[must_use]
    pub fn new(value: Double, ulps: f64) -> Self {
        Exact { value, magnitude: value, ulps, slack: Double::ZERO }
    }

    /// How far `got` is off, in ULPs.
    #[must_use]
    pub fn error<E: Number>(&self, got: E) -> f64 {
        error_at(got, self.value, self.magnitude)
    }

    /// Whether `got` is near enough.
    #[must_use]
    pub fn allows<E: Number>(&self, got: E) -> bool {
        let slack = (self.slack / ulp::unit(self.magnitude, E::FORMAT)).to_f64();
        self.error(got) <= self.ulps + slack
    }
}

/// A loss with a definition.
pub trait ReferencedLoss<E: Number>: PointwiseLoss<E> {
    /// Its name in the table of tolerances.
    const NAME: &'static str;

    /// Value and derivative; `None` where an intermediate result leaves the range of the
    /// type, or the formula is not meant for the inputs.
    fn exact(self, prediction: E, target: E) -> Option<[Exact; 2]>;
}

/// The methods of a loss without its type: a law is compiled once for all losses of `E`.
pub(crate) trait Methods<E> {
    fn loss(&self, x: &[E], y: &[E]) -> f64;
    fn loss_and_grad(&self, x: &[E], y: &[E], grad: &mut [E]) -> f64;
    fn loss_and_grad_in_place(&self, x: &mut [E], y: &[E]) -> f64;
    fn losses(&self, x: &[E], y: &[E], values: &mut [E]);
    fn backward(&self, x: &[E], y: &[E], upstream: &[E], grad: &mut [E]);
}

impl<E: Number, P: Pointwise<E>> Methods<E> for Loss<'_, E, P> {
    fn loss(&self, x: &[E], y: &[E]) -> f64 {
        self.loss(x, y).expect("not refused")
    }
    fn loss_and_grad(&self, x: &[E], y: &[E], grad: &mut [E]) -> f64 {
        self.loss_and_grad(x, y, grad).expect("not refused")
    }
    fn loss_and_grad_in_place(&self, x: &mut [E], y: &[E]) -> f64 {
        self.loss_and_grad_in_place(x, y).expect("not refused")
    }
    fn losses(&self, x: &[E], y: &[E], values: &mut [E]) {
        self.losses(x, y, values).expect("not refused");
    }
    fn backward(&self, x: &[E], y: &[E], upstream: &[E], grad: &mut [E]) {
        self.backward(x, y, upstream, grad).expect("not refused");
    }
}

/// [`PointwiseLoss`] without its type.
pub(crate) trait AnyLoss<E: Number>: Debug {
    fn on<'w>(
        &self,
        level: Level,
        reduction: Reduction,
        weights: Option<&'w [E]>,
    ) -> Box<dyn Methods<E> + 'w>;
    fn admitted(&self, prediction: E, target: E) -> (E, E);
    fn takes(&self, pair: [E; 2]) -> bool;
    fn ordinary_pair(&self, random: &mut Random) -> (E, E);
    fn all_corners(&self) -> Vec<(E, E)>;
}

impl<E: Number, L: PointwiseLoss<E>> AnyLoss<E> for L {
    fn on<'w>(
        &self,
        level: Level,
        reduction: Reduction,
        weights: Option<&'w [E]>,
    ) -> Box<dyn Methods<E> + 'w> {
        let loss = self.loss().reduction(reduction).execution(on(level));
        Box::new(match weights {
            Some(weights) => loss.weights(weights),
            None => loss,
        })
    }
    fn admitted(&self, prediction: E, target: E) -> (E, E) {
        self.admit(prediction, target)
    }
    /// Whether the loss takes these numbers as they are, and is meant for them.
    fn takes(&self, pair: [E; 2]) -> bool {
        let admitted = <[E; 2]>::from(self.admit(pair[0], pair[1]));
        admitted.map(E::bits) == pair.map(E::bits) && self.is_meant(pair[0], pair[1])
    }
    fn ordinary_pair(&self, random: &mut Random) -> (E, E) {
        self.ordinary(random)
    }
    fn all_corners(&self) -> Vec<(E, E)> {
        self.corners()
    }
}

/// [`ReferencedLoss`] without its type.
pub(crate) trait AnyReferencedLoss<E: Number>: AnyLoss<E> {
    fn exact_at(&self, prediction: E, target: E) -> Option<[Exact; 2]>;
}

impl<E: Number, L: ReferencedLoss<E>> AnyReferencedLoss<E> for L {
    fn exact_at(&self, prediction: E, target: E) -> Option<[Exact; 2]> {
        self.exact(prediction, target)
    }
}

/// Any: not 1, nor a power of 2.
const DENOMINATOR: f64 = 7.3;

fn on(level: Level) -> Execution {
    Execution::new().level(level)
}

/// A loss as an operation.
#[derive(Clone, Copy, Debug)]
pub struct Elements<L>(pub L);

impl<E: Number, L: PointwiseLoss<E>> Operation<E> for Elements<L> {
    const COLUMNS: &'static [&'static str] = &["prediction", "target", "weight", "upstream"];
    const NUMBERS: &'static [usize] = &[2];
    const NEEDS_FUSION: bool = L::NEEDS_FUSION;

    fn methods(self) -> Vec<Method<E>> {
        type Call<E, P> =
            fn(&Loss<'_, E, P>, &[&[E]], &mut [&mut [E]]) -> Result<Option<f64>, Error>;
        // Name, columns read, columns written.
        type Row<E, P> = (&'static str, &'static [usize], usize, Call<E, P>);
        let calls: [Row<E, L::Formula>; 5] = [
            ("loss", &[0, 1], 0, |loss, x, _| loss.loss(x[0], x[1]).map(Some)),
            ("loss_and_grad", &[0, 1], 1, |loss, x, out| {
                loss.loss_and_grad(x[0], x[1], out[0]).map(Some)
            }),
            ("loss_and_grad_in_place", &[0, 1], 1, |loss, x, out| {
                out[0].copy_from_slice(x[0]);
                loss.loss_and_grad_in_place(out[0], x[1]).map(Some)
            }),
            ("losses", &[0, 1], 1, |loss, x, out| loss.losses(x[0], x[1], out[0]).map(|()| None)),
            ("backward", &[0, 1, 3], 1, |loss, x, out| {
                loss.backward(x[0], x[1], x[3], out[0]).map(|()| None)
            }),
        ];
        let mut methods = Vec::new();
        for weighted in [false, true] {
            for (name, reads, outputs, call) in calls {
                let mut reads = reads.to_vec();
                reads.extend(weighted.then_some(2));
                methods.push(Method::with_sum(name, &reads, outputs, move |level, x, out| {
                    let reduction = Reduction::DivideBy(DENOMINATOR);
                    let mut loss = self.0.loss().reduction(reduction).execution(on(level));
                    if weighted {
                        loss = loss.weights(x[2]);
                    }
                    call(&loss, x, out).expect("not refused")
                }));
            }
        }
        methods
    }

    fn ordinary(self, random: &mut Random) -> Vec<E> {
        ordinary(&self.0, random).into()
    }

    fn admit(self, row: &mut [E]) {
        (row[0], row[1]) = self.0.admit(row[0], row[1]);
        // Weights are numbers of at least 0; -0 is one.
        if row[2] < E::ZERO {
            row[2] = -row[2];
        }
        if !row[2].finite() {
            row[2] = E::ONE;
        }
    }
}

/// An ordinary prediction and target, with a weight and an upstream factor.
fn ordinary<E: Number>(loss: &dyn AnyLoss<E>, random: &mut Random) -> [E; 4] {
    let (prediction, target) = loss.ordinary_pair(random);
    [prediction, target, random.ordinary(0.0, 2.0), random.ordinary(-2.0, 2.0)]
}

/// Value and derivative of each pair.
pub(crate) fn pointwise<E: Number>(
    loss: &dyn AnyLoss<E>,
    level: Level,
    pairs: &[[E; 2]],
) -> Vec<(E, E)> {
    let loss = loss.on(level, Reduction::Mean, None);
    let prediction: Vec<E> = pairs.iter().map(|pair| pair[0]).collect();
    let target: Vec<E> = pairs.iter().map(|pair| pair[1]).collect();
    let ones = vec![E::ONE; pairs.len()];
    let (mut values, mut derivatives) = (ones.clone(), ones.clone());
    loss.losses(&prediction, &target, &mut values);
    loss.backward(&prediction, &target, &ones, &mut derivatives);
    values.into_iter().zip(derivatives).collect()
}

fn named<E: Number>(pair: [E; 2]) -> [(&'static str, f64); 2] {
    [("prediction", pair[0].to_f64()), ("target", pair[1].to_f64())]
}

/// Special values, corners, and random pairs: of all magnitudes, close to each
/// other, ordinary.
fn pairs<E: Number>(loss: &dyn AnyLoss<E>) -> Vec<(E, E)> {
    const DRAWS: usize = 3000;
    let mut random = Random::new(1);
    let mut pairs = Vec::new();
    for prediction in special::<E>() {
        pairs.extend(special::<E>().into_iter().map(|target| (prediction, target)));
    }
    pairs.extend(loss.all_corners());
    for _ in 0..DRAWS {
        let (a, b): (E, E) = (random.wide(), random.wide());
        let near = 1.0 + random.within(-1.0, 1.0) * 2f64.powf(random.within(-30.0, 0.0));
        pairs.extend([
            (a, b),
            (E::from_f64(a.to_f64() * near), a),
            loss.ordinary_pair(&mut random),
        ]);
    }
    pairs.into_iter().map(|(prediction, target)| loss.admitted(prediction, target)).collect()
}
