//! Inverted dropout whose mask is a function of a seed and of an element's place.
//!
//! Element `i` of the stream belongs to group `i / 64` and has word `i / 16 mod 4`
//! of the Philox4x32-10 block with the counter `16 (i / 64) + i mod 16` and the
//! seed as its key; it is dropped if that word is below `p 2^32`. So a backward
//! pass recomputes the mask, and pieces of a stream can be processed in any order.
//!
//! Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3"
//! (2011). Sixteen counters run in lockstep over plain arrays, which the compiler
//! turns into the level's widening multiplications; the words are integers, so
//! they are the same whatever it does.

use crate::split::{Split, leaf};
use crate::{Element, Float, Isa, Kernel, Lanes, Level, Mask, sweep};

/// Counters in lockstep.
const COUNTERS: usize = 16;
/// Elements that share one step of all counters: four words of each.
const GROUP: usize = 4 * COUNTERS;
/// Elements whose mask is in memory at a time: it stays in the first cache.
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
    /// `[n]`, overwritten.
    pub x: &'a mut [E],
    /// Which elements are dropped.
    pub mask: DropoutMask,
    /// Factor of those that are kept.
    pub scale: E,
}

/// Writes `scale x`, or 0 where the element is dropped, to `out`.
#[derive(Debug)]
pub struct DropoutInto<'a, E> {
    /// `[n]`
    pub x: &'a [E],
    /// `[n]`, overwritten.
    pub out: &'a mut [E],
    /// Which elements are dropped.
    pub mask: DropoutMask,
    /// Factor of those that are kept.
    pub scale: E,
}

/// One round on every counter: two products of 64 bits, halves crossed.
#[inline(always)]
#[allow(clippy::needless_range_loop)] // four arrays in lockstep
fn round(c: &mut [[u32; COUNTERS]; 4], key: [u32; 2]) {
    // The paper's multipliers, chosen for avalanche.
    const M: [u64; 2] = [0xD251_1F53, 0xCD9E_8D57];
    for i in 0..COUNTERS {
        let (a, b) = (M[0] * u64::from(c[0][i]), M[1] * u64::from(c[2][i]));
        #[allow(clippy::cast_possible_truncation)] // the halves
        let (a_high, a_low, b_high, b_low) =
            ((a >> 32) as u32, a as u32, (b >> 32) as u32, b as u32);
        c[0][i] = b_high ^ c[1][i] ^ key[0];
        c[1][i] = b_low;
        c[2][i] = a_high ^ c[3][i] ^ key[1];
        c[3][i] = a_low;
    }
}

impl DropoutMask {
    /// The words of the group that holds the stream's element `place`, in order.
    #[inline(always)]
    #[allow(clippy::needless_range_loop)] // two arrays in lockstep
    fn words(self, place: u64) -> [[u32; COUNTERS]; 4] {
        let mut c = [[0; COUNTERS]; 4];
        let first = place / GROUP as u64 * COUNTERS as u64;
        #[allow(clippy::cast_possible_truncation)] // the halves
        for i in 0..COUNTERS {
            c[0][i] = (first as u32).wrapping_add(i as u32); // a multiple of 16: no carry
            c[1][i] = (first >> 32) as u32;
        }
        #[allow(clippy::cast_possible_truncation)]
        let mut key = [self.seed as u32, (self.seed >> 32) as u32];
        round(&mut c, key);
        for _ in 1..10 {
            // The golden ratio and the square root of 3 less 1, as Weyl's sequence.
            key = [key[0].wrapping_add(0x9E37_79B9), key[1].wrapping_add(0xBB67_AE85)];
            round(&mut c, key);
        }
        c
    }

    /// Writes 1 for what is kept and 0 for what is dropped, from the group of the
    /// stream's element `place` on, to as many groups as `count` elements touch.
    #[inline(always)]
    fn fill<E: Float>(self, place: u64, count: usize, keep: &mut [E; CHUNK]) {
        for (g, keep) in keep[..count].chunks_mut(GROUP).enumerate() {
            let words = self.words(place.wrapping_add((g * GROUP) as u64));
            for (keep, words) in keep.chunks_mut(COUNTERS).zip(&words) {
                for (keep, word) in keep.iter_mut().zip(words) {
                    *keep = if u64::from(*word) < self.threshold { E::ZERO } else { E::ONE };
                }
            }
        }
    }

