//! How work on rows is cut into pieces, and what they cost.

use super::cross_entropy::{CrossEntropy, Outputs, Total};
use super::narrow::FEW;
use super::{BATCH, LogSoftmax, LogSumExp, Shape, Softmax, SoftmaxBackward};
use crate::split::{Cut, Split};
use crate::{Element, Level};

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

impl Shape {
    fn cut(self, mid: usize) -> (Self, Self) {
        (Shape { rows: mid, ..self }, Shape { rows: self.rows - mid, ..self })
    }
}

impl<E> Cut for Outputs<'_, E> {
    fn cut(self, mid: usize) -> (Self, Self) {
        let Self { losses, logsumexp, count_correct } = self;
        let (losses, losses_rest) = losses.cut(mid);
        let (logsumexp, logsumexp_rest) = logsumexp.cut(mid);
        let rest = Self { losses: losses_rest, logsumexp: logsumexp_rest, count_correct };
        (Self { losses, logsumexp, count_correct }, rest)
    }
}

/// Implements [`Split`] for a kernel of rows: how many rows and classes it has, how each field
/// is cut after `mid` rows, which are copied to both parts, and how the results join.
macro_rules! rows {
    (
        $kernel:ident, |$this:ident| rows: $rows:expr, classes: $classes:expr;
        |$mid:ident| cut: { $($field:ident: $cut:expr),* $(,)? };
        copy: $($copy:ident),*;
        join: $join:expr;
    ) => {
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
            fn join(left: Self::Out, right: Self::Out) -> Self::Out {
                let join: fn(Self::Out, Self::Out) -> Self::Out = $join;
                join(left, right)
            }
            fn dispatch(self, level: Level) -> Self::Out {
                E::dispatch(level, self)
            }
        }
    };
}

rows! {
    CrossEntropy, |this| rows: this.shape.rows, classes: this.shape.classes;
    |mid| cut: {
        logits: this.logits.cut(this.shape, mid),
        targets: this.targets.cut(this.shape.classes, mid),
        upstream: this.upstream.cut(mid),
        outputs: this.outputs.cut(mid),
        shape: this.shape.cut(mid),
    };
    copy: options, scale;
    join: |left, right| Total {
        loss: left.loss + right.loss,
        correct: left.correct + right.correct,
    };
}

rows! {
    Softmax, |this| rows: this.logits.values().len() / this.classes, classes: this.classes;
    |mid| cut: {
        logits: { let shape = this.logits.whole_rows(this.classes); this.logits.cut(shape, mid) },
        upstream: this.upstream.cut(mid),
    };
    copy: classes;
    join: |(), ()| ();
}

rows! {
    LogSoftmax, |this| rows: this.logits.values().len() / this.classes, classes: this.classes;
    |mid| cut: {
        logits: { let shape = this.logits.whole_rows(this.classes); this.logits.cut(shape, mid) },
    };
    copy: classes;
    join: |(), ()| ();
}

rows! {
    LogSumExp, |this| rows: this.out.len(), classes: this.x.len() / this.out.len().max(1);
    |mid| cut: {
        x: this.x.cut(mid * (this.x.len() / this.out.len().max(1))),
        out: this.out.cut(mid),
    };
    copy:;
    join: |(), ()| ();
}

rows! {
    SoftmaxBackward, |this| rows: this.y.len() / this.classes, classes: this.classes;
    |mid| cut: {
        y: this.y.cut(mid * this.classes),
        upstream: this.upstream.cut(mid * this.classes),
        grad: this.grad.cut(mid * this.classes),
    };
    copy: classes, logarithm;
    join: |(), ()| ();
}
