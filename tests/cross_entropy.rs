//! Softmax cross-entropy with class indices: against double-double arithmetic,
//! and by laws that need no reference.

mod accuracy;
mod batches;
mod ends;
mod grad_hess;
mod laws;
mod options;
mod positions;
mod row_weights;
mod shapes;
mod special;
mod targets;

use crate::numbers::{Number, Random, bits};
use crate::reference::cross_entropy::{self as reference, Row};
use crate::reference::{Double, ulp};
use gradstep::kernels::Target;
use gradstep::loss::CrossEntropy;
use gradstep::{Execution, Level, Reduction};

/// Around the lanes of every register and of sums, and around 100, up to which
/// rows lie in lanes.
const CLASSES: [usize; 20] =
    [1, 2, 3, 4, 5, 7, 8, 10, 15, 16, 17, 31, 32, 33, 64, 65, 99, 100, 101, 1000];

fn on<E: Number>(level: Level, classes: usize) -> CrossEntropy<'static, E> {
    let cross_entropy = CrossEntropy::new(classes).expect("classes");
    cross_entropy.execution(Execution::new().level(level))
}

/// The sum instead of the mean: gradients are those of the rows.
fn sum_on<E: Number>(level: Level, classes: usize) -> CrossEntropy<'static, E> {
    on(level, classes).reduction(Reduction::Sum)
}

/// What the methods give.
#[derive(Clone, Debug)]
struct Outcome<E> {
    loss: f64,
    grad: Vec<E>,
    losses: Vec<E>,
}

impl<E: Number> Outcome<E> {
    /// Patterns of gradient and losses.
    fn patterns(&self) -> (Vec<u64>, Vec<u64>) {
        (patterns(&self.grad), patterns(&self.losses))
    }

    /// Gradient and loss of one row.
    fn row(&self, row: usize) -> (&[E], E) {
        let classes = self.grad.len() / self.losses.len();
        (&self.grad[row * classes..(row + 1) * classes], self.losses[row])
    }
}

fn patterns<E: Number>(x: &[E]) -> Vec<u64> {
    x.iter().map(|x| bits(*x)).collect()
}

/// All methods but `backward`; buffers hold NaN before, and what can be had in
/// several ways must be the same each way.
fn outcome<E: Number, T: Target>(
    options: &CrossEntropy<'_, E>,
    logits: &[E],
    targets: &[T],
) -> Outcome<E> {
    let (mut grad, mut losses) = (vec![E::NAN; logits.len()], vec![E::NAN; targets.len()]);
    let loss = options.loss_and_grad(logits, targets, &mut grad).expect("separate");
    options.losses(logits, targets, &mut losses).expect("losses");
    let mut in_place = logits.to_vec();
    let again = options.loss_and_grad_in_place(&mut in_place, targets).expect("in place");
    assert_eq!(bits(loss), bits(again), "loss in place, {options:?}");
    assert_eq!(patterns(&grad), patterns(&in_place), "gradient in place, {options:?}");
    let again = options.loss(logits, targets).expect("loss");
    assert_eq!(bits(loss), bits(again), "loss alone, {options:?}");
    Outcome { loss, grad, losses }
}

/// The reference of one row.
fn row<E: Number>(logits: &[E], target: usize) -> Row {
    let logits: Vec<f64> = logits.iter().map(|x| x.to_f64()).collect();
    reference::row(&logits, reference::Target::Index(target as i128), &Default::default())
}

/// Logits between `-gap` and 0, multiples of a 64th: small enough a grid that
/// differences are exact in `f32` for gaps below 2^18.
fn exact<E: Number>(random: &mut Random, gap: f64) -> E {
    E::from_f64((random.within(-gap, 0.0) * 64.0).round() / 64.0)
}

/// A batch of rows with differences up to 12 and their targets.
fn ordinary<E: Number>(rows: usize, classes: usize) -> (Vec<E>, Vec<usize>) {
    let mut random = Random::new((rows * 131 + classes) as u64);
    let logits = (0..rows * classes).map(|_| random.ordinary(-6.0, 6.0)).collect();
    (logits, (0..rows).map(|_| random.below(classes)).collect())
}

/// The largest finite number.
fn largest<E: Number>() -> E {
    E::from_bits(E::INFINITY.bits() - 1)
}

/// Error in ULPs of the exact result, however small that is.
fn error<E: Number>(got: f64, exact: Double) -> f64 {
    ulp::error(got, exact, E::FORMAT)
}
