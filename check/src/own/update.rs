//! An update.

use super::second::{self, Formula};
use crate::laws::elementwise::{Method, Operation};
use crate::laws::update::{ALL, COLUMNS, copy, states};
use crate::numbers::{Number, Random, bits, special};
use crate::report::Report;
use crate::{Failure, Outcome};
use gradstep::kernels::Isa;
use gradstep::kernels::ops::Step;
use gradstep::update::{Tensor, Update, Updater};
use gradstep::{Execution, Level};
use std::fmt::{self, Debug, Formatter};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Checks an update of your own, an [`Update`] formula: see [`UpdateCheck`].
///
/// # Examples
///
/// ```
/// use gradstep::formula::{Element, Isa, Lanes, Update};
///
/// /// The heavy ball: `b := momentum b + g`, `w := w - rate b`.
/// #[derive(Clone, Copy, Debug)]
/// struct HeavyBall {
///     rate: f64,
///     momentum: f64,
/// }
///
/// impl<E: Element> Update<E, 1> for HeavyBall {
///     const STATE: [&'static str; 1] = ["b"];
///
///     #[inline(always)]
///     fn step<I: Isa, const FORM: u8>(
///         self,
///         w: E::Lanes<I>,
///         g: E::Lanes<I>,
///         [b]: [E::Lanes<I>; 1],
///     ) -> (E::Lanes<I>, [E::Lanes<I>; 1]) {
///         let b = b * E::from_f64(self.momentum) + g;
///         (w - b * E::from_f64(self.rate), [b])
///     }
/// }
///
/// gradstep_check::update(HeavyBall { rate: 0.5, momentum: 0.75 })
///     .against(|w, g, [b]| (w - 0.5 * (0.75 * b + g), [0.75 * b + g]))
///     .run()?;
/// # Ok::<(), gradstep_check::Report>(())
/// ```
pub fn update<U, const N: usize>(formula: U) -> UpdateCheck<U, N> {
    let everywhere = (f64::NEG_INFINITY, f64::INFINITY);
    UpdateCheck { formula, ranges: [everywhere; N], second: None }
}

/// A check of an update that remembers `N` slices.
///
/// * Weight and state are those of a second formula, if there is one, on ordinary and special
///   numbers.
/// * A list steps each of its tensors as alone, to the bit.
/// * NaN in weight, gradient or state is NaN in the weight or the state of that place.
/// * What holds for every element, as of a loss: no other changes; places, levels, threads.
#[derive(Clone)]
pub struct UpdateCheck<U, const N: usize> {
    formula: U,
    /// Of the slices of state.
    ranges: second::Ranges<N>,
    second: Option<Formula>,
}

impl<U, const N: usize> UpdateCheck<U, N> {
    /// Where the slices of state are: all numbers by default, drawn from -4 to 4. An average of
    /// squares, say, is not negative.
    ///
    /// ```
    /// use gradstep::kernels::ops::{Adam, Moments};
    ///
    /// let moments = Moments {
    ///     grad_scale: 1.0f32,
    ///     coupled_decay: None,
    ///     one_minus_beta1: 0.5,
    ///     beta2: 0.5,
    ///     one_minus_beta2: 0.5,
    /// };
    /// let adam = Adam { moments, keep: 1.0, step: 0.5, eps: 0.25 };
    /// let everywhere = f64::NEG_INFINITY..=f64::INFINITY;
    /// let check = gradstep_check::update(adam).states([everywhere, 0.0..=f64::INFINITY]);
    /// check.run_in::<f32>()?;
    /// # Ok::<(), gradstep_check::Report>(())
    /// ```
    #[must_use]
    pub fn states(mut self, ranges: [RangeInclusive<f64>; N]) -> Self {
        self.ranges = ranges.map(RangeInclusive::into_inner);
        self
    }

