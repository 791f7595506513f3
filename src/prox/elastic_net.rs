//! Elastic net.

use super::Prox;
use crate::settings::{getters, stored};
use crate::{Element, Error, check};
use gradstep_kernels::{Inverse, ops};

/// Shrinks each element towards 0 by `l1`, then divides by `1 + l2`: the proximal
/// operator of `l1 |u| + l2 u^2 / 2`.
///
/// `soft(x, l1) / (1 + l2)`, where `soft` is [`SoftThreshold`](super::SoftThreshold).
/// `l1` has the unit of `x`, `l2` has none; for a step of size `eta` both are times
/// `eta`. `l1 = 0` is the operator of ridge regression. The derivative is
/// `1 / (1 + l2)` where `|x| > l1`, else 0. Methods, shapes, errors: [`Prox`].
///
/// # Special values
///
/// NaN stays NaN. The result is +0 where `|x| <= l1`, and never -0; `l1` infinite
/// makes every number 0, infinities too.
///
/// # Accuracy
///
/// `f32`: within 2.5 ULP (difference, `1 / (1 + l2)` rounded once, product), the
/// derivative within 1.5. `f64`: 3.5 and 2.5. The same bits on every level.
///
/// # Source
///
/// Zou and Hastie, "Regularization and variable selection via the elastic net"
/// (2005); Parikh and Boyd, "Proximal algorithms" (2014), section 6.5.3.
///
/// # Examples
///
/// ```
/// use gradstep::prox::ElasticNet;
///
/// let mut weights = [3.0f32, -0.5, -2.0];
/// ElasticNet::new(1.0, 1.0)?.apply(&mut weights)?;
/// assert_eq!(weights, [1.0, 0.0, -0.5]);
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type ElasticNet<E> = Prox<E, ops::ElasticNet<E>>;

impl<E: Element> ElasticNet<E> {
    /// Shrinks by `l1` and divides by `1 + l2`.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `l1` is negative or NaN, or finite and too large for the element
    /// type, or `l2` negative or not finite in it.
    ///
    /// ```
    /// assert!(gradstep::prox::ElasticNet::<f32>::new(0.0, f64::INFINITY).is_err());
    /// ```
    pub fn new(l1: f64, l2: f64) -> Result<Self, Error> {
        let l1 = check::rounded(check::not_negative, "l1", l1)?;
        let l2: E = check::rounded(check::finite_not_negative, "l2", l2)?;
        Ok(Prox::from_formula(ops::ElasticNet { l1, l2, shrink: Inverse::of(1.0 + l2.to_f64()) }))
    }

    getters! {
        "prox::ElasticNet::<f32>::new(0.5, 0.25)?":
        get_l1 -> f64 = |this| this.formula.l1.to_f64(), "0.5";
        get_l2 -> f64 = |this| this.formula.l2.to_f64(), "0.25";
    }
}

stored!([E: Element] ElasticNet<E>, |this| {
    l1: f64 = this.get_l1(),
    l2: f64 = this.get_l2(),
    #[serde(default)]
    execution: crate::Execution = this.execution,
} => Ok(Self::new(l1, l2)?.execution(execution)));
