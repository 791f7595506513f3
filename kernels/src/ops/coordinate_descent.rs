//! A sweep of cyclic coordinate descent for least squares with an elastic net: one weight after
//! the other goes where the objective is least while all others stay.
//!
//! With the residual `r = y - X w`, a column `x` and `q = ||x||^2` the objective
//! `||r||^2 / 2 + a sum |w| + b / 2 sum w^2` of that column's weight alone is least at
//! `soft(x . r + q w, a) / (q + b)`.

use super::reduce::larger;
use super::shrink::soft;
use crate::lanes::first_lane;
use crate::{Element, Isa, Kernel, sweep};

/// Replaces weights one by one, keeps the residual, and returns the largest change of a weight;
/// NaN where a new weight is.
#[derive(Debug)]
pub struct CoordinateDescent<'a, E> {
    /// `[features, rows]`: column after column.
    pub columns: &'a [E],
    /// `[features]`: `||x||^2` of each column.
    pub squared_norms: &'a [f64],
    /// `[features]`
    pub w: &'a mut [E],
    /// `[rows]`: `y - X w`
    pub residual: &'a mut [E],
    /// `a`, finite and not negative.
    pub l1: f64,
    /// `b`, finite and not negative.
    pub l2: f64,
    /// Whether weights of 0 stay.
    pub nonzero_only: bool,
}

/// `soft(slope_at_zero, l1) / curvature`: where the objective of one weight is least. A column of
/// zeros without a penalty of squares has nothing to say: 0.
#[inline(always)]
fn least<I: Isa>(isa: I, slope_at_zero: f64, l1: f64, curvature: f64) -> f64 {
    let least: I::F64 = soft(isa.splat(slope_at_zero), isa.splat(l1)) / curvature;
    if curvature == 0.0 { 0.0 } else { first_lane(least) }
}

impl<E: Element> Kernel for CoordinateDescent<'_, E> {
    type Out = E;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> E {
        let Self { columns, squared_norms, w, residual, l1, l2, nonzero_only } = self;
        let rows = residual.len().max(1);
        let mut largest = E::ZERO;
        for ((w, x), q) in w.iter_mut().zip(columns.chunks_exact(rows)).zip(squared_norms) {
            let curvature = q + l2;
            let is_free = curvature == 0.0 && l1 == 0.0;
            if is_free || (nonzero_only && *w == E::ZERO) {
                continue;
            }
            let slope_at_zero = sweep::dot(isa, x, residual) + q * w.to_f64();
            let least = E::from_f64(least(isa, slope_at_zero, l1, curvature));
            let step = least - *w;
            *w = least;
            if step == E::ZERO {
                continue;
            }
            sweep::update(isa, &mut *residual, x, inline!(|r, x| r - x * step));
            largest = larger(largest, if step < E::ZERO { -step } else { step });
        }
        largest
    }
}
