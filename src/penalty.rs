//! Penalties on weights: their value, their gradient, and whether weights are optimal.
//!
//! | penalty | value | (sub)gradient |
//! |---|---|---|
//! | [`Penalty`] with `l1` | `l1 sum \|w\|` | `l1 sign(w)`, 0 at 0 |
//! | with `l2` | `l2 / 2 sum w^2` | `l2 w` |
//! | with both: elastic net | the sum | the sum |
//! | [`GroupPenalty`] | `lambda sum \|\|w_g\|\|` over groups | `lambda w_g / \|\|w_g\|\|`, 0 at 0 |
//!
//! A penalty with a kink at 0 makes exact zeros by its proximal operator
//! ([`prox`](crate::prox)), not by its subgradient. To choose and certify its strength:
//! [`lambda_max`], [`Penalty::kkt_violation`], [`Penalty::duality_gap`]. Least squares whose
//! matrix is there as columns: [`Penalty::coordinate_descent`].

mod certificate;
mod coordinate_descent;
mod group_penalty;

pub use certificate::{LeastSquares, lambda_max};
pub use coordinate_descent::{Coordinates, Design, squared_norms};
pub use group_penalty::GroupPenalty;

use crate::settings::{getters, stored};
use crate::{Element, Error, Execution, check, execution::execution, split};
use gradstep_kernels::{Float, ops};

/// The elastic net, `l1 sum |w| + l2 / 2 sum w^2`: L1 and half squared L2 are its ends.
///
/// The gradient is `l1 sign(w) + l2 w`, where `sign(0)` is 0: the subgradient of least
/// norm. Strengths are those of [`ProxSgd`](crate::update::ProxSgd).
///
/// # Shapes
///
/// `w`, `grad`: `[n]`. `grad` is added to. The value of an empty slice is 0.
///
/// # Errors
///
/// [`Error::Parameter`] for a strength that is negative or not finite, or that results of the
/// element type can't hold; [`Error::Length`] if lengths differ. A refused call writes nothing.
///
/// # Special values
///
/// NaN in `w[i]` makes the value and `grad[i]` NaN, and no other element. A strength of 0
/// is no term: with `l1` alone an infinite weight has the gradient `l1`, with neither it costs
/// nothing.
///
/// # Accuracy
///
/// Strengths are rounded once, from `f64`. A term of the value is within 3.5 ULP, their
/// sum as that of a loss: 2^-17 (`f32`) or 2^-46 (`f64`) in the worst case, 2 ULP in the
/// typical one, whatever `n` is. What is added to a gradient is within 2.5 ULP. The same
/// bits on every level and for any number of threads.
///
/// # Source
///
/// Tibshirani, "Regression shrinkage and selection via the lasso" (1996); Hoerl and
/// Kennard, "Ridge regression" (1970); Zou and Hastie, "Regularization and variable
/// selection via the elastic net" (2005).
///
/// # Examples
///
/// ```
/// use gradstep::penalty::Penalty;
///
/// let penalty = Penalty::new().l1(0.5)?.l2(1.0)?;
/// let mut grad = [1.0f32; 3];
/// assert_eq!(penalty.add_grad(&[2.0, 0.0, -1.0], &mut grad)?, 4.0);
/// assert_eq!(grad, [3.5, 1.0, -0.5]);
/// # Ok::<(), gradstep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Penalty {
    l1: f64,
    l2: f64,
    /// Whether one of the two is so far from 1 that an element type may not hold it.
    is_extreme: bool,
    execution: Execution,
}

