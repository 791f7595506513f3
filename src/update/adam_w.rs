//! AdamW.

use super::AdamWith;
use crate::Error;

/// Adam with decay of the weight itself, in one pass.
///
/// With `h = grad_scale g` (negated to maximise) and the step number `t = 1, 2, ..`:
///
/// ```text
/// w := w (1 - learning_rate weight_decay)
/// m := m + (1 - beta1) (h - m)
/// v := beta2 v + (1 - beta2) h^2
/// w := w - learning_rate / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + eps)
/// ```
///
/// Decay that joins the gradient is that of [`Adam`](super::Adam). Methods, AMSGrad,
/// shapes, errors, special values, accuracy: [`AdamWith`].
///
/// # Source
///
/// Kingma and Ba, "Adam: a method for stochastic optimization" (2015); Reddi, Kale
/// and Kumar, "On the convergence of Adam and beyond" (2018); Loshchilov and Hutter,
/// "Decoupled weight decay regularization" (2019).
///
/// # Examples
///
/// ```
/// use gradstep::update::AdamW;
///
/// let adam = AdamW::new(0.5)?.weight_decay(0.25)?;
/// let (mut w, mut m, mut v) = ([1.0f32, -2.0], [0.0; 2], [0.0; 2]);
/// adam.step(&mut w, &[1e-3, 0.0], &mut m, &mut v, 1)?;
/// // The first step is as long as the learning rate, whatever the gradient is.
/// assert!((w[0] - (0.875 - 0.5)).abs() < 1e-4 && w[1] == -1.75);
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type AdamW = AdamWith<DECOUPLED>;

/// Decay stays out of the gradient.
const DECOUPLED: bool = true;

impl AdamW {
    /// Steps of about `learning_rate`, with `betas(0.9, 0.999)`, `eps(1e-8)` and
    /// `weight_decay(0.01)`, as in torch.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `learning_rate` is negative or not finite.
    ///
    /// ```
    /// use gradstep::update::AdamW;
    ///
    /// let default = AdamW::new(1e-3)?.betas(0.9, 0.999)?.eps(1e-8)?.weight_decay(0.01)?;
    /// assert_eq!(AdamW::new(1e-3)?, default);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn new(learning_rate: f64) -> Result<Self, Error> {
        Self::usual(learning_rate)
    }
}
