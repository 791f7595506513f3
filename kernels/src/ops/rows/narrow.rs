//! Rows of few classes: a register holds one class of as many rows as it has lanes.
//!
//! Each row adds its classes in order, so results depend on neither the width of registers
//! nor the row's place.

use super::Strides;
use super::exponentials::{CompensatedSum, Exponentials};
use crate::isa::Scratch;
use crate::lanes::{Float, Isa, Lanes, select};
use crate::math::{Math, ScaledExp};
use crate::{Kernel, sweep};

/// Rows of up to so many classes may lie in lanes. Measured on Zen 4: with 128 classes that is as
/// fast as a sweep for each row on AVX2 and takes a tenth less on AVX-512; with 200 it is slower.
/// There is room for so many classes in registers of twice the usual length.
pub(super) const FEW: usize = 128;

/// Whether rows of so many classes lie in lanes. All levels that fuse decide alike, so that they
/// give the same bits; the others, whose registers are short, were measured to be faster with a
/// sweep for each row from 50 classes on. So were all of them for `f64`, of which a register holds
/// half as many rows: AVX2 from 52 classes on, AVX-512 from 64.
#[inline(always)]
pub(super) fn are_few<E: Float, I: Isa>(classes: usize) -> bool {
    let is_wide = E::MANTISSA_BITS == f64::MANTISSA_BITS;
    classes <= if I::FUSED && !is_wide { FEW } else { 50 }
}

/// Whether so many rows, a row in each lane, are more than the widest register holds.
#[inline(always)]
pub(super) fn fill_pairs<E: Float>(rows: usize) -> bool {
    rows > E::VIRTUAL / 2
}

/// There is room for so many classes: rows whose classes do not lie side by side are always in
/// lanes.
pub(super) const MOST: usize = 256;

/// Lanes of the widest register, or half of those of a pair.
const WIDEST: usize = 16;
const _: () = assert!(2 * FEW <= MOST, "a pair's registers have no room");

/// Rows as columns: a register for each class, with a row in each lane.
pub(super) struct Transposed<E>(Scratch<E, { MOST * WIDEST }>);

impl<E: Float> Transposed<E> {
    #[inline(always)]
    pub(super) fn new() -> Self {
        Transposed(Scratch::new())
    }

    /// The registers of the first `classes` classes.
    #[inline(always)]
    pub(super) fn of<I: Isa>(&mut self, classes: usize) -> &mut [Array<E, I>] {
        self.0.reserve(classes * const { <E::Lanes<I> as Lanes>::LANES }, E::ZERO);
        &mut E::Lanes::<I>::arrays_mut(&mut self.0).0[..classes]
    }

    /// Reads all classes of `count` rows, the first of which starts where `from` does; lanes
    /// without a row are 0.
    #[inline(always)]
    pub(super) fn read<I: Isa>(
        &mut self,
        isa: I,
        from: &[E],
        strides: Strides,
        (classes, count): (usize, usize),
    ) -> &mut [Array<E, I>] {
        let columns = &mut *self;
        if const { I::PAIRED } {
            isa.dispatch_apart(Read::<_, true> { from, strides, classes, count, columns });
        } else {
            isa.dispatch_apart(Read::<_, false> { from, strides, classes, count, columns });
        }
        self.of::<I>(classes)
    }

    /// Writes all classes of `count` rows, the first of which starts where `to` does.
    #[inline(always)]
    pub(super) fn write<I: Isa>(
        &mut self,
        isa: I,
        to: &mut [E],
        strides: Strides,
        (classes, count): (usize, usize),
    ) {
        let columns = &mut *self;
        if const { I::PAIRED } {
            isa.dispatch_apart(Write::<_, true> { to, strides, classes, count, columns });
        } else {
            isa.dispatch_apart(Write::<_, false> { to, strides, classes, count, columns });
        }
    }
}

/// A register in memory.
pub(super) type Array<E, I> = <<E as Float>::Lanes<I> as Lanes>::Array;

/// Rows become columns. A kernel, so that everything on rows shares one compiled function.
struct Read<'a, E, const PAIRED: bool> {
    from: &'a [E],
    strides: Strides,
    classes: usize,
    count: usize,
    columns: &'a mut Transposed<E>,
}

impl<E: Float, const PAIRED: bool> Kernel for Read<'_, E, PAIRED> {
    type Out = ();
    const LONG: bool = true;
    const PAIRED: bool = PAIRED;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { from, strides, classes, count, columns } = self;
        gather::<E::Lanes<I>>(from, strides, count, isa.splat(E::ZERO), columns.of::<I>(classes));
    }
}

