//! Cases from bytes.

use crate::reference::Double;
use gradstep::Reduction;
use gradstep_check::numbers::Random;
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

/// A register or two of most levels, and a tail.
const SHORT: usize = 40;

/// Choices: the bytes, and when they end numbers that they seed, so that few bytes are a whole
/// case, too.
pub struct Source<'a> {
    bytes: &'a [u8],
    rest: Random,
    /// The number drawn last: neighbours of it are where formulas branch.
    last: u64,
}

impl<'a> Source<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        // FNV-1a.
        let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x100000001b3);
        let seed = bytes.iter().fold(0xcbf29ce484222325, mix);
        Source { bytes, rest: Random::new(seed), last: 0 }
    }

    fn byte(&mut self) -> u8 {
        if let Some((first, rest)) = self.bytes.split_first() {
            self.bytes = rest;
            return *first;
        }
        (self.rest.bits() >> 56) as u8
    }

    pub fn bits(&mut self) -> u64 {
        u64::from_le_bytes(std::array::from_fn(|_| self.byte()))
    }

    pub fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    /// Once in a while.
    pub fn rarely(&mut self) -> bool {
        self.byte() == 0xff
    }

    /// Below `n`, which is neither 0 nor over 65,536.
    pub fn below(&mut self, n: usize) -> usize {
        let first = usize::from(self.byte());
        (if n > 256 { first << 8 | usize::from(self.byte()) } else { first }) % n
    }

    /// From -1 to 1.
    fn unit(&mut self) -> f64 {
        f64::from(i16::from_le_bytes([self.byte(), self.byte()])) / 32768.0
    }

    /// A length; half of them short, which leaves time for more cases.
    #[allow(clippy::len_without_is_empty, reason = "not a collection")]
    pub fn len(&mut self) -> usize {
        let longest = if self.flag() { LONGEST } else { SHORT };
        self.below(longest + 1)
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
            4 => E::from_f64(self.unit().abs()),
            5 => E::from_f64(self.unit() * 32.0),
            6 => E::from_bits(self.last.wrapping_add(self.below(9) as u64).wrapping_sub(4)),
            _ => E::from_f64(self.scale::<E>()),
        };
        self.last = x.bits();
        if self.byte() & 1 == 1 { -x } else { x }
    }

    /// A power of 2 anywhere in the range of the type.
    fn scale<E: Number>(&mut self) -> f64 {
        let most = E::largest().to_f64().log2();
        ((self.unit() * most).round()).exp2()
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

    /// A hyper-parameter of an update. Half of them are ordinary: with an extreme one there is
    /// little to compare.
    pub fn parameter(&mut self) -> f64 {
        match self.byte() % 4 {
            0 => 0.3,
            1 => f64::from(self.byte()) / 64.0,
            _ => self.strength(),
        }
    }

    /// `n` numbers: any; a few of any in turn; or ordinary ones, all near one power of 2, with or
    /// without some of any, as many of any leave little of a sum to compare.
    pub fn slice<E: Number>(&mut self, n: usize) -> Vec<E> {
        let (kind, scale) = (self.byte() % 8, self.scale::<E>());
        let scale = if kind >= 4 { 1.0 } else { scale };
        let ordinary = |source: &mut Self| E::from_f64(source.unit() * 4.0 * scale);
        match kind {
            0 | 4 => (0..n).map(|_| self.number()).collect(),
            1 | 5 => {
                let mut all: Vec<E> = (0..n).map(|_| ordinary(self)).collect();
                for _ in 0..self.below(3).min(n) {
                    all[self.below(n)] = self.number();
                }
                all
            }
            2 => {
                let few: Vec<E> = (0..1 + self.below(8)).map(|_| self.number()).collect();
                few.into_iter().cycle().take(n).collect()
            }
            _ => (0..n).map(|_| ordinary(self)).collect(),
        }
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
