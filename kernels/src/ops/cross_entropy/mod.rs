//! Softmax cross-entropy with class indices.
//!
//! For a row `x` with class `y`, `m = max x` and
//! `others = sum of exp(x_j - m) over all j but one maximum`, so that the
//! denominator of the softmax is `1 + others`:
//!
//! ```text
//! loss            = (m - x_y) + ln(1 + others)
//! d loss / d x_j  = exp(x_j - m) / (1 + others)                       j != y
//! d loss / d x_y  = -(sum of exp(x_i - m) over i != y) / (1 + others)
//! ```
//!
//! Neither `m + ln(..)` nor `p_y - 1` is ever formed: so equal logits of 1e8 cost
//! `ln C`, and a row that is nearly certain keeps all digits of its small loss
//! and gradient.
//!
//! Long rows are swept one by one (`rows`); rows of few classes lie in the lanes
//! of registers (`few_classes`). Both give, for a batch of rows, `m - x_y` and
//! `others`, and one sweep over the batch makes losses of them.

mod few_classes;
mod rows;

pub(super) use rows::{but_one, exponential};

use crate::math::{Math, ln_1p};
use crate::split::{Split, split_option};
use crate::{Element, Isa, Kernel, Lanes, Level, Targets, sweep};

/// Rows whose losses are computed and added together. A constant, because the
/// order of additions follows from it.
const BATCH: usize = 64;

/// Up to this many classes, rows lie in lanes.
pub(crate) const FEW: usize = 32;

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

/// Returns the summed loss; writes gradients and each row's loss where asked to.
#[derive(Debug)]
pub struct CrossEntropy<'a, E> {
    /// `[rows, classes]`
    pub logits: Logits<'a, E>,
    /// Columns; at least 1.
    pub classes: usize,
    /// `[rows]`, each below `classes` or left out.
    pub targets: Targets<'a>,
    /// Factor of the gradient.
    pub scale: E,
    /// `[rows]`: a further factor of each row's gradient.
    pub upstream: Option<&'a [E]>,
    /// `[rows]`, overwritten by each row's loss.
    pub losses: Option<&'a mut [E]>,
}

/// What a batch of rows gives.
struct Batch<E> {
    /// `max x - x_y`
    gap: [E; BATCH],
    /// The softmax's denominator without one maximum's share.
    others: [E; BATCH],
}

impl<E: Math> Kernel for CrossEntropy<'_, E> {
    type Out = f64;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> f64 {
        let Self { mut logits, classes, targets, scale, upstream, mut losses } = self;
        let mut total = 0.0;
        let mut from = 0;
        while from < targets.len() {
            let rows = BATCH.min(targets.len() - from);
            let (mut class, mut factor) = ([0; BATCH], [scale; BATCH]);
            targets.read(from, &mut class[..rows]);
            if let Some(upstream) = upstream {
                for (factor, upstream) in factor.iter_mut().zip(&upstream[from..]) {
                    *factor = scale * *upstream;
                }
            }
            // A row left out costs 0 + ln(1 + 0).
            let mut batch = Batch { gap: [E::ZERO; BATCH], others: [E::ZERO; BATCH] };
            let place = from * classes..(from + rows) * classes;
            let work = logits.range(place);
            if classes <= FEW {
                few_classes::batch(isa, work, classes, &class[..rows], &factor, &mut batch);
            } else {
                rows::batch(isa, work, classes, &class[..rows], &factor, &mut batch);
            }

            let mut loss = [E::ZERO; BATCH];
            let loss = &mut loss[..rows];
            let reads = (&batch.gap[..rows], &batch.others[..rows]);
            sweep::update(
                isa,
                &mut *loss,
                reads,
                #[inline(always)]
                |_: E::Lanes<I>, (gap, others)| gap.add(ln_1p(others)),
            );
            total += sweep::sum(
                isa,
                &*loss,
                #[inline(always)]
                |loss: E::Lanes<I>| loss,
            );
            if let Some(losses) = &mut losses {
                losses[from..from + rows].copy_from_slice(loss);
            }
            from += rows;
        }
        total
    }
}

impl<E> Logits<'_, E> {
    /// The elements of some rows.
    #[inline(always)]
    fn range(&mut self, range: core::ops::Range<usize>) -> Logits<'_, E> {
        match self {
            Logits::Read(x) => Logits::Read(&x[range]),
            Logits::Grad(x, grad) => Logits::Grad(&x[range.clone()], &mut grad[range]),
            Logits::InPlace(x) => Logits::InPlace(&mut x[range]),
        }
    }

    /// The logits, to be read before the gradient is written.
    #[inline(always)]
    fn values(&self) -> &[E] {
        match self {
            Logits::Read(x) | Logits::Grad(x, _) => x,
            Logits::InPlace(x) => x,
        }
    }

    /// Where the gradient goes.
    #[inline(always)]
    fn grad(&mut self) -> Option<&mut [E]> {
        match self {
            Logits::Read(_) => None,
            Logits::Grad(_, grad) => Some(grad),
            Logits::InPlace(x) => Some(x),
        }
    }

    fn split_at(self, mid: usize) -> (Self, Self) {
        match self {
            Logits::Read(x) => {
                let (x, rest) = x.split_at(mid);
                (Logits::Read(x), Logits::Read(rest))
            }
            Logits::Grad(x, grad) => {
                let (x, x_rest) = x.split_at(mid);
                let (grad, grad_rest) = grad.split_at_mut(mid);
                (Logits::Grad(x, grad), Logits::Grad(x_rest, grad_rest))
            }
            Logits::InPlace(x) => {
                let (x, rest) = x.split_at_mut(mid);
                (Logits::InPlace(x), Logits::InPlace(rest))
            }
        }
    }
}

impl<E: Element> Split for CrossEntropy<'_, E> {
    /// Whole batches of rows, and at least 32 Ki logits or one batch.
    fn leaf(&self) -> usize {
        (32_768 / self.classes).next_multiple_of(BATCH).max(BATCH)
    }
    fn cost(&self) -> f64 {
        #[allow(clippy::cast_precision_loss)] // an estimate
        let classes = self.classes as f64;
        // Long rows at 0.4 ns a logit; few classes cost more each, and a row its logarithm.
        classes * if self.classes <= FEW { 1.0 } else { 0.4 } + 1.0
    }
    fn len(&self) -> usize {
        self.targets.len()
    }
    fn split_at(self, mid: usize) -> (Self, Self) {
        let Self { logits, classes, targets, scale, upstream, losses } = self;
        let (logits, logits_rest) = logits.split_at(mid * classes);
        let (targets, targets_rest) = targets.split_at(mid);
        let (upstream, upstream_rest) = split_option(upstream, mid);
        let (losses, losses_rest) = losses.map(|l| l.split_at_mut(mid)).unzip();
        (
            Self { logits, classes, targets, scale, upstream, losses },
            Self {
                logits: logits_rest,
                classes,
                targets: targets_rest,
                scale,
                upstream: upstream_rest,
                losses: losses_rest,
            },
        )
    }
    fn join(left: f64, right: f64) -> f64 {
        left + right
    }
    fn run_on(self, level: Level) -> f64 {
        E::run(level, self)
    }
}
