//! Second derivatives: against the reference, against the slope of the first, and the methods
//! that give both against those that give the first.

use super::{AnyLoss, Elements, Exact, PointwiseLoss, ReferencedLoss, named, on, pairs};
use crate::laws::elementwise::{Method, Operation};
use crate::laws::slope::Slopes;
use crate::laws::smallest::smallest;
use crate::numbers::{Number, Random, bits, simple_pairs};
use crate::{Failure, Outcome};
use gradstep::loss::{Loss, TwiceDifferentiable};
use gradstep::{Level, Reduction};

/// A loss with a second derivative and its definition.
pub trait CurvedLoss<E: Number>: ReferencedLoss<E, Formula: TwiceDifferentiable<E>> {
    /// The second derivative, as [`exact`](ReferencedLoss::exact).
    fn exact_second(self, prediction: E, target: E) -> Option<Exact>;
}

/// A loss with the methods that give both derivatives, as an operation.
#[derive(Clone, Copy, Debug)]
pub struct Curves<L>(pub L);

impl<E: Number, L: PointwiseLoss<E, Formula: TwiceDifferentiable<E>>> Operation<E> for Curves<L> {
    const COLUMNS: &'static [&'static str] = &["prediction", "target", "weight", "upstream"];
    const NUMBERS: &'static [usize] = &[2];
    const NEEDS_FUSION: bool = L::NEEDS_FUSION;

    fn methods(self) -> Vec<Method<E>> {
        let mut methods = Vec::new();
        for weighted in [false, true] {
            let of = move |level| self.0.loss().reduction(Reduction::Sum).execution(on(level));
            let reads: &[usize] = if weighted { &[0, 1, 2] } else { &[0, 1] };
            methods.push(Method::new("grad_hess", reads, 2, move |level, x, out| {
                let loss = if weighted { of(level).weights(x[2]) } else { of(level) };
                let [grad, hess] = out else { panic!("two outputs") };
                loss.grad_hess(x[0], x[1], grad, hess).expect("not refused");
            }));
            methods.push(Method::with_sum("loss_grad_hess", reads, 2, move |level, x, out| {
                let loss = if weighted { of(level).weights(x[2]) } else { of(level) };
                let [grad, hess] = out else { panic!("two outputs") };
                Some(loss.loss_grad_hess(x[0], x[1], grad, hess).expect("not refused"))
            }));
            methods.push(Method::new("irls", reads, 2, move |level, x, out| {
                let loss = if weighted { of(level).weights(x[2]) } else { of(level) };
                let [weight, response] = out else { panic!("two outputs") };
                loss.irls(x[0], x[1], weight, response).expect("not refused");
            }));
        }
        methods
    }

    fn ordinary(self, random: &mut Random) -> Vec<E> {
        Elements(self.0).ordinary(random)
    }

    fn admit(self, row: &mut [E]) {
        Elements(self.0).admit(row);
    }
}

/// Both derivatives of each pair.
fn both<E: Number, P: TwiceDifferentiable<E>>(
    loss: Loss<'_, E, P>,
    pairs: &[[E; 2]],
) -> Vec<(E, E)> {
    let column = |k: usize| pairs.iter().map(|pair| pair[k]).collect::<Vec<_>>();
    let (mut grad, mut hess) = (vec![E::ONE; pairs.len()], vec![E::ONE; pairs.len()]);
    loss.grad_hess(&column(0), &column(1), &mut grad, &mut hess).expect("not refused");
    grad.into_iter().zip(hess).collect()
}

/// The second derivative of every pair, on every level, within the tolerance. Prints the
/// largest error, which a test shows where it is asked to.
pub fn second_derivatives<E: Number, L: CurvedLoss<E>>(loss: L) -> Outcome {
    let exact = |[p, t]: [E; 2]| loss.exact_second(p, t);
    let all = pairs(&loss).into_iter().map(<[E; 2]>::from);
    let all: Vec<[E; 2]> = all.filter(|pair| exact(*pair).is_some()).collect();
    let mut worst = 0f64;
    for level in Level::available() {
        let run = |pairs: &[[E; 2]]| both(loss.loss().execution(on(level)), pairs);
        let wrong = |pair: [E; 2]| {
            let far = |exact: Exact| !exact.allows(run(&[pair])[0].1);
            AnyLoss::takes(&loss, pair) && exact(pair).is_some_and(far)
        };
        for (pair, (_, got)) in all.iter().zip(run(&all)) {
            let expected = exact(*pair).expect("filtered");
            if expected.allows(got) {
                worst = worst.max(expected.error(got));
                continue;
            }
            let pair = smallest(*pair, &|pair| wrong(*pair));
            let (got, expected) = (run(&[pair])[0].1, exact(pair).unwrap_or(expected));
            let (value, error) = (expected.value.to_f64(), expected.error(got));
            let found = format!("{loss:?} on {level:?}: {got:?}, not {value:?}: {error:.3} ULP");
            let law = "second derivatives are exact but for roundings";
            return Err(Failure::new(law, found).at(named(pair)));
        }
    }
    println!("{} {loss:?}: second derivative {worst:.3} ULP", E::FORMAT);
    Ok(())
}

/// The second derivative is the slope of the first: that of simple numbers and of ordinary
/// ones.
pub fn second_is_the_slope<E: Number, L: PointwiseLoss<E>>(loss: L) -> Outcome
where
    L::Formula: TwiceDifferentiable<E>,
{
    let mut random = Random::new(2);
    let mut rows = simple_pairs::<E>();
    rows.extend((0..2000).map(|_| <[E; 2]>::from(loss.ordinary(&mut random))));
    for level in Level::available() {
        let slopes = Slopes {
            what: format!("twice {loss:?} in {} on {level:?}", E::FORMAT),
            names: ["prediction", "target"],
            rows: rows.clone(),
            run: &|rows: &[[E; 2]]| both(loss.loss().execution(on(level)), rows),
            takes: &|row| AnyLoss::takes(&loss, row),
        };
        slopes.check()?;
    }
    Ok(())
}

