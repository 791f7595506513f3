//! Activations with their derivatives.
//!
//! | activation | value | derivative | `backward` wants |
//! |---|---|---|---|
//! | [`Sigmoid`] | `1 / (1 + e^-x)` | `y (1 - y)` | the output `y` |
//! | [`Tanh`] | `tanh x` | `(1 - y) (1 + y)` | the output `y` |
//! | [`Relu`] | `max(x, 0)` | 1 above 0, else 0 | input or output, alike |
//! | [`Softplus`] | `ln(1 + e^x)` | `1 / (1 + e^-x)` | the input `x` |

use crate::settings::stored;
use crate::{Element, Error, Execution, check, execution::execution, split};
use gradstep_kernels::InOut;
use gradstep_kernels::ops::Task;
use gradstep_kernels::ops::activation as formulas;
use gradstep_kernels::ops::activation::{Activate, Activation as Formula};

/// An activation of each element on its own.
///
/// Use it by its names, which state equation, special values and accuracy:
/// [`Sigmoid`], [`Tanh`], [`Relu`] and [`Softplus`].
///
/// # Shapes
///
/// All slices have the same length; outputs are overwritten.
///
/// # Errors
///
/// [`Error::Length`] if lengths differ, before anything is written.
///
/// # Special values
///
/// NaN stays NaN, in a gradient too, whichever argument it comes from; no other
/// element is touched by it. An infinite upstream gradient at a derivative of 0 is
/// NaN, save for [`Relu`], whose 0 passes nothing on.
///
/// # Accuracy
///
/// The same bits for any number of threads, and on every level that fuses.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Activation<A> {
    formula: A,
    execution: Execution,
}

/// The logistic function `1 / (1 + e^-x)`; its derivative is `y (1 - y)` of its
/// output `y`, which is what [`backward`](Activation::backward) wants.
///
/// 0 at -inf and 1 at inf. For the loss of a classifier, give the logits to
/// [`BinaryCrossEntropyWithLogits`](crate::loss::BinaryCrossEntropyWithLogits)
/// instead.
///
/// # Accuracy
///
/// Values within 1 ULP, subnormal ones too; gradients within 2.5 ULP of the formula
/// at the rounded output.
///
/// # Source
///
/// Verhulst, "Recherches mathématiques sur la loi d'accroissement de la population"
/// (1845).
///
/// # Examples
///
/// ```
/// use gradstep::activation::Sigmoid;
///
/// let mut y = [0.0f64, f64::INFINITY];
/// Sigmoid::new().apply(&mut y)?;
/// assert_eq!(y, [0.5, 1.0]);
///
/// let mut grad = [0.0; 2];
/// Sigmoid::new().backward(&y, &[2.0, 2.0], &mut grad)?;
/// assert_eq!(grad, [0.5, 0.0]);
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type Sigmoid = Activation<formulas::Sigmoid>;

/// The hyperbolic tangent; its derivative is `(1 - y) (1 + y)` of its output `y`,
/// which is what [`backward`](Activation::backward) wants.
///
/// The sign of 0 stays; -1 and 1 at the infinities.
///
/// # Accuracy
///
/// Values within 1 ULP; gradients within 3.5 ULP of the formula at the rounded
/// output.
///
/// # Source
///
/// LeCun, Bottou, Orr and Müller, "Efficient backprop" (1998), section 4.4.
///
/// # Examples
///
/// ```
/// use gradstep::activation::Tanh;
///
/// let mut y = [0.0f32; 2];
/// Tanh::new().apply_into(&[0.0, 100.0], &mut y)?;
/// assert_eq!(y, [0.0, 1.0]);
///
/// let mut grad = [0.0; 2];
/// Tanh::new().backward(&y, &[3.0, 3.0], &mut grad)?;
/// assert_eq!(grad, [3.0, 0.0]);
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type Tanh = Activation<formulas::Tanh>;

/// `x` above 0, else 0; its derivative is 1 above 0, else 0.
/// [`backward`](Activation::backward) takes the input or the output: they are above
/// 0 in the same places.
///
/// The 0 is +0, also for -0. The derivative at 0 is 0.
///
/// # Accuracy
///
/// Exact, and the same bits on every level.
///
/// # Source
///
/// Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines"
/// (2010).
///
/// # Examples
///
/// ```
/// use gradstep::activation::Relu;
///
/// let mut y = [2.0f32, -2.0, 0.0];
/// Relu::new().apply(&mut y)?;
/// assert_eq!(y, [2.0, 0.0, 0.0]);
///
/// let mut grad = [0.0; 3];
/// Relu::new().backward(&y, &[5.0, 5.0, 5.0], &mut grad)?;
/// assert_eq!(grad, [5.0, 0.0, 0.0]);
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type Relu = Activation<formulas::Relu>;

