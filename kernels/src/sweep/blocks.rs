//! Slices taken block by block, and conversions between slices of different types.

use crate::Float;
use crate::split::Cut;

/// Hands one block after the other to `each`, with its number of elements: `size` of them, but
/// fewer in the last one, and in the first one if `begin` elements of its block came before.
#[inline(always)]
pub(crate) fn blocks<T: Cut>(
    mut parts: T,
    mut len: usize,
    size: usize,
    mut begin: usize,
    mut each: impl FnMut(T, usize),
) {
    while len > 0 {
        let n = len.min(size - begin);
        let (block, rest) = parts.cut(n);
        each(block, n);
        (parts, len, begin) = (rest, len - n, 0);
    }
}

// Nothing but conversions and shuffles, which the compiler makes of whole registers.

/// Rounds the numbers of one type to another.
#[inline(always)]
pub(crate) fn convert<A: Float, B: Float>(from: &[A], to: &mut [B]) {
    for (from, to) in from.iter().zip(to) {
        *to = B::from_f64(from.to_f64());
    }
}

/// Rounds the numbers of two slices to pairs.
#[inline(always)]
pub(crate) fn interleave<A: Float, B: Float>([a, b]: [&[A]; 2], to: &mut [[B; 2]]) {
    for ((a, b), to) in a.iter().zip(b).zip(to) {
        *to = [a, b].map(|x| B::from_f64(x.to_f64()));
    }
}
