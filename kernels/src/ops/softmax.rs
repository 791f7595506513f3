//! Logarithms of a softmax over rows, and what a gradient becomes on its way back
//! through either.
//!
//! The softmax itself and the logarithm of the sum of exponentials are a
//! [`CrossEntropy`](super::CrossEntropy) without targets.
//!
//! ```text
//! y = softmax(x)       d/d x_j = y_j (u_j - sum_i u_i y_i)
//! y = ln softmax(x)    d/d x_j = u_j - exp(y_j) sum_i u_i
//! ```

use super::cross_entropy::few_sums::{Found, maxima};
use super::cross_entropy::{BATCH, FEW, Logits, ratio, read_only};
use crate::lanes::Aligned;
use crate::math::{Math, exp, ln_1p};
use crate::{Element, Isa, Kernel, Lanes, Level, Split, sweep};

/// Writes `ln softmax(x) = (x - m) - ln(1 + others / top)`, with the names of
/// [`CrossEntropy`](super::CrossEntropy).
#[derive(Debug)]
pub struct LogSoftmax<'a, E> {
    /// `[rows, classes]`, and where the result goes; nothing happens if nowhere.
    pub logits: Logits<'a, E>,
    /// Columns; at least 1.
    pub classes: usize,
}

impl<E: Math> Kernel for LogSoftmax<'_, E> {
    type Out = ();
    const PAIRS: bool = true;

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        let classes = self.classes;
        let all = self.logits.values().len() / classes;
        let zero = isa.splat(E::ZERO);
        let mut columns = Aligned([zero.to_array(); FEW]);
        for from in (0..all).step_by(BATCH) {
            let rows = BATCH.min(all - from);
            let place = from * classes..(from + rows) * classes;
            let x = &self.logits.values()[place.start..];
            let (mut largest, mut ratios) = ([E::ZERO; BATCH], [E::ZERO; BATCH]);
            if classes <= FEW {
                let columns = &mut columns.0[..classes];
                for from in (0..rows).step_by(E::Lanes::<I>::LANES) {
                    let count = (rows - from).min(E::Lanes::<I>::LANES);
                    sweep::gather(&x[from * classes..], classes, count, zero, columns);
                    let m = maxima(zero, columns);
                    m.store_partial(&mut largest[from..]);
                    // No target is known.
                    let found = Found::new(columns, m, zero.splat(-E::ONE));
                    found.ratio().store_partial(&mut ratios[from..]);
                }
            } else {
                for (r, x) in x.chunks_exact(classes).take(rows).enumerate() {
                    largest[r] = sweep::max(isa, x);
                    ratios[r] = ratio::<E, I>(isa, read_only(isa, x, largest[r]));
                }
            }
            sweep::update(
                isa,
                &mut ratios[..],
                (),
                #[inline(always)]
                |ratio: E::Lanes<I>, ()| ln_1p(ratio),
            );
            for r in 0..rows {
                let m = isa.splat(largest[r]);
                let l = isa.splat(ratios[r]);
                let place = place.start + r * classes..place.start + (r + 1) * classes;
                match &mut self.logits {
                    Logits::Read(_) => {}
                    Logits::Grad(x, out) => sweep::update(
                        isa,
                        &mut out[place.clone()],
                        &x[place],
                        #[inline(always)]
                        |_: E::Lanes<I>, x| x - m - l,
                    ),
                    Logits::InPlace(x) => sweep::update(
                        isa,
                        &mut x[place],
                        (),
                        #[inline(always)]
                        |x: E::Lanes<I>, ()| x - m - l,
                    ),
                }
            }
        }
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
    /// Columns; at least 1.
    pub classes: usize,
    /// Whether `y` is the logarithm.
    pub logarithm: bool,
}

impl<E: Math> Kernel for SoftmaxBackward<'_, E> {
    type Out = ();
    const PAIRS: bool = true;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { y, upstream, grad, classes, logarithm } = self;
        let rows = y.chunks_exact(classes).zip(upstream.chunks_exact(classes));
        for ((y, u), grad) in rows.zip(grad.chunks_exact_mut(classes)) {
            let (sum, error) = if logarithm {
                sweep::sum_compensated(
                    isa,
                    u,
                    #[inline(always)]
                    |u: E::Lanes<I>| u,
                )
            } else {
                sweep::sum_compensated(
                    isa,
                    (u, y),
                    #[inline(always)]
                    |(u, y): (E::Lanes<I>, E::Lanes<I>)| u * y,
                )
            };
            let sum = isa.splat(E::from_f64(sum + error));
            if logarithm {
                sweep::update(
                    isa,
                    grad,
                    (u, y),
                    #[inline(always)]
                    |_: E::Lanes<I>, (u, y): (E::Lanes<I>, E::Lanes<I>)| exp(y).neg_mul_add(sum, u),
                );
            } else {
                sweep::update(
                    isa,
                    grad,
                    (u, y),
                    #[inline(always)]
                    |_: E::Lanes<I>, (u, y): (E::Lanes<I>, E::Lanes<I>)| y * (u - sum),
                );
            }
        }
    }
}

/// Rows of a leaf: at least 32 Ki elements, in whole batches.
fn leaf(classes: usize) -> usize {
    (32_768 / classes).next_multiple_of(BATCH).max(BATCH)
}

/// Nanoseconds of a row.
fn cost(classes: usize) -> f64 {
    #[allow(clippy::cast_precision_loss)] // an estimate
    let classes = classes as f64;
    0.5 * classes + 10.0
}

impl<E: Element> Split for LogSoftmax<'_, E> {
    fn leaf(&self) -> usize {
        leaf(self.classes)
    }
    fn cost(&self) -> f64 {
        cost(self.classes)
    }
    fn len(&self) -> usize {
        self.logits.values().len() / self.classes
    }
    fn split_at(self, mid: usize) -> (Self, Self) {
        let Self { logits, classes } = self;
        let (logits, rest) = logits.cut(mid * classes, mid * classes);
        (Self { logits, classes }, Self { logits: rest, classes })
    }
    fn join((): (), (): ()) {}
    fn dispatch(self, level: Level) {
        E::dispatch(level, self);
    }
}

impl<E: Element> Split for SoftmaxBackward<'_, E> {
    fn leaf(&self) -> usize {
        leaf(self.classes)
    }
    fn cost(&self) -> f64 {
        cost(self.classes)
    }
    fn len(&self) -> usize {
        self.y.len() / self.classes
    }
    fn split_at(self, mid: usize) -> (Self, Self) {
        let Self { y, upstream, grad, classes, logarithm } = self;
        let (y, y_rest) = y.split_at(mid * classes);
        let (upstream, upstream_rest) = upstream.split_at(mid * classes);
        let (grad, grad_rest) = grad.split_at_mut(mid * classes);
        (
            Self { y, upstream, grad, classes, logarithm },
            Self { y: y_rest, upstream: upstream_rest, grad: grad_rest, classes, logarithm },
        )
    }
    fn join((): (), (): ()) {}
    fn dispatch(self, level: Level) {
        E::dispatch(level, self);
    }
}
