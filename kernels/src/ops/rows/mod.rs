//! Work on rows of logits: what a softmax, its logarithm, the logarithm of the sum of
//! exponentials and a cross-entropy have in common.
//!
//! With `max` the largest `x_j`, `e_j` the exponentials `exp(x_j)` up to a factor of the row,
//! `exp_max` the largest of those and `sum_rest` the sum of all but that one:
//!
//! ```text
//! softmax_j             = e_j / (exp_max + sum_rest)
//! ln(sum_j exp(x_j))    = max + ln(1 + sum_rest / exp_max)
//! ```
//!
//! A row that is nearly certain of one class keeps all digits of the others, because `sum_rest`
//! is never added to `exp_max` without the rounding error. Rows of few classes lie in the lanes of registers (`narrow`), longer
//! ones are swept one by one (`wide`).

mod cross_entropy;
mod exponentials;
mod factors;
mod log_softmax;
mod logsumexp;
mod narrow;
mod per_row;
mod softmax;
mod softmax_grad_hess;
mod split;
mod wide;

pub use cross_entropy::{
    CrossEntropy, Options as CrossEntropyOptions, Outputs as CrossEntropyOutputs,
    Total as CrossEntropyTotal,
};
pub use log_softmax::LogSoftmax;
pub use logsumexp::LogSumExp;
pub use softmax::{Softmax, SoftmaxBackward};
pub use softmax_grad_hess::{GradHessOutputs, SoftmaxGradHess};

use crate::{Float, InOut};

/// The work on rows of THE list of built-in kernels (`element.rs`).
macro_rules! rows {
    ($E:ident, $apply:ident $($head:tt)*) => {
        $apply! { $($head)*
            CrossEntropy<'a, $E>,
            Softmax<'a, $E>,
            LogSoftmax<'a, $E>,
            LogSumExp<'a, $E>,
            SoftmaxBackward<'a, $E>,
            SoftmaxGradHess<'a, $E>,
        }
    };
}
pub(crate) use rows;

/// Rows whose losses are computed and added together. A constant, because it decides the order
/// of additions; a multiple of the lanes of every register.
const BATCH: usize = 128;

/// Logits, and where the result goes: a gradient, or a function of the rows.
#[derive(Debug)]
pub enum Logits<'a, E> {
    /// Nowhere.
    Read(&'a [E]),
    /// To the second slice.
    Grad(&'a [E], &'a mut [E]),
    /// It replaces the logits.
    InPlace(&'a mut [E]),
}

/// How rows lie in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Rows.
    pub rows: usize,
    /// Classes; at least 1.
    pub classes: usize,
    /// Elements from the start of one row of logits to that of the next; at least `classes`.
    /// With positions, from a class to the next; at least `positions`.
    pub stride: usize,
    /// The same of a gradient that does not replace the logits.
    pub grad_stride: usize,
    /// Rows of a sample `[classes, positions]`; 0 where classes are the last axis.
    pub positions: usize,
}

/// Elements from a row to the next of a batch, and from a class to the next.
#[derive(Clone, Copy)]
struct Strides {
    row: usize,
    class: usize,
}

impl Shape {
    /// The most classes of rows that have to lie in lanes: as many as find room.
    pub const MOST_IN_LANES: usize = narrow::MOST;

    /// The strides of a buffer with that stride.
    #[inline(always)]
    fn strides(self, stride: usize) -> Strides {
        if self.positions == 0 {
            Strides { row: stride, class: 1 }
        } else {
            Strides { row: 1, class: stride }
        }
    }

    /// Where a row of the whole begins in a buffer with that stride.
    #[inline(always)]
    fn start(self, stride: usize, row: usize) -> usize {
        // The product does not overflow: there is a row, so the buffer has so many elements.
        match row.checked_div(self.positions) {
            None => row * stride,
            Some(sample) => sample * self.classes * stride + row % self.positions,
        }
    }

    /// Rows that are cut from each other only together: those of a sample.
    #[inline(always)]
    fn unit(self) -> usize {
        self.positions.max(1)
    }
}

/// A weight of each row.
#[derive(Clone, Copy, Debug)]
pub struct RowWeights<'a, E> {
    /// `[rows]`, each at least 0.
    pub weights: &'a [E],
    /// A power of 2 times which they count.
    pub lift: f64,
}