    /// Updates `state` from `reads` chunk by chunk.
    #[inline(always)]
    fn sweep<I: Isa, E: Float, S: sweep::StreamMut<E::Lanes<I>>, R: sweep::Stream<E::Lanes<I>>>(
        self,
        isa: I,
        mut state: S,
        mut reads: R,
        mut len: usize,
        formula: impl Fn(S::Regs, R::Regs, E::Lanes<I>) -> S::Regs,
    ) {
        let mut place = self.offset;
        let mut keep = [E::ZERO; CHUNK];
        while len > 0 {
            // Below 64; only the first chunk begins inside of a group.
            #[allow(clippy::cast_possible_truncation)]
            let begin = (place % GROUP as u64) as usize;
            let n = len.min(CHUNK - begin);
            self.fill(place, begin + n, &mut keep);
            let (state_chunk, state_rest) = state.split_at(n);
            let (reads_chunk, reads_rest) = reads.split_at(n);
            sweep::update(
                isa,
                state_chunk,
                (reads_chunk, &keep[begin..begin + n]),
                #[inline(always)]
                |state, (reads, keep)| formula(state, reads, keep),
            );
            (state, reads) = (state_rest, reads_rest);
            (place, len) = (place.wrapping_add(n as u64), len - n);
        }
    }
}

/// `scale x` where `keep` is 1; 0 where it is 0, save that NaN stays NaN.
#[inline(always)]
fn dropped<L: Lanes>(x: L, keep: L, scale: L) -> L {
    let zero = x.same(Float::ZERO);
    L::select(keep.eq(zero).and(x.eq(x)), zero, x.mul(scale))
}

impl<E: Float> Kernel for Dropout<'_, E> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let scale = E::Lanes::<I>::splat(isa, self.scale);
        let len = self.x.len();
        self.mask.sweep::<I, E, _, _>(
            isa,
            self.x,
            (),
            len,
            #[inline(always)]
            |x, (), keep| dropped(x, keep, scale),
        );
    }
}

impl<E: Float> Kernel for DropoutInto<'_, E> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let scale = E::Lanes::<I>::splat(isa, self.scale);
        let len = self.out.len();
        self.mask.sweep::<I, E, _, _>(
            isa,
            self.out,
            self.x,
            len,
            #[inline(always)]
            |_, x, keep| dropped(x, keep, scale),
        );
    }
}

/// Nanoseconds per element.
const COST: f64 = 0.5;

impl DropoutMask {
    fn after(self, elements: usize) -> Self {
        Self { offset: self.offset.wrapping_add(elements as u64), ..self }
    }
}

impl<E: Element> Split for Dropout<'_, E> {
    fn leaf(&self) -> usize {
        leaf::<E>()
    }
    fn cost(&self) -> f64 {
        COST
    }
    fn len(&self) -> usize {
        self.x.len()
    }
    fn split_at(self, mid: usize) -> (Self, Self) {
        let (x, rest) = self.x.split_at_mut(mid);
        (Self { x, ..self }, Self { x: rest, mask: self.mask.after(mid), scale: self.scale })
    }
    fn join((): (), (): ()) {}
    fn run_on(self, level: Level) {
        E::run(level, self);
    }
}

impl<E: Element> Split for DropoutInto<'_, E> {
    fn leaf(&self) -> usize {
        leaf::<E>()
    }
    fn cost(&self) -> f64 {
        COST
    }
    fn len(&self) -> usize {
        self.out.len()
    }
    fn split_at(self, mid: usize) -> (Self, Self) {
        let Self { x, out, mask, scale } = self;
        let (x, x_rest) = x.split_at(mid);
        let (out, out_rest) = out.split_at_mut(mid);
        let rest = Self { x: x_rest, out: out_rest, mask: mask.after(mid), scale };
        (Self { x, out, mask, scale }, rest)
    }
    fn join((): (), (): ()) {}
    fn run_on(self, level: Level) {
        E::run(level, self);
    }
}
