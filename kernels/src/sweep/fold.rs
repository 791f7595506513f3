//! Sums in `f64` whatever the element type, and maxima.

use super::{Stream, add, fold, register_groups, registers, same_length};
use crate::lanes::{Float, Isa, Lanes, Mask, select};

/// The sum of `a[i] * b[i]`, in `f64` from the product on: squares of `f32` are exact
/// there and neither overflow nor underflow.
#[inline(always)]
pub fn dot<E: Float, I: Isa>(isa: I, a: &[E], b: &[E]) -> f64 {
    sum_wide(
        isa,
        (a, b),
        inline!(|(a, b)| {
            let mut product = a.widen();
            for (a, b) in product.as_mut().iter_mut().zip(b.widen().as_ref()) {
                *a = *a * *b;
            }
            product
        }),
    )
}

/// The sum of `|x[i]|`, in `f64`.
#[inline(always)]
pub fn abs_sum<E: Float, I: Isa>(isa: I, x: &[E]) -> f64 {
    sum_wide(isa, x, inline!(|x| x.abs().widen()))
}

/// The sum of `formula`, which must be 0 for zeros. Lane `i mod f64::VIRTUAL` adds up
/// element `i`.
#[inline(always)]
fn sum_wide<E: Float, I: Isa, R: Stream<E, I>>(
    isa: I,
    reads: R,
    formula: impl Fn(R::Regs) -> <E::Lanes<I> as Lanes>::Wide,
) -> f64 {
    let (mut reads, (), mut len) = same_length::<E, I, R, ()>(reads, ());
    let zero: I::F64 = isa.splat(0.0);
    let mut total = zero.group();
    while len > 0 {
        let n = len.min(f64::BLOCK);
        let (block, rest) = reads.split_at(n);
        let mut group = zero.group();
        let lanes = group.as_mut();
        let ((), tail, tail_len) = register_groups::<E, I, _, _>(
            isa,
            (),
            block,
            n,
            inline!(|(), regs, u| add_terms::<E, I>(lanes, u, formula(regs))),
        );
        // In a loop of its own, so that the one above keeps its lanes in registers.
        let mut all = group;
        let lanes = all.as_mut();
        registers::<E, I, _, _>(
            isa,
            (),
            tail,
            tail_len,
            inline!(|(), regs, u, _| add_terms::<E, I>(lanes, u, formula(regs))),
        );
        add(&mut total, all);
        (reads, len) = (rest, len - n);
    }
    fold(total.as_mut())
}

/// Adds the terms of register `u` of a group to their lanes.
#[inline(always)]
fn add_terms<E: Float, I: Isa>(
    lanes: &mut [I::F64],
    u: usize,
    terms: <E::Lanes<I> as Lanes>::Wide,
) {
    // How many registers of f64 one register of E fills.
    let parts = const { E::Lanes::<I>::LANES / I::F64::LANES };
    for (part, term) in terms.as_ref().iter().enumerate() {
        let lane = &mut lanes[(u * parts + part) % const { I::F64::GROUP }];
        *lane = *lane + *term;
    }
}

/// The largest value of `formula` over all elements; 0 if there are none, NaN if one
/// is NaN. The formula is never negative, and 0 of zeros.
#[inline(always)]
pub fn largest<E: Float, I: Isa, R: Stream<E, I>>(
    isa: I,
    reads: R,
    formula: impl Fn(R::Regs) -> E::Lanes<I>,
) -> E {
    let zero = isa.splat(E::ZERO);
    let (mut group, mut nan) = (zero.group(), zero);
    let lanes = group.as_mut();
    let (reads, (), len) = same_length::<E, I, R, ()>(reads, ());
    let ((), reads, len) = register_groups(
        isa,
        (),
        reads,
        len,
        inline!(|(), regs, u| {
            let value = formula(regs);
            lanes[u] = lanes[u].max_or_self(value);
            nan = select(value.is_nan(), value, nan);
        }),
    );
    let mut top = zero;
    registers(
        isa,
        (),
        reads,
        len,
        inline!(|(), regs, _, _| {
            let value = formula(regs);
            top = top.max_or_self(value);
            nan = select(value.is_nan(), value, nan);
        }),
    );
    if nan.is_nan().any() {
        return E::NAN;
    }
    for lane in group.as_ref() {
        top = top.max_or_self(*lane);
    }
    top.max_lanes()
}

/// The largest element, NaN passed over; negative infinity if there is none.
#[inline(always)]
pub fn max<E: Float, I: Isa>(isa: I, x: &[E]) -> E {
    let lowest = isa.splat(-E::INFINITY);
    let mut lanes = lowest.group();
    let lanes = lanes.as_mut();
    let (slots, rest) = E::Lanes::<I>::slots(x);
    for slot in slots {
        for (lane, array) in lanes.iter_mut().zip(slot.as_ref()) {
            *lane = lane.max_or_self(Lanes::load(isa, array));
        }
    }
    for (lane, part) in lanes.iter_mut().zip(rest.chunks(E::Lanes::<I>::LANES)) {
        *lane = lane.max_or_self(Lanes::load_partial(part, lowest));
    }
    let mut largest = lanes[0];
    for lane in &lanes[1..] {
        largest = largest.max_or_self(*lane);
    }
    largest.max_lanes()
}
