//! Group soft-threshold.

use crate::{Element, Error, Execution, Groups, check, execution::execution, split};
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
    /// [`Error::Parameter`] if `lambda` is negative or NaN.
    ///
    /// ```
    /// use gradstep::{Groups, prox::GroupSoftThreshold};
    ///
    /// assert!(GroupSoftThreshold::new(-1.0f32, Groups::of_length(2)?).is_err());
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn new(lambda: E, groups: Groups<'o>) -> Result<Self, Error> {
        check::not_negative("lambda", lambda.to_f64())?;
        Ok(Self { lambda, groups, execution: Execution::new() })
    }

    execution!(
        execution,
        "prox::GroupSoftThreshold::new(5.0, gradstep::Groups::of_length(2)?)?",
        "alone.apply(&mut [6.0f32, 8.0])?;"
    );

    /// Replaces `x` by its shrunk self.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if `x` is no whole number of groups.
    ///
    /// ```
    /// use gradstep::{Groups, prox::GroupSoftThreshold};
    ///
    /// let mut x = [6.0f64, 8.0, 0.0, 1.0];
    /// GroupSoftThreshold::new(5.0, Groups::of_length(2)?)?.apply(&mut x)?;
    /// assert_eq!(x, [3.0, 4.0, 0.0, 0.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn apply(&self, x: &mut [E]) -> Result<(), Error> {
        self.run(Task::Apply(x.into()), false).map(drop)
    }

    /// As [`apply`](Self::apply), and counts the zeros that `x` then has, in the same
    /// pass.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if `x` is no whole number of groups.
    ///
    /// ```
    /// use gradstep::{Groups, prox::GroupSoftThreshold};
    ///
    /// let mut x = [6.0f64, 8.0, 0.0, 1.0];
    /// let soft = GroupSoftThreshold::new(5.0, Groups::of_length(2)?)?;
    /// assert_eq!(soft.apply_and_count(&mut x)?, 2);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn apply_and_count(&self, x: &mut [E]) -> Result<usize, Error> {
        self.run(Task::Apply(x.into()), true)
    }

    /// Writes the shrunk `x` to `out`.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ or are no whole groups.
    ///
    /// ```
    /// use gradstep::{Groups, prox::GroupSoftThreshold};
    ///
    /// let mut out = [0.0f32; 2];
    /// GroupSoftThreshold::new(5.0, Groups::of_length(2)?)?.apply_into(&[6.0, 8.0], &mut out)?;
    /// assert_eq!(out, [3.0, 4.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn apply_into(&self, x: &[E], out: &mut [E]) -> Result<(), Error> {
        check::length("out", x.len(), out.len())?;
        self.run(Task::Apply(InOut::apart(x, out)), false).map(drop)
    }

    /// As [`apply_into`](Self::apply_into), and counts the zeros of `out`, in the
    /// same pass.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ or are no whole groups.
    ///
    /// ```
    /// use gradstep::{Groups, prox::GroupSoftThreshold};
    ///
    /// let mut out = [0.0f32; 2];
    /// let soft = GroupSoftThreshold::new(5.0, Groups::of_length(1)?)?;
    /// assert_eq!(soft.apply_into_and_count(&[6.0, 3.0], &mut out)?, 1);
    /// assert_eq!(out, [1.0, 0.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn apply_into_and_count(&self, x: &[E], out: &mut [E]) -> Result<usize, Error> {
        check::length("out", x.len(), out.len())?;
        self.run(Task::Apply(InOut::apart(x, out)), true)
    }

    /// Writes the gradient with respect to `x`, the operator's derivative at `x` times
    /// `upstream`, to `grad`.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ or are no whole groups.
    ///
    /// ```
    /// use gradstep::{Groups, prox::GroupSoftThreshold};
    ///
    /// let soft = GroupSoftThreshold::new(2.0f64, Groups::of_length(2)?)?;
    /// let mut grad = [0.0; 2];
    /// // Along the group the derivative is 1, across 1 - 2 / 4.
    /// soft.backward(&[4.0, 0.0], &[1.0, 1.0], &mut grad)?;
    /// assert_eq!(grad, [1.0, 0.5]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn backward(&self, x: &[E], upstream: &[E], grad: &mut [E]) -> Result<(), Error> {
        check::length("upstream", x.len(), upstream.len())?;
        check::length("grad", x.len(), grad.len())?;
        self.run(Task::Backward { at: x, upstream, grad }, false).map(drop)
    }

    fn run(&self, task: Task<'_, E>, count: bool) -> Result<usize, Error> {
        let groups = self.groups.of("x", task.len())?;
        let kernel = ops::GroupSoftThreshold { lambda: self.lambda, groups, task, count };
        Ok(split::run(self.execution, kernel))
    }
}
