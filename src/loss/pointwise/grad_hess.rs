//! Gradient and Hessian of the losses that have a second derivative.

use super::Loss;
use crate::{Element, Error, check, split};
use gradstep_kernels::ops::{Derivatives, GradHess, Twice, TwiceDifferentiable};
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
        let derivatives = Derivatives::Same { target, grad, hess };
        self.differentiate_twice(prediction, derivatives, Twice::Written);
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
        let sum = self.differentiate_twice(prediction, derivatives, Twice::WithSum);
        let sum = if self.weights.is_some() && divisor.is_extreme::<E>() {
            self.sum(prediction, target, divisor)
        } else if sum.is_finite() {
            sum
        } else {
            self.sum_again(sum, prediction, target)
        };
        Ok(sum / divisor.denominator)
    }

    /// Writes the weight and the working response of each element for a step of iteratively
    /// reweighted least squares (IRLS), Newton's method for generalized linear models.
    ///
    /// With the derivatives `g` and `h` at the prediction `x` these are `w = h` and
    /// `z = x - g / h`: the weights that minimise `sum w (z - X b)^2` are a Newton step ahead of
    /// those that predict `x = X b`, and at their optimum they stay. For logistic regression
    /// ([`BinaryCrossEntropyWithLogits`](super::super::BinaryCrossEntropyWithLogits)) `w` is
    /// `p (1 - p)` and `z` is `x + (y - p) / w`; for Poisson regression
    /// ([`Poisson`](super::super::Poisson)) with the rate `mu = e^x` they are `mu` and
    /// `x + (y - mu) / mu`. Weights of elements multiply `w` and leave `z`; nothing is divided,
    /// whatever the reduction.
    ///
    /// # Shapes
    ///
    /// `prediction`, `target`, `weight`, `response`: `[n]`.
    ///
    /// # Errors
    ///
    /// See [`Loss`].
    ///
    /// # Special values
    ///
    /// Where `h` is below `2^-k |g|` (`k` is 64 for `f32`, 512 for `f64`), as far from a label on
    /// the wrong side or where a loss has a straight tail, that is the weight: `z` stays finite,
    /// and `w (z - x)` is `-g` all the same, so that steps end where the gradient is 0. Where
    /// both are 0, `w` is 0 and `z` is `x`. NaN in a prediction or target makes both NaN. An
    /// infinite `h`, as of a rate beyond the type, leaves an infinite weight and NaN; else an
    /// infinite prediction has an infinite response.
    ///
    /// # Accuracy
    ///
    /// `w` is [`grad_hess`](Self::grad_hess)'s `h`; `z` is computed from its two derivatives with
    /// two more roundings. The same bits as those on every level and for any number of threads.
    ///
    /// # Source
    ///
    /// Nelder and Wedderburn, "Generalized linear models" (1972).
    ///
    /// # Examples
    ///
    /// A slope alone: each step is a weighted mean.
    ///
    /// ```
    /// use gradstep::loss::Poisson;
    ///
    /// let (x, y) = ([1.0f64, 2.0, 3.0], [2.0, 7.0, 21.0]);
    /// let (mut w, mut z) = ([0.0; 3], [0.0; 3]);
    /// let mut slope = 0.5;
    /// for _ in 0..8 {
    ///     Poisson::new().irls(&x.map(|x| slope * x), &y, &mut w, &mut z)?;
    ///     let sum = |of: &[f64; 3]| -> f64 { (0..3).map(|i| w[i] * x[i] * of[i]).sum() };
    ///     slope = sum(&z) / sum(&x);
    /// }
    /// // There the gradient is 0.
    /// let gradient: f64 = (0..3).map(|i| x[i] * ((slope * x[i]).exp() - y[i])).sum();
    /// assert!(gradient.abs() < 1e-12);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn irls(
        &self,
        prediction: &[E],
        target: &[E],
        weight: &mut [E],
        response: &mut [E],
    ) -> Result<(), Error> {
        check::length("weight", prediction.len(), weight.len())?;
        check::length("response", prediction.len(), response.len())?;
        self.check(prediction, target)?;
        let derivatives = Derivatives::Same { target, grad: response, hess: weight };
        self.differentiate_twice(prediction, derivatives, Twice::Working);
        Ok(())
    }

    /// [`grad_hess`](Self::grad_hess) with targets in `f32` and gradient and Hessian side by
    /// side in `f32`, as XGBoost keeps them: computed in the type of the predictions and rounded
    /// once.
    ///
    /// # Errors
    ///
    /// See [`Loss`].
    ///
    /// ```
    /// use gradstep::loss::BinaryCrossEntropyWithLogits;
    ///
    /// let mut pairs = [[0.0f32; 2]; 2];
    /// let bce = BinaryCrossEntropyWithLogits::new();
    /// bce.grad_hess_pairs(&[0.0f32, 0.0], &[1.0, 0.0], &mut pairs)?;
    /// assert_eq!(pairs, [[-0.5, 0.25], [0.5, 0.25]]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn grad_hess_pairs(
        &self,
        prediction: &[E],
        target: &[f32],
        pairs: &mut [[f32; 2]],
    ) -> Result<(), Error> {
        check::length("pairs", prediction.len(), pairs.len())?;
        self.check_single(prediction, target)?;
        self.differentiate_twice(prediction, Derivatives::Pairs { target, pairs }, Twice::Written);
        Ok(())
    }

    /// Refuses predictions with targets in `f32`.
    fn check_single(&self, prediction: &[E], target: &[f32]) -> Result<(), Error> {
        check::length("target", prediction.len(), target.len())?;
        if let Some(domain) = P::TARGETS {
            check::elements_within("target", target, domain)?;
        }
        self.check_but_targets(prediction)?;
        Ok(())
    }

    fn differentiate_twice(
        &self,
        prediction: &[E],
        derivatives: Derivatives<'_, E>,
        twice: Twice,
    ) -> f64 {
        let Self { formula, weights, execution, .. } = *self;
        let columns = self.columns.map(Columns::new);
        let kernel = GradHess { formula, prediction, derivatives, weights, columns, twice };
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
        self.check_single(prediction, target)?;
        let derivatives = Derivatives::Single { target, grad, hess };
        self.differentiate_twice(prediction, derivatives, Twice::Written);
        Ok(())
    }
}

fn outputs(n: usize, grad: usize, hess: usize) -> Result<(), Error> {
    check::length("grad", n, grad)?;
    check::length("hess", n, hess)
}
