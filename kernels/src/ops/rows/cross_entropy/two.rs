//! Two classes: one sigmoid of the difference of the logits.
//!
//! With `d = x_1 - x_0`, `e = exp(-|d|)` and the target's weights `k_0` and `k_1`:
//!
//! ```text
//! loss            = k_0 (max(d, 0) + ln(1 + e)) + k_1 (max(-d, 0) + ln(1 + e))
//! p_1             = (e if d < 0 else 1) / (1 + e),   p_0 = (1 if d < 0 else e) / (1 + e)
//! d loss / d x_1  = k_0 p_1 - k_1 p_0                   = -d loss / d x_0
//! ```
//!
//! The difference is exact, as the sum of two numbers, so nothing rounds before the
//! exponential.

use super::Work;
use super::plain::{has_plain_loops, is_plain};
use super::target::{Batch, LEFT_OUT, RowTarget, weighted};
use super::weights::TargetWeights;
use crate::Kernel;
use crate::lanes::{Float, Isa, Lanes, Mask, first_lane, select};
use crate::math::{Math, ScaledExp, ln_1p_unit};
use crate::ops::rows::narrow::Transposed;
use crate::ops::rows::{Row, Strides};

/// Losses and gradients of a batch.
#[inline(always)]
pub(super) fn batch<E: Math, I: Isa>(
    isa: I,
    work: &mut Work<'_, E>,
    memory: &mut Transposed<E>,
    batch: &mut Batch<E>,
) {
    // A condition that the compiler knows, so that it leaves out what is not called.
    if const { has_plain_loops::<E, I>() } && is_plain(isa, work, batch) {
        return isa.dispatch_apart(Two::<_, true> { work, memory, batch });
    }
    isa.dispatch_apart(Two::<_, false> { work, memory, batch });
}

/// Losses and gradients of a batch; in the usual call, which is `PLAIN`, nothing asks for options.
struct Two<'a, 'w, E, const PLAIN: bool> {
    work: &'a mut Work<'w, E>,
    memory: &'a mut Transposed<E>,
    batch: &'a mut Batch<E>,
}

impl<E: Math, const PLAIN: bool> Kernel for Two<'_, '_, E, PLAIN> {
    type Out = ();
    const LONG: bool = true;
    const PAIRED: bool = PLAIN;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { work, memory, batch } = self;
        rows::<E, I, PLAIN>(isa, work, memory, batch);
    }
}

/// The loss of one row, whose gradient is written: the usual call, without the memory of a batch.
#[inline(always)]
pub(super) fn only<E: Math, I: Isa>(
    isa: I,
    row: Row<'_, E>,
    target: RowTarget<'_, E>,
    factor: E,
) -> E {
    let (x, zero) = (row.values(), isa.splat(E::ZERO));
    let (x, hard) = ([isa.splat(x[0]), isa.splat(x[1])], isa.splat(target.weight));
    let k = if target.class == Some(0) { [hard, zero] } else { [zero, hard] };
    let scaled = ScaledExp::new(zero);
    let sigmoid = Sigmoid::<E::Lanes<I>>::new(scaled, scaled.exp(zero), x);
    let loss = first_lane(sigmoid.loss(x, k));
    if let Row::Write(mut row) = row {
        let (q, [g0, g1]) = (sigmoid.quotient(isa.splat(factor)), sigmoid.gradient(k));
        let grad = row.output();
        (grad[0], grad[1]) = (first_lane(g0 * q), first_lane(g1 * q));
    }
    loss
}

/// The sigmoid of the difference `d = x_1 - x_0`, and its logarithm.
struct Sigmoid<L: Lanes> {
    /// `max(x_0, x_1)`
    max: L,
    d: L,
    /// Whether `d` is below 0.
    negative: L::Mask,
    /// `exp(0)` and `exp(-|d|)`, up to a factor.
    exp: [L; 2],
    /// `exp(-|d|)`
    unscaled: L,
    /// `ln(1 + exp(-|d|))`
    l: L,
}