    /// Compares with a second formula, written by hand in `f64`: weight and state after a step
    /// by weight, gradient and state, to within 64 ULP of the largest of 1 and both numbers.
    /// Where it gives NaN or a number near the end of the type, it is not asked.
    ///
    /// ```
    /// let sgd = gradstep::kernels::ops::Sgd { keep: 1.0f32, step: 0.5 };
    /// let check = gradstep_check::update(sgd).against(|w, g, []| (w - 0.5 * g, []));
    /// check.run_in::<f32>()?;
    /// # Ok::<(), gradstep_check::Report>(())
    /// ```
    #[must_use]
    pub fn against(
        mut self,
        second: impl Fn(f64, f64, [f64; N]) -> (f64, [f64; N]) + Send + Sync + 'static,
    ) -> Self {
        self.second = Some(Arc::new(move |row: &[f64]| {
            let (w, state) = second(row[0], row[1], std::array::from_fn(|i| row[2 + i]));
            std::iter::once(w).chain(state).collect()
        }));
        self
    }

    super::runs!(
        U: Update, N;
        "let check = gradstep_check::update(gradstep::kernels::ops::Sgd { keep: 0.5f32, step: 0.5 });"
    );

    fn laws<E: Number>(&self, report: &mut Report)
    where
        U: Update<E, N> + Debug + 'static,
    {
        let own = Own { formula: self.formula, ranges: self.ranges };
        let name = |law: &str| format!("{law} in {}", E::FORMAT);
        if let Some(second) = &self.second {
            report.law(&name(SECOND), agrees::<E, U, N>(own, second));
        }
        report.law(&name(LISTS), lists_agree::<E, U, N>(own));
        let costly = Own { formula: Costly(self.formula), ranges: self.ranges };
        super::elements::<E, _, _>(report, own, costly);
    }
}

const SECOND: &str = "weight and state are those of the second formula";
const LISTS: &str = "a list steps each tensor as alone";

/// The update as the laws see it.
#[derive(Clone, Copy)]
struct Own<U, const N: usize> {
    formula: U,
    ranges: second::Ranges<N>,
}

impl<U: Debug, const N: usize> Debug for Own<U, N> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.formula.fmt(f)
    }
}

impl<U: Copy, const N: usize> Own<U, N> {
    fn on(self, level: Level) -> Updater<U> {
        Updater::from_formula(self.formula).execution(Execution::new().level(level))
    }
}

impl<E: Number, U: Update<E, N> + Debug + 'static, const N: usize> Operation<E> for Own<U, N> {
    const COLUMNS: &'static [&'static str] = COLUMNS.split_at(2 + N).0;

    /// The first output is the weight, or NaN if anything is.
    fn methods(self) -> Vec<Method<E>> {
        vec![Method::new("step", &ALL[..2 + N], 2 + N, move |level, x, out| {
            let [seen, w, state @ ..] = out else { panic!("a weight and what is seen") };
            copy(x, w, state);
            self.on(level).step(w, x[1], states(state)).expect("not refused");
            for (i, seen) in seen.iter_mut().enumerate() {
                let is_nan = state.iter().any(|slice| slice[i].is_nan());
                *seen = if is_nan { E::NAN } else { w[i] };
            }
        })]
    }

    fn ordinary(self, random: &mut Random) -> Vec<E> {
        let mut draw = |(low, high)| random.ordinary(low, high);
        let ends = [draw((-4.0, 4.0)), draw((-4.0, 4.0))];
        ends.into_iter().chain(self.ranges.map(|range| draw(second::ordinary(range)))).collect()
    }

    fn admit(self, row: &mut [E]) {
        for (x, (low, high)) in row[2..].iter_mut().zip(self.ranges) {
            if x.to_f64() < low || x.to_f64() > high {
                *x = E::from_f64(if x.to_f64() < low { low } else { high });
            }
        }
    }
}

/// Ordinary rows, and special numbers against each other.
fn rows<E: Number, U: Update<E, N> + Debug + 'static, const N: usize>(
    own: Own<U, N>,
) -> Vec<Vec<E>> {
    let mut random = Random::new(7);
    let mut rows = vec![vec![E::ZERO; 2 + N], vec![E::ONE; 2 + N]];
    let specials: Vec<E> = special();
    let draw = |random: &mut Random| specials[random.below(specials.len())];
    rows.extend((0..2000).map(|_| (0..2 + N).map(|_| draw(&mut random)).collect::<Vec<_>>()));
    rows.iter_mut().for_each(|row| own.admit(row));
    rows.extend((0..2000).map(|_| own.ordinary(&mut random)));
    rows
}

