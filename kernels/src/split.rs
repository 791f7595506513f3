//! Kernels that can be cut in two, so that a caller can spread them.

use crate::{Float, Kernel, Level};

/// A kernel over slices of one length that can be cut anywhere.
pub trait Split: Kernel + Sized {
    /// The length of the pieces that a caller runs one by one. It depends on
    /// the shapes alone, so the order of additions does too.
    fn leaf(&self) -> usize;
    /// Nanoseconds that one unit of length costs where memory does not limit,
    /// at the best level; decides what is worth a second thread.
    fn cost(&self) -> f64;
    /// Units of length: elements, or rows.
    fn len(&self) -> usize;
    /// Whether there is nothing to do.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The first `mid` units, and the rest.
    fn split_at(self, mid: usize) -> (Self, Self);
    /// Puts the results of two neighbours together.
    fn join(left: Self::Out, right: Self::Out) -> Self::Out;
    /// Runs one piece.
    fn run_on(self, level: Level) -> Self::Out;
}

/// Elements of a leaf: 16 blocks, which then add up in `f64`.
pub(crate) const fn leaf<E: Float>() -> usize {
    16 * E::BLOCK
}

/// An optional slice, cut like the others.
pub(crate) fn split_option<E>(slice: Option<&[E]>, mid: usize) -> (Option<&[E]>, Option<&[E]>) {
    slice.map(|s| s.split_at(mid)).unzip()
}
