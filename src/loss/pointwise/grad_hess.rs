//! Gradient and Hessian of the losses that have a second derivative.

use super::Loss;
use crate::{Element, Error, check, split};
use gradstep_kernels::ops::{Derivatives, GradHess, TwiceDifferentiable};
use gradstep_kernels::sweep::Columns;

impl<E: Element, P: TwiceDifferentiable<E>> Loss<'_, E, P> {
    /// Writes the first and the second derivative of each element's loss to `grad` and `hess`,
    /// as boosting and Newton's method ask for them: weighted, but divided by nothing, whatever
    /// the reduction.
    ///
    /// # Errors
    ///
    /// See [`Loss`].
    ///
    /// ```
    /// use gradstep::loss::BinaryCrossEntropyWithLogits;
    ///
    /// let (mut grad, mut hess) = ([0.0f64; 2], [0.0; 2]);
    /// let bce = BinaryCrossEntropyWithLogits::new();
    /// bce.grad_hess(&[0.0, 40.0], &[1.0, 1.0], &mut grad, &mut hess)?;
    /// assert_eq!((grad[0], hess[0]), (-0.5, 0.25));
    /// assert!((hess[1] / (-40f64).exp() - 1.0).abs() < 1e-15); // not 0
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn grad_hess(
        &self,
        prediction: &[E],
        target: &[E],
        grad: &mut [E],
        hess: &mut [E],
    ) -> Result<(), Error> {
        outputs(prediction.len(), grad.len(), hess.len())?;
        self.check(prediction, target)?;
        self.differentiate_twice(prediction, Derivatives::Same { target, grad, hess }, false);
        Ok(())
    }

    /// The loss, by the reduction; also writes what [`grad_hess`](Self::grad_hess) does.
    ///
    /// # Errors
    ///
    /// See [`Loss`].
    ///
    /// ```
    /// use gradstep::loss::Mse;
    ///
    /// let (mut grad, mut hess) = ([0.0f32; 2], [0.0; 2]);
    /// let loss = Mse::new().loss_grad_hess(&[1.0, 3.0], &[0.0, 0.0], &mut grad, &mut hess)?;
    /// assert_eq!((loss, grad, hess), (5.0, [2.0, 6.0], [2.0, 2.0]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn loss_grad_hess(
        &self,
        prediction: &[E],
        target: &[E],
        grad: &mut [E],
        hess: &mut [E],
    ) -> Result<f64, Error> {
        outputs(prediction.len(), grad.len(), hess.len())?;
        let divisor = self.check(prediction, target)?;
        let derivatives = Derivatives::Same { target, grad, hess };
        let sum = self.differentiate_twice(prediction, derivatives, true);
        let sum = if self.weights.is_some() && divisor.is_extreme::<E>() {
            self.sum(prediction, target, divisor)
        } else if sum.is_finite() {
            sum
        } else {
            self.sum_again(sum, prediction, target)
        };
        Ok(sum / divisor.denominator)
    }

    fn differentiate_twice(
        &self,
        prediction: &[E],
        derivatives: Derivatives<'_, E>,
        sums: bool,
    ) -> f64 {
        let Self { formula, weights, execution, .. } = *self;
        let columns = self.columns.map(Columns::new);
        let kernel = GradHess { formula, prediction, derivatives, weights, columns, sums };
        split::run(execution, kernel)
    }
}

impl<P: TwiceDifferentiable<f64>> Loss<'_, f64, P> {
    /// [`grad_hess`](Self::grad_hess) of predictions in `f64` with targets and outputs in
    /// `f32`, as LightGBM has them: computed in `f64` and rounded once.
    ///
    /// # Errors
    ///
    /// See [`Loss`].
    ///
    /// ```
    /// use gradstep::loss::Mse;
    ///
    /// let (mut grad, mut hess) = ([0.0f32; 2], [0.0f32; 2]);
    /// let scores = [1e9 + 0.25f64, 0.0];
    /// Mse::new().grad_hess_f32(&scores, &[1e9f32, 1.0], &mut grad, &mut hess)?;
    /// assert_eq!((grad, hess), ([0.5, -2.0], [2.0, 2.0]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn grad_hess_f32(
        &self,
        prediction: &[f64],
        target: &[f32],
        grad: &mut [f32],
        hess: &mut [f32],
    ) -> Result<(), Error> {
        outputs(prediction.len(), grad.len(), hess.len())?;
        check::length("target", prediction.len(), target.len())?;
        if let Some(domain) = P::TARGETS {
            check::elements_within("target", target, domain)?;
        }
        self.check_but_targets(prediction)?;
        self.differentiate_twice(prediction, Derivatives::Single { target, grad, hess }, false);
        Ok(())
    }
}

fn outputs(n: usize, grad: usize, hess: usize) -> Result<(), Error> {
    check::length("grad", n, grad)?;
    check::length("hess", n, hess)
}