impl Penalty {
    /// No penalty: both strengths are 0.
    ///
    /// ```
    /// assert_eq!(gradstep::penalty::Penalty::new().value(&[1.0f32, 2.0]), 0.0);
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The strength of `l1 sum |w|`.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `l1` is negative or not finite.
    ///
    /// ```
    /// use gradstep::penalty::Penalty;
    ///
    /// assert_eq!(Penalty::new().l1(0.5)?.value(&[1.0f32, -2.0]), 1.5);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn l1(self, l1: f64) -> Result<Self, Error> {
        let l1 = check::finite_not_negative("l1", l1)?;
        Ok(Self { l1, is_extreme: is_far(l1) || is_far(self.l2), ..self })
    }

    /// The strength of `l2 / 2 sum w^2`.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `l2` is negative or not finite.
    ///
    /// ```
    /// use gradstep::penalty::Penalty;
    ///
    /// assert_eq!(Penalty::new().l2(0.5)?.value(&[1.0f32, -2.0]), 1.25);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn l2(self, l2: f64) -> Result<Self, Error> {
        let l2 = check::finite_not_negative("l2", l2)?;
        Ok(Self { l2, is_extreme: is_far(self.l1) || is_far(l2), ..self })
    }

    getters! {
        "penalty::Penalty::new().l1(0.5)?.l2(0.25)?":
        get_l1 -> f64 = |this| this.l1, "0.5";
        get_l2 -> f64 = |this| this.l2, "0.25";
    }

    execution!(
        execution,
        "penalty::Penalty::new().l1(1.0)?",
        "assert_eq!(alone.value(&[1.0f64, -2.0]), 3.0);"
    );

    /// The value of the penalty.
    ///
    /// ```
    /// let penalty = gradstep::penalty::Penalty::new().l1(1.0)?.l2(2.0)?;
    /// assert_eq!(penalty.value(&[1.0f64, -2.0]), 8.0);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    #[must_use]
    pub fn value<E: Element>(&self, w: &[E]) -> f64 {
        let (l1, l2) = self.strengths();
        self.checked(split::run(self.execution, ops::Penalty { w, grad: None, l1, l2 }), w)
    }

    /// The value of the penalty; also adds its gradient to `grad`, in the same pass.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ, [`Error::Parameter`] if a strength is not finite
    /// in the element type.
    ///
    /// ```
    /// let penalty = gradstep::penalty::Penalty::new().l2(2.0)?;
    /// let mut grad = [0.5f64, 0.5];
    /// assert_eq!(penalty.add_grad(&[1.0, -2.0], &mut grad)?, 5.0);
    /// assert_eq!(grad, [2.5, -3.5]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn add_grad<E: Element>(&self, w: &[E], grad: &mut [E]) -> Result<f64, Error> {
        check::length("grad", w.len(), grad.len())?;
        self.fit::<E>()?;
        let (l1, l2) = self.strengths();
        let value = split::run(self.execution, ops::Penalty { w, grad: Some(grad), l1, l2 });
        Ok(self.checked(value, w))
    }

    /// Both strengths, rounded to the element type.
    fn strengths<E: Element>(&self) -> (E, E) {
        (E::from_f64(self.l1), E::from_f64(self.l2))
    }

    /// Refuses a strength that is not finite in the element type.
    #[inline(always)]
    fn fit<E: Element>(&self) -> Result<(), Error> {
        if !self.is_extreme {
            return Ok(());
        }
        check::finite_in::<E>("l1", self.l1)?;
        check::finite_in::<E>("l2", self.l2)
    }

    /// The kernel's `value`, or [`wide_value`](Self::wide_value) where that may be wrong: where
    /// sums of `f32` overflow, the type does not hold a strength, or a strength of 0 meets an
    /// infinite weight.
    #[inline(always)]
    fn checked<E: Element>(&self, value: f64, w: &[E]) -> f64 {
        if value.is_finite() && !self.is_extreme { value } else { self.wide_value(value, w) }
    }

    /// The penalty computed in `f64`, where products of `f32` neither overflow nor vanish; for
    /// elements of `f64`, `value` as it is.
    #[cold]
    #[inline(never)]
    fn wide_value<E: Element>(&self, value: f64, w: &[E]) -> f64 {
        let is_zero = self.l1 == 0.0 && self.l2 == 0.0;
        if E::MANTISSA_BITS == f64::MANTISSA_BITS && !is_zero {
            return value;
        }
        let sizes = split::run(self.execution, ops::AbsSum { x: w });
        if sizes.is_nan() {
            return sizes;
        }
        let l1 = if self.l1 == 0.0 { 0.0 } else { self.l1 * sizes };
        let squares = || split::run(self.execution, ops::Dot { a: w, b: w });
        l1 + if self.l2 == 0.0 { 0.0 } else { 0.5 * self.l2 * squares() }
    }
}

/// Whether a strength is so far from 1 that an element type may not hold it.
fn is_far(strength: f64) -> bool {
    strength != 0.0 && !(1e-30..=1e30).contains(&strength)
}

stored!([] Penalty, |this| {
    l1: f64 = this.get_l1(),
    l2: f64 = this.get_l2(),
    #[serde(default)]
    execution: Execution = this.execution,
} => Ok(Self::new().l1(l1)?.l2(l2)?.execution(execution)));
