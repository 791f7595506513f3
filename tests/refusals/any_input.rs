//! Any lengths and any numbers: a call works if all lengths agree and nothing is
//! outside its range; else it is refused and has written nothing. None panics.

mod lists;
mod regularisers;
mod rows;

use super::raw;
use crate::elementwise::law;
use crate::numbers::{Number, Random};
use gradstep::activation::{self, Activation};
use gradstep::kernels::ops::activation::Activation as Formula;
use gradstep::loss::{CrossEntropy, Loss, Pointwise};
use gradstep::prox::{SoftThreshold, WeightedSoftThreshold, soft_threshold};
use gradstep::update::Tensor;
use gradstep::{Dropout, EmptyMean, Error, Execution, Level, LogSumExp, Reduction};
use gradstep_check::catalogue::{self, LossEntry, UpdateEntry};
use lists::{clipping, options_of_losses, steps};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use regularisers::{groups, penalties, prox as prox_of_elements};
use rows::{options as options_of_rows, softmax};

/// Random slices of nearly the same length, and everything else at random.
struct Case<E> {
    random: Random,
    /// Five slices.
    slices: [Vec<E>; 5],
    execution: Execution,
}

impl<E: Number> Case<E> {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let n = random.below(40);
        let slices = std::array::from_fn(|_| {
            // Most lengths agree.
            let n = if random.below(16) == 0 { random.below(40) } else { n };
            (0..n).map(|_| Self::number(&mut random)).collect()
        });
        let levels: Vec<_> = Level::available().collect();
        let execution = Execution::new().level(levels[random.below(levels.len())]);
        Self { random, slices, execution }
    }

    /// Any pattern, or a number near 1.
    fn number(random: &mut Random) -> E {
        match random.below(3) {
            0 => random.pattern(),
            1 => random.ordinary(0.0, 1.0),
            _ => random.ordinary(-2.0, 2.0),
        }
    }

    fn parameter(&mut self) -> E {
        Self::number(&mut self.random)
    }

    /// A parameter that is mostly within range.
    fn strength(&mut self) -> f64 {
        let x: f64 = self.parameter().to_f64();
        if self.random.below(8) == 0 { x } else { x.abs() }
    }

    fn reduction(&mut self) -> Reduction {
        match self.random.below(4) {
            0 => Reduction::Mean,
            1 => Reduction::WeightedMean,
            2 => Reduction::Sum,
            _ => Reduction::DivideBy(self.strength()),
        }
    }
}

/// Runs a call that may write `buffer`: refused or not is what it says, and a
/// refused one has written nothing.
fn checked<E: Number, R>(
    buffer: &[E],
    accepted: bool,
    call: impl FnOnce(&mut [E]) -> Result<R, Error>,
) -> TestCaseResult {
    let mut call = Some(call);
    let mut once = |out: &mut [E]| call.take().expect("called once")(out).map(drop);
    checked_once(buffer, accepted, &mut once)
}

/// Compiled once for all calls, of which there are hundreds.
fn checked_once<E: Number>(
    buffer: &[E],
    accepted: bool,
    call: &mut dyn FnMut(&mut [E]) -> Result<(), Error>,
) -> TestCaseResult {
    let mut buffers = [buffer.to_vec()];
    let before = raw(&buffers);
    match call(&mut buffers[0]) {
        Ok(()) => prop_assert!(accepted, "not refused"),
        Err(error) => {
            prop_assert!(!accepted, "refused: {error}");
            prop_assert!(raw(&buffers) == before, "written before {error:?}");
            prop_assert!(!error.to_string().is_empty());
        }
    }
    Ok(())
}

fn pointwise<E: Number, P: Pointwise<E>>(
    case: &mut Case<E>,
    loss: Loss<'_, E, P>,
) -> TestCaseResult {
    let reduction = case.reduction();
    let weighted = case.random.below(2) == 0;
    let Case { slices: [x, y, w, u, out], execution, .. } = case;
    let mut loss = loss.execution(*execution).reduction(reduction);
    let denominator = !matches!(reduction, Reduction::DivideBy(d) if !(d > 0.0 && d.is_finite() && d.recip().is_finite()));
    let mut fits = x.len() == y.len() && denominator;
    if weighted {
        loss = loss.weights(w);
        fits &= w.len() == x.len() && w.iter().all(|w| *w >= E::ZERO && w.finite());
        let sum: f64 = w.iter().map(|w| w.to_f64()).sum();
        fits &= reduction != Reduction::WeightedMean || sum.is_finite();
    }
    let within = |x: &[E], domain: Option<(E, E)>| {
        let (low, high) = domain.unwrap_or((-E::INFINITY, E::INFINITY));
        !x.iter().any(|x| *x < low || *x > high)
    };
    fits &= within(x, P::DOMAIN) && within(y, P::TARGETS);
    let same = |a: &[E]| a.len() == x.len();
    checked(&[], fits, |_: &mut [E]| loss.loss(x, y))?;
    checked(out, fits && same(out), |out| loss.loss_and_grad(x, y, out))?;
    checked(x, fits, |x| loss.loss_and_grad_in_place(x, y))?;
    checked(out, fits && same(out), |out| loss.losses(x, y, out))?;
    checked(out, fits && same(out) && same(u), |out| loss.backward(x, y, u, out))?;
    Ok(())
}

