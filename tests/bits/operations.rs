//! Every public operation with all its methods, on generated data.

use gradstep::activation::Activation;
use gradstep::kernels::ops::activation::{self as formulas, Activation as Formula};
use gradstep::loss::{
    BinaryCrossEntropyWithLogits, CrossEntropy, Loss, Mse, Pointwise, Poisson, TwiceDifferentiable,
};
use gradstep::prox::WeightedSoftThreshold;
use gradstep::update::Tensor;
use gradstep::{Dropout, Execution, LogSoftmax, LogSumExp, Reduction, Softmax};
use gradstep_check::catalogue::{self, ActivationEntry, LossEntry, UpdateEntry};
use gradstep_check::laws::pointwise::PointwiseLoss;
use gradstep_check::numbers::{Number, Random, into_unit, not_negative};
use std::ops::Range;

/// Inputs, the same in every run on every machine.
pub struct Data<E> {
    x: Vec<E>,
    y: Vec<E>,
    upstream: Vec<E>,
    /// At least 0; also thresholds.
    weights: Vec<E>,
    /// In [0, 1], both ends included.
    probabilities: Vec<E>,
    labels: Vec<E>,
    classes: Vec<u32>,
}

/// A part of the data.
#[derive(Clone, Copy)]
pub struct Part<'a, E> {
    /// Where it begins.
    place: u64,
    pub(crate) x: &'a [E],
    pub(crate) y: &'a [E],
    pub(crate) upstream: &'a [E],
    pub(crate) weights: &'a [E],
    pub(crate) probabilities: &'a [E],
    pub(crate) labels: &'a [E],
    pub(crate) classes: &'a [u32],
}

impl<E: Number> Data<E> {
    /// Of this length.
    pub fn new(n: usize) -> Self {
        let mut random = Random::new(2024);
        let mut column = |low, high| (0..n).map(|_| random.ordinary(low, high)).collect();
        let (x, y, upstream) = (column(-6.0, 6.0), column(-6.0, 6.0), column(-2.0, 2.0));
        let (weights, ends, labels): (_, Vec<E>, _) =
            (column(0.0, 2.0), column(-0.1, 1.1), column(0.0, 1.0));
        let clamp = |p: E| {
            if p < E::ZERO {
                E::ZERO
            } else if p > E::ONE {
                E::ONE
            } else {
                p
            }
        };
        let probabilities = ends.into_iter().map(clamp).collect();
        let classes = (0..n).map(|_| random.below(1 << 30) as u32).collect();
        Self { x, y, upstream, weights, probabilities, labels, classes }
    }

    /// Any numbers; those that must be in a range are brought there.
    pub fn of(n: usize, mut column: impl FnMut(usize) -> Vec<E>) -> Self {
        let [x, y, upstream] = [(); 3].map(|()| column(n));
        let weights = column(n)
            .into_iter()
            .map(|w| not_negative(w))
            .map(|w| if w < E::from_f64(1e9) { w } else { E::ONE })
            .collect();
        let mut unit = || column(n).into_iter().map(|p| if p.is_nan() { p } else { into_unit(p) });
        let (probabilities, labels): (Vec<E>, Vec<E>) = (unit().collect(), unit().collect());
        let classes = column(n).into_iter().map(|c| c.bits() as u32 & ((1 << 30) - 1)).collect();
        Self { x, y, upstream, weights, probabilities, labels, classes }
    }

    /// The elements of this range.
    pub fn part(&self, range: Range<usize>) -> Part<'_, E> {
        Part {
            place: range.start as u64,
            x: &self.x[range.clone()],
            y: &self.y[range.clone()],
            upstream: &self.upstream[range.clone()],
            weights: &self.weights[range.clone()],
            probabilities: &self.probabilities[range.clone()],
            labels: &self.labels[range.clone()],
            classes: &self.classes[range],
        }
    }
}

/// What a method gave.
pub struct Output<E> {
    /// The method's, or the buffer's.
    pub name: &'static str,
    /// 0 where there is none.
    pub sum: f64,
    /// None that depend on anything but their own inputs, or their row's.
    pub elements: Vec<E>,
}

