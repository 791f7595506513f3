//! What holds for every update: its drivers, written once. An entry of the catalogue says what
//! it is.

use super::elementwise::{Expected, Method, Operation, Referenced};
use crate::numbers::{Number, Random, bits};
use crate::reference::Double;
use crate::{Failure, Outcome};
use gradstep::update::Tensor;
use gradstep::{Error, Execution, Level};
use std::fmt::Debug;

/// An update with its parameters, at one step; it remembers `N` slices.
pub trait Stepper<E: Number, const N: usize>: Copy + Debug + Send + Sync + 'static {
    /// The update that users have.
    type Update: Copy + Debug + PartialEq + Send + Sync + 'static;

    /// Makes it.
    ///
    /// # Errors
    ///
    /// What the methods that set its options refuse.
    fn update(self, execution: Execution) -> Result<Self::Update, Error>;

    /// Steps a tensor.
    ///
    /// # Errors
    ///
    /// What the method refuses.
    fn step(self, update: &Self::Update, tensor: Tensor<'_, E, N>) -> Result<(), Error>;

    /// Steps a list.
    ///
    /// # Errors
    ///
    /// What the method refuses.
    fn step_many(
        self,
        update: &Self::Update,
        tensors: &mut [Tensor<'_, E, N>],
    ) -> Result<(), Error>;

    /// Where the slices of state are, for ordinary numbers.
    const STATES: [(f64, f64); N];

    /// Turns any numbers of state into such that occur.
    fn admit(self, _state: &mut [E]) {}

    /// The numbers of those among `w`, `g` and the slices of state of which the weight tells.
    fn reads(self) -> &'static [usize] {
        &ALL[..2 + N]
    }
}

/// Weight and state after a step in full precision, and what roundings may do to them.
pub struct Stepped<const N: usize> {
    /// Of the weight first, then of the state: the exact result, and the sum of the magnitudes
    /// that were added.
    pub w: [Double; 2],
    /// The same of each slice of state.
    pub state: [[Double; 2]; N],
    /// What is computed on the way: where it leaves the type, results may be others.
    pub terms: Vec<Double>,
}

/// An update with a definition.
pub trait ReferencedUpdate<E: Number, const N: usize>: Stepper<E, N> {
    /// Its name in the table of tolerances.
    const NAME: &'static str;
    /// Names of the slices of state: in errors, and in the table.
    const STATE: [&'static str; N];

    /// Weight and state after a step; `None` where roundings may do anything.
    fn exact(self, w: Double, g: Double, state: [Double; N]) -> Option<Stepped<N>>;
}

/// Names of the columns; of state by number.
pub(crate) const COLUMNS: [&str; 10] = [
    "w", "g", "state[0]", "state[1]", "state[2]", "state[3]", "state[4]", "state[5]", "state[6]",
    "state[7]",
];

/// Their numbers.
pub(crate) const ALL: [usize; 10] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/// The slices of state among those that a method writes.
pub(crate) fn states<'s, E, const N: usize>(slices: &'s mut [&mut [E]]) -> [&'s mut [E]; N] {
    let mut slices = slices.iter_mut();
    std::array::from_fn(|_| &mut **slices.next().expect("as many as there are"))
}

/// Copies weight and state to where a method changes them.
pub(crate) fn copy<E: Copy>(columns: &[&[E]], w: &mut [E], state: &mut [&mut [E]]) {
    w.copy_from_slice(columns[0]);
    for (slice, column) in state.iter_mut().zip(&columns[2..]) {
        slice.copy_from_slice(column);
    }
}

/// An update as an operation.
#[derive(Clone, Copy, Debug)]
pub struct Elements<U, const N: usize>(pub U);