/// Columns become rows.
struct Write<'a, E, const PAIRED: bool> {
    to: &'a mut [E],
    strides: Strides,
    classes: usize,
    count: usize,
    columns: &'a mut Transposed<E>,
}

impl<E: Float, const PAIRED: bool> Kernel for Write<'_, E, PAIRED> {
    type Out = ();
    const LONG: bool = true;
    const PAIRED: bool = PAIRED;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { to, strides, classes, count, columns } = self;
        scatter::<E::Lanes<I>>(isa, columns.of::<I>(classes), to, strides, count);
    }
}

/// Writes one register for each class of `count` rows, of which the first begins where `from`
/// does. Lanes without a row are 0.
#[inline(always)]
fn gather<L: Lanes>(
    from: &[L::Elem],
    strides: Strides,
    count: usize,
    zero: L,
    columns: &mut [L::Array],
) {
    if strides.class == 1 {
        return sweep::gather(from, strides.row, count, zero, columns);
    }
    for (c, column) in columns.iter_mut().enumerate() {
        let rows = &from[c * strides.class..][..count];
        match L::arrays(rows).0 {
            [whole, ..] => L::load(zero.isa(), whole).store(column),
            [] => L::load_partial(rows, zero).store(column),
        }
    }
}

/// The opposite of [`gather`]; nothing beside the rows is written.
#[inline(always)]
fn scatter<L: Lanes>(
    isa: L::Isa,
    columns: &[L::Array],
    to: &mut [L::Elem],
    strides: Strides,
    count: usize,
) {
    if strides.class == 1 {
        return sweep::scatter::<L>(isa, columns, to, strides.row, count);
    }
    for (c, column) in columns.iter().enumerate() {
        let rows = &mut to[c * strides.class..][..count];
        let column = L::load(isa, column);
        match L::arrays_mut(rows) {
            ([whole, ..], _) => column.store(whole),
            (_, rows) => column.store_partial(rows),
        }
    }
}

/// The largest element of each row, NaN passed over.
#[inline(always)]
fn maxima<L: Lanes>(isa: L::Isa, columns: &[L::Array]) -> L {
    let mut max = L::fill(isa, -L::Elem::INFINITY);
    for x in columns {
        max = max.max_or_self(L::load(isa, x));
    }
    max
}

/// The largest element of each row, NaN passed over, and that of the row's `class`.
#[inline(always)]
pub(super) fn max_and_target<L: Lanes>(columns: &[L::Array], class: L) -> (L, L) {
    let mut number = class.splat(L::Elem::ZERO);
    let (mut max, mut of_target) = (class.splat(-L::Elem::INFINITY), number);
    for x in columns {
        let x = L::load(class.isa(), x);
        max = max.max_or_self(x);
        of_target = select(class.eq(number), x, of_target);
        number = number + L::Elem::ONE;
    }
    (max, of_target)
}

/// The largest element of each row, and the exponentials that replace the elements.
#[inline(always)]
pub(super) fn exponentiate<L: Lanes<Elem: Math>>(
    isa: L::Isa,
    columns: &mut [L::Array],
) -> (L, Exponentials<L>) {
    let max = maxima(isa, columns);
    (max, exponentiate_below(columns, max).1)
}

/// Replaces the elements of rows, the largest of which are given, by their exponentials. Also
/// returns what these are the exponentials of.
#[inline(always)]
pub(super) fn exponentiate_below<L: Lanes<Elem: Math>>(
    columns: &mut [L::Array],
    max: L,
) -> (ScaledExp<L>, Exponentials<L>) {
    let exp = ScaledExp::new(max);
    centre(exp, columns, max);
    (exp, exponentials(exp, columns, max))
}

/// Replaces the elements of rows by their exponentials; `max` is the largest of each row.
#[inline(always)]
fn exponentials<L: Lanes<Elem: Math>>(
    scaled: ScaledExp<L>,
    columns: &mut [L::Array],
    max: L,
) -> Exponentials<L> {
    let mut sum = SumOfRest::new(max);
    let mut fours = columns.chunks_exact_mut(4);
    for four in &mut fours {
        let mut terms = [max; 4];
        for (term, column) in terms.iter_mut().zip(four) {
            *term = sum.smaller(replaced(scaled, column));
        }
        sum.add_four(terms);
    }
    let mut rest = max.splat(L::Elem::ZERO);
    for column in fours.into_remainder() {
        rest = rest + sum.smaller(replaced(scaled, column));
    }
    sum.finish(rest)
}

