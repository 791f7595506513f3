//! Group soft-threshold.

use super::methods::methods;
use crate::settings::{getters, stored};
use crate::{Element, Error, Execution, Groups, check, execution::execution, kernels, split};
use gradstep_kernels::InOut;
use gradstep_kernels::ops::{self, Task};

/// Shrinks each group of elements towards 0 by `lambda`: the proximal operator of
/// `lambda` times the sum of the groups' Euclidean norms.
///
/// `x_g max(0, 1 - lambda / ||x_g||)` for each group `g`, and +0 where the norm is 0.
/// `lambda` has the unit of `x`. With `a = lambda / ||x_g||` and the unit vector
/// `e = x_g / ||x_g||` the derivative times `upstream` is
/// `(1 - a) upstream + a (e . upstream) e` where `a < 1`, else 0.
///
/// # Shapes
///
/// All slices have the same length, which [`Groups`] divide; outputs are overwritten.
///
/// # Errors
///
/// [`Error::Length`] if lengths differ or are no whole groups, before anything is
/// written.
///
/// # Special values
///
/// NaN makes its group NaN, and no other group. An infinite element makes the norm
/// infinite, and the group stays as it is. `lambda = 0` is the identity, save that -0
/// becomes +0; `lambda` infinite makes every number 0, infinities too. The norm
/// neither overflows nor underflows.
///
/// # Accuracy
///
/// `f32`: within 1.5 ULP and `2^-48 |x_i|`, for the norm is computed in `f64`, which
/// takes one that is closer to `lambda` for equal; the derivative, elsewhere, within 2.5
/// ULP of `|upstream_i| + |e_i| sum_j |e_j upstream_j|`. `f64`: within 4 ULP of `x_i`
/// (`1 - a` cancels where the norm is close to `lambda`), the derivative within 8 ULP of
/// the terms above; both for groups of up to 1000 elements. The same bits on every level
/// and for any number of threads.
///
/// # Source
///
/// Yuan and Lin, "Model selection and estimation in regression with grouped
/// variables" (2006); Parikh and Boyd, "Proximal algorithms" (2014), section 6.5.1.
///
/// # Examples
///
/// ```
/// use gradstep::{Groups, prox::GroupSoftThreshold};
///
/// let mut x = [3.0f32, 4.0, 0.5];
/// let groups = Groups::by_offsets(&[0, 2, 3])?;
/// GroupSoftThreshold::new(1.0, groups)?.apply(&mut x)?;
/// assert_eq!(x, [2.4, 3.2, 0.0]);
/// # Ok::<(), gradstep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupSoftThreshold<'o, E> {
    lambda: E,
    groups: Groups<'o>,
    execution: Execution,
}

impl<'o, E: Element> GroupSoftThreshold<'o, E> {
    /// Shrinks each of `groups` by `lambda`.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `lambda` is negative or NaN, or finite and too large for the
    /// element type.
    ///
    /// ```
    /// use gradstep::{Groups, prox::GroupSoftThreshold};
    ///
    /// assert!(GroupSoftThreshold::<f32>::new(-1.0, Groups::of_length(2)?).is_err());
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn new(lambda: f64, groups: Groups<'o>) -> Result<Self, Error> {
        let lambda = check::rounded(check::not_negative, "lambda", lambda)?;
        Ok(Self { lambda, groups, execution: Execution::new() })
    }

    getters! {
        "prox::GroupSoftThreshold::<f32>::new(0.5, gradstep::Groups::of_length(2)?)?":
        get_lambda -> f64 = |this| this.lambda.to_f64(), "0.5";
        get_groups -> Groups<'o> = |this| this.groups, "gradstep::Groups::of_length(2)?";
    }

    execution!(
        execution,
        "prox::GroupSoftThreshold::new(5.0, gradstep::Groups::of_length(2)?)?",
        "alone.apply(&mut [6.0f32, 8.0])?;"
    );

    // Along the group the derivative is 1, across 1 - 2 / 4.
    methods!(
        "GroupSoftThreshold::<f64>::new(2.0, gradstep::Groups::of_length(2)?)?",
        "a whole number of groups",
        "[4.0, 0.0]" => "[2.0, 0.0]",
        "[1.0, 0.5]"
    );

    fn fit(&self, len: usize) -> Result<kernels::Groups<'o>, Error> {
        self.groups.of("x", len)
    }

    #[inline(always)]
    fn run(&self, groups: kernels::Groups<'o>, task: Task<'_, E>, count: bool) -> usize {
        let kernel = ops::GroupSoftThreshold { lambda: self.lambda, groups, task, count };
        split::run(self.execution, kernel)
    }
}

stored!([E: Element] GroupSoftThreshold<'_, E>, |this| {
    lambda: f64 = this.get_lambda(),
    groups: Groups<'static> = Groups::of_length(this.groups.length()?)?,
    #[serde(default)]
    execution: Execution = this.execution,
} => Ok(Self::new(lambda, groups)?.execution(execution)));