impl<L: Lanes<Elem: Math>> Sigmoid<L> {
    /// `scaled` is that of a row whose largest logit is 0, and `exp_max` its exponential of 0.
    #[allow(clippy::eq_op)] // 0 of a number, NaN of infinity and NaN
    #[inline(always)]
    fn new(scaled: ScaledExp<L>, exp_max: L, [x0, x1]: [L; 2]) -> Self {
        let zero = x0.splat(L::Elem::ZERO);
        let unit = L::Elem::ONE / first_lane(exp_max);
        let d = x1 - x0;
        // Knuth's rounding error of the difference; 0 where that is infinite.
        let taken = d - x1;
        let error = (x1 - (d - taken)) - (x0 + taken);
        let error = error.keep_where(d.abs().lt(x0.splat(L::Elem::INFINITY)));
        // `max - max` makes the row of a logit of +inf NaN.
        let max = x0.max_or_self(x1);
        let negative = d.lt(zero);
        let low = select(negative, error, -error);
        let e = scaled.exp_of_pair(-d.abs(), low) + (max - max);
        let unscaled = e * unit;
        Self { max, d, negative, exp: [exp_max, e], unscaled, l: ln_1p_unit(unscaled) }
    }

    /// The loss where the target's weights are `k`.
    #[inline(always)]
    fn loss(&self, [x0, x1]: [L; 2], [k0, k1]: [L; 2]) -> L {
        // Half of the difference, because the difference may overflow.
        let half = x1 * L::Elem::HALF - x0 * L::Elem::HALF;
        let zero = half.splat(L::Elem::ZERO);
        let (up, down) = (zero.max_or_self(half), zero.max_or_self(-half));
        let half_gap = weighted(k0, up) + weighted(k1, down);
        half_gap + half_gap + (k0 + k1) * self.l
    }

    /// The exponentials of both classes, up to a factor.
    #[inline(always)]
    fn exponentials(&self) -> [L; 2] {
        let [exp_max, e] = self.exp;
        [select(self.negative, exp_max, e), select(self.negative, e, exp_max)]
    }

    /// The gradient, but for [`quotient`](Self::quotient).
    #[inline(always)]
    fn gradient(&self, [k0, k1]: [L; 2]) -> [L; 2] {
        let [n0, n1] = self.exponentials();
        let (c, zero) = (k1.neg_mul_add(n0, k0 * n1), n0.splat(L::Elem::ZERO));
        // Added to 0, so that no result is -0.
        [zero - c, c + zero]
    }

    /// `factor` over the sum of exponentials.
    #[inline(always)]
    fn quotient(&self, factor: L) -> L {
        let unit = L::Elem::ONE / first_lane(self.exp[0]);
        factor * unit / (self.unscaled + L::Elem::ONE)
    }
}

