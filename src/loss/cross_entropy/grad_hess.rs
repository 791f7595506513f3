//! Gradient and diagonal of the Hessian of each row by itself.

use super::CrossEntropy;
use crate::{Element, Error, Reduction, check, split};
use gradstep_kernels::ops::{GradHessOutputs, Logits, Shape, SoftmaxGradHess};
use gradstep_kernels::{Classes, Target};

impl<E: Element> CrossEntropy<'_, E> {
    /// Multiplies second derivatives: `C / (C - 1)` is LightGBM's factor, 2 that of XGBoost.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `factor` is not finite and above 0.
    ///
    /// ```
    /// use gradstep::loss::CrossEntropy;
    ///
    /// let (mut grad, mut hess) = ([0.0f64; 2], [0.0; 2]);
    /// let ce = CrossEntropy::new(2)?.hessian_factor(2.0)?;
    /// ce.grad_hess(&[0.0, 0.0], &[0u8], &mut grad, &mut hess)?;
    /// assert_eq!((grad, hess), ([-0.5, 0.5], [0.5, 0.5]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn hessian_factor(self, factor: f64) -> Result<Self, Error> {
        let hessian_factor = check::finite_positive("hessian_factor", factor)?;
        Ok(Self { hessian_factor, ..self })
    }

    /// Writes the first derivatives of each row's loss to `grad` and the diagonal of the second
    /// ones to `hess`, as boosting asks for them: weighted, but divided by nothing, whatever
    /// the reduction.
    ///
    /// ```text
    /// grad_j = p_j - [j = y]
    /// hess_j = p_j (1 - p_j)
    /// ```
    ///
    /// times the weights of the class and the row, and `hess` times the
    /// [factor](Self::hessian_factor). An ignored row has 0 in both. Both are
    /// `[rows, classes]`, or, with [positions](Self::positions), `[samples, classes, positions]`:
    /// by [`positions(rows)`](Self::positions) `[classes, rows]`, LightGBM's order. Both have the
    /// [gradient's stride](Self::grad_stride).
    ///
    /// # Errors
    ///
    /// As for [`CrossEntropy`]; [`Error::Parameter`] for more than 256 classes;
    /// [`Error::Conflict`] with a label smoothing or a z-loss.
    ///
    /// # Accuracy
    ///
    /// The gradient within 4.5 ULP, second derivatives within 8, however small: `1 - p` is never
    /// a difference.
    ///
    /// # Source
    ///
    /// Friedman, "Greedy function approximation: a gradient boosting machine" (2001).
    ///
    /// ```
    /// use gradstep::loss::CrossEntropy;
    ///
    /// let (mut grad, mut hess) = ([0.0f64; 2], [0.0; 2]);
    /// CrossEntropy::new(2)?.grad_hess(&[40.0, 0.0], &[0u8], &mut grad, &mut hess)?;
    /// let p = (-40f64).exp(); // what is left for the other class
    /// assert!((grad[0] / -p - 1.0).abs() < 1e-15 && (hess[0] / p - 1.0).abs() < 1e-15);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn grad_hess<T: Target>(
        &self,
        logits: &[E],
        targets: &[T],
        grad: &mut [E],
        hess: &mut [E],
    ) -> Result<(), Error> {
        let shape = self.check_both(logits, targets, &named(grad, hess))?;
        self.differentiate(shape, logits, targets, GradHessOutputs::Same(grad, hess));
        Ok(())
    }

    /// [`grad_hess`](Self::grad_hess) with gradient and Hessian of a class side by side in `f32`,
    /// as XGBoost keeps them: computed in the type of the logits and rounded once. The
    /// [gradient's stride](Self::grad_stride) counts pairs.
    ///
    /// Errors: see [`grad_hess`](Self::grad_hess).
    ///
    /// ```
    /// use gradstep::loss::CrossEntropy;
    ///
    /// let mut pairs = [[0.0; 2]; 2];
    /// let ce = CrossEntropy::new(2)?.hessian_factor(2.0)?;
    /// ce.grad_hess_pairs(&[0.0f32, 0.0], &[0u8], &mut pairs)?;
    /// assert_eq!(pairs, [[-0.5, 0.5], [0.5, 0.5]]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn grad_hess_pairs<T: Target>(
        &self,
        logits: &[E],
        targets: &[T],
        pairs: &mut [[f32; 2]],
    ) -> Result<(), Error> {
        let shape = self.check_both(logits, targets, &[("pairs", pairs.len())])?;
        self.differentiate(shape, logits, targets, GradHessOutputs::Pairs(pairs));
        Ok(())
    }

    /// Refuses what can't be computed.
    fn check_both<T: Target>(
        &self,
        logits: &[E],
        targets: &[T],
        outputs: &[(&'static str, usize)],
    ) -> Result<Shape, Error> {
        let most = ("at most 256 for second derivatives", Shape::MOST_IN_LANES);
        check::at_most("classes", most, self.classes)?;
        let reason = "second derivatives know neither smoothing nor z-loss";
        for (option, value) in [("label_smoothing", self.label_smoothing), ("z_loss", self.z_loss)]
        {
            if value != 0.0 {
                return Err(Error::Conflict { option, reason });
            }
        }
        let undivided = Self { reduction: Reduction::Sum, ..*self };
        let shape = undivided.check(&Logits::Read(logits), self.targets(targets))?.shape;
        for (name, length) in outputs {
            self.fits(name, shape.rows, self.grad_stride, *length)?;
        }
        Ok(shape)
    }

    fn differentiate<T: Target>(
        &self,
        shape: Shape,
        scores: &[E],
        targets: &[T],
        outputs: GradHessOutputs<'_, E>,
    ) {
        let kernel = SoftmaxGradHess {
            scores,
            shape,
            targets: Classes::new(targets, self.ignore_index),
            class_weights: self.class_weights,
            row_weights: self.row_weights,
            factor: self.hessian_factor,
            outputs,
        };
        split::run(self.execution, kernel);
    }
}

impl CrossEntropy<'_, f64> {
    /// [`grad_hess`](Self::grad_hess) of logits in `f64` with outputs in `f32`, as LightGBM has
    /// them: computed in `f64` and rounded once.
    ///
    /// Errors: see [`grad_hess`](Self::grad_hess).
    ///
    /// ```
    /// use gradstep::loss::CrossEntropy;
    ///
    /// let (mut grad, mut hess) = ([0.0f32; 4], [0.0f32; 4]);
    /// let by_class = CrossEntropy::new(2)?.positions(2)?; // two rows
    /// by_class.grad_hess_f32(&[0.0, 1e9, 0.0, 1e9], &[0u32, 1], &mut grad, &mut hess)?;
    /// assert_eq!((grad, hess), ([-0.5, 0.5, 0.5, -0.5], [0.25; 4]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn grad_hess_f32<T: Target>(
        &self,
        logits: &[f64],
        targets: &[T],
        grad: &mut [f32],
        hess: &mut [f32],
    ) -> Result<(), Error> {
        let shape = self.check_both(logits, targets, &named(grad, hess))?;
        self.differentiate(shape, logits, targets, GradHessOutputs::Single(grad, hess));
        Ok(())
    }
}

/// The names and lengths of both outputs.
fn named<E>(grad: &[E], hess: &[E]) -> [(&'static str, usize); 2] {
    [("grad", grad.len()), ("hess", hess.len())]
}
