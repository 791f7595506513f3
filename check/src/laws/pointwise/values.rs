//! Values and derivatives against the reference.

use super::{AnyReferencedLoss, Exact, ReferencedLoss, named, pairs, pointwise};
use crate::laws::smallest::smallest;
use crate::numbers::Number;
use crate::{Failure, Outcome};
use gradstep::Level;

/// Value and derivative of every pair, on every level, within the tolerance. Prints the
/// largest errors, which a test shows where it is asked to.
pub fn values_and_derivatives<E: Number, L: ReferencedLoss<E>>(loss: L) -> Outcome {
    near(&loss)
}

fn near<E: Number>(loss: &dyn AnyReferencedLoss<E>) -> Outcome {
    let pairs = pairs(loss).into_iter();
    let exact = |[p, t]: [E; 2]| loss.exact_at(p, t);
    let pairs: Vec<[E; 2]> = pairs.map(Into::into).filter(|pair| exact(*pair).is_some()).collect();
    let expected: Vec<_> = pairs.iter().filter_map(|pair| exact(*pair)).collect();
    let near = |got: (E, E), exact: &[Exact; 2]| exact[0].allows(got.0) && exact[1].allows(got.1);
    let mut worst = [0f64; 2];
    for level in Level::available() {
        let of = |pair| pointwise(loss, level, &[pair])[0];
        let broken = |pair| exact(pair).filter(|exact| loss.takes(pair) && !near(of(pair), exact));
        for ((pair, got), exact) in pairs.iter().zip(pointwise(loss, level, &pairs)).zip(&expected)
        {
            if near(got, exact) {
                worst[0] = worst[0].max(exact[0].error(got.0));
                worst[1] = worst[1].max(exact[1].error(got.1));
                continue;
            }
            let pair = smallest(*pair, &|pair| broken(*pair).is_some());
            let (got, [value, derivative]) = (of(pair), broken(pair).unwrap_or(*exact));
            let found = format!(
                "{loss:?} on {level:?}: {got:?}, not ({:?}, {:?}): {:.3} and {:.3} ULP",
                value.value.to_f64(),
                derivative.value.to_f64(),
                value.error(got.0),
                derivative.error(got.1),
            );
            let law = "value and derivative are exact but for roundings";
            return Err(Failure::new(law, found).at(named(pair)));
        }
    }
    println!("{} {loss:?}: value {:.3} ULP, derivative {:.3} ULP", E::FORMAT, worst[0], worst[1]);
    Ok(())
}
