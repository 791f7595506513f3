//! Logarithm of the softmax over rows, `(x - max) - ln(1 + sum_rest / exp_max)`.

use super::logsumexp::Logarithms;
use super::narrow::{Transposed, are_few};
use super::{Logits, Row, walk};
use crate::lanes::{Isa, Lanes};
use crate::math::Math;
use crate::{Kernel, sweep};

/// Writes the logarithm of the softmax of each row.
#[derive(Debug)]
pub struct LogSoftmax<'a, E> {
    /// `[rows, classes]`, and where the result goes; nothing happens if nowhere.
    pub logits: Logits<'a, E>,
    /// Classes; at least 1.
    pub classes: usize,
}

impl<E: Math> Kernel for LogSoftmax<'_, E> {
    type Out = ();
    const LONG: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { logits, classes } = self;
        let lanes = const { <E::Lanes<I> as Lanes>::LANES };
        let mut memory = Transposed::new();
        let mut found = Logarithms::new();
        let shape = logits.whole_rows(classes);
        walk(
            logits,
            shape,
            inline!(|mut logits, shape, _| {
                found.find(isa, logits.values(), shape, &mut memory);
                if !are_few::<E, I>(classes) {
                    for r in 0..shape.rows {
                        let Row::Write(row) = logits.after(shape, r).row(classes) else { return };
                        let (max, l) = (found.max[r], found.logarithm[r]);
                        sweep::update(isa, row, (), inline!(|x, ()| x - max - l));
                    }
                    return;
                }
                for from in (0..shape.rows).step_by(lanes) {
                    let count = lanes.min(shape.rows - from);
                    let x = &logits.values()[from * classes..];
                    let columns = memory.read(isa, x, shape.strides(classes), (classes, count));
                    let max = found.max.load(isa, from);
                    let l = found.logarithm.load(isa, from);
                    for x in columns.iter_mut() {
                        (E::Lanes::<I>::load(isa, x) - max - l).store(x);
                    }
                    let Some((out, stride)) = logits.grad(shape) else { return };
                    let strides = shape.strides(stride);
                    memory.write(isa, &mut out[from * stride..], strides, (classes, count));
                }
            }),
        );
    }
}
