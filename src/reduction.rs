//! How the losses of a batch become one number.

use crate::{Error, check};

/// How the losses of a batch become one number. The gradient is that of the
/// number, so it is divided alike.
///
/// ```
/// use gradstep::{Reduction, loss::Mse};
///
/// // Micro-batches that divide by the full batch's size add up to its mean.
/// let (prediction, target) = ([1.0f32, 2.0, 3.0, 4.0], [0.0f32; 4]);
/// let mse = Mse::new().reduction(Reduction::DivideBy(4.0));
/// let parts = mse.loss(&prediction[..2], &target[..2])? + mse.loss(&prediction[2..], &target[2..])?;
/// assert_eq!(parts, Mse::new().loss(&prediction, &target)?);
/// # Ok::<(), gradstep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Reduction {
    /// Divided by the number of elements, or for class-index targets by that of
    /// the rows not ignored.
    #[default]
    Mean,
    /// Divided by the sum of the weights; without weights the same as `Mean`.
    WeightedMean,
    /// Not divided.
    Sum,
    /// Divided by the caller's denominator, which must be finite and above 0, as must be its
    /// reciprocal.
    DivideBy(f64),
}

impl Reduction {
    /// The denominator, if `count` elements have the total weight `weight`.
    pub(crate) fn denominator(
        self,
        count: usize,
        weight: impl FnOnce() -> f64,
    ) -> Result<f64, Error> {
        match self {
            // Exact below 2^53 elements.
            Reduction::Mean => Ok(count as f64),
            Reduction::WeightedMean => check::finite("sum of the weights", weight()),
            Reduction::Sum => Ok(1.0),
            Reduction::DivideBy(x) => check::denominator(x),
        }
    }
}

/// The mean over no rows: of an empty batch, or of one whose rows are all ignored. The
/// gradient is 0 whatever the choice, and so is a sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum EmptyMean {
    /// NaN, as 0 / 0.
    #[default]
    Nan,
    /// 0.
    Zero,
    /// [`Error::EmptyMean`].
    Error,
}