/// All methods of an operation on a part of the data.
pub type Run<E> = Box<dyn Fn(Part<'_, E>, Execution) -> Vec<Output<E>> + Send + Sync>;

/// An operation with all its methods.
pub struct Operation<E> {
    /// That of the table of bits.
    pub name: String,
    /// Whether it has neither exponential nor logarithm: the same on all levels.
    pub plain: bool,
    /// Elements that belong together.
    pub unit: usize,
    /// Elements that are worth several threads.
    pub large: usize,
    /// Its methods.
    pub run: Run<E>,
}

/// All of them; a new operation is a new entry.
pub fn operations<E: Number>() -> Vec<Operation<E>> {
    let mut operations = vec![
        // Long enough for threads that check and add weights.
        plain("weighted mean", 3_500_003, |d, run| {
            let mse = Mse::new().weights(d.weights).reduction(Reduction::WeightedMean);
            vec![output("loss", 0, |_| mse.execution(run).loss(d.x, d.y))]
        }),
        plain("weighted_soft_threshold", 2_200_003, weighted_soft),
        plain("dropout", 300_003, dropout),
    ];
    operations.extend(listed());
    operations.push(curved("second derivatives", 1, 300_003, |d, run| second(d, run)));
    operations.push(curved("irls", 1, 300_003, |d, run| irls(d, run)));
    operations.extend(activations());
    operations.extend(updates());
    operations.extend(crate::regularisers::operations());
    operations.extend(crate::options::operations());
    for classes in [1, 2, 10, 32, 33, 257] {
        let name = format!("cross_entropy of {classes}");
        let run = move |d: Part<'_, E>, run| cross_entropy(classes, d, run);
        operations.push(curved(&name, classes, 300_000, run));
    }
    for classes in [3, 300] {
        let run = move |d: Part<'_, E>, run| {
            let of = LogSumExp::new(classes).expect("classes").execution(run);
            let out = |out: &mut [E]| of.apply_into(whole_rows(d.x, classes), out).map(|()| 0.0);
            vec![output("rows", d.x.len() / classes, out)]
        };
        operations.push(curved(&format!("logsumexp of {classes}"), classes, 300_000, run));
        let run = move |d: Part<'_, E>, run| softmax(classes, d, run);
        operations.push(curved(&format!("softmax of {classes}"), classes, 300_000, run));
    }
    operations
}

macro_rules! listed {
    ($($stem:ident $loss:ident [$($E:ident)?])*) => {
        /// The losses of the catalogue.
        fn listed<E: Number>() -> Vec<Operation<E>> {
            vec![$(entry(<catalogue::$loss $(<$E>)? as LossEntry<E>>::usual())),*]
        }
    };
}
gradstep_check::losses!(listed);

fn entry<E: Number, L: LossEntry<E>>(entry: L) -> Operation<E> {
    operation(L::NAME, !L::NEEDS_FUSION, 1, L::LARGE, move |d, run| {
        let x = if L::UNIT[0] { d.probabilities } else { d.x };
        let y = if L::UNIT[1] { d.labels } else { d.y };
        let admitted = x.iter().zip(y).map(|(x, y)| entry.admit(*x, *y));
        let (x, y): (Vec<E>, Vec<E>) = admitted.unzip();
        let (x, y) = (x.into_boxed_slice(), y.into_boxed_slice());
        pointwise(entry.loss(), &x, &y, d, run)
    })
}

macro_rules! listed_curves {
    ($($stem:ident $loss:ident [$($E:ident)?])*) => {
        /// Both derivatives of all losses of the catalogue that have two.
        fn second<E: Number>(d: Part<'_, E>, run: Execution) -> Vec<Output<E>> {
            let mut outputs = Vec::new();
            $({
                let entry = <catalogue::$loss $(<$E>)? as LossEntry<E>>::usual();
                let (x, y): (Vec<E>, Vec<E>) =
                    d.x.iter().zip(d.labels).map(|(x, y)| entry.admit(*x, *y)).unzip();
                let (x, y) = (x.into_boxed_slice(), y.into_boxed_slice());
                let loss = <catalogue::$loss $(<$E>)? as PointwiseLoss<E>>::loss(entry);
                let loss = loss.execution(run).reduction(Reduction::Sum);
                let mut grad = vec![E::NAN; x.len()];
                outputs.push(output(stringify!($stem), x.len(), |hess| {
                    loss.grad_hess(&x, &y, &mut grad, hess).map(|()| 0.0)
                }));
                outputs.push(output("weighted", x.len(), |hess| {
                    loss.weights(d.weights).loss_grad_hess(&x, &y, &mut grad, hess).map(|_| 0.0)
                }));
                outputs.push(Output { name: "weighted gradient", sum: 0.0, elements: grad });
            })*
            outputs
        }
    };
}
gradstep_check::curved_losses!(listed_curves);

