//! How a cross-entropy is cut.

use super::{BATCH, CrossEntropy, FEW, Logits, Outputs, Shape, Total};
use crate::split::{Cut, Split};
use crate::{Element, Level, Targets};

impl<E: Element> Split for CrossEntropy<'_, E> {
    /// Whole batches of rows, and at least 32 Ki logits or one batch.
    fn leaf(&self) -> usize {
        (32_768 / self.shape.classes).next_multiple_of(BATCH).max(BATCH)
    }
    fn cost(&self) -> f64 {
        #[allow(clippy::cast_precision_loss)] // an estimate
        let classes = self.shape.classes as f64;
        // Long rows at 0.5 ns a logit; few classes cost more each, and a row its logarithm.
        classes * if self.shape.classes <= FEW { 1.0 } else { 0.5 } + 1.0
    }
    fn len(&self) -> usize {
        self.shape.rows
    }
    fn split_at(self, mid: usize) -> (Self, Self) {
        let Self { logits, shape, targets, options, scale, upstream, outputs } = self;
        let (logits, logits_rest) = logits.cut(mid * shape.stride, mid * shape.grad_stride);
        let (targets, targets_rest) = match targets {
            Targets::Classes(classes) => {
                let (classes, rest) = classes.split_at(mid);
                (Targets::Classes(classes), Targets::Classes(rest))
            }
            Targets::Probabilities(q) => {
                let (q, rest) = q.split_at(mid * shape.classes);
                (Targets::Probabilities(q), Targets::Probabilities(rest))
            }
            Targets::Nothing => (Targets::Nothing, Targets::Nothing),
        };
        let (upstream, upstream_rest) = upstream.cut(mid);
        let Outputs { losses, logsumexp, count_hits } = outputs;
        let (losses, losses_rest) = losses.map(|l| l.split_at_mut(mid)).unzip();
        let (logsumexp, logsumexp_rest) = logsumexp.map(|l| l.split_at_mut(mid)).unzip();
        (
            Self {
                logits,
                shape: Shape { rows: mid, ..shape },
                targets,
                options,
                scale,
                upstream,
                outputs: Outputs { losses, logsumexp, count_hits },
            },
            Self {
                logits: logits_rest,
                shape: Shape { rows: shape.rows - mid, ..shape },
                targets: targets_rest,
                options,
                scale,
                upstream: upstream_rest,
                outputs: Outputs { losses: losses_rest, logsumexp: logsumexp_rest, count_hits },
            },
        )
    }
    fn join(left: Total, right: Total) -> Total {
        Total { loss: left.loss + right.loss, hits: left.hits + right.hits }
    }
    fn dispatch(self, level: Level) -> Total {
        E::dispatch(level, self)
    }
}

impl<E> Logits<'_, E> {
    /// The first elements, and the rest.
    pub(in crate::ops) fn cut(self, read: usize, written: usize) -> (Self, Self) {
        match self {
            Logits::Read(x) => {
                let (x, rest) = x.split_at(read);
                (Logits::Read(x), Logits::Read(rest))
            }
            Logits::Grad(x, grad) => {
                let (x, x_rest) = x.split_at(read);
                let (grad, grad_rest) = grad.split_at_mut(written);
                (Logits::Grad(x, grad), Logits::Grad(x_rest, grad_rest))
            }
            Logits::InPlace(x) => {
                let (x, rest) = x.split_at_mut(read);
                (Logits::InPlace(x), Logits::InPlace(rest))
            }
        }
    }
}