/// The soft ReLU `ln(1 + e^x)`; its derivative is the logistic function of its
/// input `x`, which is what [`backward`](Activation::backward) wants.
///
/// 0 at -inf, inf at inf; no overflow in between.
///
/// # Accuracy
///
/// Values within 1 ULP, subnormal ones too; gradients within 2.5 ULP where the
/// derivative, the logistic function, is a normal number, and within the rounding of
/// a subnormal one, times the upstream gradient, below that.
///
/// # Source
///
/// Dugas, Bengio, Bélisle, Nadeau and Garcia, "Incorporating second-order
/// functional knowledge for better option pricing" (2001).
///
/// # Examples
///
/// ```
/// use gradstep::activation::Softplus;
///
/// let x = [0.0f64, 1000.0];
/// let mut y = [0.0; 2];
/// Softplus::new().apply_into(&x, &mut y)?;
/// assert_eq!(y, [2f64.ln(), 1000.0]);
///
/// let mut grad = [0.0; 2];
/// Softplus::new().backward(&x, &[4.0, 4.0], &mut grad)?;
/// assert_eq!(grad, [2.0, 4.0]);
/// # Ok::<(), gradstep::Error>(())
/// ```
pub type Softplus = Activation<formulas::Softplus>;

impl<A: Formula> Activation<A> {
    /// The activation, run in the best way.
    ///
    /// ```
    /// let mut x = [-1.0f32];
    /// gradstep::activation::Relu::new().apply(&mut x)?;
    /// assert_eq!(x, [0.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    #[must_use]
    pub fn new() -> Self
    where
        A: Default,
    {
        Self::default()
    }

    /// An activation from its formula: how one of your own gets all methods, levels and
    /// threads. See [`formula`](crate::formula).
    ///
    /// ```
    /// use gradstep::activation::Activation;
    /// use gradstep::formula::{self, Float, Lanes, Math};
    ///
    /// /// `x` above 0, else `slope x`.
    /// #[derive(Clone, Copy, Debug)]
    /// struct LeakyRelu {
    ///     slope: f64,
    /// }
    ///
    /// impl formula::Activation for LeakyRelu {
    ///     const COST: f64 = 0.05;
    ///     const LONG: [bool; 2] = [false; 2];
    ///
    ///     #[inline(always)]
    ///     fn value<L: Lanes<Elem: Math>>(self, x: L) -> L {
    ///         x.max(x * x.splat(Float::from_f64(self.slope)))
    ///     }
    ///     #[inline(always)]
    ///     fn backward<L: Lanes<Elem: Math>>(self, x: L, upstream: L) -> L {
    ///         let (slope, one) = (x.splat(Float::from_f64(self.slope)), x.splat(Float::ONE));
    ///         let derivative = formula::select(x.gt(x.splat(Float::ZERO)), one, slope);
    ///         // NaN of NaN, else the derivative.
    ///         x.keep_where(x.is_nan()) + upstream * derivative
    ///     }
    /// }
    ///
    /// let mut x = [2.0f32, -2.0];
    /// Activation::from_formula(LeakyRelu { slope: 0.25 }).apply(&mut x)?;
    /// assert_eq!(x, [2.0, -0.5]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn from_formula(formula: A) -> Self {
        Self { formula, execution: Execution::new() }
    }

    execution!(execution, "activation::Relu::new()", "alone.apply(&mut [-1.0f32])?;");

    /// Replaces `x` by its activation.
    ///
    /// # Errors
    ///
    /// None: any length fits.
    ///
    /// ```
    /// let mut x = [0.0f32, -0.0];
    /// gradstep::activation::Sigmoid::new().apply(&mut x)?;
    /// assert_eq!(x, [0.5, 0.5]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn apply<E: Element>(&self, x: &mut [E]) -> Result<(), Error> {
        self.run(Task::Apply(x.into()));
        Ok(())
    }

    /// Writes the activation of `x` to `out`.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ.
    ///
    /// ```
    /// let mut out = [0.0f32; 2];
    /// gradstep::activation::Relu::new().apply_into(&[3.0, -3.0], &mut out)?;
    /// assert_eq!(out, [3.0, 0.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn apply_into<E: Element>(&self, x: &[E], out: &mut [E]) -> Result<(), Error> {
        check::length("out", x.len(), out.len())?;
        self.run(Task::Apply(InOut::apart(x, out)));
        Ok(())
    }

    /// Writes the gradient with respect to the input: `upstream` times the
    /// derivative at what was `saved`, which is input or output as the activation
    /// says.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ.
    ///
    /// ```
    /// let mut grad = [0.0f32; 2];
    /// gradstep::activation::Tanh::new().backward(&[0.5, 1.0], &[4.0, 4.0], &mut grad)?;
    /// assert_eq!(grad, [3.0, 0.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn backward<E: Element>(
        &self,
        saved: &[E],
        upstream: &[E],
        grad: &mut [E],
    ) -> Result<(), Error> {
        check::length("upstream", saved.len(), upstream.len())?;
        check::length("grad", saved.len(), grad.len())?;
        self.run(Task::Backward { at: saved, upstream, grad });
        Ok(())
    }

    fn run<E: Element>(&self, task: Task<'_, E>) {
        split::run(self.execution, Activate { formula: self.formula, task });
    }
}

stored!([A: Formula + Default] Activation<A>, |this| {
    #[serde(default)]
    execution: Execution = this.execution,
} => Ok(Self::new().execution(execution)));
