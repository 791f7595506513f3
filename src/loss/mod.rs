//! Losses with their gradients.
//!
//! | loss | value, `d = prediction - target` | derivative |
//! |---|---|---|
//! | [`Mse`] | `d^2` | `2 d` |
//! | [`L1`] | `\|d\|` | `sign(d)` |
//! | [`SmoothL1`] | `d^2 / (2 beta)` below `beta`, then `\|d\| - beta / 2` | `d / beta`, `sign(d)` |
//! | [`LogCosh`] | `ln cosh d` | `tanh d` |
//! | [`Huber`] | `d^2 / 2` below `delta`, then `delta (\|d\| - delta / 2)` | `d`, `delta sign(d)` |
//! | [`BinaryCrossEntropyWithLogits`] | `-y ln(sigmoid(x)) - (1 - y) ln(1 - sigmoid(x))` | `sigmoid(x) - y` |
//! | [`BinaryCrossEntropy`] | `-y ln p - (1 - y) ln(1 - p)` | `(p - y) / (p (1 - p))` |
//! | [`Quantile`] | `-q d` below 0, then `(1 - q) d` | `-q`, `1 - q` |
//! | [`SquaredHinge`] | `max(0, 1 - y x)^2` | `-2 y max(0, 1 - y x)` |
//! | [`ModifiedHuber`] | the same from `y x = -1` on, `-4 y x` below | the same, `-4 y` |
//! | [`Poisson`] | `e^x - y x` | `e^x - y` |
//! | [`Gamma`] | `x + y e^-x` | `1 - y e^-x` |
//! | [`Tweedie`] | `y e^((1 - p) x) / (p - 1) + e^((2 - p) x) / (2 - p)` | `e^((2 - p) x) - y e^((1 - p) x)` |
//! | [`Focal`] | `-(1 - p)^gamma ln p`, `p` the label's probability | its derivative |
//! | [`KlDivergence`] | `y (ln y - x)` | `-y` |
//! | [`CrossEntropy`] | `ln(sum_j exp(x_j)) - x_y` | `softmax(x)_j - [j = y]` |
//!
//! Each has the same methods, those of [`Loss`]: `loss`, `loss_and_grad`,
//! `loss_and_grad_in_place`, `losses` (one per element) and `backward` (with the
//! gradient that an autograd framework brings). Those with a second derivative have
//! `grad_hess` and `loss_grad_hess` and, for Newton's method as weighted least squares, `irls`
//! too. A loss of your own has them too:
//! implement [`Pointwise`] and hand it to [`Loss::from_formula`].

#[cfg(feature = "losses")]
mod binary_cross_entropy;
#[cfg(feature = "losses")]
mod binary_cross_entropy_with_logits;
#[cfg(feature = "rows")]
mod cross_entropy;
#[cfg(feature = "losses")]
mod focal;
#[cfg(feature = "losses")]
mod gamma;
#[cfg(feature = "losses")]
mod huber;
#[cfg(feature = "losses")]
mod kl_divergence;
#[cfg(feature = "losses")]
mod l1;
#[cfg(feature = "losses")]
mod log_cosh;
#[cfg(feature = "losses")]
mod modified_huber;
#[cfg(feature = "losses")]
mod mse;
#[cfg(feature = "alloc")]
mod owned;
#[cfg(feature = "losses")]
mod pointwise;
#[cfg(feature = "losses")]
mod poisson;
#[cfg(feature = "losses")]
mod quantile;
#[cfg(feature = "losses")]
mod smooth_l1;
#[cfg(feature = "losses")]
mod squared_hinge;
#[cfg(feature = "losses")]
mod tweedie;

#[cfg(feature = "losses")]
pub use binary_cross_entropy::BinaryCrossEntropy;
#[cfg(feature = "losses")]
pub use binary_cross_entropy_with_logits::BinaryCrossEntropyWithLogits;
#[cfg(feature = "rows")]
pub use cross_entropy::{CrossEntropy, LossSum};
#[cfg(feature = "losses")]
pub use focal::Focal;
#[cfg(feature = "losses")]
pub use gamma::Gamma;
/// # Examples
///
/// [`formula`](crate::formula) has more.
///
/// ```
/// use gradstep::formula::{Element, Isa, Lanes};
/// use gradstep::loss::{Loss, Pointwise};
///
/// /// `(prediction - target)^4`
/// #[derive(Clone, Copy)]
/// struct Quartic;
///
/// impl<E: Element> Pointwise<E> for Quartic {
///     #[inline(always)]
///     fn value_and_derivative<I: Isa>(
///         self,
///         prediction: E::Lanes<I>,
///         target: E::Lanes<I>,
///     ) -> (E::Lanes<I>, E::Lanes<I>) {
///         let d = prediction - target;
///         (d.powi(4), d.powi(3) * E::from_f64(4.0))
///     }
/// }
///
/// assert_eq!(Loss::from_formula(Quartic).loss(&[3.0f32], &[1.0])?, 16.0);
/// # Ok::<(), gradstep::Error>(())
/// ```
#[cfg(feature = "losses")]
#[doc(inline)]
pub use gradstep_kernels::ops::Pointwise;
#[cfg(feature = "losses")]
pub use gradstep_kernels::ops::TwiceDifferentiable;
#[cfg(feature = "rows")]
pub use gradstep_kernels::ops::{CrossEntropyOutputs as Outputs, Logits};
pub use gradstep_kernels::{AnyTarget, Target};
#[cfg(feature = "losses")]
pub use huber::Huber;
#[cfg(feature = "losses")]
pub use kl_divergence::KlDivergence;
#[cfg(feature = "losses")]
pub use l1::L1;
#[cfg(feature = "losses")]
pub use log_cosh::LogCosh;
#[cfg(feature = "losses")]
pub use modified_huber::ModifiedHuber;
#[cfg(feature = "losses")]
pub use mse::Mse;
#[cfg(feature = "alloc")]
pub use owned::Owned;
#[cfg(feature = "losses")]
pub use pointwise::Loss;
#[cfg(feature = "losses")]
pub use poisson::Poisson;
#[cfg(feature = "losses")]
pub use quantile::Quantile;
#[cfg(feature = "losses")]
pub use smooth_l1::SmoothL1;
#[cfg(feature = "losses")]
pub use squared_hinge::SquaredHinge;
#[cfg(feature = "losses")]
pub use tweedie::Tweedie;

#[cfg(feature = "alloc")]
mod sealed {
    use crate::Element;

    /// A loss that is kept apart from its weights.
    pub trait Keep: Copy {
        /// The type of the weights.
        type Element: Element;
        /// The same loss with weights.
        type Borrowing<'w>;

        /// Weights of elements or rows, and of columns or classes.
        fn borrowing<'w>(self, weights: [Option<&'w [Self::Element]>; 2]) -> Self::Borrowing<'w>;
    }
}
