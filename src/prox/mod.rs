//! Proximal operators: `prox(x) = argmin_u (u - x)^2 / 2 + penalty(u)`.
//!
//! | operator | penalty | result |
//! |---|---|---|
//! | [`soft_threshold`], [`SoftThreshold`] | `lambda \|u\|` | `sign(x) max(\|x\| - lambda, 0)` |
//! | [`WeightedSoftThreshold`] | `lambda_i \|u_i\|` | the same with a threshold of each element |
//! | [`NonnegativeSoftThreshold`] | `lambda u`, `u >= 0` | `max(x - lambda, 0)` |
//! | [`ElasticNet`] | `l1 \|u\| + l2 u^2 / 2` | `sign(x) max(\|x\| - l1, 0) / (1 + l2)` |
//! | [`BoxConstraint`] | `low <= u <= high` | `x` clamped |
//! | [`HardThreshold`] | `lambda^2 / 2` unless `u = 0` | `x` if `\|x\| > lambda`, else 0 |
//! | [`GroupSoftThreshold`] | `lambda \|\|u_g\|\|` of each group | `x_g max(0, 1 - lambda / \|\|x_g\|\|)` |
//!
//! Each has the same methods, those of [`Prox`]: `apply` in place, `apply_into`
//! another slice, both also `.._and_count`, which counts the zeros in the same pass,
//! and `backward`. An operator of your own has them too: implement [`Proximal`] and
//! hand it to [`Prox::from_formula`].

mod box_constraint;
mod elastic_net;
mod group_soft_threshold;
mod hard_threshold;
mod methods;
mod nonnegative_soft_threshold;
mod proximal;
mod soft_threshold;
mod weighted_soft_threshold;

pub use box_constraint::BoxConstraint;
pub use elastic_net::ElasticNet;
/// # Examples
///
/// [`formula`](crate::formula) has more.
///
/// ```
/// use gradstep::formula::{Element, Isa, Lanes};
/// use gradstep::prox::{Prox, Proximal};
///
/// /// Of `u^2 / 2`.
/// #[derive(Clone, Copy)]
/// struct Halve;
///
/// impl<E: Element> Proximal<E> for Halve {
///     #[inline(always)]
///     fn prox<I: Isa>(self, x: E::Lanes<I>) -> E::Lanes<I> {
///         x * E::HALF + E::ZERO // of -0, +0
///     }
///     #[inline(always)]
///     fn backward<I: Isa>(self, x: E::Lanes<I>, upstream: E::Lanes<I>) -> E::Lanes<I> {
///         // NaN of NaN, else the derivative.
///         x.keep_where(x.is_nan()) + upstream * E::HALF
///     }
/// }
///
/// let mut x = [3.0f32, -1.0];
/// Prox::from_formula(Halve).apply(&mut x)?;
/// assert_eq!(x, [1.5, -0.5]);
/// # Ok::<(), gradstep::Error>(())
/// ```
#[doc(inline)]
pub use gradstep_kernels::ops::Proximal;
pub use group_soft_threshold::GroupSoftThreshold;
pub use hard_threshold::HardThreshold;
pub use nonnegative_soft_threshold::NonnegativeSoftThreshold;
pub use proximal::Prox;
pub use soft_threshold::{SoftThreshold, soft_threshold};
pub use weighted_soft_threshold::WeightedSoftThreshold;
