//! Random words that are a function of a counter and a key.
//!
//! Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3"
//! (2011). Counters run in the lanes of `f64` registers, whose patterns hold a word in the low
//! half: products of halves are exact, so all levels have the same words.

use crate::{Isa, Lanes};

/// Adding it to a whole number below 2^52 puts that number into the low bits.
const TWO_TO_52: f64 = 4_503_599_627_370_496.0;

/// Register `k` holds word `k` of one counter in each lane, in its low half. The upper half of a
/// lane does not matter.
type Words<I> = [<I as Isa>::F64; 4];

/// The lane pattern of a whole number.
#[inline(always)]
pub(crate) fn pattern<I: Isa>(isa: I, bits: u64) -> I::F64 {
    isa.splat(f64::from_bits(bits))
}

/// The first `N` counters.
pub(crate) const fn counters<const N: usize>() -> [f64; N] {
    let mut counters = [0.0; N];
    let mut i = 0;
    while i < N {
        counters[i] = f64::from_bits(i as u64);
        i += 1;
    }
    counters
}

/// One round: two products of 64 bits, whose halves change places.
#[inline(always)]
fn round<I: Isa>(isa: I, [c0, c1, c2, c3]: Words<I>, key: [u32; 2]) -> Words<I> {
    // The multipliers of the paper, chosen so that each bit of the input changes half of the
    // output.
    let a = I::mul_low_halves(c0, pattern(isa, 0xD251_1F53));
    let b = I::mul_low_halves(c2, pattern(isa, 0xCD9E_8D57));
    let crossed = I::high_halves(b).xor_bits(c1).xor_bits(pattern(isa, key[0].into()));
    let other = I::high_halves(a).xor_bits(c3).xor_bits(pattern(isa, key[1].into()));
    [crossed, b, other, a]
}

/// The four words of each counter, as whole numbers below 2^32. Counters are patterns.
#[inline(always)]
pub(crate) fn philox<I: Isa>(isa: I, counter: I::F64, key: u64) -> Words<I> {
    let zero = isa.splat(0.0);
    let mut words = [counter, I::high_halves(counter), zero, zero];
    let mut key = [key as u32, (key >> 32) as u32];
    words = round(isa, words, key);
    for _ in 1..10 {
        // The paper's Weyl sequence: steps of the golden ratio, and of the square root of 3
        // less 1.
        key = [key[0].wrapping_add(0x9E37_79B9), key[1].wrapping_add(0xBB67_AE85)];
        words = round(isa, words, key);
    }
    // Put into the low bits of 2^52, a word becomes a number exactly.
    let (low, magic) = (pattern(isa, 0xffff_ffff), isa.splat(TWO_TO_52));
    for word in &mut words {
        *word = word.and_bits(low).or_bits(magic) - magic;
    }
    words
}
