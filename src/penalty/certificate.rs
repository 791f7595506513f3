//! How strong a penalty must be to make all weights 0, and how far weights are from
//! optimal.

use super::Penalty;
use crate::{Element, Error, Execution, check, split};
use gradstep_kernels::ops::{AbsSum, Dot, KktViolation, MaxAbs};

/// The smallest strength of an L1 penalty at which all weights 0 are optimal: the
/// largest `|xt_residual_j| / denominator`.
///
/// The loss is a sum over samples, divided by `denominator`: `n` for a mean
/// (scikit-learn's `Lasso`), 1 for a sum (its `LogisticRegression`, whose `C` is then
/// `1 / lambda`). `xt_residual` is `X^T r` at `w = 0`, where only the intercept `b` is
/// fitted:
///
/// * half squared error, `(y - x.w - b)^2 / 2`: `r = y - b`
/// * logistic loss: `r = y - sigmoid(b)`
///
/// Of any loss it may as well be the gradient at `w = 0`, with the denominator 1. With
/// scikit-learn's `l1_ratio`, divide by it.
///
/// # Errors
///
/// [`Error::Parameter`] if `denominator` is not finite and above 0.
///
/// # Special values
///
/// NaN if an element is NaN; 0 of an empty slice.
///
/// # Accuracy
///
/// One division, rounded once, to the element type: a gradient that is computed by dividing `xt_residual` by
/// the denominator is at most this strength in magnitude, to the last bit, so that a
/// proximal step keeps all zeros.
///
/// # Source
///
/// Friedman, Hastie and Tibshirani, "Regularization paths for generalized linear models
/// via coordinate descent" (2010), section 2.5.
///
/// # Examples
///
/// ```
/// assert_eq!(gradstep::penalty::lambda_max(&[3.0f32, -8.0, 1.0], 4.0)?, 2.0);
/// # Ok::<(), gradstep::Error>(())
/// ```
pub fn lambda_max<E: Element>(xt_residual: &[E], denominator: f64) -> Result<f64, Error> {
    check::finite_positive("denominator", denominator)?;
    let largest = split::run(Execution::new(), MaxAbs { x: xt_residual });
    Ok(E::from_f64(largest.to_f64() / denominator).to_f64())
}

/// Least squares at the weights `w`, for [`Penalty::duality_gap`]; an unpenalised intercept is
/// treated by centring `y` and the columns of `X`.
#[derive(Clone, Copy, Debug)]
pub struct LeastSquares<'a, E> {
    /// `[features]`
    pub w: &'a [E],
    /// `[n]`: `y - X w`
    pub residual: &'a [E],
    /// `[features]`: `X^T residual`
    pub xt_residual: &'a [E],
    /// `[n]`
    pub y: &'a [E],
    /// Twice this divides the squares: `n` as in scikit-learn, or 1.
    pub denominator: f64,
}

impl Penalty {
    /// The largest violation of the optimality conditions of loss plus penalty, where
    /// `grad` is the gradient of the loss alone: 0 if and only if `w` is optimal.
    ///
    /// It is the largest over `j` of `|grad_j + l2 w_j + l1 sign(w_j)|` where `w_j` is
    /// not 0, and `max(|grad_j| - l1, 0)` where it is: the distance from 0 to the
    /// subgradients of the objective. It has the unit of `grad`. NaN if an element is
    /// NaN; 0 of empty slices. A strength of 0 is no term, for an infinite weight too.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ, [`Error::Parameter`] if a strength is not finite
    /// in the element type.
    ///
    /// ```
    /// use gradstep::penalty::Penalty;
    ///
    /// let penalty = Penalty::new().l1(0.5)?;
    /// assert_eq!(penalty.kkt_violation(&[1.0f32, 0.0], &[-0.5, 0.25])?, 0.0);
    /// assert_eq!(penalty.kkt_violation(&[1.0f32, 0.0], &[-0.5, 0.75])?, 0.25);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn kkt_violation<E: Element>(&self, w: &[E], grad: &[E]) -> Result<f64, Error> {
        check::length("grad", w.len(), grad.len())?;
        self.fit::<E>()?;
        let (l1, l2) = self.strengths();
        Ok(split::run(self.execution, KktViolation { w, grad, l1, l2 }).to_f64())
    }

    /// An upper bound on how far the objective of least squares with this penalty is
    /// above its minimum: the gap to a dual point.
    ///
    /// The objective is `||y - X w||^2 / (2 d) + l1 sum |w| + l2 / 2 sum w^2`. With `r` the
    /// residual, `a = d l1`, `b = d l2` and `s = min(1, a / max_j |x_j . r - b w_j|)` the gap is
    ///
    /// `((1 + s^2) (||r||^2 + b ||w||^2) / 2 + a sum |w| - s r . y) / d`.
    ///
    /// It has the unit of the objective. All sums are added in `f64`; at the optimum
    /// what rounding leaves is of the order of 1e-16 of the objective and may be
    /// negative. NaN if an element is NaN.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if `xt_residual` is not as long as `w`, or `residual` as `y`;
    /// [`Error::Parameter`] if `denominator` is not finite and above 0, or its product with a
    /// strength not finite, that with `l2` in the element type.
    ///
    /// # Source
    ///
    /// Kim, Koh, Lustig, Boyd and Gorinevsky, "An interior-point method for large-scale
    /// l1-regularized least squares" (2007), section III.
    ///
    /// ```
    /// use gradstep::penalty::{LeastSquares, Penalty};
    ///
    /// // One feature x = 1 and y = 3: the optimum with l1 = 1 is w = 2.
    /// let penalty = Penalty::new().l1(1.0)?;
    /// let at = |w: f64| {
    ///     let r = [3.0 - w];
    ///     let (w, residual, xt_residual, y) = (&[w], &r, &r, &[3.0]);
    ///     penalty.duality_gap(LeastSquares { w, residual, xt_residual, y, denominator: 1.0 })
    /// };
    /// assert_eq!(at(2.0)?, 0.0);
    /// // At w = 3 the objective is 3, half a unit above that of the optimum.
    /// assert!(at(3.0)? >= 0.5);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn duality_gap<E: Element>(&self, problem: LeastSquares<'_, E>) -> Result<f64, Error> {
        let LeastSquares { w, residual, xt_residual, y, denominator } = problem;
        check::length("xt_residual", w.len(), xt_residual.len())?;
        check::length("y", residual.len(), y.len())?;
        let d = check::finite_positive("denominator", denominator)?;
        let l1 = check::finite("denominator l1", d * self.l1)?;
        let l2 = d * self.l2;
        let dot = |a, b| split::run(self.execution, Dot { a, b });

        // Without l1 the violation is |x_j . r - l2 w_j| for every weight.
        check::finite_in::<E>("denominator l2", l2)?;
        let l2_of_e = E::from_f64(-l2);
        let kernel = KktViolation { w, grad: xt_residual, l1: E::ZERO, l2: l2_of_e };
        let dual_norm = split::run(self.execution, kernel).to_f64();
        // NaN stays NaN.
        let scale = if dual_norm <= l1 { 1.0 } else { l1 / dual_norm };
        let squares = dot(residual, residual) + l2 * dot(w, w);
        let sizes = split::run(self.execution, AbsSum { x: w });
        let gap = 0.5 * (1.0 + scale * scale) * squares + l1 * sizes - scale * dot(residual, y);
        Ok(gap / d)
    }
}
