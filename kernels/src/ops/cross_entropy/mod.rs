//! Softmax cross-entropy with classes or probabilities as targets.
//!
//! With `m = max x`, `e_j = exp(x_j)` up to a factor of the row, `top = exp(m)`
//! times the same, and `others` the sum of all `e_j` but one maximum's:
//!
//! ```text
//! L               = ln(sum_j exp(x_j)) - m = ln(1 + others / top)
//! loss            = sum_c k_c (L + m - x_c)
//! d loss / d x_j  = e_j / (top + others) sum_c k_c - k_j
//! ```
//!
//! where `k_c` is what the target says of class `c`: for a class `y` its weight,
//! else 0, and with a smoothing or probabilities a share of every class. Without
//! a target the loss is `L` and the derivative the softmax. Where
//! `e_j` is most of the sum, its derivative is formed from the others instead of
//! a difference of nearly equal numbers. So equal logits of 1e8 cost `ln C`, and a
//! row that is nearly certain keeps all digits of its small loss and gradient.
//!
//! Long rows are swept one by one (`rows`); rows of few classes lie in the lanes
//! of registers (`few_classes`). Both leave a [`Batch`] of which one sweep makes
//! losses.

mod few_classes;
pub(super) mod few_sums;
mod mixed;
mod options;
mod row;
mod rows;
mod said;
mod split;

pub use options::Options;
pub(super) use rows::{ratio, read_only};

use crate::lanes::Aligned;
use crate::math::{Math, ln_1p};
use crate::{Float, Isa, Kernel, Lanes, Targets, sweep};

/// Rows whose losses are computed and added together. A constant, because the
/// order of additions follows from it; a multiple of every register's lanes.
pub(super) const BATCH: usize = 32;

/// Up to this many classes, rows lie in lanes.
pub(super) const FEW: usize = 32;

/// Logits, and where their gradient goes.
#[derive(Debug)]
pub enum Logits<'a, E> {
    /// No gradient.
    Read(&'a [E]),
    /// The gradient goes to the second slice.
    Grad(&'a [E], &'a mut [E]),
    /// The gradient replaces the logits.
    InPlace(&'a mut [E]),
}

/// How rows lie in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Rows.
    pub rows: usize,
    /// Columns; at least 1.
    pub classes: usize,
    /// From one row of logits to the next; at least `classes`.
    pub stride: usize,
    /// From one row of a separate gradient to the next; at least `classes`.
    pub grad_stride: usize,
}

/// What is written of each row beside its gradient; nothing by default.
#[derive(Debug)]
pub struct Outputs<'a, E> {
    /// `[rows]`: each row's loss.
    pub losses: Option<&'a mut [E]>,
    /// `[rows]`: the logarithm of each row's sum of exponentials.
    pub logsumexp: Option<&'a mut [E]>,
    /// Whether to count rows whose target is their first largest logit.
    pub count_hits: bool,
}

impl<E> Default for Outputs<'_, E> {
    fn default() -> Self {
        Self { losses: None, logsumexp: None, count_hits: false }
    }
}

/// Returns the summed loss; writes gradients and what `outputs` asks for.
#[derive(Debug)]
pub struct CrossEntropy<'a, E> {
    /// `[rows, classes]`, as `shape` says.
    pub logits: Logits<'a, E>,
    /// How rows lie in memory.
    pub shape: Shape,
    /// Of each row.
    pub targets: Targets<'a, E>,
    /// What is the same for every row.
    pub options: Options<'a, E>,
    /// Factor of the gradient.
    pub scale: f64,
    /// `[rows]`: a further factor of each row's gradient.
    pub upstream: Option<&'a [E]>,
    /// What else to write.
    pub outputs: Outputs<'a, E>,
}

/// Sums over rows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Total {
    /// The losses.
    pub loss: f64,
    /// Rows whose target is their first largest logit, if they were to be counted.
    pub hits: u64,
}

/// The rows of a batch, and what is known of each.
struct Work<'a, E> {
    logits: Logits<'a, E>,
    shape: Shape,
    /// Classes of the rows, if targets are classes.
    class: &'a [usize],
    /// `[rows, classes]` and further rows, if targets are probabilities.
    probabilities: Option<&'a [E]>,
    options: &'a Options<'a, E>,
    /// Factors of the rows' gradients.
    factor: &'a [f64; BATCH],
    count_hits: bool,
}

/// What a batch of rows gives.
#[repr(C, align(64))] // registers of it cross no cache line
struct Batch<E> {
    /// `m`
    largest: [E; BATCH],
    /// `others / top`
    ratio: [E; BATCH],
    /// `sum_c k_c`
    total: [E; BATCH],
    /// `sum_c k_c (m - x_c)`
    linear: [E; BATCH],
    hits: u64,
}

