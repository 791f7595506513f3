//! How work on rows is cut into pieces, and what they cost.

use super::cross_entropy::{CrossEntropy, Outputs, Total};
use super::narrow::FEW;
use super::{BATCH, LogSoftmax, LogSumExp, RowWeights, Shape, Softmax};
use super::{SoftmaxBackward, SoftmaxGradHess};
use crate::Element;
use crate::split::{Cut, split};

/// Rows of a leaf: whole batches, and at least 32 Ki elements or one batch.
fn leaf(classes: usize) -> usize {
    (32_768 / classes.max(1)).next_multiple_of(BATCH).max(BATCH)
}

/// Nanoseconds of a row: few classes cost more each, and a row its logarithm.
fn cost(classes: usize) -> f64 {
    let columns = classes as f64;
    columns * if classes <= FEW { 0.8 } else { 0.4 } + 2.0
}

impl Shape {
    /// Units of a leaf.
    #[inline(always)]
    fn leaf(self) -> usize {
        if self.rows <= BATCH {
            // One leaf, as below, without divisions: that shows where rows are few.
            return BATCH;
        }
        (leaf(self.classes) / self.unit()).max(1)
    }

    /// How many there are of what is cut together.
    #[inline(always)]
    fn units(self) -> usize {
        self.rows.checked_div(self.positions).unwrap_or(self.rows)
    }

    fn cut(self, mid: usize) -> (Self, Self) {
        (Shape { rows: mid, ..self }, Shape { rows: self.rows - mid, ..self })
    }
}

impl<E> Cut for RowWeights<'_, E> {
    fn cut(self, mid: usize) -> (Self, Self) {
        let (weights, rest) = self.weights.cut(mid);
        (Self { weights, ..self }, Self { weights: rest, ..self })
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

split! {
    impl[E: Element] CrossEntropy<'_, E>;
    parts: |kernel, mid|
        logits = kernel.logits.cut(kernel.shape, mid * kernel.shape.unit()),
        targets = kernel.targets.cut(kernel.shape.classes, mid * kernel.shape.unit()),
        upstream = kernel.upstream.cut(mid * kernel.shape.unit()),
        row_weights = kernel.row_weights.cut(mid * kernel.shape.unit()),
        outputs = kernel.outputs.cut(mid * kernel.shape.unit()),
        shape = kernel.shape.cut(mid * kernel.shape.unit());
    copy: options, scale;
    leaf: |kernel| kernel.shape.leaf();
    len: |kernel| kernel.shape.units();
    cost: |kernel| cost(kernel.shape.classes) * kernel.shape.unit() as f64;
    join: |left, right| Total {
        loss: left.loss + right.loss,
        correct: left.correct + right.correct,
    };
    dispatch: E::dispatch;
}

split! {
    impl[E: Element] SoftmaxGradHess<'_, E>;
    parts: |kernel, mid|
        scores = {
            let end = kernel.shape.start(kernel.shape.stride, mid * kernel.shape.unit());
            kernel.scores.cut(end.min(kernel.scores.len()))
        },
        targets = kernel.targets.split_at(mid * kernel.shape.unit()),
        row_weights = kernel.row_weights.cut(mid * kernel.shape.unit()),
        outputs = {
            let end = kernel.shape.start(kernel.shape.grad_stride, mid * kernel.shape.unit());
            kernel.outputs.cut(end)
        },
        shape = kernel.shape.cut(mid * kernel.shape.unit());
    copy: class_weights, factor;
    leaf: |kernel| kernel.shape.leaf();
    len: |kernel| kernel.shape.units();
    cost: |kernel| cost(kernel.shape.classes) * 1.5 * kernel.shape.unit() as f64;
    join: |(), ()| ();
    dispatch: E::dispatch;
}

split! {
    impl[E: Element] Softmax<'_, E>;
    parts: |kernel, mid|
        logits = {
            let shape = kernel.logits.whole_rows(kernel.classes);
            kernel.logits.cut(shape, mid)
        },
        upstream = kernel.upstream.cut(mid);
    copy: classes;
    leaf: |kernel| leaf(kernel.classes);
    len: |kernel| kernel.logits.whole_rows(kernel.classes).rows;
    cost: |kernel| cost(kernel.classes);
    join: |(), ()| ();
    dispatch: E::dispatch;
}

split! {
    impl[E: Element] LogSoftmax<'_, E>;
    parts: |kernel, mid|
        logits = {
            let shape = kernel.logits.whole_rows(kernel.classes);
            kernel.logits.cut(shape, mid)
        };
    copy: classes;
    leaf: |kernel| leaf(kernel.classes);
    len: |kernel| kernel.logits.whole_rows(kernel.classes).rows;
    cost: |kernel| cost(kernel.classes);
    join: |(), ()| ();
    dispatch: E::dispatch;
}

split! {
    impl[E: Element] LogSumExp<'_, E>;
    parts: |kernel, mid|
        x = kernel.x.cut(mid * (kernel.x.len() / kernel.out.len().max(1))),
        out = kernel.out.cut(mid);
    copy:;
    leaf: |kernel| leaf(kernel.x.len() / kernel.out.len().max(1));
    len: |kernel| kernel.out.len();
    cost: |kernel| cost(kernel.x.len() / kernel.out.len().max(1));
    join: |(), ()| ();
    dispatch: E::dispatch;
}

split! {
    impl[E: Element] SoftmaxBackward<'_, E>;
    parts: |kernel, mid|
        y = kernel.y.cut(mid * kernel.classes),
        upstream = kernel.upstream.cut(mid * kernel.classes),
        grad = kernel.grad.cut(mid * kernel.classes);
    copy: classes, logarithm;
    leaf: |kernel| leaf(kernel.classes);
    len: |kernel| kernel.y.len() / kernel.classes;
    cost: |kernel| cost(kernel.classes);
    join: |(), ()| ();
    dispatch: E::dispatch;
}