/// Weight and state after a step of each row.
fn run<E: Number, U: Update<E, N>, const N: usize>(
    update: Updater<U>,
    rows: &[Vec<E>],
) -> Vec<Vec<E>> {
    let column = |i: usize| rows.iter().map(|row| row[i]).collect::<Vec<_>>();
    let (mut w, g) = (column(0), column(1));
    let mut state: [Vec<E>; N] = std::array::from_fn(|i| column(2 + i));
    update.step(&mut w, &g, state.each_mut().map(Vec::as_mut_slice)).expect("not refused");
    let row = |i: usize| std::iter::once(&w).chain(&state).map(|slice| slice[i]).collect();
    (0..rows.len()).map(row).collect()
}

fn agrees<E: Number, U: Update<E, N> + Debug + 'static, const N: usize>(
    own: Own<U, N>,
    second: &Formula,
) -> Outcome {
    let rows = rows(own);
    let names = <Own<U, N> as Operation<E>>::COLUMNS;
    // What is near the end of the type may have left it on the way.
    let (formula, end) = (second.clone(), 0.25 * E::LARGEST.to_f64());
    let second: Formula = Arc::new(move |row| {
        let results = formula(row);
        let fits = results.iter().all(|x| x.abs() < end);
        results.iter().map(|x| if fits { *x } else { f64::NAN }).collect()
    });
    for level in Level::available() {
        let what = format!("{own:?} in {} on {level:?}", E::FORMAT);
        let takes = |row: &Vec<E>| {
            let mut admitted = row.clone();
            own.admit(&mut admitted);
            admitted.iter().zip(row).all(|(a, b)| a.bits() == b.bits())
        };
        let run = |rows: &[Vec<E>]| run::<E, U, N>(own.on(level), rows);
        second::agrees(SECOND, &second, names, &rows, &what, run, takes)?;
    }
    Ok(())
}

fn lists_agree<E: Number, U: Update<E, N> + Debug + 'static, const N: usize>(
    own: Own<U, N>,
) -> Outcome {
    let rows = rows(own);
    for level in Level::available() {
        let alone = run::<E, U, N>(own.on(level), &rows);
        let column = |i: usize| rows.iter().map(|row| row[i]).collect::<Vec<_>>();
        let (mut w, g) = (column(0), column(1));
        let mut state: [Vec<E>; N] = std::array::from_fn(|i| column(2 + i));
        let slices = state.each_mut().map(Vec::as_mut_slice);
        let (short, rest) = Tensor { w: &mut w, g: &g, state: slices }.split_at(37);
        let (none, rest) = rest.split_at(0);
        let (middle, long) = rest.split_at(700);
        own.on(level).step_many(&mut [short, none, middle, long]).expect("not refused");
        for (i, row) in alone.iter().enumerate() {
            let listed = std::iter::once(&w).chain(&state).map(|slice| bits(slice[i]));
            if !listed.eq(row.iter().map(|x| bits(*x))) {
                let found = format!("{own:?} in {} on {level:?}", E::FORMAT);
                let names = <Own<U, N> as Operation<E>>::COLUMNS.iter().copied();
                let input = rows[i].iter().map(|x| x.to_f64());
                return Err(Failure::new(LISTS, found).at(names.zip(input)));
            }
        }
    }
    Ok(())
}

/// A formula whose every element is worth a thread.
#[derive(Clone, Copy, Debug)]
struct Costly<U>(U);

impl<E: Number, U: Update<E, N>, const N: usize> Update<E, N> for Costly<U> {
    const STATE: [&'static str; N] = U::STATE;
    const COST: f64 = 1000.0;
    const FORMS: u8 = U::FORMS;

    fn form(self) -> u8 {
        self.0.form()
    }

    #[inline(always)]
    fn step<I: Isa, const FORM: u8>(
        self,
        w: E::Lanes<I>,
        g: E::Lanes<I>,
        state: [E::Lanes<I>; N],
    ) -> (E::Lanes<I>, [E::Lanes<I>; N]) {
        self.0.step::<I, FORM>(w, g, state)
    }

    /// The formula's own kernel: nothing is compiled twice.
    fn dispatch(level: Level, kernel: Step<'_, '_, E, Self, N>) {
        U::dispatch(level, Step { tensors: kernel.tensors, update: &kernel.update.0 });
    }
}
