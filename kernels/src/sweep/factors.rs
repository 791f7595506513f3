//! A number for each element, given as one for all, one for each, or one for each column.

use super::Stream;
use crate::lanes::{Float, Isa, Lanes};
use crate::split::Cut;

/// A number for each element, or the same for all.
#[derive(Clone, Copy, Debug)]
pub enum Factors<'a, E> {
    /// The same for all.
    All(E),
    /// `[n]`
    Each(&'a [E]),
}

/// A number for each column, walked again and again: element `i` goes with column `i`
/// modulo their number.
#[derive(Clone, Copy, Debug)]
pub struct Columns<'a, E> {
    row: &'a [E],
    /// The column of the first element.
    first: usize,
}

impl<'a, E: Float> Columns<'a, E> {
    /// The first element goes with the first column.
    #[must_use]
    pub fn new(row: &'a [E]) -> Self {
        Self { row, first: 0 }
    }

    /// The same numbers for what follows after `elements` elements.
    #[must_use]
    #[inline(always)]
    pub fn skip(self, elements: usize) -> Self {
        let columns = self.row.len().max(1);
        Self { first: (self.first + elements % columns) % columns, ..self }
    }

    #[inline(always)]
    fn load<I: Isa>(self, isa: I, from: usize) -> E::Lanes<I> {
        if let [one] = self.row {
            return isa.splat(*one);
        }
        let Self { row, first } = self.skip(from);
        let zero = isa.splat(E::ZERO);
        let rest = row.get(first..).unwrap_or_default();
        if rest.len() >= E::Lanes::<I>::LANES {
            return Lanes::load_partial(rest, zero);
        }
        let mut array = zero.to_array();
        for (lane, x) in array.as_mut().iter_mut().zip(row.iter().cycle().skip(first)) {
            *lane = *x;
        }
        Lanes::load(isa, &array)
    }
}

impl<'a, E: Float> Factors<'a, E> {
    /// `each`, or 1 for all.
    #[must_use]
    #[inline(always)]
    pub fn or_one(each: Option<&'a [E]>) -> Self {
        each.map_or(Factors::All(E::ONE), Factors::Each)
    }

    #[inline(always)]
    fn load<I: Isa>(&self, isa: I, from: usize) -> E::Lanes<I> {
        match self {
            Factors::All(x) => isa.splat(*x),
            Factors::Each(x) => {
                Lanes::load_partial(x.get(from..).unwrap_or_default(), isa.splat(E::ZERO))
            }
        }
    }
}

impl<E: Float> Cut for Columns<'_, E> {
    #[inline(always)]
    fn cut(self, mid: usize) -> (Self, Self) {
        (self, self.skip(mid))
    }
}

impl<E: Float> Cut for Factors<'_, E> {
    #[inline(always)]
    fn cut(self, mid: usize) -> (Self, Self) {
        match self {
            Factors::All(_) => (self, self),
            Factors::Each(x) => {
                let (left, right) = x.split_at_checked(mid).unwrap_or((x, &[]));
                (Factors::Each(left), Factors::Each(right))
            }
        }
    }
}

/// Streams that compute a register from the number of its first element.
macro_rules! by_element {
    ($stream:ident, |$self:ident| $len:expr) => {
        impl<E: Float, I: Isa> Stream<E, I> for $stream<'_, E> {
            type Regs = E::Lanes<I>;
            type Groups = Self;

            #[inline(always)]
            fn len(&self) -> usize {
                let $self = self;
                $len
            }
            #[inline(always)]
            fn split_at(self, mid: usize) -> (Self, Self) {
                self.cut(mid)
            }
            #[inline(always)]
            fn groups(self, count: usize) -> (Self, Self) {
                self.cut(count * const { E::Lanes::<I>::LANES * E::Lanes::<I>::GROUP })
            }
            #[inline(always)]
            fn get(isa: I, groups: &Self, i: usize, u: usize) -> E::Lanes<I> {
                let (lanes, group) = const { (E::Lanes::<I>::LANES, E::Lanes::<I>::GROUP) };
                groups.load(isa, (i * group + u) * lanes)
            }
            #[inline(always)]
            fn get_partial(&self, isa: I, from: usize) -> E::Lanes<I> {
                self.load(isa, from)
            }
        }
    };
}

by_element!(Columns, |_columns| usize::MAX);
by_element!(Factors, |factors| match factors {
    Factors::Each(x) => <[E]>::len(x),
    Factors::All(_) => usize::MAX,
});
