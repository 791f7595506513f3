//! Sums in `f64` whatever the element type, and maxima.

use super::{Stream, add, fold, same_length};
use crate::lanes::{Float, Isa, Lanes, Mask};

/// The register of `f64` beside `L`.
type Wide<L> = <<L as Lanes>::Isa as Isa>::F64;

/// The sum of `a[i] * b[i]`, in `f64` from the product on: squares of `f32` are exact
/// there and neither overflow nor underflow.
#[inline(always)]
pub fn dot<L: Lanes>(isa: L::Isa, a: &[L::Elem], b: &[L::Elem]) -> f64 {
    sum_wide::<L, _>(
        isa,
        (a, b),
        #[inline(always)]
        |(a, b): (L, L)| {
            let mut product = a.widen();
            for (a, b) in product.as_mut().iter_mut().zip(b.widen().as_ref()) {
                *a = a.mul(*b);
            }
            product
        },
    )
}

/// The sum of `|x[i]|`, in `f64`.
#[inline(always)]
pub fn abs_sum<L: Lanes>(isa: L::Isa, x: &[L::Elem]) -> f64 {
    sum_wide::<L, _>(
        isa,
        x,
        #[inline(always)]
        |x: L| x.abs().widen(),
    )
}

/// The sum of `formula`, which is 0 of zeros, in as many lanes of `f64` as its sums
/// have: element `i` belongs to lane `i mod f64::VIRTUAL`.
#[inline(always)]
fn sum_wide<L: Lanes, R: Stream<L>>(
    isa: L::Isa,
    reads: R,
    formula: impl Fn(R::Regs) -> L::Wide,
) -> f64 {
    let (mut reads, (), mut len) = same_length::<L, R, ()>(reads, ());
    let mut total = Wide::<L>::splat(isa, 0.0).group();
    while len > 0 {
        let n = len.min(f64::BLOCK);
        let (block, rest) = reads.split_at(n);
        add::<Wide<L>, _>(&mut total, block_wide::<L, R>(isa, block, n, &formula));
        (reads, len) = (rest, len - n);
    }
    fold::<Wide<L>>(total.as_mut())
}

/// One block's lanes.
#[inline(always)]
fn block_wide<L: Lanes, R: Stream<L>>(
    isa: L::Isa,
    reads: R,
    len: usize,
    formula: &impl Fn(R::Regs) -> L::Wide,
) -> <Wide<L> as Lanes>::Group {
    let mut group = Wide::<L>::splat(isa, 0.0).group();
    let lanes = group.as_mut();
    // Registers of f64 in one of L.
    let parts = L::LANES / Wide::<L>::LANES;
    let (slots, reads) = reads.slots();
    for slot in slots {
        for u in 0..L::GROUP {
            let terms = formula(R::get(isa, &slot, u));
            for (part, term) in terms.as_ref().iter().enumerate() {
                let lane = &mut lanes[(u * parts + part) % Wide::<L>::GROUP];
                *lane = lane.add(*term);
            }
        }
    }
    let rest = len % (L::LANES * L::GROUP);
    for (u, from) in (0..rest).step_by(L::LANES).enumerate() {
        // Beyond the end there are zeros, which add nothing.
        let terms = formula(reads.get_partial(isa, from));
        for (part, term) in terms.as_ref().iter().enumerate() {
            let lane = &mut lanes[(u * parts + part) % Wide::<L>::GROUP];
            *lane = lane.add(*term);
        }
    }
    group
}

/// The largest value of `formula` over all elements; 0 if there are none, NaN if one
/// is NaN. The formula is never negative, and 0 of zeros.
#[inline(always)]
pub fn largest<L: Lanes, R: Stream<L>>(
    isa: L::Isa,
    reads: R,
    formula: impl Fn(R::Regs) -> L,
) -> L::Elem {
    let zero = L::splat(isa, L::Elem::ZERO);
    let (mut group, mut nan) = (zero.group(), zero);
    let lanes = group.as_mut();
    let (reads, (), len) = same_length::<L, R, ()>(reads, ());
    let (slots, reads) = reads.slots();
    for slot in slots {
        for (u, lane) in lanes.iter_mut().enumerate() {
            let value = formula(R::get(isa, &slot, u));
            *lane = lane.max_or_self(value);
            nan = L::select(value.is_nan(), value, nan);
        }
    }
    let rest = len % (L::LANES * L::GROUP);
    for (lane, from) in lanes.iter_mut().zip((0..rest).step_by(L::LANES)) {
        let value = formula(reads.get_partial(isa, from));
        *lane = lane.max_or_self(value);
        nan = L::select(value.is_nan(), value, nan);
    }
    if nan.is_nan().any() {
        return L::Elem::NAN;
    }
    let mut top = zero;
    for lane in group.as_ref() {
        top = top.max_or_self(*lane);
    }
    top.max_lanes()
}

/// The largest element, NaN passed over; negative infinity if there is none.
#[inline(always)]
pub fn max<L: Lanes>(isa: L::Isa, x: &[L::Elem]) -> L::Elem {
    let lowest = L::splat(isa, -L::Elem::INFINITY);
    let mut lanes = lowest.group();
    let lanes = lanes.as_mut();
    let (slots, rest) = L::slots(x);
    for slot in slots {
        for (lane, array) in lanes.iter_mut().zip(slot.as_ref()) {
            *lane = lane.max_or_self(L::load(isa, array));
        }
    }
    for (lane, part) in lanes.iter_mut().zip(rest.chunks(L::LANES)) {
        *lane = lane.max_or_self(L::load_partial(part, lowest));
    }
    let mut largest = lanes[0];
    for lane in &lanes[1..] {
        largest = largest.max_or_self(*lane);
    }
    largest.max_lanes()
}
