//! Softmax over rows, and the gradients of it and of its logarithm.
//!
//! ```text
//! y_j = e_j / (exp_max + sum_rest)       d/d x_j = y_j (u_j - sum_i u_i y_i)
//! z_j = ln y_j                     d/d x_j = u_j - exp(z_j) sum_i u_i
//! ```

use super::exponentials::CompensatedSum;
use super::factors::RowFactors;
use super::narrow::{Transposed, are_few, exponentiate, fill_pairs, scaled};
use super::wide::{Exponentiate, Max, Unscaled, exponentiate_in_turn};
use super::{Logits, Row, Shape, Strides, walk};
use crate::lanes::{Isa, Lanes};
use crate::math::{Math, exp};
use crate::{Kernel, sweep};

/// Writes the softmax of each row, times a factor of the row if there are any: with those it is
/// the gradient of the logarithm of the sum of exponentials.
#[derive(Debug)]
pub struct Softmax<'a, E> {
    /// `[rows, classes]`, and where the result goes; nothing happens if nowhere.
    pub logits: Logits<'a, E>,
    /// Classes; at least 1.
    pub classes: usize,
    /// `[rows]`: the factors.
    pub upstream: Option<&'a [E]>,
}

impl<E: Math> Kernel for Softmax<'_, E> {
    type Out = ();
    const LONG: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { logits, classes, upstream } = self;
        let mut memory = Transposed::new();
        let mut factors = RowFactors::new();
        let shape = logits.whole_rows(classes);
        walk(
            logits,
            shape,
            inline!(|mut logits, shape, from| {
                factors.read(shape.rows, 1.0, upstream.map(|u| &u[from..]), None);
                if are_few::<E, I>(classes) {
                    let (logits, memory) = (&mut logits, &mut memory);
                    isa.dispatch(Narrow { logits, shape, factors: &factors, memory });
                } else {
                    wide(isa, &mut logits, shape, &factors.high);
                }
                factors.finish(isa, &mut logits, shape);
            }),
        );
    }
}

/// Rows of few classes, a row in each lane: one long chain for each, so several in step.
struct Narrow<'a, 'l, E> {
    logits: &'a mut Logits<'l, E>,
    shape: Shape,
    factors: &'a RowFactors<E>,
    memory: &'a mut Transposed<E>,
}

impl<E: Math> Kernel for Narrow<'_, '_, E> {
    type Out = ();
    const LONG: bool = true;
    const PAIRED: bool = true;

    #[inline(always)]
    fn fills_pairs(&self) -> bool {
        fill_pairs::<E>(self.shape.rows)
    }

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { logits, shape, factors, memory } = self;
        let (classes, lanes) = (shape.classes, const { <E::Lanes<I> as Lanes>::LANES });
        for from in (0..shape.rows).step_by(lanes) {
            let count = lanes.min(shape.rows - from);
            let x = &logits.values()[from * classes..];
            let columns = memory.read(isa, x, shape.strides(classes), (classes, count));
            let (_, exponentials) = exponentiate::<E::Lanes<I>>(isa, columns);
            let scale = exponentials.quotient(factors.load(isa, from));
            for column in columns.iter_mut() {
                scaled(E::Lanes::<I>::load(isa, column), scale).store(column);
            }
            let Some((out, stride)) = logits.grad(shape) else { return };
            let strides = shape.strides(stride);
            memory.write(isa, &mut out[from * stride..], strides, (classes, count));
        }
    }
}

/// Long rows, each scaled while the next one is exponentiated.
#[inline(always)]
fn wide<E: Math, I: Isa>(isa: I, logits: &mut Logits<'_, E>, shape: Shape, factors: &[E]) {
    let mut rest = logits.after(shape, 0);
    let (mut before, mut known_max): (Option<Unscaled<'_, E>>, Option<E>) = (None, None);
    for (r, factor) in factors.iter().take(shape.rows).enumerate() {
        let (one, after) = rest.cut(shape, 1);
        rest = after;
        let Row::Write(mut row) = one.row(shape.classes) else { return };
        let max = known_max.take().unwrap_or_else(inline!(|| isa.dispatch(Max(row.input()))));
        let kernel = Exponentiate { row: row.reborrow(), max };
        let after = (r + 1 < shape.rows).then(|| &rest.values()[..shape.classes]);
        let exponentials;
        (exponentials, known_max) = exponentiate_in_turn(isa, kernel, before.take(), after);
        let (sum, error) = exponentials.sum();
        let scale = E::from_f64(factor.to_f64() / (sum + error));
        before = Some(Unscaled { row: row.into_output(), scale, less: E::ZERO, own: None });
    }
    if let Some(last) = before {
        last.finish(isa);
    }
}

/// Writes the gradient with respect to `x` from that with respect to `y`.
#[derive(Debug)]
pub struct SoftmaxBackward<'a, E> {
    /// `[rows, classes]`: the softmax, or its logarithm.
    pub y: &'a [E],
    /// `[rows, classes]`
    pub upstream: &'a [E],
    /// `[rows, classes]`, overwritten.
    pub grad: &'a mut [E],
    /// Classes; at least 1.
    pub classes: usize,
    /// Whether `y` is the logarithm.
    pub logarithm: bool,
}

impl<E: Math> Kernel for SoftmaxBackward<'_, E> {
    type Out = ();
    const LONG: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { y, upstream, grad, classes, logarithm } = self;
        let zero = isa.splat(E::ZERO);
        if are_few::<E, I>(classes) {
            let (mut ys, mut us) = (Transposed::new(), Transposed::new());
            let lanes = const { <E::Lanes<I> as Lanes>::LANES };
            let (rows, strides) = (y.len() / classes, Strides { row: classes, class: 1 });
            for from in (0..rows).step_by(lanes) {
                let (first, count) = (from * classes, lanes.min(rows - from));
                let y = ys.read(isa, &y[first..], strides, (classes, count));
                let u = us.read(isa, &upstream[first..], strides, (classes, count));
                let mut sum = CompensatedSum::zero(zero);
                for (y, u) in y.iter().zip(u.iter()) {
                    let (y, u) = (E::Lanes::<I>::load(isa, y), E::Lanes::<I>::load(isa, u));
                    sum += if logarithm { u } else { u * y };
                }
                let sum = sum.total();
                for (y, u) in y.iter_mut().zip(u.iter()) {
                    let (x, u) = (E::Lanes::<I>::load(isa, y), E::Lanes::<I>::load(isa, u));
                    backward(x, u, sum, logarithm).store(y);
                }
                ys.write(isa, &mut grad[first..], strides, (classes, count));
            }
            return;
        }
        let rows = y.chunks_exact(classes).zip(upstream.chunks_exact(classes));
        for ((y, u), grad) in rows.zip(grad.chunks_exact_mut(classes)) {
            let (sum, error) = sweep::sum_compensated(
                isa,
                (u, y),
                inline!(|(u, y)| if logarithm { u } else { u * y }),
            );
            let sum = isa.splat(E::from_f64(sum + error));
            sweep::map(isa, (y, u), grad, inline!(|(y, u)| backward(y, u, sum, logarithm)));
        }
    }
}

#[inline(always)]
fn backward<L: Lanes<Elem: Math>>(y: L, u: L, sum: L, logarithm: bool) -> L {
    if logarithm { exp(y).neg_mul_add(sum, u) } else { y * (u - sum) }
}
