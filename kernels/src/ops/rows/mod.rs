//! Work on rows of logits: what a softmax, its logarithm, the logarithm of the sum of
//! exponentials and a cross-entropy have in common.
//!
//! With `max = max x`, `e_j = exp(x_j)` up to a factor of the row, `exp_max` the largest of them
//! and `sum_rest` the sum of all but that one:
//!
//! ```text
//! softmax_j             = e_j / (exp_max + sum_rest)
//! ln(sum_j exp(x_j))    = max + ln(1 + sum_rest / exp_max)
//! ```
//!
//! A row that is nearly certain keeps all digits of what is not `exp_max`, because the two are
//! never one number. Rows of few classes lie in the lanes of registers (`narrow`), longer
//! ones are swept one by one (`wide`).

mod cross_entropy;
mod exponentials;
mod factors;
mod log_softmax;
mod logsumexp;
mod narrow;
mod softmax;
mod split;
mod wide;

pub use cross_entropy::{
    CrossEntropy, Options as CrossEntropyOptions, Outputs as CrossEntropyOutputs,
    Total as CrossEntropyTotal,
};
pub use log_softmax::LogSoftmax;
pub use logsumexp::LogSumExp;
pub use softmax::{Softmax, SoftmaxBackward};

use crate::InOut;

/// Rows whose losses are computed and added together. A constant, because the order of
/// additions follows from it; a multiple of every register's lanes.
const BATCH: usize = 128;

/// Logits, and where what is made of them goes.
#[derive(Debug)]
pub enum Logits<'a, E> {
    /// Nowhere.
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
    /// Classes; at least 1.
    pub classes: usize,
    /// From one row of logits to the next; at least `classes`.
    pub stride: usize,
    /// From one row of a separate gradient to the next; at least `classes`.
    pub grad_stride: usize,
}

/// Hands batches of rows to `visit`: their logits, their shape, and the first one's number.
#[inline(always)]
fn walk<E>(
    mut logits: Logits<'_, E>,
    shape: Shape,
    mut visit: impl FnMut(Logits<'_, E>, Shape, usize),
) {
    let mut from = 0;
    while from < shape.rows {
        let rows = BATCH.min(shape.rows - from);
        visit(logits.after(shape, from), Shape { rows, ..shape }, from);
        from += rows;
    }
}

impl<E> Logits<'_, E> {
    /// Rows close together.
    #[inline(always)]
    fn whole_rows(&self, classes: usize) -> Shape {
        let rows = self.values().len() / classes;
        Shape { rows, classes, stride: classes, grad_stride: classes }
    }

    /// All rows from one on.
    #[inline(always)]
    fn after(&mut self, shape: Shape, row: usize) -> Logits<'_, E> {
        // Only where there are further rows are products of strides known to fit.
        match self {
            Logits::Read(x) => Logits::Read(&x[row * shape.stride..]),
            Logits::Grad(x, grad) => {
                Logits::Grad(&x[row * shape.stride..], &mut grad[row * shape.grad_stride..])
            }
            Logits::InPlace(x) => Logits::InPlace(&mut x[row * shape.stride..]),
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

    /// Where the gradient goes, and from one of its rows to the next.
    #[inline(always)]
    fn grad(&mut self, shape: Shape) -> Option<(&mut [E], usize)> {
        match self {
            Logits::Read(_) => None,
            Logits::Grad(_, grad) => Some((grad, shape.grad_stride)),
            Logits::InPlace(x) => Some((x, shape.stride)),
        }
    }

    /// One row.
    #[inline(always)]
    fn row(&mut self, shape: Shape, row: usize) -> Row<'_, E> {
        let classes = shape.classes;
        match self.after(shape, row) {
            Logits::Read(x) => Row::Read(&x[..classes]),
            Logits::Grad(x, grad) => Row::Write(InOut::apart(&x[..classes], &mut grad[..classes])),
            Logits::InPlace(x) => Row::Write(InOut::from(&mut x[..classes])),
        }
    }
}

impl<'a, E> Logits<'a, E> {
    /// The first row, and the rest.
    #[inline(always)]
    fn split_row(self, shape: Shape) -> (Row<'a, E>, Self) {
        let Shape { classes, stride, grad_stride, .. } = shape;
        match self {
            Logits::Read(x) => {
                let (row, rest) = x.split_at(stride.min(x.len()));
                (Row::Read(&row[..classes]), Logits::Read(rest))
            }
            Logits::Grad(x, grad) => {
                let (row, rest) = x.split_at(stride.min(x.len()));
                let (grad, grad_rest) = grad.split_at_mut(grad_stride.min(grad.len()));
                let row = InOut::apart(&row[..classes], &mut grad[..classes]);
                (Row::Write(row), Logits::Grad(rest, grad_rest))
            }
            Logits::InPlace(x) => {
                let (row, rest) = x.split_at_mut(stride.min(x.len()));
                (Row::Write(InOut::from(&mut row[..classes])), Logits::InPlace(rest))
            }
        }
    }
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

/// One row of logits, and where its gradient goes, if anywhere.
enum Row<'a, E> {
    Read(&'a [E]),
    Write(InOut<'a, E>),
}