impl<E: Float> RowWeights<'_, E> {
    /// The weight of a row, times the lift.
    #[inline(always)]
    fn lifted(self, row: usize) -> f64 {
        self.weights[row].to_f64() * self.lift
    }

    /// Those of the rows from number `row` on.
    #[inline(always)]
    fn after(self, row: usize) -> Self {
        Self { weights: &self.weights[row..], ..self }
    }
}

/// Hands batches of rows to `visit`: their logits, their shape, and the first one's number. A
/// batch has rows of one sample.
#[inline(always)]
fn walk<E>(
    mut logits: Logits<'_, E>,
    shape: Shape,
    mut visit: impl FnMut(Logits<'_, E>, Shape, usize),
) {
    let mut from = 0;
    while from < shape.rows {
        let rows = match from.checked_rem(shape.positions) {
            None => BATCH.min(shape.rows - from),
            Some(position) => BATCH.min(shape.positions - position),
        };
        visit(logits.after(shape, from), Shape { rows, ..shape }, from);
        from += rows;
    }
}

impl<E> Logits<'_, E> {
    /// The shape of rows with nothing between them.
    #[inline(always)]
    fn whole_rows(&self, classes: usize) -> Shape {
        let rows = self.values().len() / classes;
        Shape { rows, classes, stride: classes, grad_stride: classes, positions: 0 }
    }

    /// The rows from number `row` on.
    #[inline(always)]
    fn after(&mut self, shape: Shape, row: usize) -> Logits<'_, E> {
        let from = shape.start(shape.stride, row);
        match self {
            Logits::Read(x) => Logits::Read(&x[from..]),
            Logits::Grad(x, grad) => {
                Logits::Grad(&x[from..], &mut grad[shape.start(shape.grad_stride, row)..])
            }
            Logits::InPlace(x) => Logits::InPlace(&mut x[from..]),
        }
    }

    /// The logits, to be read before anything is written.
    #[inline(always)]
    fn values(&self) -> &[E] {
        match self {
            Logits::Read(x) | Logits::Grad(x, _) => x,
            Logits::InPlace(x) => x,
        }
    }

    /// Where the result goes, and the distance from one of its rows to the next.
    #[inline(always)]
    fn grad(&mut self, shape: Shape) -> Option<(&mut [E], usize)> {
        match self {
            Logits::Read(_) => None,
            Logits::Grad(_, grad) => Some((grad, shape.grad_stride)),
            Logits::InPlace(x) => Some((x, shape.stride)),
        }
    }
}

impl<'a, E> Logits<'a, E> {
    /// The first `mid` rows, and the rest. The last row may end before its stride does.
    #[inline(always)]
    fn cut(self, shape: Shape, mid: usize) -> (Self, Self) {
        let end = |len: usize, stride: usize| shape.start(stride, mid).min(len);
        match self {
            Logits::Read(x) => {
                let (x, x_rest) = x.split_at(end(x.len(), shape.stride));
                (Logits::Read(x), Logits::Read(x_rest))
            }
            Logits::Grad(x, grad) => {
                let (x, x_rest) = x.split_at(end(x.len(), shape.stride));
                let (grad, grad_rest) = grad.split_at_mut(end(grad.len(), shape.grad_stride));
                (Logits::Grad(x, grad), Logits::Grad(x_rest, grad_rest))
            }
            Logits::InPlace(x) => {
                let (x, x_rest) = x.split_at_mut(end(x.len(), shape.stride));
                (Logits::InPlace(x), Logits::InPlace(x_rest))
            }
        }
    }

    /// The first row.
    #[inline(always)]
    fn row(self, classes: usize) -> Row<'a, E> {
        match self {
            Logits::Read(x) => Row::Read(&x[..classes]),
            Logits::Grad(x, grad) => Row::Write(InOut::apart(&x[..classes], &mut grad[..classes])),
            Logits::InPlace(x) => Row::Write(InOut::from(&mut x[..classes])),
        }
    }
}

/// One row of logits, and where its gradient goes, if anywhere.
enum Row<'a, E> {
    Read(&'a [E]),
    Write(InOut<'a, E>),
}

impl<E> Row<'_, E> {
    /// The logits, to be read before anything is written.
    #[inline(always)]
    fn values(&self) -> &[E] {
        match self {
            Row::Read(x) => x,
            Row::Write(row) => row.input(),
        }
    }
}
