//! Derivatives against finite differences of the crate's own values.

use super::{AnyLoss, PointwiseLoss, pointwise};
use crate::Outcome;
use crate::laws::slope::Slopes;
use crate::numbers::{Number, Random, simple_pairs};
use gradstep::Level;

/// The derivative is the slope of the value: that of simple numbers and of ordinary ones.
pub fn derivative_is_the_slope<E: Number, L: PointwiseLoss<E>>(loss: L) -> Outcome {
    is_the_slope(&loss)
}

fn is_the_slope<E: Number>(loss: &dyn AnyLoss<E>) -> Outcome {
    let mut random = Random::new(2);
    let mut rows = simple_pairs::<E>();
    rows.extend((0..2000).map(|_| <[E; 2]>::from(loss.ordinary_pair(&mut random))));
    for level in Level::available() {
        let slopes = Slopes {
            what: format!("{loss:?} in {} on {level:?}", E::FORMAT),
            names: ["prediction", "target"],
            rows: rows.clone(),
            run: &|rows: &[[E; 2]]| pointwise(loss, level, rows),
            takes: &|row| loss.takes(row),
        };
        slopes.check()?;
    }
    Ok(())
}
