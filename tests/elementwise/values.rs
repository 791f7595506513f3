//! Results against the reference, for what is not a loss.

use super::{Operation, part, transpose};
use crate::numbers::{Number, Random, error_at, special};
use crate::reference::Double;
use crate::tolerance;
use gradstep::Level;

/// What an output must be.
pub(crate) struct Expected {
    /// Its name in the table of tolerances.
    pub(crate) output: &'static str,
    pub(crate) value: Double,
    /// The sum of the magnitudes that were added, whose ULPs count.
    pub(crate) magnitude: Double,
}

/// An operation with a reference.
pub(crate) trait Referenced<E: Number>: Operation<E> {
    /// Its name in the table of tolerances.
    const NAME: &'static str;

    /// The outputs of a method.
    fn expected(self, method: &str, row: &[f64]) -> Vec<Expected>;

    /// Inputs where the formula changes.
    fn corners(self) -> Vec<Vec<E>> {
        Vec::new()
    }
}

/// Special values against each other, corners, and random rows: of all magnitudes
/// that leave room for a few additions, and ordinary.
fn rows<E: Number, O: Referenced<E>>(operation: O) -> Vec<Vec<E>> {
    let mut random = Random::new(3);
    let room = E::from_f64(0.125);
    let mut rows = operation.corners();
    // A finite sum of terms that are too large for the type is no error of a formula.
    let small = |x: &E| !x.finite() || x.to_f64().abs() <= 2.0;
    let specials: Vec<E> = special().into_iter().filter(small).collect();
    for a in &specials {
        for b in &specials {
            let row = (0..O::WIDTH).map(|column| match column {
                0 => *a,
                1 => *b,
                _ => specials[random.below(specials.len())],
            });
            rows.push(row.collect());
        }
    }
    for _ in 0..3000 {
        rows.push((0..O::WIDTH).map(|_| random.wide::<E>() * room).collect());
        rows.push(operation.ordinary(&mut random));
        let scale = random.wide::<E>() * room * room;
        rows.push(operation.ordinary(&mut random).into_iter().map(|x| x * scale).collect());
    }
    rows.iter_mut().for_each(|row| operation.admit(row));
    rows
}

/// Every output of every method, on every level, within the tolerance.
pub(crate) fn values<E: Number, O: Referenced<E>>(operation: O) {
    let rows = rows::<E, O>(operation);
    let columns = transpose(&rows, O::WIDTH);
    for method in operation.methods() {
        let wide = |row: &Vec<E>| row.iter().map(|x| x.to_f64()).collect::<Vec<_>>();
        let expected = rows.iter().map(|row| operation.expected(method.name, &wide(row)));
        let expected: Vec<_> = expected.collect();
        let mut worst = vec![0f64; method.outputs];
        for level in Level::available() {
            let mut outputs = vec![vec![E::ONE; rows.len()]; method.outputs];
            let mut slices: Vec<_> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
            (method.run)(level, &part(&columns, 0..rows.len()), &mut slices);
            for (i, row) in rows.iter().enumerate() {
                for (k, Expected { output, value, magnitude }) in expected[i].iter().enumerate() {
                    let got = outputs[k][i];
                    let error = error_at(got, *value, *magnitude);
                    let bound = tolerance::ulps(O::NAME, output, E::FORMAT);
                    assert!(
                        error <= bound,
                        "{operation:?} {} of {row:?} on {level:?}: {output} {got:?} instead of \
                         {:?}, {error} ULP",
                        method.name,
                        value.to_f64()
                    );
                    worst[k] = worst[k].max(error);
                }
            }
        }
        println!("{:?} {operation:?} {}: {worst:.3?} ULP", E::FORMAT, method.name);
    }
}
