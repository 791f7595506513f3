//! Both derivatives of the softmax, which boosting asks for, with a factor of the second.

use super::Case;
use super::positions::transposed;
use crate::compare::Expected;
use crate::reference::cross_entropy as reference;
use crate::run::{Outcome, patterns};
use crate::{Number, Source, tolerance};
use gradstep::kernels::Target;
use gradstep::loss::CrossEntropy;

impl<E: Number, T: Target> Case<E, T> {
    pub(super) fn run_grad_hess(&self, source: &mut Source) {
        let any = source.strength::<E>().to_f64();
        let accepted = any > 0.0 && any.is_finite();
        let all = CrossEntropy::<E>::new(1).expect("a class").hessian_factor(any);
        assert_eq!(all.is_ok(), accepted, "a factor of {any}");
        // Of products that leave the type there is nothing to compare.
        let factor = [1.0, 1.25, 2.0, 1e-3][source.below(4)];
        let len = source.near(self.logits.len());
        let other = source.slice(len);

        let (rows, classes, n) = (self.rows, self.classes, self.logits.len());
        let outputs: [&[E]; 2] = [&self.outputs[1], &other];
        let accepted = n == rows * classes
            && self.counted().is_some()
            && self.smoothing == 0.0
            && self.z_loss == 0.0
            && outputs.iter().all(|output| output.len() == n);
        let what = format!("derivatives, {}", self.what());
        let run = |accepted, logits: &[E], positions: Option<usize>| {
            self.runner.run(&what, accepted, &[logits], &outputs, &|execution, x, out| {
                let options = self.options(execution).hessian_factor(factor)?;
                let options = positions.map_or(Ok(options), |rows| options.positions(rows))?;
                let [grad, hess] = out else { unreachable!("two outputs") };
                options.grad_hess(x[0], &self.targets, grad, hess).map(|()| 0.0)
            })
        };
        let Some(got) = run(accepted, &self.logits, None) else { return };
        got.iter().for_each(|got| self.check_both(&what, got, factor));
        if rows == 0 {
            return;
        }
        let turned = run(true, &transposed(&self.logits, classes), Some(rows));
        for (turned, got) in turned.iter().flatten().zip(&got) {
            for (turned, got) in turned.outputs.iter().zip(&got.outputs) {
                let expected = transposed(got, classes);
                assert_eq!(patterns(turned), patterns(&expected), "{what}, positions");
            }
        }
    }

    /// Against the reference.
    fn check_both(&self, what: &str, got: &Outcome<E>, factor: f64) {
        let ulps = |output| tolerance::ulps("softmax_grad_hess", output, E::FORMAT);
        let said = self.said.as_deref().unwrap_or_default();
        for (r, target) in said.iter().enumerate() {
            let places = r * self.classes..(r + 1) * self.classes;
            if self.is_ignored(*target) {
                let zeros = |x: &[E]| x[places.clone()].iter().all(|x| x.bits() == 0);
                assert!(got.outputs.iter().all(|x| zeros(x)), "{what}: row {r} is ignored");
                continue;
            }
            let class = usize::try_from(*target).expect("accepted");
            let row: Vec<f64> = self.row(r).iter().map(|x| x.to_f64()).collect();
            let (grad, hess) = reference::grad_hess(&row, class);
            let of_class = self.weights.as_ref().map_or(1.0, |weights| weights[class].to_f64());
            let weight = of_class * self.row_weight(r);
            for (c, i) in places.enumerate() {
                let place = (what, r, c, got.level);
                for (output, exact, ulps) in [
                    (0, grad[c] * weight, ulps("gradient")),
                    (1, hess[c] * weight * factor, ulps("hessian")),
                ] {
                    let expected = Expected { slack: self.slack(), ..Expected::new(exact, ulps) };
                    expected.check(got.outputs[output][i], place);
                }
            }
        }
    }
}
