//! Maxima and sums over few classes; a register holds one class of many rows.

use super::FEW;
use super::mixed::gap;
use super::options::Options;
use super::row::Exponentials;
use crate::lanes::{Double, narrowed, part};
use crate::math::{Math, ScaledExp};
use crate::{Float, Lanes, select};

/// The largest logit of each row.
#[inline(always)]
pub(in crate::ops) fn maxima<L: Lanes>(zero: L, columns: &[L::Array]) -> L {
    let mut m = zero.splat(-L::Elem::INFINITY);
    for x in columns {
        m = m.max_or_self(L::load(zero.isa(), x));
    }
    m
}

/// The first class whose logit is the largest, or [`FEW`] beside NaN.
#[inline(always)]
pub(super) fn first<L: Lanes>(columns: &[L::Array], m: L) -> L {
    #[allow(clippy::cast_precision_loss)] // no more than FEW
    let number = |class: usize| L::Elem::from_f64(class as f64);
    let mut first = m.splat(number(FEW));
    for (class, x) in columns.iter().enumerate().rev() {
        let is_maximum = L::load(m.isa(), x).eq(m);
        first = select(is_maximum, m.splat(number(class)), first);
    }
    first
}

/// A sum and its error, by Knuth, "The Art of Computer Programming", volume 2,
/// section 4.2.2, for terms in any order.
#[derive(Clone, Copy)]
struct Sum<L> {
    high: L,
    low: L,
}

impl<L: Lanes> Sum<L> {
    #[inline(always)]
    fn zero(like: L) -> Self {
        Self { high: like.splat(L::Elem::ZERO), low: like.splat(L::Elem::ZERO) }
    }
    #[inline(always)]
    fn add(self, term: L) -> Self {
        let high = self.high + term;
        let added = high - self.high;
        let error = self.high - (high - added) + (term - added);
        Self { high, low: self.low + error }
    }
    #[inline(always)]
    fn total(self) -> L {
        let total = self.high + self.low;
        // Beside an infinite sum there is no error to speak of.
        select(self.low.is_nan(), self.high, total)
    }
}

/// What the exponentials of rows are found to be.
#[derive(Clone, Copy)]
pub(in crate::ops) struct Found<L> {
    /// The exponential of a maximum.
    top: L,
    /// How many maxima there are beside it.
    ties: L,
    /// The sum of the exponentials that are not of a maximum.
    small: Sum<L>,
    /// The exponential of the row's class.
    pub(super) of_target: L,
    /// The logit of the row's class.
    pub(super) target: L,
}

impl<L: Lanes> Found<L> {
    /// Whether no logit of the row is NaN or an infinity above all.
    #[inline(always)]
    pub(super) fn is_known(&self) -> L::Mask {
        let sum = self.top + self.small.high;
        !sum.is_nan()
    }
}

impl<L: Lanes<Elem: Math>> Found<L> {
    /// Replaces logits by exponentials, where `m` is the largest of each row and
    /// `class` its class, or a number that is none.
    #[inline(always)]
    pub(in crate::ops) fn new(columns: &mut [L::Array], m: L, class: L) -> Self {
        let (zero, one) = (m.splat(L::Elem::ZERO), m.splat(L::Elem::ONE));
        let scaled = ScaledExp::new(m);
        let mut found = Self {
            top: scaled.exp(m),
            ties: -one,
            small: Sum::zero(m),
            of_target: zero,
            target: m,
        };
        let mut c = zero;
        for column in columns {
            let x = L::load(m.isa(), column);
            let e = scaled.exp(x);
            let is_maximum = x.eq(m);
            let is_target = class.eq(c);
            found.ties = found.ties + one.keep_where(is_maximum);
            found.small = found.small.add(e.zero_where(is_maximum));
            found.of_target = select(is_target, e, found.of_target);
            found.target = select(is_target, x, found.target);
            e.store(column);
            c = c + one;
        }
        found
    }

    #[inline(always)]
    pub(super) fn exponentials(&self, i: usize) -> Exponentials<Double<L>> {
        let top = part(self.top, i);
        let small = part(self.small.high, i) + part(self.small.low, i);
        Exponentials { top, others: part(self.ties, i) * top + small }
    }

    /// `others / top`
    #[inline(always)]
    pub(in crate::ops) fn ratio(&self) -> L {
        narrowed(
            self.top,
            #[inline(always)]
            |i| self.exponentials(i).ratio(),
        )
    }

    /// The exponential of the maximum where no other is as large, else NaN.
    #[inline(always)]
    pub(super) fn only_top(&self) -> L {
        narrowed(
            self.top,
            #[inline(always)]
            |i| {
                let Exponentials { top, others } = self.exponentials(i);
                select(others.lt(top), top, top.splat(f64::NAN))
            },
        )
    }
}

/// `sum_c w_c (m - x_c)`
#[inline(always)]
pub(super) fn smooth<L: Lanes>(columns: &[L::Array], options: &Options<'_, L::Elem>, m: L) -> L {
    let mut sum = Sum::zero(m);
    for (c, x) in columns.iter().enumerate() {
        sum = sum.add(gap(m.splat(L::Elem::from_f64(options.weight(c))), m, L::load(m.isa(), x)));
    }
    sum.total()
}

/// Sums of `k_c`, what probabilities say.
#[derive(Clone, Copy)]
pub(super) struct Mix<L> {
    /// `sum_c k_c (m - x_c)`
    pub(super) gap: L,
    /// `sum_c k_c` over the largest logits.
    of_maxima: L,
    /// `sum_c k_c` over the others.
    pub(super) remaining: L,
}

impl<L: Lanes> Mix<L> {
    /// Nothing.
    #[inline(always)]
    pub(super) fn zero(zero: L) -> Self {
        Self { gap: zero, of_maxima: zero, remaining: zero }
    }

    #[inline(always)]
    pub(super) fn new(columns: &[L::Array], mixed: &[L::Array], m: L) -> Self {
        let (mut gaps, mut of_maxima, mut remaining) = (Sum::zero(m), Sum::zero(m), Sum::zero(m));
        for (x, k) in columns.iter().zip(mixed) {
            let (x, k) = (L::load(m.isa(), x), L::load(m.isa(), k));
            let is_maximum = x.eq(m);
            gaps = gaps.add(gap(k, m, x));
            of_maxima = of_maxima.add(k.keep_where(is_maximum));
            remaining = remaining.add(k.zero_where(is_maximum));
        }
        Self { gap: gaps.total(), of_maxima: of_maxima.total(), remaining: remaining.total() }
    }

    /// `sum_c k_c`
    #[inline(always)]
    pub(super) fn total(&self, i: usize) -> Double<L> {
        part(self.remaining, i) + part(self.of_maxima, i)
    }
}