impl<E: Math> Kernel for CrossEntropy<'_, E> {
    type Out = Total;
    const PAIRS: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> Total {
        let Self { mut logits, shape, targets, options, scale, upstream, mut outputs } = self;
        let mut sum = Total::default();
        let zero = isa.splat(E::ZERO);
        let mut columns = Aligned([zero.to_array(); FEW]);
        let mut from = 0;
        while from < shape.rows {
            let rows = BATCH.min(shape.rows - from);
            let (mut class, mut factor) = (Aligned([0; BATCH]), Aligned([scale; BATCH]));
            if let Some(upstream) = upstream {
                for (factor, upstream) in factor.0.iter_mut().zip(&upstream[from..]) {
                    *factor = scale * upstream.to_f64();
                }
            }
            let (mut known, mut probabilities) = (0, None);
            match targets {
                Targets::Classes(targets) => {
                    known = rows;
                    targets.read(from, &mut class.0[..rows]);
                }
                Targets::Probabilities(all) => {
                    probabilities = Some(&all[from * shape.classes..]);
                }
                Targets::Nothing => {}
            }
            let zero = [E::ZERO; BATCH];
            // A row left out has no share in anything.
            let mut batch =
                Batch { largest: zero, ratio: zero, total: zero, linear: zero, hits: 0 };
            let work = Work {
                logits: logits.after(shape, from),
                shape: Shape { rows, ..shape },
                class: &class.0[..known],
                probabilities,
                options: &options,
                factor: &factor.0,
                count_hits: outputs.count_hits,
            };
            if shape.classes <= FEW {
                few_classes::batch(isa, work, &mut columns.0, &mut batch);
            } else {
                rows::batch(isa, work, &mut batch);
            }
            sum.loss += finish(isa, &batch, &options, from..from + rows, &mut outputs);
            sum.hits += batch.hits;
            from += rows;
        }
        sum
    }
}

/// The losses of a batch.
#[inline(always)]
fn finish<E: Math, I: Isa>(
    isa: I,
    batch: &Batch<E>,
    options: &Options<'_, E>,
    place: core::ops::Range<usize>,
    outputs: &mut Outputs<'_, E>,
) -> f64 {
    let rows = place.len();
    let (mut loss, mut logsumexp) = (Aligned([E::ZERO; BATCH]), Aligned([E::ZERO; BATCH]));
    let (loss, logsumexp) = (&mut loss.0[..rows], &mut logsumexp.0[..rows]);
    let z_loss = isa.splat(E::from_f64(options.z_loss));
    let reads = (
        (&batch.largest[..rows], &batch.ratio[..rows]),
        (&batch.total[..rows], &batch.linear[..rows]),
    );
    sweep::update(
        isa,
        (&mut *loss, &mut *logsumexp),
        reads,
        #[inline(always)]
        |_: (E::Lanes<I>, _), ((largest, ratio), (total, linear))| {
            let l = ln_1p(ratio);
            let logsumexp = largest + l;
            let loss = linear + total * l;
            if options.z_loss == 0.0 {
                return (loss, logsumexp);
            }
            (loss + logsumexp * logsumexp * z_loss, logsumexp)
        },
    );
    if let Some(losses) = &mut outputs.losses {
        losses[place.clone()].copy_from_slice(loss);
    }
    if let Some(out) = &mut outputs.logsumexp {
        out[place].copy_from_slice(logsumexp);
    }
    sweep::sum(
        isa,
        &*loss,
        #[inline(always)]
        |loss: E::Lanes<I>| loss,
    )
}

impl<E> Logits<'_, E> {
    /// All rows from one on.
    #[inline(always)]
    fn after(&mut self, shape: Shape, from: usize) -> Logits<'_, E> {
        let (read, written) = (from * shape.stride, from * shape.grad_stride);
        match self {
            Logits::Read(x) => Logits::Read(&x[read..]),
            Logits::Grad(x, grad) => Logits::Grad(&x[read..], &mut grad[written..]),
            Logits::InPlace(x) => Logits::InPlace(&mut x[read..]),
        }
    }

    /// One row.
    #[inline(always)]
    fn row(&mut self, shape: Shape, row: usize) -> Logits<'_, E> {
        let classes = shape.classes;
        match self.after(shape, row) {
            Logits::Read(x) => Logits::Read(&x[..classes]),
            Logits::Grad(x, grad) => Logits::Grad(&x[..classes], &mut grad[..classes]),
            Logits::InPlace(x) => Logits::InPlace(&mut x[..classes]),
        }
    }

    /// The logits, to be read before the gradient is written.
    #[inline(always)]
    pub(super) fn values(&self) -> &[E] {
        match self {
            Logits::Read(x) | Logits::Grad(x, _) => x,
            Logits::InPlace(x) => x,
        }
    }

    /// Where the gradient goes, and from one of its rows to the next.
    #[inline(always)]
    fn grad(&mut self, shape: Shape) -> Option<(&mut [E], usize)> {
        match self {
            Logits::Read(_) => None,
            Logits::Grad(_, grad) => Some((grad, shape.grad_stride)),
            Logits::InPlace(x) => Some((x, shape.stride)),
        }
    }
}

/// Whether the target of a row is its first largest logit.
#[inline(always)]
fn is_hit<E: Float>(row: &[E], largest: E, class: usize) -> bool {
    row[class] == largest && !row[..class].contains(&largest)
}

/// The first class of the largest probability.
#[inline(always)]
fn likeliest<E: Float>(probabilities: &[E]) -> usize {
    let mut best = 0;
    for (class, q) in probabilities.iter().enumerate() {
        if *q > probabilities[best] {
            best = class;
        }
    }
    best
}
