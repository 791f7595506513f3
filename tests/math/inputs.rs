//! Numbers at which to ask a function: all magnitudes, and where formulas change
//! their course.

use super::Function;
use crate::numbers::{Number, Random, around, special};
use core::f64::consts::{FRAC_1_SQRT_2, LN_2};

/// Points where a reduction, a binade of the result or a range of exponents ends.
fn turns() -> impl Iterator<Item = f64> {
    let powers = (-1074..1024).step_by(5).chain(-60..60).map(|k| 2f64.powi(k));
    let exponents = (-1076..1026).step_by(7).chain(-155..130).map(f64::from);
    let of_powers = powers.flat_map(|p| {
        let split = p * FRAC_1_SQRT_2;
        [p, split, 1.0 + p, 1.0 - p, p - 1.0, split - 1.0, p.ln(), p.ln() / 2.0, p.ln_1p()]
    });
    // Halfway between multiples of ln 2, of ln 2 / 2 for the hyperbolic tangent, and of
    // ln 2 / 8 for the table.
    let of_exponents = exponents.flat_map(|k| [1.0, 2.0, 8.0].map(|part| (k + 0.5) * LN_2 / part));
    of_powers.chain(of_exponents).chain([-104.0, -87.336_54, 89.0, -708.396_418_532_264_1, 710.0])
}

/// The inputs that `function` admits.
pub(super) fn of<E: Number>(function: Function) -> Vec<E> {
    let mut random = Random::new(0x6d61_7468);
    let mut x = special::<E>();
    for turn in turns() {
        for turn in [turn, -turn] {
            x.extend(around(E::from_f64(turn), 2));
        }
    }
    x.extend((0..10_000).map(|_| random.pattern::<E>()));
    for reach in [1.0, 3.0, 20.0, 100.0, 750.0] {
        x.extend((0..5_000).map(|_| random.ordinary::<E>(-reach, reach)));
    }
    x.retain(|x| function.admits(x.to_f64()));
    x
}
