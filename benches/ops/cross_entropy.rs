//! Softmax cross-entropy with class indices. Its bytes are those of the logits
//! and gradient; targets are few beside them.

use crate::buffers::{Slice, Slices};
use crate::suite::{self, On, Op, Size};
use criterion::Criterion;
use gradstep::loss::CrossEntropy;
use gradstep::{Element, Error};
use gradstep_check::numbers::Number;

pub(crate) fn bench(criterion: &mut Criterion) {
    suite::bench::<LossAndGrad>(criterion);
    suite::bench::<Classes>(criterion);
    suite::bench::<InPlace>(criterion);
    suite::bench::<LossOnly>(criterion);
    suite::bench::<Positions>(criterion);
    suite::bench::<GradHess>(criterion);
}

/// Loss, and gradient to another slice: the main method.
struct LossAndGrad;
/// The same, of many numbers of classes.
struct Classes;
/// Loss, and gradient in place of the logits.
struct InPlace;
/// Loss alone.
struct LossOnly;
/// Loss, and gradient to another slice, of classes before their positions.
struct Positions;
/// Gradient and Hessian.
struct GradHess;

fn sizes() -> Vec<Size> {
    [(1024, 2), (1024, 10), (4096, 3), (256, 1000), (64, 32_000), (8, 128_256)]
        .map(|(rows, columns)| Size { rows, columns })
        .into()
}

/// A class for each row, none of them next to its neighbour's.
fn targets(size: Size) -> Vec<u32> {
    (0..size.rows).map(|row| (row * 7919 % size.columns) as u32).collect()
}

impl Op for LossAndGrad {
    const SLICES: &'static [Slice] = &[Slice::Read(-4.0, 4.0), Slice::Write];

    fn group() -> String {
        "cross_entropy".to_owned()
    }

    fn sizes() -> Vec<Size> {
        // A single row is a call that is little but what it costs before it begins.
        [vec![Size { rows: 1, columns: 10 }], sizes()].concat()
    }

    fn prepare<'a, E: Element>(
        on: On,
        size: Size,
        [logits, grad, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let loss = CrossEntropy::new(size.columns)?.execution(on.execution);
        let targets = targets(size);
        Ok(move || loss.loss_and_grad(logits, &targets, grad))
    }
}

impl Op for Classes {
    const SLICES: &'static [Slice] = LossAndGrad::SLICES;
    const DOUBLE: bool = false;

    fn group() -> String {
        "cross_entropy/classes".to_owned()
    }

    fn sizes() -> Vec<Size> {
        // Dense where rows lie in the lanes of registers, with neighbours of whole registers.
        const CLASSES: [usize; 20] = [
            2, 3, 4, 5, 8, 10, 16, 17, 24, 32, 33, 48, 50, 64, 100, 128, 200, 256, 500, 1000,
        ];
        CLASSES.map(|columns| Size { rows: 1024, columns }).into()
    }

    fn prepare<'a, E: Number>(
        on: On,
        size: Size,
        slices: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        LossAndGrad::prepare::<E>(on, size, slices)
    }
}

impl Op for InPlace {
    const SLICES: &'static [Slice] = &[Slice::Update(-4.0, 4.0)];

    fn group() -> String {
        "cross_entropy/in_place".to_owned()
    }

    fn sizes() -> Vec<Size> {
        sizes()
    }

    fn prepare<'a, E: Element>(
        on: On,
        size: Size,
        [logits, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let loss = CrossEntropy::new(size.columns)?.execution(on.execution);
        let targets = targets(size);
        Ok(move || loss.loss_and_grad_in_place(logits, &targets))
    }
}

impl Op for LossOnly {
    const SLICES: &'static [Slice] = &[Slice::Read(-4.0, 4.0)];

    fn group() -> String {
        "cross_entropy/loss".to_owned()
    }

    fn sizes() -> Vec<Size> {
        sizes()
    }

    fn prepare<'a, E: Element>(
        on: On,
        size: Size,
        [logits, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let loss = CrossEntropy::new(size.columns)?.execution(on.execution);
        let targets = targets(size);
        Ok(move || loss.loss(logits, &targets))
    }
}

impl Op for Positions {
    const SLICES: &'static [Slice] = &[Slice::Read(-4.0, 4.0), Slice::Write];

    fn group() -> String {
        "cross_entropy/positions".to_owned()
    }

    fn sizes() -> Vec<Size> {
        [(1024, 2), (1024, 10), (4096, 3), (1024, 100)]
            .map(|(rows, columns)| Size { rows, columns })
            .into()
    }

    fn prepare<'a, E: Element>(
        on: On,
        size: Size,
        [logits, grad, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let loss = CrossEntropy::new(size.columns)?.positions(size.rows)?.execution(on.execution);
        let targets = targets(size);
        Ok(move || loss.loss_and_grad(logits, &targets, grad))
    }
}

impl Op for GradHess {
    const SLICES: &'static [Slice] = &[Slice::Read(-4.0, 4.0), Slice::Write, Slice::Write];

    fn group() -> String {
        "cross_entropy/grad_hess".to_owned()
    }

    fn sizes() -> Vec<Size> {
        [(4096, 3), (1024, 10)].map(|(rows, columns)| Size { rows, columns }).into()
    }

    fn prepare<'a, E: Element>(
        on: On,
        size: Size,
        [logits, grad, hess, ..]: Slices<'a, E>,
    ) -> Result<impl FnMut() -> Result<f64, Error> + 'a, Error> {
        let loss = CrossEntropy::new(size.columns)?.execution(on.execution);
        let targets = targets(size);
        Ok(move || loss.grad_hess(logits, &targets, grad, hess).map(|()| 0.0))
    }
}
