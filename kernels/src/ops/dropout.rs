//! Inverted dropout whose mask is a function of a seed and of an element's place.
//!
//! Element `i` of the stream belongs to group `i / 64` and has word `i / 16 mod 4`
//! of the Philox4x32-10 block with the counter `16 (i / 64) + i mod 16` and the
//! seed as its key; it is dropped if that word is below `p 2^32`. So a backward
//! pass recomputes the mask, and pieces of a stream can be processed in any order.
//!
//! The generator and its source stand in `math/philox.rs`.

use crate::math::{counters, pattern, philox};
use crate::split::{Cut, split};
use crate::{Element, Float, InOut, Isa, Kernel, Lanes, select, sweep};

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

/// 1 where a word is at least `threshold`, else 0.
#[inline(always)]
fn at_least<W: Lanes<Elem = f64>>(threshold: f64, word: W) -> W {
    select(word.lt(word.splat(threshold)), word.splat(0.0), word.splat(1.0))
}

impl DropoutMask {
    /// Writes 1 for elements that are kept and 0 for those that are dropped, for the group that
    /// holds the stream's first element: row `k` is word `k` of all counters.
    #[inline(always)]
    fn group<I: Isa>(self, isa: I, keep: &mut [[f64; COUNTERS]; 4]) {
        // A multiple of 16, so no sum carries into the upper half.
        let first = pattern(isa, self.offset / GROUP as u64 * COUNTERS as u64);
        // At most 2^32, so exact.
        let threshold = self.threshold as f64;
        let [a, b, c, d] = keep;
        sweep::map(
            isa,
            &const { counters::<COUNTERS>() }[..],
            [&mut a[..], &mut b[..], &mut c[..], &mut d[..]],
            inline!(|place: I::F64| {
                let [a, b, c, d] = philox(isa, first.add_bits(place), self.seed);
                [
                    at_least(threshold, a),
                    at_least(threshold, b),
                    at_least(threshold, c),
                    at_least(threshold, d),
                ]
            }),
        );
    }

    /// The same for all groups that the `count` elements from there on touch.
    #[inline(always)]
    fn fill<I: Isa, E: Float>(self, isa: I, count: usize, keep: &mut [E; CHUNK]) {
        let mut group = [[0.0; COUNTERS]; 4];
        let keep = &mut keep[..count];
        sweep::blocks(
            (keep, self),
            count,
            GROUP,
            0,
            inline!(|(keep, mask), _| {
                mask.group(isa, &mut group);
                sweep::convert(group.as_flattened(), keep);
            }),
        );
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
        let Self { x, mask, scale } = self;
        let mut keep = [E::ZERO; CHUNK];
        // Below 64; only the first chunk begins inside of a group.
        let begin = (mask.offset % GROUP as u64) as usize;
        let len = x.len();
        sweep::blocks(
            (x, mask),
            len,
            CHUNK,
            begin,
            inline!(|(x, mask), n| {
                let begin = (mask.offset % GROUP as u64) as usize;
                mask.fill(isa, begin + n, &mut keep);
                sweep::update(
                    isa,
                    x,
                    &keep[begin..begin + n],
                    inline!(|x, keep| dropped(x, keep, scale)),
                );
            }),
        );
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