fn entry<E: Number, L: LossEntry<E>>(case: &mut Case<E>) -> TestCaseResult {
    pointwise(case, L::usual().loss())?;
    let drawn = L::draw(&mut || case.parameter());
    drawn.map_or(Ok(()), |drawn| pointwise(case, drawn.loss()))
}

macro_rules! listed {
    ($($stem:ident $loss:ident [$($E:ident)?])*) => {
        /// The losses of the catalogue, as usual and with any parameters.
        fn losses<E: Number>(case: &mut Case<E>) -> TestCaseResult {
            $(
                entry::<E, catalogue::$loss $(<$E>)?>(case)?;
            )*
            Ok(())
        }
    };
}
gradstep_check::losses!(listed);

fn prox<E: Number>(case: &mut Case<E>) -> TestCaseResult {
    let lambda = case.parameter();
    let Case { slices: [x, y, lambdas, u, out], execution, .. } = case;
    checked(x, lambda >= E::ZERO, |x| soft_threshold(x, lambda.to_f64()))?;
    if let Ok(soft) = SoftThreshold::new(lambda.to_f64()) {
        let soft = soft.execution(*execution);
        checked(out, out.len() == x.len(), |out| soft.apply_into(x, out))?;
        let same = out.len() == x.len() && u.len() == x.len();
        checked(out, same, |out| soft.backward(x, u, out))?;
    }
    let fine = lambdas.iter().all(|lambda| *lambda >= E::ZERO);
    prop_assert_eq!(WeightedSoftThreshold::new(lambdas).is_ok(), fine);
    let magnitudes: Vec<E> = lambdas
        .iter()
        .map(|x| {
            if x.is_nan() {
                E::ONE
            } else if *x < E::ZERO {
                -*x
            } else {
                *x
            }
        })
        .collect();
    let soft = WeightedSoftThreshold::new(&magnitudes).expect("not negative").execution(*execution);
    let same = |x: &[E]| x.len() == magnitudes.len();
    checked(x, same(x), |x| soft.apply(x))?;
    checked(out, same(y) && same(out), |out| soft.apply_into(y, out))?;
    checked(out, same(y) && same(u) && same(out), |out| soft.backward(y, u, out))?;
    Ok(())
}

/// Whether the element type can hold constants.
fn holds<E: Number>(constants: &[f64]) -> bool {
    constants.iter().all(|x| E::from_f64(*x).finite())
}

/// The updates of the catalogue, with any parameters.
fn updates<E: Number>(case: &mut Case<E>) -> TestCaseResult {
    fn of<E: Number, U: UpdateEntry<E, N>, const N: usize>(case: &mut Case<E>) -> TestCaseResult {
        let t = match case.random.below(8) {
            0 => u64::MAX,
            t => t as u64 % 4,
        };
        let entry = U::draw(&mut || case.strength(), t);
        let Case { slices: [w, g, state @ ..], execution, .. } = case;
        let n = w.len();
        let fits = entry.fits() && n == g.len() && state[..N].iter().all(|s| s.len() == n);
        for changed in 0..=N {
            let mut slices: [Vec<E>; N] = std::array::from_fn(|i| state[i].clone());
            let mut weights = w.clone();
            let buffer = if changed == 0 { w.clone() } else { state[changed - 1].clone() };
            checked(&buffer, fits, |buffer| {
                let update = entry.update(*execution)?;
                let mut all = slices.each_mut().map(Vec::as_mut_slice);
                let w = if changed == 0 {
                    buffer
                } else {
                    all[changed - 1] = buffer;
                    &mut weights
                };
                entry.step(&update, Tensor { w, g, state: all })
            })?;
        }
        Ok(())
    }
    macro_rules! listed {
        ($($stem:ident $update:ident [$n:literal])*) => {
            $(of::<E, catalogue::$update, $n>(case)?;)*
        };
    }
    gradstep_check::updates!(listed);
    Ok(())
}

