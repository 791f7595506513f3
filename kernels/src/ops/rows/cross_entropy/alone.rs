//! Few rows of few classes, one by one: a row lies along registers, and its sums and its loss are
//! computed in every lane alike. The same bits as in a lane of its own.

use super::gradient::Gradient;
use super::losses::{Found, loss, ratio_or_ln};
use super::plain::has_plain_loops;
use super::target::{Options, RowTarget, weighed};
use super::weights::Sums;
use super::wide_weights::{Memory, WideWeights};
use super::{CrossEntropy, SumOfLosses, two};
use crate::lanes::{Aligned, Float, Isa, Lanes, first_lane, select};
use crate::math::{Math, ScaledExp, ln_1p};
use crate::ops::rows::Row;
use crate::ops::rows::factors::parts;
use crate::ops::rows::narrow::{FEW, are_few, of_one_row, scaled, scaled_less};
use crate::{Kernel, Targets};

/// The most rows of a call without the memory of a batch, on any level.
const MOST: usize = 4;

/// The same on one level: none where a register is short.
pub(super) const fn most_alone<E: Float, I: Isa>() -> usize {
    let (lanes, most) = (E::Lanes::<I>::LANES, MOST * E::VIRTUAL / f32::VIRTUAL);
    match lanes / 2 {
        0 | 1 => 0,
        half if half < most => half,
        _ => most,
    }
}

/// Whether rows that do not fill a register are taken one by one. Measured with one to twelve rows
/// of 3 to 100 classes on AVX2, AVX-512 and registers of four lanes: few rows are faster so where
/// classes are more than rows, and any where classes are many. In `f64` and on short registers,
/// which lanes fill sooner, that takes more classes.
#[inline(always)]
pub(super) fn are_alone<E: Float, I: Isa>(rows: usize, classes: usize) -> bool {
    let most = const { most_alone::<E, I>() };
    let many = if most == MOST { 4 } else { 16 };
    (rows <= most && rows < classes) || many * rows <= classes
}

/// The losses of a call for few rows, added, whose gradients are written; nothing where the call
/// asks for more. The same bits as in a batch.
#[inline(always)]
pub(super) fn few<E: Math, I: Isa>(isa: I, call: &mut CrossEntropy<'_, E>) -> Option<f64> {
    let (shape, options) = (call.shape, call.options);
    let are_classes = matches!(call.targets, Targets::Classes(_));
    let is_plain = are_classes && options.share == 0.0 && options.z_loss == 0.0;
    let is_short = match shape.classes {
        2 => is_plain,
        classes => shape.rows < classes && are_few::<E, I>(classes),
    };
    let is_short = is_short && (1..=const { most_alone::<E, I>() }).contains(&shape.rows);
    let is_usual = shape.positions == 0 && call.outputs.are_none();
    // A condition that the compiler knows, so that it leaves out what is not called.
    if const { most_alone::<E, I>() == 0 } || !is_short || !is_usual {
        return None;
    }
    let has_factors = call.upstream.is_some() || call.row_weights.is_some();
    for row in 0..if has_factors { shape.rows } else { 1 } {
        if factor(call, row).2 != E::ONE {
            return None;
        }
    }
    let mut losses = [E::ZERO; MOST];
    let losses = &mut losses[..shape.rows];
    for (row, loss) in losses.iter_mut().enumerate() {
        *loss = loss_of_row(isa, call, row, is_plain);
    }
    Some(match losses {
        [_] => SumOfLosses(losses).run(isa),
        _ => isa.dispatch(SumOfLosses(losses)),
    })
}

/// The factor of a row's gradient, as [`parts`] gives it.
#[inline(always)]
fn factor<E: Math>(call: &CrossEntropy<'_, E>, row: usize) -> (E, E, E) {
    let upstream = call.upstream.map_or(1.0, |upstream| upstream[row].to_f64());
    parts(call.scale * row_weight(call, row) * upstream)
}

#[inline(always)]
fn row_weight<E: Math>(call: &CrossEntropy<'_, E>, row: usize) -> f64 {
    call.row_weights.map_or(1.0, |weights| weights.lifted(row))
}

/// The loss of a row, whose gradient is written. In the usual call one class has all the weight
/// and there is no z-loss.
#[inline(always)]
fn loss_of_row<E: Math, I: Isa>(
    isa: I,
    call: &mut CrossEntropy<'_, E>,
    row: usize,
    is_plain: bool,
) -> E {
    let (shape, options) = (call.shape, call.options);
    let (high, low, _) = factor(call, row);
    let row_weight = row_weight(call, row);
    let target = RowTarget::of(&call.targets, &options, shape.classes, row);
    let row = call.logits.after(shape, row).row(shape.classes);
    let Some(target) = target else {
        row.left_out();
        return E::ZERO;
    };
    if shape.classes == 2 {
        return weighed(two::only(isa, row, target, high), row_weight);
    }
    let (factor, count_correct) = ((high, low), false);
    // The usual call is run here: what it is given would be read in other pieces than it is
    // written in, and each such read waits.
    let [max, ratio, total, half_gap] = if const { has_plain_loops::<E, I>() } && is_plain {
        let alone = Alone { row, target, options, factor, count_correct };
        alone.run_here::<I, true>(isa).0
    } else {
        isa.dispatch_apart(Alone { row, target, options, factor, count_correct }).0
    };
    let mut l: E::Lanes<I> = isa.splat(ratio);
    if options.z_loss == 0.0 {
        l = ln_1p(l);
    }
    let (loss, _) = loss(options, [isa.splat(max), l, isa.splat(total), isa.splat(half_gap)]);
    weighed(first_lane(loss), row_weight)
}

