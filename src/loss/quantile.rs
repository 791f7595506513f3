//! Quantile loss.

use super::{Loss, pointwise::stored_loss};
use crate::settings::getters;
use crate::{Element, Error, check};
use gradstep_kernels::ops;

/// Quantile loss, also called pinball: its mean is least at the `q`-quantile of the targets.
///
/// With `d = prediction - target`, one element costs `(1 - q) d` above the target and `-q d`
/// below; the derivative is `1 - q`, `-q`, or 0 at a tie. Unit: the prediction's. `q = 1/2`
/// is half of [`L1`](super::L1). Methods, shapes, errors: [`Loss`].
///
/// # Special values
///
/// An infinite difference gives an infinite loss and its derivative.
///
/// # Accuracy
///
/// The derivative is within 0.5 ULP, of the constant `1 - q`; the value of an element is
/// within 2.5 ULP. The same bits on every level.
///
/// # Source
///
/// Koenker and Bassett, "Regression quantiles" (1978).
///
/// # Examples
///
/// ```
/// use gradstep::loss::Quantile;
///
/// let mut grad = [0.0f32; 2];
/// let loss = Quantile::new(0.75)?.loss_and_grad(&[0.0, 5.0], &[4.0, 1.0], &mut grad)?;
/// assert_eq!((loss, grad), (2.0, [-0.375, 0.125]));
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type Quantile<'w, E> = Loss<'w, E, ops::Quantile<E>>;

impl<'w, E: Element> Quantile<'w, E> {
    /// The loss of one quantile, averaged.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `quantile` is not above 0 and below 1 in the element type.
    ///
    /// ```
    /// use gradstep::loss::Quantile;
    ///
    /// assert!(Quantile::<f32>::new(1.0).is_err());
    /// assert_eq!(Quantile::new(0.5)?.loss(&[4.0f64], &[1.0])?, 1.5);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn new(quantile: f64) -> Result<Self, Error> {
        let quantile = check::rounded(check::inside_unit, "quantile", quantile)?;
        Ok(Loss::from_formula(ops::Quantile { quantile }))
    }

    /// A quantile for each column of a matrix, as for a model that predicts several: element
    /// `i` has `quantiles[i mod quantiles.len()]`.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if there is none; [`Error::Element`] if one is not above 0 and
    /// below 1. Later, [`Error::Length`] for predictions that are no whole rows.
    ///
    /// ```
    /// use gradstep::loss::Quantile;
    ///
    /// let mut grad = [0.0f64; 4];
    /// let loss = Quantile::of_columns(&[0.25, 0.75])?.reduction(gradstep::Reduction::Sum);
    /// loss.loss_and_grad(&[1.0, 1.0, 3.0, 3.0], &[2.0; 4], &mut grad)?;
    /// assert_eq!(grad, [-0.25, -0.75, 0.75, 0.25]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn of_columns(quantiles: &'w [E]) -> Result<Self, Error> {
        check::at_least_one("quantiles", quantiles.len() as u64)?;
        check::elements_inside_unit("quantiles", quantiles)?;
        let formula = ops::Quantile { quantile: E::HALF };
        Ok(Loss::from_formula(formula).with_columns(quantiles))
    }

    getters! {
        "loss::Quantile::<f32>::new(0.75)?":
        get_quantile -> f64 = |this| this.formula.quantile.to_f64(), "0.75";
    }
}

stored_loss!(
    Quantile, |formula| { quantile: f64 = formula.quantile.to_f64() } => Self::new(quantile)?,
    columns |x| Quantile::of_columns(x).map(|_| ())
);
