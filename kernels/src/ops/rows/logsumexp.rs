//! Logarithm of the sum of exponentials over rows, `max + ln(1 + sum_rest / exp_max)`.

use super::narrow::{Transposed, are_few, exponentiate, fill_pairs};
use super::per_row::PerRow;
use super::wide::{ExponentialsOf, Max};
use super::{Logits, Shape, walk};
use crate::lanes::{Isa, Lanes};
use crate::math::{Math, ln_1p};
use crate::{Kernel, sweep};

/// Writes the logarithm of the sum of exponentials of each row.
#[derive(Debug)]
pub struct LogSumExp<'a, E> {
    /// `[rows, classes]`
    pub x: &'a [E],
    /// `[rows]`, overwritten.
    pub out: &'a mut [E],
}

impl<E: Math> Kernel for LogSumExp<'_, E> {
    type Out = ();
    const LONG: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { x, out } = self;
        let Some(classes) = x.len().checked_div(out.len()) else { return };
        let mut memory = Transposed::new();
        let mut found = Logarithms::new();
        let logits = Logits::Read(x);
        let shape = logits.whole_rows(classes);
        walk(
            logits,
            shape,
            inline!(|logits, shape, from| {
                found.find(isa, logits.values(), shape, &mut memory);
                sweep::map(
                    isa,
                    (&found.max[..shape.rows], &found.logarithm[..shape.rows]),
                    &mut out[from..][..shape.rows],
                    inline!(|(max, l)| max + l),
                );
            }),
        );
    }
}

/// The logarithms of a batch of rows, in two parts.
pub(super) struct Logarithms<E> {
    /// `max`
    pub(super) max: PerRow<E>,
    /// `ln(1 + sum_rest / exp_max)`
    pub(super) logarithm: PerRow<E>,
}

impl<E: Math> Logarithms<E> {
    #[inline(always)]
    pub(super) fn new() -> Self {
        Self { max: PerRow::new(), logarithm: PerRow::new() }
    }

    /// Finds those of rows.
    #[inline(always)]
    pub(super) fn find<I: Isa>(
        &mut self,
        isa: I,
        x: &[E],
        shape: Shape,
        memory: &mut Transposed<E>,
    ) {
        isa.dispatch(Find { x, shape, memory, found: self });
    }
}

/// The logarithms of a batch of rows: a kernel of its own, so that both that need it share it.
struct Find<'a, E> {
    x: &'a [E],
    shape: Shape,
    memory: &'a mut Transposed<E>,
    found: &'a mut Logarithms<E>,
}

impl<E: Math> Kernel for Find<'_, E> {
    type Out = ();
    const LONG: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { x, shape, memory, found } = self;
        let Shape { rows, classes, .. } = shape;
        found.max.reserve(rows);
        found.logarithm.reserve(rows);
        if are_few::<E, I>(classes) {
            isa.dispatch(Narrow(Find { x, shape, memory, found: &mut *found }));
        } else {
            let mut max = isa.dispatch(Max(&x[..classes.min(x.len())]));
            for r in 0..rows {
                let (x, rest) = x[r * classes..].split_at(classes);
                let after = if r + 1 < rows { &rest[..classes] } else { x };
                let (all, max_after) = isa.dispatch(ExponentialsOf { x, max, after });
                (found.max[r], found.logarithm[r]) = (max, E::from_f64(all.ratio()));
                max = max_after;
            }
        }
        isa.dispatch(Ln1p(&mut found.logarithm[..rows]));
    }
}

/// The same for rows of few classes, a row in each lane: one long chain for each, so several in
/// step. Only ratios are found.
struct Narrow<'a, E>(Find<'a, E>);

impl<E: Math> Kernel for Narrow<'_, E> {
    type Out = ();
    const LONG: bool = true;
    const PAIRED: bool = true;

    #[inline(always)]
    fn fills_pairs(&self) -> bool {
        fill_pairs::<E>(self.0.shape.rows)
    }

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Find { x, shape, memory, found } = self.0;
        let (classes, lanes) = (shape.classes, const { <E::Lanes<I> as Lanes>::LANES });
        for from in (0..shape.rows).step_by(lanes) {
            let count = lanes.min(shape.rows - from);
            let x = &x[from * classes..];
            let columns = memory.read(isa, x, shape.strides(classes), (classes, count));
            let (max, exponentials) = exponentiate::<E::Lanes<I>>(isa, columns);
            found.max.store(from, max);
            found.logarithm.store(from, exponentials.ratio());
        }
    }
}

/// Replaces ratios by the logarithms of 1 more.
pub(super) struct Ln1p<'a, E>(pub(super) &'a mut [E]);

impl<E: Math> Kernel for Ln1p<'_, E> {
    type Out = ();
    const LONG: bool = true;
    const PAIRED: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        sweep::update(isa, self.0, (), inline!(|ratio, ()| ln_1p(ratio)));
    }
}