/// A row, what is known of its target, and the factor of its gradient.
pub(super) struct Alone<'a, E> {
    pub(super) row: Row<'a, E>,
    pub(super) target: RowTarget<'a, E>,
    pub(super) options: Options<'a, E>,
    pub(super) factor: (E, E),
    pub(super) count_correct: bool,
}

/// Writes the gradient of the row; returns what the loss is computed from and whether the target
/// is the first of the largest logits.
impl<E: Math> Kernel for Alone<'_, E> {
    type Out = (Found<E>, bool);

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> (Found<E>, bool) {
        self.run_here::<I, false>(isa)
    }
}

impl<E: Math> Alone<'_, E> {
    /// In the usual call, which is `PLAIN`, one class has all the weight and nothing asks for
    /// options.
    #[inline(always)]
    fn run_here<I: Isa, const PLAIN: bool>(self, isa: I) -> (Found<E>, bool) {
        let Self { row, target, options, factor, count_correct } = self;
        let lanes = const { <E::Lanes<I> as Lanes>::LANES };
        let (x, zero) = (row.values(), isa.splat(E::ZERO));
        let mut memory = Aligned([E::ZERO; FEW]);
        let registers = x.len().div_ceil(lanes);
        let e = &mut E::Lanes::<I>::arrays_mut(&mut memory.0).0[..registers];
        // What is beyond the row does not change its maximum.
        let lowest = isa.splat(-E::INFINITY);
        let mut max: E::Lanes<I> = lowest;
        for (k, e) in e.iter_mut().enumerate() {
            let x = Lanes::load_partial(&x[k * lanes..], lowest);
            max = max.max_or_self(x);
            x.store(e);
        }
        let max = isa.splat(max.max_lanes());
        let exp = ScaledExp::new(max);
        for e in e.iter_mut() {
            exp.exp(E::Lanes::<I>::load(isa, e)).store(e);
        }
        let exponentials = of_one_row::<E::Lanes<I>>(isa, &memory.0[..x.len()]);

        let hard = isa.splat(target.weight);
        let even = if PLAIN {
            Some(target.class.unwrap_or_default())
        } else {
            target.even_class(&options)
        };
        let share = if PLAIN { E::ZERO } else { E::from_f64(options.share_if_even()) };
        let mut weights = Memory::new();
        let mut k: &[E] = &[];
        let sums = if let Some(class) = even {
            let share = (share != E::ZERO).then_some(isa.splat(share));
            let of_max = (max, isa.splat(x[class]));
            Sums::where_even(x, (hard, share), of_max, inline!(|x| isa.splat(*x)))
        } else {
            k = WideWeights { isa, options, target }.of_chunk(0, x.len(), &mut weights);
            Sums::of(x, k, max, inline!(|x| isa.splat(*x)))
        };
        let mut ratio = exponentials.ratio();
        let has_z = !PLAIN && options.z_loss != 0.0;
        if has_z {
            ratio = ratio_or_ln(options, ratio);
        }
        let (total, half_gap) = (first_lane(sums.total), first_lane(sums.half_gap));
        let found = [first_lane(max), first_lane(ratio), total, half_gap];
        let is_correct = count_correct && target.is_correct(x, found[0]) && !found[1].is_nan();

        let Row::Write(mut row) = row else { return (found, is_correct) };
        let z = if has_z { options.z(max + ratio).1 } else { zero };
        let factor: (E::Lanes<I>, E::Lanes<I>) = (isa.splat(factor.0), isa.splat(factor.1));
        let gradient = Gradient::new(exponentials, factor, sums.total, z);
        let scale = if has_z { gradient.scale() } else { gradient.scale_without_z() };
        let e = E::Lanes::<I>::arrays(&memory.0).0;
        let grad = row.output();
        if let Some(class) = even {
            let share = isa.splat(share);
            let own = gradient.of_target(hard + share, sums.remaining, isa.splat(memory.0[class]));
            for (e, grad) in e.iter().zip(grad.chunks_mut(lanes)) {
                let e = Lanes::load(isa, e);
                scaled_less(e, scale, factor.0 * share).store_partial(grad);
            }
            grad[class] = first_lane(own);
        } else {
            let own = gradient.of_max(factor.0 * sums.remaining);
            let only = exponentials.only_max();
            for (e, (k, grad)) in e.iter().zip(k.chunks(lanes).zip(grad.chunks_mut(lanes))) {
                let (e, k) = (Lanes::load(isa, e), Lanes::load_partial(k, zero));
                let g = factor.0.neg_mul_add(k, scaled(e, scale));
                select(e.eq(only), own, g).store_partial(grad);
            }
        }
        (found, is_correct)
    }
}