const LAW: &str = "methods with a second derivative give the bits of those without";

/// The loss is that of `loss`, the first derivative that of `backward`, with weights or
/// without, and `grad_hess` gives what `loss_grad_hess` does.
pub fn second_methods_agree<E: Number, L: PointwiseLoss<E>>(loss: L) -> Outcome
where
    L::Formula: TwiceDifferentiable<E>,
{
    let (prediction, target): (Vec<E>, Vec<E>) = pairs(&loss).into_iter().unzip();
    let n = prediction.len();
    let (ones, mut random) = (vec![E::ONE; n], Random::new(8));
    let mut weights: Vec<E> = (0..n).map(|_| random.ordinary(0.0, 2.0)).collect();
    weights[..n / 8].fill(E::ZERO);
    for level in Level::available() {
        for weighted in [false, true] {
            for reduction in [Reduction::Mean, Reduction::WeightedMean] {
                let of = loss.loss().execution(on(level)).reduction(reduction);
                let of = if weighted { of.weights(&weights) } else { of };
                let [mut grad, mut hess, mut grad_too, mut hess_too, mut first] =
                    [(); 5].map(|()| vec![E::NAN; n]);
                let (p, t) = (&prediction, &target);
                let sum = of.loss_grad_hess(p, t, &mut grad, &mut hess).expect("not refused");
                of.grad_hess(p, t, &mut grad_too, &mut hess_too).expect("not refused");
                of.backward(p, t, &ones, &mut first).expect("not refused");
                let what = format!("{loss:?}, weighted: {weighted}, on {level:?}");
                if bits(sum) != bits(of.loss(p, t).expect("not refused")) {
                    return Err(Failure::new(LAW, format!("{what}: losses differ")));
                }
                let pairs = [(&grad, &first), (&grad_too, &first), (&hess, &hess_too)];
                for (k, (one, other)) in pairs.into_iter().enumerate() {
                    let differs = |i: &usize| bits(one[*i]) != bits(other[*i]);
                    if let Some(i) = (0..n).find(differs) {
                        let found = format!("{what}: {:?} and {:?} ({k})", one[i], other[i]);
                        return Err(Failure::new(LAW, found).at(named([p[i], t[i]])));
                    }
                }
            }
        }
    }
    Ok(())
}

/// Derivatives in `f32`, side by side, are those of the element type, rounded.
pub fn pairs_round_once<E: Number, L: PointwiseLoss<E>>(loss: L) -> Outcome
where
    L::Formula: TwiceDifferentiable<E>,
{
    rounds_once(loss, |of, p, t| {
        let mut both = vec![[f32::NAN; 2]; p.len()];
        of.grad_hess_pairs(p, t, &mut both).expect("not refused");
        both
    })
}

/// Derivatives in `f32`, apart, are those of `f64`, rounded.
pub fn mixed_types_round_once<L: PointwiseLoss<f64>>(loss: L) -> Outcome
where
    L::Formula: TwiceDifferentiable<f64>,
{
    rounds_once(loss, |of, p, t| {
        let (mut grad, mut hess) = (vec![f32::NAN; p.len()], vec![f32::NAN; p.len()]);
        of.grad_hess_f32(p, t, &mut grad, &mut hess).expect("not refused");
        grad.into_iter().zip(hess).map(<[f32; 2]>::from).collect()
    })
}

/// What `in_single` makes of predictions, and of targets in `f32`, is what `grad_hess` gives,
/// rounded, with weights or without.
fn rounds_once<E: Number, L: PointwiseLoss<E>>(
    loss: L,
    in_single: impl Fn(&Loss<'_, E, L::Formula>, &[E], &[f32]) -> Vec<[f32; 2]>,
) -> Outcome
where
    L::Formula: TwiceDifferentiable<E>,
{
    let law = "derivatives in f32 are those of the element type, rounded";
    let narrow = |x: E| x.to_f64() as f32;
    let all = pairs(&loss).into_iter();
    // Targets that `f32` has.
    let all = all.map(|(p, t)| loss.admit(p, E::from_f64(f64::from(narrow(t)))));
    let all = all.filter(|(_, t)| t.is_nan() || f64::from(narrow(*t)) == t.to_f64());
    let (prediction, target): (Vec<E>, Vec<E>) = all.unzip();
    let single: Vec<f32> = target.iter().map(|t| narrow(*t)).collect();
    let mut random = Random::new(8);
    let weights: Vec<E> = prediction.iter().map(|_| random.ordinary(0.0, 2.0)).collect();
    for level in Level::available() {
        for weighted in [false, true] {
            for n in [0, 1, 255, 256, 257, prediction.len()] {
                let of = loss.loss().execution(on(level));
                let of = if weighted { of.weights(&weights[..n]) } else { of };
                let (mut grad, mut hess) = (vec![E::NAN; n], vec![E::NAN; n]);
                let (p, t) = (&prediction[..n], &target[..n]);
                of.grad_hess(p, t, &mut grad, &mut hess).expect("not refused");
                let both = in_single(&of, p, &single[..n]);
                for (i, both) in both.into_iter().enumerate() {
                    for (wide, single) in [grad[i], hess[i]].into_iter().zip(both) {
                        if bits(narrow(wide)) != bits(single) {
                            let found = format!("{loss:?} on {level:?}: {wide:?}, {single:?}");
                            return Err(Failure::new(law, found).at(named([p[i], t[i]])));
                        }
                    }
                }
            }
        }
    }
    Ok(())
}