#[inline(always)]
fn rows<E: Math, I: Isa, const PLAIN: bool>(
    isa: I,
    work: &mut Work<'_, E>,
    memory: &mut Transposed<E>,
    batch: &mut Batch<E>,
) {
    let (shape, options) = (work.shape, work.options);
    let lanes = const { <E::Lanes<I> as Lanes>::LANES };
    let zero = isa.splat(E::ZERO);
    let scaled = ScaledExp::new(zero);
    let exp_max = scaled.exp(zero);
    let weights = TargetWeights::new(isa, work);
    let strides = shape.strides(shape.stride);
    for from in (0..shape.rows).step_by(lanes) {
        let count = lanes.min(shape.rows - from);
        let x = &work.logits.values()[from * strides.row..];
        let [mut x0, mut x1]: [E::Lanes<I>; 2] = if count == lanes
            && let Some(x) = load(isa, x, strides)
        {
            x
        } else {
            let columns = memory.read(isa, x, strides, (2, count));
            [Lanes::load(isa, &columns[0]), Lanes::load(isa, &columns[1])]
        };
        let (class, hard) = (batch.class.load(isa, from), batch.weight.load(isa, from));
        let (factor, _) = batch.factors.load(isa, from);
        if !PLAIN && batch.leaves_out {
            let left_out = class.eq(isa.splat(E::from_f64(LEFT_OUT)));
            (x0, x1) = (x0.zero_where(left_out), x1.zero_where(left_out));
        }

        let x = [x0, x1];
        let sigmoid = Sigmoid::new(scaled, exp_max, x);
        let k = if PLAIN || weights.are_hard() {
            let k1 = class * hard;
            [hard - k1, k1]
        } else {
            let k = weights.of_rows(work, batch, (from, count), memory);
            [E::Lanes::<I>::load(isa, &k[0]), E::Lanes::<I>::load(isa, &k[1])]
        };
        let mut loss = sigmoid.loss(x, k);
        let [mut g0, mut g1] = sigmoid.gradient(k);
        let kept = class.ge(zero);
        let logsumexp = sigmoid.max + sigmoid.l;
        let logsumexp = if PLAIN { logsumexp } else { logsumexp.keep_where(kept) };
        if !PLAIN && options.z_loss != 0.0 {
            let (square, z) = options.z(logsumexp);
            loss = loss + square.keep_where(kept);
            let z = z.keep_where(kept);
            let [n0, n1] = sigmoid.exponentials();
            (g0, g1) = (z.mul_add(n0, g0), z.mul_add(n1, g1));
        }
        batch.losses.store(from, loss);
        batch.logsumexp.store(from, logsumexp);
        if !PLAIN && work.count_correct {
            let predicted = select(sigmoid.d.le(zero), zero, isa.splat(E::ONE));
            batch.correct += (class.eq(predicted) & !sigmoid.l.is_nan()).count() as u64;
        }
        let Some((grad, stride)) = work.logits.grad(shape) else { continue };
        let q = sigmoid.quotient(factor);
        let (g, strides) = ([g0 * q, g1 * q], shape.strides(stride));
        let grad = &mut grad[from * strides.row..];
        if count < lanes || !store(g, grad, strides) {
            for (column, g) in memory.of::<I>(2).iter_mut().zip(g) {
                g.store(column);
            }
            memory.write(isa, grad, strides, (2, count));
        }
    }
}

/// Both classes of as many rows as a register has lanes, where no function that other shapes
/// share is needed to read them: nothing lies between the rows, or each class before the next.
#[inline(always)]
fn load<L: Lanes>(isa: L::Isa, from: &[L::Elem], strides: Strides) -> Option<[L; 2]> {
    if strides.class != 1 {
        let (x0, x1) = (L::arrays(from).0, L::arrays(&from[strides.class..]).0);
        return Some([L::load(isa, x0.first()?), L::load(isa, x1.first()?)]);
    }
    match L::arrays(from).0 {
        [a, b, ..] if strides.row == 2 => {
            let (x0, x1) = L::load(isa, a).unzip(L::load(isa, b));
            Some([x0, x1])
        }
        _ => None,
    }
}

/// The opposite of [`load`]; returns whether it has written.
#[inline(always)]
fn store<L: Lanes>([x0, x1]: [L; 2], to: &mut [L::Elem], strides: Strides) -> bool {
    if strides.class != 1 {
        let (to0, to1) = to.split_at_mut(strides.class);
        let ([to0, ..], [to1, ..]) = (L::arrays_mut(to0).0, L::arrays_mut(to1).0) else {
            return false;
        };
        x0.store(to0);
        x1.store(to1);
        return true;
    }
    match L::arrays_mut(to).0 {
        [a, b, ..] if strides.row == 2 => {
            let (x, y) = x0.zip(x1);
            x.store(a);
            y.store(b);
            true
        }
        _ => false,
    }
}
