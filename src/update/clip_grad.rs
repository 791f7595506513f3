//! Gradient clipping, by norm and by value.

use crate::settings::{getters, stored};
use crate::{Element, Error, Execution, check, execution::execution, split};
use gradstep_kernels::{Norm, ops};

/// What [`ClipGradNorm`] found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GradNorm {
    /// The Euclidean norm of all gradients together; infinite if it is too large for
    /// `f64`.
    pub norm: f64,
    /// Whether all elements are finite.
    pub finite: bool,
    /// `max_norm / (norm + 1e-6)`, at most 1: for an update's `grad_scale`. 0 or NaN if
    /// an element is not finite.
    pub coefficient: f64,
}

/// Scales gradients down so that their norm is at most `max_norm`.
///
/// `g := g min(1, max_norm / (norm + 1e-6))`, where `norm` is the Euclidean norm of a
/// slice, or of all slices of a list together. `max_norm` has the unit of `g`; it may be
/// infinite, which only measures.
///
/// [`measure`](Self::measure) writes nothing: its coefficient, handed to an update as
/// `grad_scale`, clips without a pass of its own.
///
/// # Shapes
///
/// Any lengths; a norm over nothing is 0.
///
/// # Special values
///
/// If an element is infinite or NaN, [`GradNorm::finite`] says so and nothing is written,
/// unless [`scale_non_finite`](Self::scale_non_finite) was chosen. Nothing is written
/// where the coefficient is 1.
///
/// # Accuracy
///
/// The norm neither overflows nor underflows; it is within 4 ULP of `f64` in the typical
/// case and 2^-46 in the worst one, for `f32` too. The coefficient is rounded to the
/// element type once.
/// The same bits on every level and for any number of threads.
///
/// # Source
///
/// Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural
/// networks" (2013), algorithm 1, with PyTorch's constant.
///
/// # Examples
///
/// ```
/// use gradstep::update::{ClipGradNorm, Sgd};
///
/// let (mut w, g) = ([1.0f32, 1.0], [30.0, 40.0]);
/// let found = ClipGradNorm::new(5.0)?.measure(&g);
/// assert_eq!((found.norm, found.finite), (50.0, true));
/// Sgd::new(0.1)?.grad_scale(found.coefficient)?.step(&mut w, &g)?;
/// assert!((w[0] - 0.7).abs() < 1e-6 && (w[1] - 0.6).abs() < 1e-6);
/// # Ok::<(), gradstep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClipGradNorm {
    max_norm: f64,
    scale_non_finite: bool,
    execution: Execution,
}

impl ClipGradNorm {
    /// Limits the norm to `max_norm`.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `max_norm` is negative or NaN.
    ///
    /// ```
    /// assert!(gradstep::update::ClipGradNorm::new(-1.0).is_err());
    /// ```
    pub fn new(max_norm: f64) -> Result<Self, Error> {
        let max_norm = check::not_negative("max_norm", max_norm)?;
        Ok(Self { max_norm, scale_non_finite: false, execution: Execution::new() })
    }

    /// Writes also where an element is infinite or NaN: finite elements then become 0 or
    /// NaN, the others NaN.
    ///
    /// ```
    /// let mut g = [1.0f32, f32::INFINITY];
    /// let found = gradstep::update::ClipGradNorm::new(1.0)?.scale_non_finite().clip(&mut g);
    /// assert!(!found.finite && g[0] == 0.0 && g[1].is_nan());
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    #[must_use]
    pub fn scale_non_finite(self) -> Self {
        Self { scale_non_finite: true, ..self }
    }

    getters! {
        "update::ClipGradNorm::new(5.0)?":
        get_max_norm -> f64 = |this| this.max_norm, "5.0";
        get_scale_non_finite -> bool = |this| this.scale_non_finite, "false";
    }

    execution!(
        execution,
        "update::ClipGradNorm::new(1.0)?",
        "assert_eq!(alone.measure(&[3.0f64, 4.0]).norm, 5.0);"
    );

    /// The norm of `g` and the coefficient; writes nothing.
    ///
    /// ```
    /// let found = gradstep::update::ClipGradNorm::new(10.0)?.measure(&[3.0f32, 4.0]);
    /// assert_eq!((found.norm, found.coefficient), (5.0, 1.0));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    #[must_use]
    pub fn measure<E: Element>(&self, g: &[E]) -> GradNorm {
        self.measure_all(&[g])
    }

    /// The norm of all `gradients` together and the coefficient; writes nothing.
    ///
    /// ```
    /// let found = gradstep::update::ClipGradNorm::new(1.0)?.measure_all(&[vec![3.0f32], vec![4.0]]);
    /// assert_eq!(found.norm, 5.0);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    #[must_use]
    pub fn measure_all<E: Element, G: AsRef<[E]>>(&self, gradients: &[G]) -> GradNorm {
        let parts = gradients.iter().map(AsRef::as_ref);
        // In the order of the list; each with threads of its own where it is large.
        let squares = |g| split::run(self.execution, ops::Dot { a: g, b: g });
        let sum = parts.clone().fold(0.0, |sum, g| sum + squares(g));
        let norm = Norm::of(sum, parts);
        let finite = norm.root.is_finite();
        let rounded = norm.to_f64();
        let quotient = if finite && rounded == f64::INFINITY {
            norm.unscaled(self.max_norm) / norm.root // 1e-6 does not count
        } else {
            self.max_norm / (rounded + 1e-6)
        };
        // `min` would replace NaN.
        let coefficient = if quotient >= 1.0 { 1.0 } else { quotient };
        GradNorm { norm: rounded, finite, coefficient }
    }

