//! Results against the reference, for what is not a loss.

use super::{AnyOperation, Operation, part, transpose};
use crate::laws::smallest::smallest;
use crate::numbers::{Number, Random, error_at, special};
use crate::reference::Double;
use crate::{Failure, Outcome, tolerance};
use gradstep::Level;

/// What an output must be.
pub struct Expected {
    /// Its name in the table of tolerances.
    pub output: &'static str,
    /// The exact result.
    pub value: Double,
    /// The sum of the magnitudes that were added, whose ULPs count.
    pub magnitude: Double,
}

/// An operation with a reference.
pub trait Referenced<E: Number>: Operation<E> {
    /// Its name in the table of tolerances.
    const NAME: &'static str;

    /// The outputs of a method.
    fn expected(self, method: &str, row: &[f64]) -> Vec<Expected>;

    /// Inputs where the formula changes.
    fn corners(self) -> Vec<Vec<E>> {
        Vec::new()
    }
}

/// [`Referenced`] without its type.
trait AnyReferenced<E: Number>: AnyOperation<E> {
    fn name(&self) -> &'static str;
    fn outputs(&self, method: &str, row: &[f64]) -> Vec<Expected>;
    fn corner_rows(&self) -> Vec<Vec<E>>;
}

impl<E: Number, O: Referenced<E>> AnyReferenced<E> for O {
    fn name(&self) -> &'static str {
        O::NAME
    }
    fn outputs(&self, method: &str, row: &[f64]) -> Vec<Expected> {
        self.expected(method, row)
    }
    fn corner_rows(&self) -> Vec<Vec<E>> {
        self.corners()
    }
}

/// Special values against each other, corners, and random rows: of all magnitudes
/// that leave room for a few additions, and ordinary.
fn rows<E: Number>(operation: &dyn AnyReferenced<E>) -> Vec<Vec<E>> {
    let mut random = Random::new(3);
    let width = operation.columns().len();
    let room = E::from_f64(0.125);
    let mut rows = operation.corner_rows();
    // A finite sum of terms that are too large for the type is no error of a formula.
    let small = |x: &E| !x.finite() || x.to_f64().abs() <= 2.0;
    let specials: Vec<E> = special().into_iter().filter(small).collect();
    for a in &specials {
        for b in &specials {
            let row = (0..width).map(|column| match column {
                0 => *a,
                1 => *b,
                _ => specials[random.below(specials.len())],
            });
            rows.push(row.collect());
        }
    }
    for _ in 0..3000 {
        rows.push((0..width).map(|_| random.wide::<E>() * room).collect());
        rows.push(operation.ordinary_row(&mut random));
        let scale = random.wide::<E>() * room * room;
        rows.push(operation.ordinary_row(&mut random).into_iter().map(|x| x * scale).collect());
    }
    rows.iter_mut().for_each(|row| operation.admit_row(row));
    rows
}

/// Every output of every method, on every level, within the tolerance. Prints the largest
/// errors, which a test shows where it is asked to.
pub fn values<E: Number, O: Referenced<E>>(operation: O) -> Outcome {
    near(&operation)
}

fn near<E: Number>(operation: &dyn AnyReferenced<E>) -> Outcome {
    let rows = rows(operation);
    let wide = |row: &[E]| row.iter().map(|x| x.to_f64()).collect::<Vec<_>>();
    for method in operation.all_methods() {
        let expected: Vec<_> =
            rows.iter().map(|row| operation.outputs(method.name, &wide(row))).collect();
        let mut worst = vec![0f64; method.outputs];
        for level in Level::available() {
            let run = |rows: &[Vec<E>]| {
                let columns = transpose(rows, operation.columns().len());
                let mut outputs = vec![vec![E::ONE; rows.len()]; method.outputs];
                let mut slices: Vec<_> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
                (method.run)(level, &part(&columns, 0..rows.len()), &mut slices);
                outputs
            };
            // By how much an output is off, and what it should be.
            let error = |outputs: &[Vec<E>], i: usize, k: usize, expected: &Expected| {
                let Expected { output, value, magnitude } = *expected;
                let error = error_at(outputs[k][i], value, magnitude);
                (error, error <= tolerance::ulps(operation.name(), output, E::FORMAT))
            };
            let outputs = run(&rows);
            for (i, row) in rows.iter().enumerate() {
                for (k, one) in expected[i].iter().enumerate() {
                    let (ulps, near) = error(&outputs, i, k, one);
                    worst[k] = worst[k].max(ulps);
                    if near {
                        continue;
                    }
                    let row = smallest(row.clone(), &|row| {
                        let mut admitted = row.to_vec();
                        operation.admit_row(&mut admitted);
                        let same = row.iter().zip(&admitted).all(|(a, b)| a.bits() == b.bits());
                        let expected = &operation.outputs(method.name, &wide(row))[k];
                        same && !error(&run(&[row.to_vec()]), 0, k, expected).1
                    });
                    let one = &operation.outputs(method.name, &wide(&row))[k];
                    let got = run(std::slice::from_ref(&row))[k][0];
                    let found = format!(
                        "{operation:?}, {} on {level:?}: {} is {got:?}, not {:?}: {:.3} ULP",
                        method.name,
                        one.output,
                        one.value.to_f64(),
                        error_at(got, one.value, one.magnitude)
                    );
                    let input =
                        operation.columns().iter().zip(&row).map(|(name, x)| (*name, x.to_f64()));
                    return Err(
                        Failure::new("results are exact but for roundings", found).at(input)
                    );
                }
            }
        }
        println!("{:?} {operation:?} {}: {worst:.3?} ULP", E::FORMAT, method.name);
    }
    Ok(())
}
