//! Gradient clipping: the norm alone, and with the scaling.

use crate::buffers::{Slice, Slices};
use crate::suite::{self, On, Op, Size};
use criterion::Criterion;
use gradstep::update::ClipGradNorm;
use gradstep::{Element, Error};

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<Clip>(criterion);
    suite::bench::<Measure>(criterion);
}

/// In place: two reads and a write.
struct Clip;
/// The coefficient alone, for `grad_scale`.
struct Measure;

impl Op for Clip {
    const SLICES: &'static [Slice] = &[Slice::Update(-1.0, 1.0)];

    fn group() -> String {
        "clip_grad".to_owned()
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [g, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        // Always a little below the norm, so that each call scales.
        let mut max_norm = ClipGradNorm::new(1.0)?.measure(g).norm;
        Ok(move || {
            max_norm *= 1.0 - 1e-9;
            Ok(ClipGradNorm::new(max_norm)?.execution(on.execution).clip(g).norm)
        })
    }
}

impl Op for Measure {
    const SLICES: &'static [Slice] = &[Slice::Read(-1.0, 1.0)];

    fn group() -> String {
        "clip_grad/measure".to_owned()
    }

    fn prepare<'a, E: Element>(
        on: On,
        _: Size,
        [g, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let clip = ClipGradNorm::new(1.0)?.execution(on.execution);
        Ok(move || Ok(clip.measure(g).coefficient))
    }
}