impl<E: Number, U: Stepper<E, N>, const N: usize> Operation<E> for Elements<U, N> {
    const COLUMNS: &'static [&'static str] = COLUMNS.split_at(2 + N).0;

    fn methods(self) -> Vec<Method<E>> {
        let on = move |level| self.0.update(Execution::new().level(level)).expect("options");
        vec![
            Method::new("step", self.0.reads(), 1 + N, move |level, x, out| {
                let [w, state @ ..] = out else { panic!("a weight") };
                copy(x, w, state);
                let tensor = Tensor { w, g: x[1], state: states(state) };
                self.0.step(&on(level), tensor).expect("not refused");
            }),
            Method::new("step_many", self.0.reads(), 1 + N, move |level, x, out| {
                let [w, state @ ..] = out else { panic!("a weight") };
                copy(x, w, state);
                let tensor = Tensor { w, g: x[1], state: states(state) };
                self.0.step_many(&on(level), &mut [tensor]).expect("not refused");
            }),
        ]
    }

    fn ordinary(self, random: &mut Random) -> Vec<E> {
        let ranges = [(-4.0, 4.0); 2].into_iter().chain(U::STATES);
        let mut row: Vec<E> = ranges.map(|(low, high)| random.ordinary(low, high)).collect();
        self.0.admit(&mut row[2..]);
        row
    }

    fn admit(self, row: &mut [E]) {
        self.0.admit(&mut row[2..]);
    }
}

/// Whether no term leaves the type; infinite ones came so.
pub fn in_range<E: Number>(terms: &[Double]) -> bool {
    let below = E::LARGEST.to_f64() * 0.125;
    terms.iter().all(|x| !x.is_finite() || x.abs() < below)
}

impl<E: Number, U: ReferencedUpdate<E, N>, const N: usize> Referenced<E> for Elements<U, N> {
    const NAME: &'static str = U::NAME;

    fn expected(self, _method: &str, row: &[f64]) -> Vec<Expected> {
        let state = std::array::from_fn(|i| Double::from(row[2 + i]));
        let stepped = self.0.exact(Double::from(row[0]), Double::from(row[1]), state);
        let Some(Stepped { w, state, terms }) = stepped else { return Vec::new() };
        if !in_range::<E>(&terms) {
            return Vec::new();
        }
        let expected =
            |output, [value, magnitude]: [Double; 2]| Expected { output, value, magnitude };
        let state = U::STATE.into_iter().zip(state).map(|(name, pair)| expected(name, pair));
        std::iter::once(expected("w", w)).chain(state).collect()
    }
}

/// A list steps each of its tensors as alone, to the bit: short ones, empty ones and long ones.
pub fn lists_agree<E: Number, U: Stepper<E, N>, const N: usize>(update: U) -> Outcome {
    const LENGTHS: [usize; 8] = [31, 32, 33, 64, 0, 257, 4097, 3];
    let mut random = Random::new(17);
    let n = LENGTHS.iter().sum();
    let rows: Vec<_> = (0..n).map(|_| Elements(update).ordinary(&mut random)).collect();
    let column = |i: usize| rows.iter().map(|row: &Vec<E>| row[i]).collect::<Vec<_>>();
    let run = |level, together: bool| {
        let update_of = update.update(Execution::new().level(level)).expect("options");
        let (mut w, g) = (column(0), column(1));
        let mut state: [Vec<E>; N] = std::array::from_fn(|i| column(2 + i));
        let slices = state.each_mut().map(Vec::as_mut_slice);
        let mut rest = Tensor { w: &mut w, g: &g, state: slices };
        let mut list = Vec::new();
        for length in LENGTHS {
            let (tensor, after) = rest.split_at(length);
            list.push(tensor);
            rest = after;
        }
        let result = match together {
            true => update.step_many(&update_of, &mut list),
            false => list.into_iter().try_for_each(|tensor| update.step(&update_of, tensor)),
        };
        result.expect("not refused");
        std::iter::once(&w).chain(&state).flatten().map(|x| bits(*x)).collect::<Vec<_>>()
    };
    for level in Level::available() {
        if run(level, true) != run(level, false) {
            let found = format!("{update:?} in {} on {level:?}", E::FORMAT);
            return Err(Failure::new("a list steps each tensor as alone", found));
        }
    }
    Ok(())
}