fn cross_entropy<E: Number>(case: &mut Case<E>) -> TestCaseResult {
    let classes = match case.random.below(8) {
        0 => case.random.bits() as usize,
        1 => 0,
        2 => 1 + case.random.below(40),
        _ => 1 + case.random.below(5),
    };
    let options = CrossEntropy::<E>::new(classes);
    prop_assert_eq!(options.is_ok(), classes > 0);
    let reduction = case.reduction();
    let Ok(options) = options else { return Ok(()) };
    let mut options = options.execution(case.execution).reduction(reduction);
    let empty = [EmptyMean::Nan, EmptyMean::Zero, EmptyMean::Error][case.random.below(3)];
    options = options.empty_mean(empty);
    let ignore = match case.random.below(3) {
        0 => None,
        1 => Some(-1),
        _ => Some(case.random.below(4) as i64),
    };
    if let Some(index) = ignore {
        options = options.ignore_index(index);
    }
    let rows = case.slices[0].len() / classes + usize::from(case.random.below(16) == 0);
    let wild = case.random.below(8) == 0;
    let target = |random: &mut Random| match random.below(20) {
        0 if wild => random.bits() as i64,
        1 => ignore.unwrap_or(0),
        _ => random.below(classes.min(40)) as i64,
    };
    let targets: Vec<i64> = (0..rows).map(|_| target(&mut case.random)).collect();

    let [x, _, _, u, out] = &case.slices;
    // Often of the length that fits.
    let x = if case.random.below(8) == 0 { &x[..] } else { &x[..x.len() / classes * classes] };
    let u: Vec<E> = u.iter().copied().cycle().take(if u.is_empty() { 0 } else { rows }).collect();
    let fitting = vec![E::HALF; x.len()];
    let grad = if case.random.below(4) == 0 { out } else { &fitting };
    let losses = vec![E::HALF; rows];

    let shape = rows.checked_mul(classes) == Some(x.len());
    let known = |y: &i64| Some(*y) == ignore || usize::try_from(*y).is_ok_and(|y| y < classes);
    let denominator = !matches!(reduction, Reduction::DivideBy(d) if !(d > 0.0 && d.is_finite() && d.recip().is_finite()));
    let fits = shape && targets.iter().all(known) && denominator;
    let is_mean = matches!(reduction, Reduction::Mean | Reduction::WeightedMean);
    let nothing = targets.iter().all(|y| Some(*y) == ignore);
    let mean = fits && !(is_mean && nothing && empty == EmptyMean::Error);
    checked(&[], mean, |_: &mut [E]| options.loss(x, &targets))?;
    let same = grad.len() == x.len();
    checked(grad, mean && same, |grad| options.loss_and_grad(x, &targets, grad))?;
    checked(x, mean, |x| options.loss_and_grad_in_place(x, &targets))?;
    checked(&losses, fits, |out| options.losses(x, &targets, out))?;
    checked(out, fits && out.len() == rows, |out| options.losses(x, &targets, out))?;
    checked(out, Some(x.len()) == out.len().checked_mul(classes), |out| {
        LogSumExp::new(classes)?.apply_into(x, out)
    })?;
    let factors = u.len() == rows;
    checked(grad, fits && same && factors, |grad| options.backward(x, &targets, &u, grad))?;
    Ok(())
}

fn activations<E: Number>(case: &mut Case<E>) -> TestCaseResult {
    fn of<E: Number, A: Formula>(case: &Case<E>, activation: Activation<A>) -> TestCaseResult {
        let Case { slices: [x, y, u, ..], execution, .. } = case;
        let activation = activation.execution(*execution);
        checked(y, x.len() == y.len(), |out| activation.apply_into(x, out))?;
        let same = x.len() == u.len() && x.len() == y.len();
        checked(y, same, |grad| activation.backward(x, u, grad))
    }
    macro_rules! listed {
        ($($stem:ident $activation:ident)*) => {
            $(of(case, activation::$activation::new())?;)*
        };
    }
    gradstep_check::activations!(listed);
    let (p, seed, offset) = (case.strength(), case.random.bits(), case.random.bits());
    let dropout = Dropout::new(p);
    prop_assert_eq!(dropout.is_ok(), (0.0..=1.0).contains(&p), "p {}", p);
    if let Ok(dropout) = dropout {
        let Case { slices: [x, y, ..], execution, .. } = case;
        let dropout = dropout.seed(seed).offset(offset).execution(*execution);
        checked(y, x.len() == y.len(), |out| dropout.apply_into(x, out))?;
        checked(y, x.len() == y.len(), |grad| dropout.backward(x, grad))?;
    }
    Ok(())
}

fn any_input<E: Number>(run: fn(&mut Case<E>) -> TestCaseResult) {
    law(&any::<u64>(), |seed| {
        // Many cases for each that proptest counts: they are small.
        for k in 0..20 {
            run(&mut Case::new(seed.wrapping_add(k)))?;
        }
        Ok(())
    });
}

macro_rules! any_input {
    ($($family:ident)*) => {$(
        mod $family {
            #[test]
            fn in_f32() {
                super::any_input::<f32>(super::$family);
            }
            #[test]
            fn in_f64() {
                super::any_input::<f64>(super::$family);
            }
        }
    )*};
}

any_input! {
    activations losses options_of_losses prox prox_of_elements groups penalties clipping
    updates steps cross_entropy options_of_rows softmax
}
