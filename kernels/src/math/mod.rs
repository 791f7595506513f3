//! Exponentials and logarithms on lanes.

mod constants;
mod exp;
mod ln;

pub use constants::Math;
pub use exp::{exp, exp_nonpositive};
pub use ln::{ln, ln_1p, ln_1p_unit};