    /// Scales `g` in place; the norm is that before.
    ///
    /// ```
    /// let mut g = [30.0f64, 40.0];
    /// let found = gradstep::update::ClipGradNorm::new(5.0)?.clip(&mut g);
    /// assert_eq!(found.norm, 50.0);
    /// assert!((g[0] - 3.0).abs() < 1e-6 && (g[1] - 4.0).abs() < 1e-6);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn clip<E: Element>(&self, g: &mut [E]) -> GradNorm {
        self.clip_all(&mut [g])
    }

    /// Scales all `gradients` in place by one coefficient; the norm is that before.
    ///
    /// ```
    /// let (mut a, mut b) = ([30.0f32], [0.0f32, -40.0]);
    /// let clip = gradstep::update::ClipGradNorm::new(5.0)?;
    /// clip.clip_all(&mut [&mut a[..], &mut b]);
    /// assert!((a[0] - 3.0).abs() < 1e-6 && (b[1] + 4.0).abs() < 1e-6);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn clip_all<E: Element, G: AsRef<[E]> + AsMut<[E]>>(
        &self,
        gradients: &mut [G],
    ) -> GradNorm {
        let found = self.measure_all(gradients);
        let wanted = found.finite || self.scale_non_finite;
        if wanted && found.coefficient != 1.0 {
            let factor = E::from_f64(found.coefficient);
            for g in gradients {
                split::run(self.execution, ops::Scale { x: g.as_mut(), factor });
            }
        }
        found
    }
}

/// Scales `g` in place so that its norm is at most `max_norm`. With options, for a list,
/// or the coefficient alone: [`ClipGradNorm`].
///
/// # Errors
///
/// [`Error::Parameter`] if `max_norm` is negative or NaN; `g` is then untouched.
///
/// # Examples
///
/// ```
/// let mut g = [30.0f32, 40.0];
/// assert_eq!(gradstep::update::clip_grad_norm(&mut g, 5.0)?.norm, 50.0);
/// assert!((g[0] - 3.0).abs() < 1e-6);
/// # Ok::<(), gradstep::Error>(())
/// ```
pub fn clip_grad_norm<E: Element>(g: &mut [E], max_norm: f64) -> Result<GradNorm, Error> {
    Ok(ClipGradNorm::new(max_norm)?.clip(g))
}

/// Clamps each element of `g` to `-max_value..=max_value`, in place.
///
/// `max_value` has the unit of `g` and is rounded to its type. NaN stays NaN, -0 becomes
/// +0. Exact, and the same bits on every level.
///
/// # Errors
///
/// [`Error::Parameter`] if `max_value` is negative or NaN, or finite and too large for the
/// element type; `g` is then untouched.
///
/// # Examples
///
/// ```
/// let mut g = [0.5f32, -3.0];
/// gradstep::update::clip_grad_value(&mut g, 1.0)?;
/// assert_eq!(g, [0.5, -1.0]);
/// # Ok::<(), gradstep::Error>(())
/// ```
pub fn clip_grad_value<E: Element>(g: &mut [E], max_value: f64) -> Result<(), Error> {
    clip_grad_value_all(&mut [g], max_value)
}

/// [`clip_grad_value`] for all slices of a list.
///
/// # Errors
///
/// See [`clip_grad_value`].
///
/// # Examples
///
/// ```
/// let mut gradients = [vec![0.5f32, -3.0], vec![2.0]];
/// gradstep::update::clip_grad_value_all(&mut gradients, 1.0)?;
/// assert_eq!(gradients, [vec![0.5, -1.0], vec![1.0]]);
/// # Ok::<(), gradstep::Error>(())
/// ```
pub fn clip_grad_value_all<E: Element, G: AsMut<[E]>>(
    gradients: &mut [G],
    max_value: f64,
) -> Result<(), Error> {
    let high: E = check::rounded(check::not_negative, "max_value", max_value)?;
    let formula = ops::BoxConstraint { low: -high, high };
    for g in gradients {
        let task = ops::Task::Apply(g.as_mut().into());
        split::run(Execution::new(), ops::ApplyProx { formula, task, count: false });
    }
    Ok(())
}

stored!([] ClipGradNorm, |this| {
    max_norm: f64 = this.get_max_norm(),
    scale_non_finite: bool = this.get_scale_non_finite(),
    #[serde(default)]
    execution: Execution = this.execution,
} => Ok(Self { scale_non_finite, ..Self::new(max_norm)? }.execution(execution)));
