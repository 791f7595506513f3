//! The smallest input that breaks a law.

use crate::numbers::Number;

/// Significant bits and magnitude of the exponent, then the sign: few of each make a
/// number simple.
fn size<E: Number>(x: E) -> (u32, u32, bool) {
    let bits = x.to_f64().to_bits();
    if x == E::ZERO || !x.finite() {
        return (0, if x == E::ZERO { 0 } else { u32::MAX }, bits >> 63 == 1);
    }
    let exponent = (bits >> 52 & 0x7ff) as i32 - 1023;
    (52 - (bits | 1 << 52).trailing_zeros().min(52), exponent.unsigned_abs(), bits >> 63 == 1)
}

/// Numbers that are simpler than `x`, or near it with fewer bits.
fn simpler<E: Number>(x: E) -> Vec<E> {
    let mut all = vec![E::ZERO, E::ONE, -E::ONE, E::TWO, -E::TWO, E::HALF, -E::HALF, -x];
    if x.finite() {
        for cleared in (0..E::MANTISSA_BITS).rev() {
            all.push(E::from_bits(x.bits() >> cleared << cleared));
        }
    }
    all.retain(|other| size(*other) < size(x));
    all.sort_by_key(|other| size(*other));
    all
}

/// The inputs with numbers as simple as they may be, one after the other, while the law is
/// `broken`.
pub(crate) fn smallest<E: Number, R: AsMut<[E]> + AsRef<[E]> + Clone>(
    mut row: R,
    broken: &dyn Fn(&R) -> bool,
) -> R {
    loop {
        let before = row.clone();
        for column in 0..row.as_ref().len() {
            let with = |x| {
                let mut other = row.clone();
                other.as_mut()[column] = x;
                other
            };
            let found =
                simpler(row.as_ref()[column]).into_iter().map(with).find(|other| broken(other));
            row = found.unwrap_or(row);
        }
        if row.as_ref().iter().zip(before.as_ref()).all(|(a, b)| a.bits() == b.bits()) {
            return row;
        }
    }
}
