//! Norms of groups.

use crate::settings::{getters, stored};
use crate::{Element, Error, Execution, Groups, check, execution::execution, split};
use gradstep_kernels::ops;

/// The group lasso's penalty, L2,1: `lambda` times the sum of the Euclidean norms of
/// groups. Of one group it is `lambda ||w||`.
///
/// The gradient is `lambda w_g / ||w_g||` for each group `g`, and 0 where the norm is 0:
/// the subgradient of least norm.
///
/// # Shapes
///
/// `w`, `grad`: `[n]`, which [`Groups`] divide. `grad` is added to. The value of an
/// empty slice is 0.
///
/// # Errors
///
/// [`Error::Parameter`] if `lambda` is negative or not finite, or for a gradient not finite in
/// the element type; [`Error::Length`] if lengths differ or are no whole groups. A refused call writes nothing.
///
/// # Special values
///
/// NaN in a group makes the value and that group's part of `grad` NaN, and no other
/// group's. An infinite weight makes the value infinite and its own part of `grad` NaN; with
/// `lambda = 0` it costs nothing.
/// The norm of a group neither overflows nor underflows, but a sum of norms beyond
/// `f64` is infinite, however small `lambda` is.
///
/// # Accuracy
///
/// The value is within 4 ULP of `f64` for groups of up to 1000 elements, as long as no
/// more than 1000 groups are added and their norms are normal numbers. A gradient is then
/// within 2.5 ULP (`f32`) or 5 ULP (`f64`) of the larger of what was there and what is
/// added. The same bits on every level and for any number of threads.
///
/// # Source
///
/// Yuan and Lin, "Model selection and estimation in regression with grouped
/// variables" (2006).
///
/// # Examples
///
/// ```
/// use gradstep::{Groups, penalty::GroupPenalty};
///
/// let penalty = GroupPenalty::new(0.5, Groups::of_length(2)?)?;
/// let mut grad = [1.0f64; 4];
/// assert_eq!(penalty.add_grad(&[6.0, 8.0, 0.0, 0.0], &mut grad)?, 5.0);
/// assert_eq!(grad, [1.3, 1.4, 1.0, 1.0]);
/// # Ok::<(), gradstep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupPenalty<'o> {
    lambda: f64,
    groups: Groups<'o>,
    execution: Execution,
}

impl<'o> GroupPenalty<'o> {
    /// `lambda` times the norm of each of `groups`.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `lambda` is negative or not finite.
    ///
    /// ```
    /// use gradstep::{Groups, penalty::GroupPenalty};
    ///
    /// assert!(GroupPenalty::new(-1.0, Groups::of_length(2)?).is_err());
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn new(lambda: f64, groups: Groups<'o>) -> Result<Self, Error> {
        let lambda = check::finite_not_negative("lambda", lambda)?;
        Ok(Self { lambda, groups, execution: Execution::new() })
    }

    getters! {
        "penalty::GroupPenalty::new(0.5, gradstep::Groups::of_length(2)?)?":
        get_lambda -> f64 = |this| this.lambda, "0.5";
        get_groups -> Groups<'o> = |this| this.groups, "gradstep::Groups::of_length(2)?";
    }

    execution!(
        execution,
        "penalty::GroupPenalty::new(1.0, gradstep::Groups::of_length(2)?)?",
        "assert_eq!(alone.value(&[3.0f32, 4.0])?, 5.0);"
    );

    /// The penalty.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if `w` is no whole number of groups.
    ///
    /// ```
    /// use gradstep::{Groups, penalty::GroupPenalty};
    ///
    /// let groups = Groups::by_offsets(&[0, 2, 3])?;
    /// assert_eq!(GroupPenalty::new(2.0, groups)?.value(&[3.0f32, 4.0, -1.0])?, 12.0);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn value<E: Element>(&self, w: &[E]) -> Result<f64, Error> {
        self.run(w, None)
    }

    /// The penalty; also adds its gradient to `grad`, in the same pass.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ or are no whole groups.
    ///
    /// ```
    /// use gradstep::{Groups, penalty::GroupPenalty};
    ///
    /// let mut grad = [0.0f64; 2];
    /// GroupPenalty::new(10.0, Groups::of_length(2)?)?.add_grad(&[3.0, 4.0], &mut grad)?;
    /// assert_eq!(grad, [6.0, 8.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn add_grad<E: Element>(&self, w: &[E], grad: &mut [E]) -> Result<f64, Error> {
        check::length("grad", w.len(), grad.len())?;
        self.run(w, Some(grad))
    }

    fn run<E: Element>(&self, w: &[E], grad: Option<&mut [E]>) -> Result<f64, Error> {
        let groups = self.groups.of("w", w.len())?;
        if grad.is_some() {
            check::finite_in::<E>("lambda", self.lambda)?; // a factor of the gradient alone
        }
        let lambda = E::from_f64(self.lambda);
        if self.lambda == 0.0 {
            let kernel = ops::GroupPenalty { w, groups, lambda, grad: None };
            if !split::run(self.execution, kernel).is_nan() {
                return Ok(0.0); // of infinite weights, too
            }
        }
        let kernel = ops::GroupPenalty { w, groups, lambda, grad };
        Ok(self.lambda * split::run(self.execution, kernel))
    }
}

stored!([] GroupPenalty<'_>, |this| {
    lambda: f64 = this.get_lambda(),
    groups: Groups<'static> = Groups::of_length(this.groups.length()?)?,
    #[serde(default)]
    execution: Execution = this.execution,
} => Ok(Self::new(lambda, groups)?.execution(execution)));