/// Weights and responses of both regressions.
fn irls<E: Number>(d: Part<'_, E>, run: Execution) -> Vec<Output<E>> {
    fn of<E: Number, P: TwiceDifferentiable<E>>(
        name: &'static str,
        loss: Loss<'_, E, P>,
        d: Part<'_, E>,
    ) -> [Output<E>; 2] {
        let mut weight = vec![E::NAN; d.x.len()];
        let response = output(name, d.x.len(), |response| {
            loss.irls(d.x, d.labels, &mut weight, response).map(|()| 0.0)
        });
        [response, Output { name: "weight", sum: 0.0, elements: weight }]
    }
    let logistic = BinaryCrossEntropyWithLogits::new().execution(run);
    let poisson = Poisson::new().execution(run).weights(d.weights);
    let both = [of("logistic", logistic, d), of("poisson, weighted", poisson, d)];
    both.into_iter().flatten().collect()
}

pub(crate) fn operation<E>(
    name: &str,
    plain: bool,
    unit: usize,
    large: usize,
    run: impl Fn(Part<'_, E>, Execution) -> Vec<Output<E>> + Send + Sync + 'static,
) -> Operation<E> {
    Operation { name: name.into(), plain, unit, large, run: Box::new(run) }
}

pub(crate) fn plain<E>(
    name: &str,
    large: usize,
    run: impl Fn(Part<'_, E>, Execution) -> Vec<Output<E>> + Send + Sync + 'static,
) -> Operation<E> {
    operation(name, true, 1, large, run)
}

pub(crate) fn curved<E>(
    name: &str,
    unit: usize,
    large: usize,
    run: impl Fn(Part<'_, E>, Execution) -> Vec<Output<E>> + Send + Sync + 'static,
) -> Operation<E> {
    operation(name, false, unit, large, run)
}

/// The methods' results must be there; buffers start as NaN.
pub(crate) fn output<E: Number>(
    name: &'static str,
    len: usize,
    write: impl FnOnce(&mut [E]) -> Result<f64, gradstep::Error>,
) -> Output<E> {
    let mut elements = vec![E::NAN; len];
    let sum = write(&mut elements).expect(name);
    Output { name, sum, elements }
}

/// The same for a method that changes what is there.
pub(crate) fn changed<E: Number>(
    name: &'static str,
    before: &[E],
    write: impl FnOnce(&mut [E]) -> Result<f64, gradstep::Error>,
) -> Output<E> {
    output(name, before.len(), |elements| {
        elements.copy_from_slice(before);
        write(elements)
    })
}

fn pointwise<'a, E: Number, P: Pointwise<E>>(
    loss: Loss<'a, E, P>,
    x: &'a [E],
    y: &'a [E],
    d: Part<'a, E>,
    execution: Execution,
) -> Vec<Output<E>> {
    let loss = loss.execution(execution);
    // The gradient of a mean depends on how many there are.
    let sum = loss.reduction(Reduction::DivideBy(7.3));
    let weighted = sum.weights(d.weights);
    let n = x.len();
    vec![
        output("loss", 0, |_| loss.loss(x, y)),
        output("loss_and_grad", n, |grad| sum.loss_and_grad(x, y, grad)),
        changed("loss_and_grad_in_place", x, |grad| sum.loss_and_grad_in_place(grad, y)),
        output("losses", n, |out| loss.losses(x, y, out).map(|()| 0.0)),
        output("backward", n, |out| loss.backward(x, y, d.upstream, out).map(|()| 0.0)),
        output("weighted", n, |grad| weighted.loss_and_grad(x, y, grad)),
    ]
}

fn weighted_soft<E: Number>(d: Part<'_, E>, execution: Execution) -> Vec<Output<E>> {
    let soft = WeightedSoftThreshold::new(d.weights).expect("thresholds").execution(execution);
    let (x, n) = (d.x, d.x.len());
    vec![
        changed("apply", x, |x| soft.apply(x).map(|()| 0.0)),
        output("apply_into", n, |out| soft.apply_into(x, out).map(|()| 0.0)),
        output("backward", n, |grad| soft.backward(x, d.upstream, grad).map(|()| 0.0)),
    ]
}

macro_rules! updates {
    ($($stem:ident $update:ident [$n:literal])*) => {
        /// The updates of the catalogue.
        fn updates<E: Number>() -> Vec<Operation<E>> {
            vec![$(update_entry::<E, catalogue::$update, $n>(stringify!($stem))),*]
        }
    };
}
gradstep_check::updates!(updates);

fn update_entry<E: Number, U: UpdateEntry<E, N>, const N: usize>(name: &str) -> Operation<E> {
    plain(name, U::LARGE, |d, run| {
        // Squares come first or last, and none of them is below 0.
        let mut outputs = Vec::new();
        for entry in U::all() {
            let update = entry.update(run).expect("options");
            let columns = if N == 1 { [d.weights; N] } else { [d.upstream; N] };
            let mut states = columns.map(<[E]>::to_vec);
            for i in 0..d.x.len() {
                let mut row: Vec<E> = states.iter().map(|state| state[i]).collect();
                entry.admit(&mut row);
                states.iter_mut().zip(row).for_each(|(state, x)| state[i] = x);
            }
            let slices = states.each_mut().map(Vec::as_mut_slice);
            outputs.push(changed("w", d.x, |w| {
                entry.step(&update, Tensor { w, g: d.y, state: slices }).map(|()| 0.0)
            }));
            let state = |elements| Output { name: "state", sum: 0.0, elements };
            outputs.extend(states.into_iter().map(state));
        }
        outputs
    })
}

macro_rules! activations {
    ($($stem:ident $activation:ident)*) => {
        /// The activations of the catalogue.
        fn activations<E: Number>() -> Vec<Operation<E>> {
            vec![$(activation_entry::<E, formulas::$activation>(stringify!($stem))),*]
        }
    };
}
gradstep_check::activations!(activations);

fn activation_entry<E: Number, A: ActivationEntry>(name: &str) -> Operation<E> {
    operation(name, !A::CURVED, 1, A::LARGE, |d, run| activation(Activation::<A>::new(), d, run))
}

fn activation<E: Number, A: Formula + Default>(
    activation: Activation<A>,
    d: Part<'_, E>,
    execution: Execution,
) -> Vec<Output<E>> {
    let activation = activation.execution(execution);
    let n = d.x.len();
    vec![
        changed("apply", d.x, |x| {
            activation.apply(x)?;
            Ok(0.0)
        }),
        output("apply_into", n, |out| activation.apply_into(d.x, out).map(|()| 0.0)),
        output("backward", n, |out| activation.backward(d.x, d.upstream, out).map(|()| 0.0)),
    ]
}

fn dropout<E: Number>(d: Part<'_, E>, execution: Execution) -> Vec<Output<E>> {
    let dropout = Dropout::new(0.3).expect("p").seed(5).offset(d.place).execution(execution);
    let n = d.x.len();
    vec![
        changed("apply", d.x, |x| {
            dropout.apply(x)?;
            Ok(0.0)
        }),
        output("apply_into", n, |out| dropout.apply_into(d.x, out).map(|()| 0.0)),
        output("backward", n, |out| dropout.backward(d.upstream, out).map(|()| 0.0)),
    ]
}

pub(crate) fn whole_rows<E>(x: &[E], classes: usize) -> &[E] {
    &x[..x.len() / classes * classes]
}

fn softmax<E: Number>(classes: usize, d: Part<'_, E>, run: Execution) -> Vec<Output<E>> {
    let plain = Softmax::new(classes).expect("classes").execution(run);
    let logarithm = LogSoftmax::new(classes).expect("classes").execution(run);
    let (x, upstream) = (whole_rows(d.x, classes), whole_rows(d.upstream, classes));
    vec![
        output("apply_into", x.len(), |out| plain.apply_into(x, out).map(|()| 0.0)),
        changed("apply", x, |x| plain.apply(x).map(|()| 0.0)),
        output("logarithm", x.len(), |out| logarithm.apply_into(x, out).map(|()| 0.0)),
        changed("logarithm in place", x, |x| logarithm.apply(x).map(|()| 0.0)),
        output("backward", x.len(), |out| plain.backward(x, upstream, out).map(|()| 0.0)),
        output("logarithm's backward", x.len(), |out| {
            logarithm.backward(x, upstream, out).map(|()| 0.0)
        }),
    ]
}

fn cross_entropy<E: Number>(
    classes: usize,
    d: Part<'_, E>,
    execution: Execution,
) -> Vec<Output<E>> {
    let rows = d.x.len() / classes;
    let logits = whole_rows(d.x, classes);
    // Target and factor of a row go with its first logit, so that parts have theirs.
    let target = |y: &u32| if y.is_multiple_of(11) { -1 } else { i64::from(*y) % classes as i64 };
    let targets: Vec<i64> = d.classes.iter().step_by(classes).map(target).take(rows).collect();
    let upstream: Vec<E> = d.upstream.iter().step_by(classes).copied().take(rows).collect();
    let mean = CrossEntropy::new(classes).expect("classes").ignore_index(-1).execution(execution);
    let sum = mean.reduction(Reduction::DivideBy(7.3));
    let n = logits.len();
    vec![
        output("loss", 0, |_| mean.loss(logits, &targets)),
        output("loss_and_grad", n, |grad| sum.loss_and_grad(logits, &targets, grad)),
        changed("loss_and_grad_in_place", logits, |grad| {
            sum.loss_and_grad_in_place(grad, &targets)
        }),
        output("losses", rows, |out| mean.losses(logits, &targets, out).map(|()| 0.0)),
        output("backward", n, |grad| {
            mean.backward(logits, &targets, &upstream, grad).map(|()| 0.0)
        }),
    ]
}
