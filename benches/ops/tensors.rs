//! A list of small tensors in one call beside one tensor of all their elements.

use crate::buffers::{Slice, Slices};
use crate::suite::{self, On, Op, Size};
use criterion::Criterion;
use gradstep::update::{AdamW, Sgd, Tensor};
use gradstep::{Element, Error};

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<Plain<true>>(criterion);
    suite::bench::<Plain<false>>(criterion);
    suite::bench::<Averages<true>>(criterion);
    suite::bench::<Averages<false>>(criterion);
}

fn sizes() -> Vec<Size> {
    // As many elements in lists of few and of many tensors.
    [(1000, 64), (1 << 18, 64), (64, 1 << 18)].map(|(rows, columns)| Size { rows, columns }).into()
}

fn name<const LIST: bool>(update: &str) -> String {
    format!("tensors/{update}/{}", if LIST { "list" } else { "one" })
}

/// Elements of each tensor.
fn len<const LIST: bool>(size: Size) -> usize {
    if LIST { size.columns } else { size.len() }
}

/// The cheapest update, in which a tensor's own cost shows most.
struct Plain<const LIST: bool>;

impl<const LIST: bool> Op for Plain<LIST> {
    const SLICES: &'static [Slice] = &[Slice::Update(-1.0, 1.0), Slice::Read(-1.0, 1.0)];

    fn group() -> String {
        name::<LIST>("sgd")
    }

    fn sizes() -> Vec<Size> {
        sizes()
    }

    fn prepare<'a, E: Element>(
        on: On,
        size: Size,
        [w, g, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let sgd = Sgd::new(1e-12)?.execution(on.execution);
        let len = len::<LIST>(size);
        let pairs = w.chunks_mut(len).zip(g.chunks(len));
        let mut tensors: Vec<_> = pairs.map(|(w, g)| Tensor { w, g, state: [] }).collect();
        Ok(move || sgd.step_many(&mut tensors).map(|()| 0.0))
    }
}

struct Averages<const LIST: bool>;

impl<const LIST: bool> Op for Averages<LIST> {
    const SLICES: &'static [Slice] = &[
        Slice::Update(-1.0, 1.0),
        Slice::Read(-1.0, 1.0),
        Slice::Update(-0.1, 0.1),
        Slice::Update(0.0, 0.1),
    ];

    fn group() -> String {
        name::<LIST>("adam_w")
    }

    fn sizes() -> Vec<Size> {
        sizes()
    }

    fn prepare<'a, E: Element>(
        on: On,
        size: Size,
        [w, g, m, v, _]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let adam = AdamW::new(1e-12)?.execution(on.execution);
        let len = len::<LIST>(size);
        let chunks = w.chunks_mut(len).zip(g.chunks(len));
        let chunks = chunks.zip(m.chunks_mut(len)).zip(v.chunks_mut(len));
        let tensor = |(((w, g), m), v)| Tensor { w, g, state: [m, v] };
        let mut tensors: Vec<_> = chunks.map(tensor).collect();
        Ok(move || adam.step_many(&mut tensors, 10).map(|()| 0.0))
    }
}
