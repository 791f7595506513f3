//! What all updates share: tensors with their gradient and state, stepped one
//! after the other by one formula.
//!
//! A step of one tensor is a step of a list of one: a list enters its level once
//! and puts its constants into registers once, so a small tensor costs little
//! more than its elements.

use crate::{Float, Isa, Kernel};

/// Weights with their gradient and the `N` slices that an update remembers, all
/// of one length.
///
/// ```
/// use gradstep_kernels::ops::Tensor;
///
/// let (mut w, g, mut m, mut v) = ([1.0f32; 3], [0.5; 3], [0.0; 3], [0.0; 3]);
/// let tensor = Tensor { w: &mut w, g: &g, state: [&mut m, &mut v] };
/// assert_eq!(tensor.state.len(), 2);
/// ```
#[derive(Debug)]
pub struct Tensor<'a, E, const N: usize> {
    /// `[n]`, overwritten.
    pub w: &'a mut [E],
    /// `[n]`
    pub g: &'a [E],
    /// `[n]` each, overwritten.
    pub state: [&'a mut [E]; N],
}

impl<E, const N: usize> Default for Tensor<'_, E, N> {
    /// No elements.
    fn default() -> Self {
        Tensor { w: &mut [], g: &[], state: core::array::from_fn(|_| Default::default()) }
    }
}

impl<'a, E, const N: usize> Tensor<'a, E, N> {
    /// The same slices for a shorter time.
    ///
    /// ```
    /// use gradstep_kernels::ops::Tensor;
    ///
    /// let mut tensor = Tensor { w: &mut [1.0f32], g: &[2.0], state: [] };
    /// tensor.reborrow().w[0] = 3.0;
    /// assert_eq!(tensor.w, [3.0]);
    /// ```
    pub fn reborrow(&mut self) -> Tensor<'_, E, N> {
        Tensor { w: self.w, g: self.g, state: self.state.each_mut().map(|slice| &mut **slice) }
    }

    /// The first `mid` elements of every slice, or all, and the rest.
    ///
    /// ```
    /// use gradstep_kernels::ops::Tensor;
    ///
    /// let tensor = Tensor { w: &mut [1.0f32, 2.0, 3.0], g: &[4.0, 5.0, 6.0], state: [] };
    /// let (left, right) = tensor.split_at(2);
    /// assert_eq!((left.g, right.g), (&[4.0, 5.0][..], &[6.0][..]));
    /// ```
    #[must_use]
    pub fn split_at(self, mid: usize) -> (Self, Self) {
        fn cut<E>(slice: &mut [E], mid: usize) -> (&mut [E], &mut [E]) {
            let mid = mid.min(slice.len());
            slice.split_at_mut(mid)
        }
        let mut right = Self::default();
        let mut left = Self::default();
        (left.w, right.w) = cut(self.w, mid);
        (left.g, right.g) = self.g.split_at(mid.min(self.g.len()));
        for ((slice, a), b) in self.state.into_iter().zip(&mut left.state).zip(&mut right.state) {
            (*a, *b) = cut(slice, mid);
        }
        (left, right)
    }
}

/// The formula of an update that remembers `N` slices, with its constants.
pub trait Update<E: Float, const N: usize>: Copy + Send + Sync {
    /// Nanoseconds that an element costs where memory does not limit, at the best
    /// level; decides what is worth a second thread.
    const COST: f64;

    /// Steps one tensor after the other. Choices are made and constants loaded
    /// before the first of them.
    fn step<I: Isa>(self, isa: I, tensors: &mut [Tensor<'_, E, N>]);
}

/// Steps every tensor of a list; of slices that differ in length the shortest
/// decides.
#[derive(Debug)]
pub struct Step<'t, 'a, E, U, const N: usize> {
    /// What to step.
    pub tensors: &'t mut [Tensor<'a, E, N>],
    /// How. By reference: constants are read where they were written, each for its
    /// register, and not copied before.
    pub update: &'t U,
}

impl<E: Float, U: Update<E, N>, const N: usize> Kernel for Step<'_, '_, E, U, N> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        self.update.step(isa, self.tensors);
    }
}
