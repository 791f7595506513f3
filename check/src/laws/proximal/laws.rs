//! Laws that need no reference.

use super::{Elements, Operator, ReferencedOperator, one};
use crate::Outcome;
use crate::laws::{elementwise::Operation, law};
use crate::numbers::{Number, bits};
use gradstep::Level;
use proptest::prelude::*;

/// In place or not, counting or not: the same bits.
pub fn methods_agree<E: Number, O: Operator<E>>(operator: O) -> Outcome {
    let rows = prop::collection::vec(E::any(), 0..200);
    let methods = Elements(operator).methods();
    law("all methods give the same bits", &rows, |x| {
        for level in Level::available() {
            let results = methods.iter().filter(|method| method.name != "backward").map(|method| {
                let mut out = vec![E::ONE; x.len()];
                method.call(level, &[&x], &mut [&mut out]);
                out.into_iter().map(bits).collect::<Vec<_>>()
            });
            let results: Vec<_> = results.collect();
            let same = results.iter().all(|result| *result == results[0]);
            prop_assert!(same, "{operator:?} on {level:?}");
        }
        Ok(())
    })
}

/// No result is -0, and what the definition makes 0 is exactly 0.
pub fn zeros_are_positive<E: Number, O: ReferencedOperator<E>>(operator: O) -> Outcome {
    law("zeros are +0, and exact", &E::any(), |x| {
        let kinks = operator.kinks().into_iter().flat_map(|kink| [kink, -kink]);
        for x in [x, E::ZERO, -E::ZERO].into_iter().chain(kinks) {
            for level in Level::available() {
                let got = one(operator, level, x);
                let what = format!("{operator:?} of {x:?} on {level:?}: {got:?}");
                prop_assert!(got.bits() != (-E::ZERO).bits(), "{what}");
                if operator.reference(x.to_f64()).is_zero() {
                    prop_assert!(got.bits() == E::ZERO.bits(), "{what}");
                }
            }
        }
        Ok(())
    })
}

/// `(u - v)^2 <= (u - v)(x - y)` for the results of `x` and `y`. On a grid nothing
/// rounds, so the law must hold exactly; it is that of convex penalties.
pub fn it_is_firmly_non_expansive<E: Number, O: ReferencedOperator<E>>(_: O) -> Outcome {
    let grid = || -(1i32 << 20)..1 << 20;
    law("the operator is firmly non-expansive", &(grid(), grid(), 0i32..1 << 20), |(x, y, k)| {
        let of = |x: i32| E::from_f64(f64::from(x) / 1024.0);
        let operator = O::on_grid(f64::from(k) / 1024.0);
        for level in Level::available() {
            let result = |x: i32| one(operator, level, of(x)).to_f64();
            let (u, v) = (result(x), result(y));
            let moved = f64::from(x - y) / 1024.0;
            let holds = (u - v) * (u - v) <= (u - v) * moved;
            prop_assert!(holds || !O::CONVEX, "{operator:?} of {x} and {y} on {level:?}");
        }
        Ok(())
    })
}

/// Of any two numbers the larger has the larger result: rounding keeps the order.
pub fn it_keeps_the_order<E: Number, O: Operator<E>>(operator: O) -> Outcome {
    law("the operator keeps the order", &(E::any(), E::any()), |(x, y)| {
        if x.partial_cmp(&y).is_none() {
            return Ok(());
        }
        let (low, high) = if x < y { (x, y) } else { (y, x) };
        for level in Level::available() {
            let (u, v) = (one(operator, level, low), one(operator, level, high));
            prop_assert!(u <= v, "{operator:?} of {low:?}, {high:?} on {level:?}: {u:?} {v:?}");
        }
        Ok(())
    })
}
