//! Exponentials and logarithms on lanes.

mod constants;
mod exp;
mod ln;
mod pair;
mod sigmoid;
mod softplus;
mod tanh;

pub use constants::Math;
pub use exp::{exp, exp_m1, exp_nonpositive};
pub use ln::{ln, ln_1p, ln_1p_unit};
pub use sigmoid::sigmoid;
pub use softplus::softplus;
pub use tanh::tanh;
