//! Values and derivatives against the reference.

use super::{PointwiseLoss, on, pairs};
use crate::numbers::{Number, error_at};
use gradstep::Level;

/// Value and derivative of every pair, on every level, within the tolerance.
pub(crate) fn values_and_derivatives<E: Number, L: PointwiseLoss<E>>(loss: L) {
    let pairs = pairs::<E, L>(loss);
    let (prediction, target): (Vec<E>, Vec<E>) = pairs.iter().copied().unzip();
    let references = pairs.iter().map(|(p, t)| loss.reference(p.to_f64(), t.to_f64()));
    let references: Vec<_> = references.collect();
    let ones = vec![E::ONE; pairs.len()];
    let mut worst = [0f64; 2];
    for level in Level::available() {
        let (mut values, mut derivatives) = (ones.clone(), ones.clone());
        let on_level = loss.loss().execution(on(level));
        on_level.losses(&prediction, &target, &mut values).expect("not refused");
        on_level.backward(&prediction, &target, &ones, &mut derivatives).expect("not refused");
        for (i, (value, derivative)) in references.iter().enumerate() {
            let (p, t) = pairs[i];
            let (value_ulps, derivative_ulps, magnitude) = loss.bounds(p, t);
            let errors = [
                (error_at(values[i], *value, *value), value_ulps),
                (
                    error_at(derivatives[i], *derivative, magnitude.unwrap_or(*derivative)),
                    derivative_ulps,
                ),
            ];
            for ((error, bound), worst) in errors.into_iter().zip(&mut worst) {
                assert!(
                    error <= bound,
                    "{loss:?} of {p:?}, {t:?} on {level:?}: {:?} and {:?} instead of {:?} and \
                     {:?}, {error} ULP",
                    values[i],
                    derivatives[i],
                    value.to_f64(),
                    derivative.to_f64(),
                );
                *worst = worst.max(error);
            }
        }
    }
    println!("{:?} {loss:?}: value {:.3} ULP, derivative {:.3} ULP", E::FORMAT, worst[0], worst[1]);
}
