//! Poisson loss.

use super::{Loss, pointwise::stored_loss};
use crate::Element;
use crate::settings::getters;
use gradstep_kernels::ops;

/// Negative log-likelihood of counts, on the logarithm of the rate.
///
/// With the logarithm `x` of a rate as prediction and the count `y` as target (any number of
/// at least 0), one element costs `e^x - y x`; the derivative is `e^x - y`, the second
/// derivative `e^x`. The unit is nats. Methods, shapes, errors: [`Loss`]; a target that is
/// negative or infinite is [`Error::Element`](crate::Error::Element).
///
/// # Special values
///
/// A rate of 0, `x = -inf`, costs 0 for a count of 0, else infinity; an infinite rate costs
/// infinity.
///
/// # Accuracy
///
/// Value and derivative of an element are differences, within 2.5 and 1.5 ULP of the larger
/// term, the [full](Poisson::full) value within 6.5; the second derivative is within 1 ULP. The
/// same bits on every level that fuses.
///
/// # Source
///
/// Nelder and Wedderburn, "Generalized linear models" (1972).
///
/// # Examples
///
/// ```
/// use gradstep::loss::Poisson;
///
/// let (mut grad, mut hess) = ([0.0f64; 2], [0.0; 2]);
/// Poisson::new().grad_hess(&[0.0, 0.0], &[0.0, 3.0], &mut grad, &mut hess)?;
/// assert_eq!((grad, hess), ([1.0, -2.0], [1.0, 1.0]));
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type Poisson<'w, E> = Loss<'w, E, ops::Poisson>;

impl<E: Element> Poisson<'_, E> {
    /// The likelihood without what depends on the counts alone, averaged.
    ///
    /// ```
    /// use gradstep::loss::Poisson;
    ///
    /// assert_eq!(Poisson::new().loss(&[0.0f32], &[2.0]), Ok(1.0));
    /// assert!(Poisson::new().loss(&[0.0f32], &[-1.0]).is_err());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `ln y!` to the loss, by Stirling's formula `y ln y - y + ln(2 pi y) / 2` where `y`
    /// is above 1; derivatives stay as they are.
    ///
    /// ```
    /// use gradstep::loss::Poisson;
    ///
    /// let loss = Poisson::new().full().loss(&[0.0f64], &[2.0])?;
    /// assert!((loss - (1.0 + 0.6518)).abs() < 1e-4);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    #[must_use]
    pub fn full(self) -> Self {
        self.with_formula(ops::Poisson { full: true })
    }

    getters! {
        "loss::Poisson::<f32>::new().full()":
        get_full -> bool = |this| this.formula.full, "true";
    }
}

stored_loss!(Poisson, |formula| {
    full: bool = formula.full
} => if full { Self::new().full() } else { Self::new() });
