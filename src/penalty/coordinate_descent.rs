//! Least squares with an elastic net, one coordinate after the other.

use super::Penalty;
use crate::{Element, Error, Execution, check, split};
use gradstep_kernels::Compiled;
use gradstep_kernels::ops::{CoordinateDescent, Dot};

/// The matrix of least squares, column after column, for [`Penalty::coordinate_descent`].
#[derive(Clone, Copy, Debug)]
pub struct Design<'a, E> {
    /// `[features, rows]`
    pub columns: &'a [E],
    /// `[features]`: see [`squared_norms`].
    pub squared_norms: &'a [f64],
    /// Twice this divides the squares: `rows` as in scikit-learn, or 1.
    pub denominator: f64,
}

/// Which weights a sweep of [`Penalty::coordinate_descent`] changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coordinates {
    /// All.
    All,
    /// Those that are not 0 now: the active set.
    Nonzero,
}

/// Writes `||x||^2` of each column `x` of `columns`, `[features, rows]`, to `norms`,
/// `[features]`, added in `f64`.
///
/// # Errors
///
/// [`Error::Length`] if `columns` is not `rows` times as long as `norms`. A refused call has
/// written nothing.
///
/// ```
/// let mut norms = [0.0; 2];
/// gradstep::penalty::squared_norms(&[3.0f32, 4.0, 1.0, 0.0], 2, &mut norms)?;
/// assert_eq!(norms, [25.0, 1.0]);
/// # Ok::<(), gradstep::Error>(())
/// ```
pub fn squared_norms<E: Element>(
    columns: &[E],
    rows: usize,
    norms: &mut [f64],
) -> Result<(), Error> {
    check::length("columns", norms.len().saturating_mul(rows), columns.len())?;
    norms.fill(0.0);
    for (x, norm) in columns.chunks_exact(rows.max(1)).zip(norms) {
        *norm = split::run(Execution::new(), Dot { a: x, b: x });
    }
    Ok(())
}

impl Penalty {
    /// One sweep of cyclic coordinate descent over least squares with this penalty: one weight
    /// after the other goes where the objective is least while all others stay, and the residual
    /// goes with it. Returns the largest change of a weight.
    ///
    /// The objective is that of [`duality_gap`](Self::duality_gap),
    /// `||y - X w||^2 / (2 d) + l1 sum |w| + l2 / 2 sum w^2`, with `d` the denominator. With `r`
    /// the residual `y - X w`, `x` the column of a weight and `q = ||x||^2` that weight becomes
    /// `soft(x . r + q w, d l1) / (q + d l2)`.
    ///
    /// # Shapes
    ///
    /// `w`: `[features]`; `residual`: `[rows]`, for the weights as they are: `y` where they are
    /// all 0. `columns` and `squared_norms` as [`Design`] says. An unpenalised intercept is
    /// treated by centring `y` and the columns.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if `squared_norms` is not as long as `w`, or `columns` not as long as
    /// both lengths multiplied; [`Error::Parameter`] if `denominator` is not finite and above 0,
    /// or its product with a strength not finite. A refused call has written nothing.
    ///
    /// # Special values
    ///
    /// NaN in a column or the residual makes that weight NaN, and with it all residuals and all
    /// weights after it; then NaN is returned. The weight of a column of zeros becomes 0, and stays
    /// as it is without any penalty.
    ///
    /// # Accuracy
    ///
    /// `x . r` is added in `f64`, and a weight is rounded once. Every change of a weight rounds
    /// each residual twice, so that after hundreds of sweeps it is worth to compute the residual
    /// anew. The same bits on every level. It runs on the calling thread: each weight needs what
    /// the one before has left.
    ///
    /// # Source
    ///
    /// Friedman, Hastie, Höfling and Tibshirani, "Pathwise coordinate optimization" (2007);
    /// the active set is that of Friedman, Hastie and Tibshirani, "Regularization paths for
    /// generalized linear models via coordinate descent" (2010).
    ///
    /// # Examples
    ///
    /// All columns, then those in use until they rest, and again until nothing new moves; no
    /// step length is needed.
    ///
    /// ```
    /// use gradstep::penalty::{Coordinates, Design, Penalty, squared_norms};
    ///
    /// // Two columns of three rows; y is twice the first column.
    /// let columns = [1.0f64, -1.0, 0.0, 0.5, 0.5, -1.0];
    /// let mut residual = [2.0, -2.0, 0.0];
    /// let (mut w, mut norms) = ([0.0; 2], [0.0; 2]);
    /// squared_norms(&columns, 3, &mut norms)?;
    /// let design = Design { columns: &columns, squared_norms: &norms, denominator: 1.0 };
    /// let penalty = Penalty::new().l1(1.0)?;
    /// while penalty.coordinate_descent(design, Coordinates::All, &mut w, &mut residual)? > 1e-9 {
    ///     let mut step = 1.0;
    ///     while step > 1e-9 {
    ///         step = penalty
    ///             .coordinate_descent(design, Coordinates::Nonzero, &mut w, &mut residual)?;
    ///     }
    /// }
    /// assert_eq!(w, [1.5, 0.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn coordinate_descent<E: Element>(
        &self,
        design: Design<'_, E>,
        coordinates: Coordinates,
        w: &mut [E],
        residual: &mut [E],
    ) -> Result<f64, Error> {
        let Design { columns, squared_norms, denominator } = design;
        check::length("squared_norms", w.len(), squared_norms.len())?;
        check::length("columns", w.len().saturating_mul(residual.len()), columns.len())?;
        let d = check::finite_positive("denominator", denominator)?;
        let l1 = check::finite("denominator l1", d * self.l1)?;
        let l2 = check::finite("denominator l2", d * self.l2)?;
        let nonzero_only = coordinates == Coordinates::Nonzero;
        let kernel =
            CoordinateDescent { columns, squared_norms, w, residual, l1, l2, nonzero_only };
        Ok(<E as Compiled<_>>::dispatch(self.execution.chosen_level(), kernel).to_f64())
    }
}
