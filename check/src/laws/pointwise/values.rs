//! Values and derivatives against the reference.

use super::{ReferencedLoss, named, pairs, pointwise, takes};
use crate::laws::smallest::smallest;
use crate::numbers::{Number, error_at};
use crate::{Failure, Outcome};
use gradstep::Level;

/// Value and derivative of every pair, on every level, within the tolerance.
pub fn values_and_derivatives<E: Number, L: ReferencedLoss<E>>(loss: L) -> Outcome {
    let pairs: Vec<[E; 2]> = pairs::<E, L>(loss).into_iter().map(Into::into).collect();
    let reference = |[p, t]: [E; 2]| loss.reference(p.to_f64(), t.to_f64());
    let references: Vec<_> = pairs.iter().map(|pair| reference(*pair)).collect();
    // By how much value and derivative are off, and by how much they may be.
    let errors = |[p, t]: [E; 2], (value, derivative): (E, E), exact: (_, _)| {
        let (value_ulps, derivative_ulps, magnitude) = loss.bounds(p, t);
        let magnitude = magnitude.unwrap_or(exact.1);
        [
            (error_at(value, exact.0, exact.0), value_ulps),
            (error_at(derivative, exact.1, magnitude), derivative_ulps),
        ]
    };
    let near = |errors: [(f64, f64); 2]| errors.iter().all(|(error, ulps)| error <= ulps);
    let mut worst = [0f64; 2];
    for level in Level::available() {
        for ((pair, got), exact) in
            pairs.iter().zip(pointwise(loss, level, &pairs)).zip(&references)
        {
            let errors_here = errors(*pair, got, *exact);
            if !near(errors_here) {
                let of = |pair| pointwise(loss, level, &[pair])[0];
                let pair = smallest(*pair, |pair| {
                    takes(loss, *pair) && !near(errors(*pair, of(*pair), reference(*pair)))
                });
                let (got, exact) = (of(pair), reference(pair));
                let found = format!(
                    "{loss:?} on {level:?}: {got:?}, not ({:?}, {:?}); ULPs and those allowed: \
                     {:.3?}",
                    exact.0.to_f64(),
                    exact.1.to_f64(),
                    errors(pair, got, exact),
                );
                let law = "value and derivative are exact but for roundings";
                return Err(Failure::new(law, found).at(named(pair)));
            }
            for ((error, _), worst) in errors_here.into_iter().zip(&mut worst) {
                *worst = worst.max(error);
            }
        }
    }
    println!("{:?} {loss:?}: value {:.3} ULP, derivative {:.3} ULP", E::FORMAT, worst[0], worst[1]);
    Ok(())
}
