//! Softmax cross-entropy with classes or probabilities as targets.
//!
//! With `L = ln(sum_j exp(x_j)) - max = ln(1 + sum_rest / exp_max)` (see [`rows`](super)):
//!
//! ```text
//! loss            = sum_c k_c (L + max - x_c) + z (L + max)^2
//! d loss / d x_j  = e_j / (exp_max + sum_rest) (sum_c k_c + 2 z (L + max)) - k_j
//! ```
//!
//! where `k_c` is the target's weight of class `c`: for a class `y` its weight, else 0, and
//! with a smoothing or probabilities a share of every class. Where `e_j` is most of the sum,
//! its derivative is formed from the others instead of a difference of nearly equal numbers.
//! So equal logits of 1e8 cost `ln C`, and a row that is nearly certain keeps all digits of
//! its small loss and gradient.

mod alone;
mod gradient;
mod losses;
mod narrow;
mod plain;
mod target;
mod two;
mod weights;
mod wide;
mod wide_weights;

pub use target::Options;

use super::narrow::{Transposed, are_few};
use super::{Logits, RowWeights, Shape, walk};
use crate::math::Math;
use crate::{Float, Isa, Kernel, Targets, sweep};
use target::{Batch, RowTarget};
use wide::Wide;

/// What to write beside the gradient; nothing by default.
#[derive(Debug)]
pub struct Outputs<'a, E> {
    /// `[rows]`: each row's loss.
    pub losses: Option<&'a mut [E]>,
    /// `[rows]`: the logarithm of each row's sum of exponentials.
    pub logsumexp: Option<&'a mut [E]>,
    /// Whether to count the rows whose target is the first of their largest logits.
    pub count_correct: bool,
}

impl<E> Outputs<'_, E> {
    /// Whether nothing is asked for.
    #[inline(always)]
    fn are_none(&self) -> bool {
        self.losses.is_none() && self.logsumexp.is_none() && !self.count_correct
    }
}

impl<E> Default for Outputs<'_, E> {
    fn default() -> Self {
        Self { losses: None, logsumexp: None, count_correct: false }
    }
}

/// Returns the summed loss; writes gradients and what `outputs` asks for.
#[derive(Debug)]
pub struct CrossEntropy<'a, E> {
    /// `[rows, classes]` or `[samples, classes, positions]`, as `shape` says.
    pub logits: Logits<'a, E>,
    /// How rows lie in memory.
    pub shape: Shape,
    /// The targets of the rows.
    pub targets: Targets<'a, E>,
    /// Class weights, smoothing and z-loss.
    pub options: Options<'a, E>,
    /// Factor of the gradient.
    pub scale: f64,
    /// `[rows]`: a further factor of each row's gradient.
    pub upstream: Option<&'a [E]>,
    /// `[rows]`: a factor of each row's loss and gradient.
    pub row_weights: Option<RowWeights<'a, E>>,
    /// What to write beside the gradient.
    pub outputs: Outputs<'a, E>,
}

/// Sums over rows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Total {
    /// The losses.
    pub loss: f64,
    /// Rows whose target is the first of their largest logits, where counted; else 0.
    pub correct: u64,
}

/// The rows of a batch.
struct Work<'a, E> {
    logits: Logits<'a, E>,
    shape: Shape,
    targets: Targets<'a, E>,
    /// The number of the batch's first row; `logits` begin there, `targets` with row 0.
    from: usize,
    options: Options<'a, E>,
    row_weights: Option<RowWeights<'a, E>>,
    count_correct: bool,
}

impl<'a, E: Float> Work<'a, E> {
    /// The probabilities of row `row` and further rows, if those are the targets.
    #[inline(always)]
    fn probabilities(&self, row: usize) -> Option<&'a [E]> {
        match self.targets {
            Targets::Probabilities(q) => {
                Some(&q[self.shape.start(self.stride_of_shares(), self.from + row)..])
            }
            _ => None,
        }
    }

    /// The target of row `row`, where its classes lie side by side; nothing where it is left out.
    #[inline(always)]
    fn target(&self, row: usize) -> Option<RowTarget<'a, E>> {
        RowTarget::of(&self.targets, &self.options, self.shape.classes, self.from + row)
    }

    /// The stride of probabilities, which have nothing between them.
    #[inline(always)]
    fn stride_of_shares(&self) -> usize {
        if self.shape.positions == 0 { self.shape.classes } else { self.shape.positions }
    }
}

/// Not a long one, as what it hands on is: one row has no use for a second register in step.
impl<E: Math> Kernel for CrossEntropy<'_, E> {
    type Out = Total;

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) -> Total {
        if let Some(loss) = alone::few(isa, &mut self) {
            return Total { loss, correct: 0 };
        }
        isa.dispatch_apart(InBatches(self))
    }
}

/// A call for more than one row, or with options. A kernel of its own, because its memory would
/// cost a call for one row a tenth of its time.
struct InBatches<'a, E>(CrossEntropy<'a, E>);

impl<E: Math> Kernel for InBatches<'_, E> {
    type Out = Total;
    const LONG: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> Total {
        let CrossEntropy { logits, shape, targets, options, scale, .. } = self.0;
        let CrossEntropy { upstream, row_weights, mut outputs, .. } = self.0;
        let mut total = Total::default();
        let mut batch = Batch::new();
        let mut memory = Transposed::new();
        walk(
            logits,
            shape,
            inline!(|logits, shape, from| {
                let count_correct = outputs.count_correct;
                let row_weights = row_weights.map(|weights| weights.after(from));
                let mut work =
                    Work { logits, shape, targets, from, options, row_weights, count_correct };
                batch.read(&work, scale, upstream);
                if shape.classes == 2 {
                    two::batch(isa, &mut work, &mut memory, &mut batch);
                } else {
                    if shape.positions != 0 || are_few::<E, I>(shape.classes) {
                        narrow::batch(isa, &mut work, &mut memory, &mut batch);
                    } else {
                        isa.dispatch_apart(Wide { work: &mut work, batch: &mut batch });
                    }
                    batch.finish(isa, options, shape.rows);
                }
                for _ in 0..batch.factors.times {
                    batch.factors.finish(isa, &mut work.logits, shape);
                }
                batch.weigh(&work);
                let place = from..from + shape.rows;
                if let Some(losses) = &mut outputs.losses {
                    losses[place.clone()].copy_from_slice(&batch.losses[..shape.rows]);
                }
                if let Some(logsumexp) = &mut outputs.logsumexp {
                    logsumexp[place].copy_from_slice(&batch.logsumexp[..shape.rows]);
                }
                total.correct += batch.correct;
                let losses = &batch.losses[..shape.rows];
                total.loss += isa.dispatch(SumOfLosses(losses));
            }),
        );
        total
    }
}

/// The sum of the losses of a batch. A kernel, because in registers of their own width, not in
/// step, they need no long chain, and so that all of them share one compiled function.
struct SumOfLosses<'a, E>(&'a [E]);

impl<E: Math> Kernel for SumOfLosses<'_, E> {
    type Out = f64;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> f64 {
        let losses = self.0;
        let sum = match losses {
            // What the sweep gives, where calls are so short that it would show.
            [loss] => loss.to_f64() + 0.0,
            _ => sweep::sum(isa, losses, inline!(|loss| loss)),
        };
        if sum.is_finite() { sum } else { wide_sum(losses) }
    }
}

/// The sum where that of numbers of the type overflows.
#[cold]
#[inline(never)]
fn wide_sum<E: Math>(losses: &[E]) -> f64 {
    losses.iter().fold(0.0, |sum, loss| sum + loss.to_f64())
}
