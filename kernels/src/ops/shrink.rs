//! Shrinkage toward 0, which operators and updates share: `x` less its projection onto
//! `[-lambda, lambda]` (Moreau's decomposition).
//!
//! The difference has one rounding, and is +0 wherever nothing is left: `x - x` is
//! +0 for every number, -0 too. Only `inf - inf` is no number.

use crate::Lanes;

/// `soft(x, lambda)` for a finite `lambda`. NaN stays NaN.
#[inline(always)]
pub(super) fn soft<L: Lanes>(x: L, lambda: L) -> L {
    x - x.max_or_self(-lambda).min_or_self(lambda)
}
