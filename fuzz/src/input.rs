//! Cases from bytes.

use crate::reference::Double;
use arbitrary::Unstructured;
use gradstep::Reduction;
pub use gradstep_check::numbers::{into_unit, not_negative};

/// An element type as the targets see it.
pub trait Number: gradstep_check::numbers::Number {
    /// The pattern, that of every NaN alike: payload and sign of NaN mean nothing.
    fn pattern(self) -> u64 {
        gradstep_check::numbers::bits(self)
    }

    /// Exactly.
    fn double(self) -> Double {
        Double::from(self.to_f64())
    }

    /// The largest finite number.
    fn largest() -> Self {
        Self::LARGEST
    }

    /// The smallest positive number.
    fn least() -> Self {
        Self::from_bits(1)
    }
}

impl<E: gradstep_check::numbers::Number> Number for E {}

/// The longest slice: a few groups of registers on every level, and a tail.
const LONGEST: usize = 300;

/// Choices, until the bytes end; then every choice is the first.
pub struct Source<'a> {
    bytes: Unstructured<'a>,
    /// The number drawn last: neighbours of it are where formulas branch.
    last: u64,
}

impl<'a> Source<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Source { bytes: Unstructured::new(bytes), last: 0 }
    }

    fn byte(&mut self) -> u8 {
        self.bytes.arbitrary().unwrap_or_default()
    }

    pub fn bits(&mut self) -> u64 {
        self.bytes.arbitrary().unwrap_or_default()
    }

    pub fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    /// Once in a while.
    pub fn rarely(&mut self) -> bool {
        self.byte() == 0xff
    }

    /// Below `n`, which is not 0.
    pub fn below(&mut self, n: usize) -> usize {
        self.bytes.int_in_range(0..=n - 1).unwrap_or_default()
    }

    /// A length.
    #[allow(clippy::len_without_is_empty, reason = "not a collection")]
    pub fn len(&mut self) -> usize {
        self.below(LONGEST + 1)
    }

    /// `n`; rarely another length, which must be refused.
    pub fn near(&mut self, n: usize) -> usize {
        if self.rarely() { self.len() } else { n }
    }

    /// Any number; those where formulas branch are more frequent than their share
    /// of all patterns.
    pub fn number<E: Number>(&mut self) -> E {
        let x = match self.byte() % 8 {
            0 => [E::ZERO, E::ONE, E::HALF, E::TWO][self.below(4)],
            1 | 2 => E::from_bits(self.bits()),
            3 => self.special(),
            4 => {
                E::from_f64(f64::from(self.bytes.arbitrary::<u16>().unwrap_or_default()) / 65535.0)
            }
            5 => E::from_f64(f64::from(self.bytes.arbitrary::<i16>().unwrap_or_default()) / 1024.0),
            6 => E::from_bits(self.last.wrapping_add(self.below(9) as u64).wrapping_sub(4)),
            _ => {
                let power = f64::from(self.bytes.arbitrary::<i8>().unwrap_or_default());
                E::from_f64(power.exp2())
            }
        };
        self.last = x.bits();
        if self.byte() & 1 == 1 { -x } else { x }
    }

    fn special<E: Number>(&mut self) -> E {
        let all = [
            E::NAN,
            E::INFINITY,
            E::largest(),
            E::MIN_POSITIVE,
            E::least(),
            E::from_bits(E::MIN_POSITIVE.bits() - 1),
            E::from_bits(E::ONE.bits() - 1),
            E::from_bits(E::ONE.bits() + 1),
        ];
        all[self.below(all.len())]
    }

    /// A number that is seldom negative, for what must not be.
    pub fn strength<E: Number>(&mut self) -> E {
        let x = self.number::<E>();
        let as_is = self.rarely();
        if x < E::ZERO && !as_is { -x } else { x }
    }

    /// A hyper-parameter of an update. Half of them are ordinary, and all where the bytes end:
    /// with an extreme one there is little to compare.
    pub fn parameter(&mut self) -> f64 {
        match self.byte() % 4 {
            0 => 0.3,
            1 => f64::from(self.byte()) / 64.0,
            _ => self.strength(),
        }
    }

    /// `n` numbers: a few drawn ones in turn, so that long slices need few bytes.
    pub fn slice<E: Number>(&mut self, n: usize) -> Vec<E> {
        let drawn = 1 + self.below(n.max(1));
        let drawn: Vec<E> = (0..drawn).map(|_| self.number()).collect();
        drawn.into_iter().cycle().take(n).collect()
    }

    /// As [`slice`](Self::slice), with elements that `admit` has changed, unless
    /// refusals are to be tried.
    pub fn admitted<E: Number>(&mut self, n: usize, admit: impl Fn(E) -> E) -> Vec<E> {
        let slice = self.slice(n);
        if self.rarely() { slice } else { slice.into_iter().map(admit).collect() }
    }

    pub fn reduction(&mut self) -> Reduction {
        match self.below(4) {
            0 => Reduction::Mean,
            1 => Reduction::WeightedMean,
            2 => Reduction::Sum,
            _ => Reduction::DivideBy(self.parameter()),
        }
    }

    /// Where slices begin in their buffers; half of them in one of their own.
    pub fn offsets(&mut self) -> [usize; 8] {
        std::array::from_fn(|_| self.below(128))
    }
}

/// Whether a denominator is accepted.
pub fn divides(reduction: Reduction) -> bool {
    match reduction {
        Reduction::DivideBy(x) => x > 0.0 && x.is_finite() && x.recip().is_finite(),
        _ => true,
    }
}
