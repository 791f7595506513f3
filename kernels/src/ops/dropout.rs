//! Inverted dropout whose mask is a function of a seed and of an element's place.
//!
//! Element `i` of the stream belongs to group `i / 64` and has word `i / 16 mod 4`
//! of the Philox4x32-10 block with the counter `16 (i / 64) + i mod 16` and the
//! seed as its key; it is dropped if that word is below `p 2^32`. So a backward
//! pass recomputes the mask, and pieces of a stream can be processed in any order.
//!
//! Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3"
//! (2011). Counters run in the lanes of `f64` registers, whose patterns hold a word
//! in the low half: products of halves are exact, so all levels have the same words.

use crate::split::{Cut, split};
use crate::{Element, Float, InOut, Isa, Kernel, Lanes, select, sweep};

/// Adding it to a whole number below 2^52 puts that number into the low bits.
const TWO_TO_52: f64 = 4_503_599_627_370_496.0;
/// Counters of a group: a multiple of every level's lanes.
const COUNTERS: usize = 16;
/// Elements that share one step of all counters: four words of each.
const GROUP: usize = 4 * COUNTERS;
/// Elements whose masks are in memory at a time.
const CHUNK: usize = 16 * GROUP;

/// Which elements are dropped.
#[derive(Clone, Copy, Debug)]
pub struct DropoutMask {
    /// The generator's key.
    pub seed: u64,
    /// Place of the first element in the stream.
    pub offset: u64,
    /// An element is dropped if its 32-bit word is below this; at most 2^32.
    pub threshold: u64,
}

/// Replaces `x` by `scale x`, or by 0 where the element is dropped.
#[derive(Debug)]
pub struct Dropout<'a, E> {
    /// `[n]`, in place or apart.
    pub x: InOut<'a, E>,
    /// Which elements are dropped.
    pub mask: DropoutMask,
    /// Factor of those that are kept.
    pub scale: E,
}

/// Counters in registers: register `k` holds word `k` of one counter in each lane, in its
/// low half. The upper half of a lane does not matter.
type Words<I> = [<I as Isa>::F64; 4];

#[inline(always)]
fn pattern<I: Isa>(isa: I, bits: u64) -> I::F64 {
    isa.splat(f64::from_bits(bits))
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

impl DropoutMask {
    /// Writes 1 for elements that are kept and 0 for those that are dropped, for the group that
    /// holds the stream's element `place`.
    #[inline(always)]
    fn group<I: Isa>(self, isa: I, place: u64, keep: &mut [f64; GROUP]) {
        let first = place / GROUP as u64 * COUNTERS as u64;
        let mut lanes = pattern(isa, 0).to_array();
        for (i, lane) in lanes.as_mut().iter_mut().enumerate() {
            *lane = f64::from_bits(i as u64);
        }
        let lanes = I::F64::load(isa, &lanes);
        // At most 2^32, so exact.
        let threshold = isa.splat(self.threshold as f64);
        let (low, magic) = (pattern(isa, 0xffff_ffff), isa.splat(TWO_TO_52));
        let (zero, one) = (isa.splat(0.0), isa.splat(1.0));
        for at in (0..COUNTERS).step_by(I::F64::LANES) {
            // `first` is a multiple of 16, so no sum carries into the upper half.
            let counter = pattern(isa, first + at as u64).add_bits(lanes);
            let mut words = [counter, I::high_halves(counter), zero, zero];
            // The halves of the seed.
            let mut key = [self.seed as u32, (self.seed >> 32) as u32];
            words = round(isa, words, key);
            for _ in 1..10 {
                // The paper's Weyl sequence: steps of the golden ratio, and of the square root
                // of 3 less 1.
                key = [key[0].wrapping_add(0x9E37_79B9), key[1].wrapping_add(0xBB67_AE85)];
                words = round(isa, words, key);
            }
            for (keep, word) in keep.chunks_exact_mut(COUNTERS).zip(words) {
                // Put into the low bits of 2^52, a word becomes a number exactly.
                let number = word.and_bits(low).or_bits(magic) - magic;
                let kept = select(number.lt(threshold), zero, one);
                for array in I::F64::arrays_mut(&mut keep[at..at + I::F64::LANES]).0 {
                    kept.store(array);
                }
            }
        }
    }

    /// The same from the group of the stream's element `place` on, for as many groups as `count`
    /// elements touch.
    #[inline(always)]
    fn fill<I: Isa, E: Float>(self, isa: I, place: u64, count: usize, keep: &mut [E; CHUNK]) {
        let mut group = [0.0; GROUP];
        for (g, keep) in keep[..count].chunks_mut(GROUP).enumerate() {
            self.group(isa, place.wrapping_add((g * GROUP) as u64), &mut group);
            for (keep, wide) in keep.iter_mut().zip(&group) {
                *keep = E::from_f64(*wide);
            }
        }
    }
}

/// `scale x` where `keep` is 1; 0 where it is 0, save that NaN stays NaN.
#[inline(always)]
fn dropped<L: Lanes>(x: L, keep: L, scale: L::Elem) -> L {
    (x * scale).zero_where(keep.eq(keep.splat(Float::ZERO)) & !x.is_nan())
}

impl<E: Float> Kernel for Dropout<'_, E> {
    type Out = ();

    /// Works chunk by chunk: a chunk's mask stays in the first cache.
    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { mut x, mask, scale } = self;
        let mut place = mask.offset;
        let mut keep = [E::ZERO; CHUNK];
        while !x.is_empty() {
            // Below 64; only the first chunk begins inside of a group.
            let begin = (place % GROUP as u64) as usize;
            let n = x.len().min(CHUNK - begin);
            mask.fill(isa, place, begin + n, &mut keep);
            let (chunk, rest) = x.split_at(n);
            sweep::update(
                isa,
                chunk,
                &keep[begin..begin + n],
                inline!(|x, keep| dropped(x, keep, scale)),
            );
            (x, place) = (rest, place.wrapping_add(n as u64));
        }
    }
}

impl Cut for DropoutMask {
    fn cut(self, mid: usize) -> (Self, Self) {
        (self, Self { offset: self.offset.wrapping_add(mid as u64), ..self })
    }
}

split! {
    impl[E: Element] Dropout<'_, E>;
    cut: x, mask;
    copy: scale;
    len: |kernel| kernel.x.len();
    cost: |_| 0.5;
    join: |(), ()| ();
    dispatch: E::dispatch;
}
