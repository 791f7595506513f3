//! What holds for every proximal operator of single elements: its drivers, written
//! once. An operator's file says what it is, and adds its own laws.

mod argmin;
mod laws;

pub use argmin::it_is_the_minimiser;
pub use laws::{it_is_firmly_non_expansive, it_keeps_the_order, methods_agree, zeros_are_positive};

use crate::laws::elementwise::{Expected, Method, Operation, Referenced};
use crate::numbers::{Number, Random, around};
use crate::reference::Double;
use gradstep::prox::{Prox, Proximal};
use gradstep::{Execution, Level};
use std::fmt::Debug;

/// An operator with its parameters.
pub trait Operator<E: Number>: Copy + Debug + Send + Sync + 'static {
    /// The formula.
    type Formula: Proximal<E> + 'static;

    /// The operator with the methods of all operators.
    fn prox(self) -> Prox<E, Self::Formula>;
}

/// An operator with a definition.
pub trait ReferencedOperator<E: Number>: Operator<E> {
    /// Its name in the table of tolerances.
    const NAME: &'static str;
    /// Whether the penalty is convex.
    const CONVEX: bool = true;

    /// The exact result.
    fn reference(self, x: f64) -> Double;

    /// The derivative times `upstream`, of numbers.
    fn slope(self, x: f64, upstream: f64) -> Double;

    /// What the operator minimises beside `(u - x)^2 / 2`; infinite where `u` is
    /// forbidden.
    fn penalty(self, u: Double) -> Double;

    /// One of its kind whose parameters are `k` on a grid where nothing rounds.
    fn on_grid(k: f64) -> Self;

    /// Magnitudes where the formula changes.
    fn kinks(self) -> Vec<E>;
}

/// Results of one element by the level's register.
pub fn one<E: Number, O: Operator<E>>(operator: O, level: Level, x: E) -> E {
    let mut x = [x];
    operator.prox().execution(Execution::new().level(level)).apply(&mut x).expect("not refused");
    x[0]
}

/// An operator as an operation.
#[derive(Clone, Copy, Debug)]
pub struct Elements<O>(pub O);

/// The number of zeros.
pub fn zeros<E: Number>(x: &[E]) -> usize {
    x.iter().filter(|x| **x == E::ZERO).count()
}

impl<E: Number, O: Operator<E>> Operation<E> for Elements<O> {
    const COLUMNS: &'static [&'static str] = &["x", "upstream"];

    fn methods(self) -> Vec<Method<E>> {
        let on = move |level| self.0.prox().execution(Execution::new().level(level));
        vec![
            Method::new("apply", &[0], 1, move |level, x, out| {
                out[0].copy_from_slice(x[0]);
                on(level).apply(out[0]).expect("not refused");
            }),
            Method::new("apply_and_count", &[0], 1, move |level, x, out| {
                out[0].copy_from_slice(x[0]);
                let count = on(level).apply_and_count(out[0]).expect("not refused");
                assert_eq!(count, zeros(out[0]), "{:?} on {level:?}", self.0);
            }),
            Method::new("apply_into", &[0], 1, move |level, x, out| {
                on(level).apply_into(x[0], out[0]).expect("not refused");
            }),
            Method::new("apply_into_and_count", &[0], 1, move |level, x, out| {
                let count = on(level).apply_into_and_count(x[0], out[0]).expect("not refused");
                assert_eq!(count, zeros(out[0]), "{:?} on {level:?}", self.0);
            }),
            Method::new("backward", &[0, 1], 1, move |level, x, out| {
                on(level).backward(x[0], x[1], out[0]).expect("not refused");
            }),
        ]
    }

    fn ordinary(self, random: &mut Random) -> Vec<E> {
        vec![random.ordinary(-4.0, 4.0), random.ordinary(-2.0, 2.0)]
    }
}

impl<E: Number, O: ReferencedOperator<E>> Referenced<E> for Elements<O> {
    const NAME: &'static str = O::NAME;

    fn expected(self, method: &str, row: &[f64]) -> Vec<Expected> {
        let (output, value) = match method {
            "backward" if row.iter().any(|x| x.is_nan()) => ("derivative", Double::NAN),
            "backward" => ("derivative", self.0.slope(row[0], row[1])),
            _ => ("value", self.0.reference(row[0])),
        };
        vec![Expected { output, value, magnitude: value }]
    }

    fn corners(self) -> Vec<Vec<E>> {
        let kinks = self.0.kinks().into_iter().flat_map(|kink| around(kink, 4));
        let both = kinks.flat_map(|x| [x, -x]).chain([E::LARGEST, -E::LARGEST]);
        both.filter(|x| !x.is_nan()).map(|x| vec![x, E::TWO]).collect()
    }
}
