//! Exponentials, logarithms and functions composed of them, on lanes.
//!
//! Within 1 ULP on every level ([`ScaledExp`] within 1.4, [`exp_nonpositive`] 1.3,
//! [`ln_1p_unit`] 1.2 and without FMA 1.5), subnormal arguments and results included; each
//! file states its method, its sources and the largest errors measured. Built of the
//! methods of [`Lanes`](crate::Lanes) alone, so results are the same on every level
//! with [`Isa::FUSED`](crate::Isa::FUSED). NaN gives NaN.
//!
//! [`ops`](crate::ops) has them over slices. In a kernel of your own:
//!
//! ```
//! use gradstep_kernels::{Isa, Kernel, Level, math, sweep};
//!
//! /// Replaces `x` by `x sigmoid(x)`.
//! struct Swish<'a>(&'a mut [f32]);
//!
//! impl Kernel for Swish<'_> {
//!     type Out = ();
//!     #[inline(always)]
//!     fn run<I: Isa>(self, isa: I) {
//!         sweep::update(
//!             isa,
//!             self.0,
//!             (),
//!             #[inline(always)]
//!             |x, ()| x * math::sigmoid(x),
//!         );
//!     }
//! }
//!
//! let mut x = [0.0, 40.0];
//! Level::best().dispatch(Swish(&mut x));
//! assert_eq!(x, [0.0, 40.0]);
//! ```

mod constants;
pub(crate) mod eft;
mod exp;
mod ln;
mod logistic;
mod philox;
mod power;
mod scaled_exp;
mod sigmoid;
mod softplus;
mod tanh;

pub use constants::Math;
pub use exp::{exp, exp_m1, exp_nonpositive};
pub use ln::{ln, ln_1p, ln_1p_unit};
pub(crate) use logistic::logistic;
pub(crate) use philox::{counters, pattern, philox};
pub(crate) use power::{Power, exp_of_sum, pair_plus};
pub use scaled_exp::ScaledExp;
pub use sigmoid::sigmoid;
pub use softplus::softplus;
pub use tanh::tanh;
