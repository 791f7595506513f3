//! Dropout without a mask buffer.

use crate::settings::{getters, stored};
use crate::{Element, Error, Execution, check, execution::execution, split};
use gradstep_kernels::{InOut, ops};

/// Inverted dropout: sets each element to 0 with probability `p` and multiplies the
/// others by `1 / (1 - p)`, so that the expected value stays.
///
/// Whether an element is dropped is a function of the seed and of its place alone,
/// so a backward pass computes the mask again instead of reading it. Use another
/// seed, or another [`offset`](Self::offset), for each layer and each step.
///
/// # Shapes
///
/// All slices have the same length; outputs are overwritten.
///
/// # Errors
///
/// [`Error::Parameter`] if `p` is outside of 0 to 1 or NaN; [`Error::Length`] if
/// lengths differ. A refused call writes nothing.
///
/// # Special values
///
/// `p = 0` is the identity; `p = 1` gives zeros. What is dropped is +0, infinities
/// too, but NaN stays NaN.
///
/// # Accuracy
///
/// `1 / (1 - p)` is computed in `f64` and rounded once, and so is the product: within
/// 1.5 ULP for `f32` and 2.5 for `f64`.
/// `p` is rounded to a multiple of 2^-32. The mask and all bits are the same for
/// `f32` and `f64`, any number of threads, and every level.
///
/// # Source
///
/// Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, "Dropout: a simple
/// way to prevent neural networks from overfitting" (2014); the mask is made by
/// Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy
/// as 1, 2, 3" (2011).
///
/// # Examples
///
/// ```
/// use gradstep::Dropout;
///
/// let dropout = Dropout::new(0.5)?.seed(7);
/// let mut x = [1.0f32; 8];
/// dropout.apply(&mut x)?;
/// assert!(x.iter().all(|x| *x == 0.0 || *x == 2.0));
///
/// // The gradient passes where the value has passed.
/// let mut grad = [0.0; 8];
/// dropout.backward(&[1.0; 8], &mut grad)?;
/// assert_eq!(grad, x);
/// # Ok::<(), gradstep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dropout {
    p: f64,
    seed: u64,
    offset: u64,
    execution: Execution,
}

impl Dropout {
    /// Drops an element with probability `p`; the seed is 0.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `p` is outside of 0 to 1 or NaN.
    ///
    /// ```
    /// assert!(gradstep::Dropout::new(1.5).is_err());
    /// ```
    pub fn new(p: f64) -> Result<Self, Error> {
        let p = check::unit_interval("p", p)?;
        Ok(Self { p, seed: 0, offset: 0, execution: Execution::new() })
    }

    /// The seed of the mask.
    ///
    /// ```
    /// use gradstep::Dropout;
    ///
    /// let (mut a, mut b) = ([1.0f32; 100], [1.0f32; 100]);
    /// Dropout::new(0.5)?.seed(1).apply(&mut a)?;
    /// Dropout::new(0.5)?.seed(2).apply(&mut b)?;
    /// assert_ne!(a, b);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The place of the first element in the stream of all masks of this seed, for
    /// tensors that are processed in pieces. The stream has 2^64 places, after
    /// which it begins anew.
    ///
    /// ```
    /// use gradstep::Dropout;
    ///
    /// let dropout = Dropout::new(0.5)?;
    /// let (mut whole, mut pieces) = ([1.0f32; 10], [1.0f32; 10]);
    /// dropout.apply(&mut whole)?;
    /// dropout.apply(&mut pieces[..4])?;
    /// dropout.offset(4).apply(&mut pieces[4..])?;
    /// assert_eq!(pieces, whole);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    #[must_use]
    pub fn offset(self, offset: u64) -> Self {
        Self { offset, ..self }
    }

    getters! {
        "Dropout::new(0.5)?.seed(7).offset(9)":
        get_p -> f64 = |this| this.p, "0.5";
        get_seed -> u64 = |this| this.seed, "7";
        get_offset -> u64 = |this| this.offset, "9";
    }

    execution!(execution, "Dropout::new(0.5)?", "alone.apply(&mut [1.0f32])?;");

    /// Drops and scales `x` in place.
    ///
    /// # Errors
    ///
    /// None: any length fits.
    ///
    /// ```
    /// let mut x = [3.0f32, -3.0];
    /// gradstep::Dropout::new(0.0)?.apply(&mut x)?;
    /// assert_eq!(x, [3.0, -3.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn apply<E: Element>(&self, x: &mut [E]) -> Result<(), Error> {
        let (mask, scale) = (self.mask(), self.scale());
        split::run(self.execution, ops::Dropout { x: x.into(), mask, scale });
        Ok(())
    }

    /// Writes `x`, dropped and scaled, to `out`.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ.
    ///
    /// ```
    /// let mut out = [7.0f32; 2];
    /// gradstep::Dropout::new(1.0)?.apply_into(&[3.0, -3.0], &mut out)?;
    /// assert_eq!(out, [0.0, 0.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn apply_into<E: Element>(&self, x: &[E], out: &mut [E]) -> Result<(), Error> {
        check::length("out", x.len(), out.len())?;
        let (mask, scale) = (self.mask(), self.scale());
        split::run(self.execution, ops::Dropout { x: InOut::apart(x, out), mask, scale });
        Ok(())
    }

    /// Writes the gradient with respect to the input: the upstream gradient, dropped
    /// and scaled where the input was. In place, [`apply`](Self::apply) does that.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ.
    ///
    /// ```
    /// use gradstep::Dropout;
    ///
    /// let dropout = Dropout::new(0.25)?.seed(3);
    /// let (mut y, mut grad) = ([0.0f64; 50], [0.0; 50]);
    /// dropout.apply_into(&[1.0; 50], &mut y)?;
    /// dropout.backward(&[1.0; 50], &mut grad)?;
    /// assert_eq!(y, grad);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn backward<E: Element>(&self, upstream: &[E], grad: &mut [E]) -> Result<(), Error> {
        check::length("grad", upstream.len(), grad.len())?;
        self.apply_into(upstream, grad)
    }

    fn mask(&self) -> ops::DropoutMask {
        // 0 to 2^32, both included.
        let threshold = (self.p * 4_294_967_296.0 + 0.5) as u64;
        ops::DropoutMask { seed: self.seed, offset: self.offset, threshold }
    }

    fn scale<E: Element>(&self) -> E {
        // With p = 1 the factor would be infinite, and its product with 0 NaN.
        if self.p == 1.0 { E::ONE } else { E::from_f64(1.0 / (1.0 - self.p)) }
    }
}

stored!([] Dropout, |this| {
    p: f64 = this.get_p(),
    seed: u64 = this.get_seed(),
    offset: u64 = this.get_offset(),
    #[serde(default)]
    execution: Execution = this.execution,
} => Ok(Self::new(p)?.seed(seed).offset(offset).execution(execution)));
