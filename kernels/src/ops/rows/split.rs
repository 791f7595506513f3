//! How work on rows is cut.

use super::cross_entropy::{CrossEntropy, Outputs, Total};
use super::narrow::FEW;
use super::{BATCH, LogSoftmax, LogSumExp, Logits, Shape, Softmax, SoftmaxBackward};
use crate::split::{Cut, Split};
use crate::{Element, Level, Targets};

/// Rows of a leaf: whole batches, and at least 32 Ki elements or one batch.
fn leaf(classes: usize) -> usize {
    (32_768 / classes.max(1)).next_multiple_of(BATCH).max(BATCH)
}

/// Nanoseconds of a row: few classes cost more each, and a row its logarithm.
fn cost(classes: usize) -> f64 {
    #[allow(clippy::cast_precision_loss)] // an estimate
    let columns = classes as f64;
    columns * if classes <= FEW { 0.8 } else { 0.4 } + 2.0
}

impl<E> Logits<'_, E> {
    /// The first rows, and the rest.
    fn cut(self, shape: Shape, mid: usize) -> (Self, Self) {
        match self {
            Logits::Read(x) => {
                let (x, rest) = x.cut(mid * shape.stride);
                (Logits::Read(x), Logits::Read(rest))
            }
            Logits::Grad(x, grad) => {
                let (x, x_rest) = x.cut(mid * shape.stride);
                let (grad, grad_rest) = grad.cut(mid * shape.grad_stride);
                (Logits::Grad(x, grad), Logits::Grad(x_rest, grad_rest))
            }
            Logits::InPlace(x) => {
                let (x, rest) = x.cut(mid * shape.stride);
                (Logits::InPlace(x), Logits::InPlace(rest))
            }
        }
    }
}

impl<E: Element> Split for CrossEntropy<'_, E> {
    fn leaf(&self) -> usize {
        leaf(self.shape.classes)
    }
    fn cost(&self) -> f64 {
        cost(self.shape.classes)
    }
    fn len(&self) -> usize {
        self.shape.rows
    }
    fn split_at(self, mid: usize) -> (Self, Self) {
        let Self { logits, shape, targets, options, scale, upstream, outputs } = self;
        let (logits, logits_rest) = logits.cut(shape, mid);
        let (targets, targets_rest) = match targets {
            Targets::Classes(classes) => {
                let (classes, rest) = classes.split_at(mid);
                (Targets::Classes(classes), Targets::Classes(rest))
            }
            Targets::Probabilities(q) => {
                let (q, rest) = q.cut(mid * shape.classes);
                (Targets::Probabilities(q), Targets::Probabilities(rest))
            }
        };
        let (upstream, upstream_rest) = upstream.cut(mid);
        let Outputs { losses, logsumexp, count_correct } = outputs;
        let (losses, losses_rest) = losses.cut(mid);
        let (logsumexp, logsumexp_rest) = logsumexp.cut(mid);
        (
            Self {
                logits,
                shape: Shape { rows: mid, ..shape },
                targets,
                options,
                scale,
                upstream,
                outputs: Outputs { losses, logsumexp, count_correct },
            },
            Self {
                logits: logits_rest,
                shape: Shape { rows: shape.rows - mid, ..shape },
                targets: targets_rest,
                options,
                scale,
                upstream: upstream_rest,
                outputs: Outputs { losses: losses_rest, logsumexp: logsumexp_rest, count_correct },
            },
        )
    }
    fn join(left: Total, right: Total) -> Total {
        Total { loss: left.loss + right.loss, correct: left.correct + right.correct }
    }
    fn dispatch(self, level: Level) -> Total {
        E::dispatch(level, self)
    }
}

/// Cuts a kernel after so many rows: the fields of [`Logits`], those of `[rows]`, and those of
/// `[rows, classes]`.
macro_rules! rows {
    ($kernel:ident: $this:ident => $rows:expr, $classes:expr, |$mid:ident| { $($field:ident: $cut:expr),* }, { $($copy:ident),* }) => {
        impl<E: Element> Split for $kernel<'_, E> {
            fn leaf(&self) -> usize {
                let $this = self;
                leaf($classes)
            }
            fn cost(&self) -> f64 {
                let $this = self;
                cost($classes)
            }
            fn len(&self) -> usize {
                let $this = self;
                $rows
            }
            fn split_at(self, $mid: usize) -> (Self, Self) {
                let $this = self;
                $(let $field = $cut;)*
                (
                    Self { $($field: $field.0,)* $($copy: $this.$copy,)* },
                    Self { $($field: $field.1,)* $($copy: $this.$copy,)* },
                )
            }
            fn join((): (), (): ()) {}
            fn dispatch(self, level: Level) {
                E::dispatch(level, self);
            }
        }
    };
}

rows!(Softmax: this => this.logits.values().len() / this.classes, this.classes, |mid| {
    logits: { let shape = this.logits.whole_rows(this.classes); this.logits.cut(shape, mid) },
    upstream: this.upstream.cut(mid)
}, { classes });

rows!(LogSoftmax: this => this.logits.values().len() / this.classes, this.classes, |mid| {
    logits: { let shape = this.logits.whole_rows(this.classes); this.logits.cut(shape, mid) }
}, { classes });

rows!(LogSumExp: this => this.out.len(), this.x.len() / this.out.len().max(1), |mid| {
    x: this.x.cut(mid * (this.x.len() / this.out.len().max(1))),
    out: this.out.cut(mid)
}, {});

rows!(SoftmaxBackward: this => this.y.len() / this.classes, this.classes, |mid| {
    y: this.y.cut(mid * this.classes),
    upstream: this.upstream.cut(mid * this.classes),
    grad: this.grad.cut(mid * this.classes)
}, { classes, logarithm });
