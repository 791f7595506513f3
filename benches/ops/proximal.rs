//! The methods that every proximal operator of single elements has.

use crate::buffers::{Slice, Slices};
use crate::suite::{On, Op, Size};
use gradstep::prox::{Prox, Proximal};
use gradstep::{Element, Error};

/// An operator with its parameters.
pub(crate) trait Formula {
    const STEM: &'static str;

    fn new<E: Element>() -> Result<Prox<E, impl Proximal<E> + 'static>, Error>;
}

/// In place: the main method.
pub(crate) struct Apply<F>(F);
/// In place, with the zeros counted.
pub(crate) struct Count<F>(F);
/// Into another slice.
pub(crate) struct ApplyInto<F>(F);
/// The gradient.
pub(crate) struct Backward<F>(F);

impl<F: Formula> Op for Apply<F> {
    const SLICES: &'static [Slice] = &[Slice::Update(-4.0, 4.0)];

    fn group() -> String {
        F::STEM.to_owned()
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [x, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let prox = F::new::<E>()?.execution(on.execution);
        Ok(move || {
            prox.apply(x)?;
            Ok(0.0)
        })
    }
}

impl<F: Formula> Op for Count<F> {
    const SLICES: &'static [Slice] = &[Slice::Update(-4.0, 4.0)];

    fn group() -> String {
        format!("{}/count", F::STEM)
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [x, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let prox = F::new::<E>()?.execution(on.execution);
        Ok(move || prox.apply_and_count(x).map(|zeros| zeros as f64))
    }
}

impl<F: Formula> Op for ApplyInto<F> {
    const SLICES: &'static [Slice] = &[Slice::Read(-4.0, 4.0), Slice::Write];

    fn group() -> String {
        format!("{}/into", F::STEM)
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [x, out, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let prox = F::new::<E>()?.execution(on.execution);
        Ok(move || prox.apply_into(x, out).map(|()| 0.0))
    }
}

impl<F: Formula> Op for Backward<F> {
    const SLICES: &'static [Slice] =
        &[Slice::Read(-4.0, 4.0), Slice::Read(-1.0, 1.0), Slice::Write];

    fn group() -> String {
        format!("{}/backward", F::STEM)
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [x, upstream, grad, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let prox = F::new::<E>()?.execution(on.execution);
        Ok(move || prox.backward(x, upstream, grad).map(|()| 0.0))
    }
}
