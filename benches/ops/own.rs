//! Formulas of one's own beside the built-in ones that they repeat: `own/mse` and `mse`, and so
//! on.

use super::{pointwise, proximal};
use crate::buffers::{Slice, Slices};
use crate::suite::{self, On, Op, Size};
use criterion::Criterion;
use gradstep::formula::{Element, Isa, Lanes, Pointwise, Proximal, Update, select};
use gradstep::loss::Loss;
use gradstep::prox::Prox;
use gradstep::update::Updater;
use gradstep::{Error, Execution};
use gradstep_check::numbers::Number;

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<pointwise::LossAndGrad<Mse>>(criterion);
    suite::bench::<proximal::Apply<SoftThreshold>>(criterion);
    suite::bench::<Step>(criterion);
}

#[derive(Clone, Copy)]
struct Mse;

impl<E: Element> Pointwise<E> for Mse {
    #[inline(always)]
    fn value_and_derivative<I: Isa>(
        self,
        prediction: E::Lanes<I>,
        target: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        let d = prediction - target;
        (d * d, d + d)
    }
}

impl pointwise::Formula for Mse {
    const STEM: &'static str = "own/mse";
    const UNIT: bool = false;

    fn new<E: Number>() -> Loss<'static, E, impl Pointwise<E> + 'static> {
        Loss::from_formula(Mse)
    }
}

#[derive(Clone, Copy)]
struct SoftThreshold;

impl<E: Element> Proximal<E> for SoftThreshold {
    #[inline(always)]
    fn prox<I: Isa>(self, x: E::Lanes<I>) -> E::Lanes<I> {
        let lambda = x.splat(E::HALF);
        x - x.max_or_self(-lambda).min_or_self(lambda)
    }
    #[inline(always)]
    fn backward<I: Isa>(self, x: E::Lanes<I>, upstream: E::Lanes<I>) -> E::Lanes<I> {
        let kept = upstream.keep_where(x.abs().gt(x.splat(E::HALF)));
        select(x.is_nan(), x, kept)
    }
}

impl proximal::Formula for SoftThreshold {
    const STEM: &'static str = "own/soft_threshold";

    fn new<E: Element>() -> Result<Prox<E, impl Proximal<E> + 'static>, Error> {
        Ok(Prox::from_formula(SoftThreshold))
    }
}

/// Lion with decay.
#[derive(Clone, Copy)]
struct Lion {
    rate: f64,
    decay: f64,
}

impl<E: Element> Update<E, 1> for Lion {
    #[inline(always)]
    fn step<I: Isa, const FORM: u8>(
        self,
        w: E::Lanes<I>,
        g: E::Lanes<I>,
        [m]: [E::Lanes<I>; 1],
    ) -> (E::Lanes<I>, [E::Lanes<I>; 1]) {
        let [kept, fresh] = [0.9, 0.1].map(E::from_f64);
        let [kept_of_state, fresh_of_state] = [0.99, 0.01].map(E::from_f64);
        let move_by = w.splat(E::from_f64(self.rate)).with_sign_of(m * kept + g * fresh);
        let m = m * kept_of_state + g * fresh_of_state;
        (w * E::from_f64(1.0 - self.rate * self.decay) - move_by, [m])
    }
}

struct Step;

impl Op for Step {
    const SLICES: &'static [Slice] =
        &[Slice::Update(-1.0, 1.0), Slice::Read(-1.0, 1.0), Slice::Update(-1.0, 1.0)];

    fn group() -> String {
        "own/lion".to_owned()
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [w, g, m, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let execution: Execution = on.execution;
        let update = Updater::from_formula(Lion { rate: 1e-12, decay: 0.1 }).execution(execution);
        Ok(move || update.step(w, g, [&mut *m]).map(|()| 0.0))
    }
}