/// Replaces one class by its exponentials, and returns them.
#[inline(always)]
fn replaced<L: Lanes<Elem: Math>>(scaled: ScaledExp<L>, column: &mut L::Array) -> L {
    let e = scaled.exp_reducible(L::load(scaled.isa(), column));
    e.store(column);
    e
}

/// The exponentials of one row, each read into every lane.
#[inline(always)]
pub(super) fn of_one_row<L: Lanes<Elem: Math>>(isa: L::Isa, row: &[L::Elem]) -> Exponentials<L> {
    let zero = L::fill(isa, L::Elem::ZERO);
    let mut sum = SumOfRest::new(zero);
    let (fours, last) = row.as_chunks();
    for [a, b, c, d] in fours {
        let (a, b, c, d) = (zero.splat(*a), zero.splat(*b), zero.splat(*c), zero.splat(*d));
        let terms = sum.smaller_of_four([a, b, c, d]);
        sum.add_four(terms);
    }
    let mut rest = zero;
    for e in last {
        rest = rest + sum.smaller(zero.splat(*e));
    }
    sum.finish(rest)
}

/// Every exponential is added to the sum but the largest so far: first four neighbours, then to
/// a sum that keeps its rounding errors. So the sum of all but the largest has an error of one
/// ULP, however small it is beside the largest.
struct SumOfRest<L> {
    exp_max: L,
    sum: CompensatedSum<L>,
}

impl<L: Lanes> SumOfRest<L> {
    #[inline(always)]
    fn new(like: L) -> Self {
        Self { exp_max: like.splat(L::Elem::ZERO), sum: CompensatedSum::zero(like) }
    }

    /// Keeps the larger of an exponential and the largest so far, and returns the smaller.
    #[inline(always)]
    fn smaller(&mut self, e: L) -> L {
        // Where `e` is NaN it is added to the sum, and `exp_max` stays.
        let smaller = e.min_or_self(self.exp_max);
        self.exp_max = self.exp_max.max_or_self(e);
        smaller
    }

    /// The same for four: the next ones wait for one comparison instead of four.
    #[inline(always)]
    fn smaller_of_four(&mut self, [a, b, c, d]: [L; 4]) -> [L; 4] {
        let before = self.exp_max;
        let two = a.max_or_self(b);
        let three = two.max_or_self(c);
        self.exp_max = before.max_or_self(three.max_or_self(d));
        let (of_two, of_three) = (before.max_or_self(two), before.max_or_self(three));
        let (a, b) = (a.min_or_self(before), b.min_or_self(before.max_or_self(a)));
        [a, b, c.min_or_self(of_two), d.min_or_self(of_three)]
    }

    #[inline(always)]
    fn add_four(&mut self, [a, b, c, d]: [L; 4]) {
        self.sum += (a + b) + (c + d);
    }

    /// With what is left after the last four.
    #[inline(always)]
    fn finish(mut self, rest: L) -> Exponentials<L> {
        self.sum += rest;
        Exponentials { exp_max: self.exp_max, sum_rest: (self.sum.sum, self.sum.error) }
    }
}

/// Subtracts what [`ScaledExp`] wants subtracted from rows far from 0.
#[inline(always)]
fn centre<L: Lanes<Elem: Math>>(scaled: ScaledExp<L>, columns: &mut [L::Array], max: L) {
    if !scaled.is_direct() {
        for column in columns {
            scaled.reducible(L::load(max.isa(), column)).store(column);
        }
    }
}

/// Replaces exponentials of rows by derivatives: `e` times a factor in two parts, minus a number;
/// that of the row's `class` is `own`.
#[inline(always)]
pub(super) fn differentiate<L: Lanes>(
    columns: &mut [L::Array],
    class: L,
    own: L,
    (scale, less): ((L, L), L),
) {
    let mut number = class.splat(L::Elem::ZERO);
    for column in columns {
        let e = L::load(class.isa(), column);
        select(class.eq(number), own, scaled_less(e, scale, less)).store(column);
        number = number + L::Elem::ONE;
    }
}

/// `e` times a factor in two parts.
#[inline(always)]
pub(super) fn scaled<L: Lanes>(e: L, (high, low): (L, L)) -> L {
    e.mul_add(high, e * low)
}

/// `e` times a factor in two parts, minus a number.
#[inline(always)]
pub(super) fn scaled_less<L: Lanes>(e: L, (high, low): (L, L), less: L) -> L {
    e.mul_add(high, e.mul_add(low, -less))
}

/// The product of two numbers in two parts each.
#[inline(always)]
pub(super) fn product<L: Lanes>((a, a_low): (L, L), (b, b_low): (L, L)) -> L {
    a.mul_add(b, a.mul_add(b_low, a_low * b))
}
