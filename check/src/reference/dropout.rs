//! Dropout of one element: the specification, section 7, and the layout that
//! `kernels::ops::Dropout` documents.

/// Ten rounds of Philox4x32, as figure 2 of Salmon and others (2011) draws it.
pub fn philox4x32(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let halves = |a: u32, b: u32| {
        let product = u64::from(a) * u64::from(b);
        ((product >> 32) as u32, (product & 0xffff_ffff) as u32)
    };
    let [mut l0, mut r0, mut l1, mut r1] = counter;
    for round in 0..10u32 {
        let k0 = key[0].wrapping_add(round.wrapping_mul(0x9e3779b9));
        let k1 = key[1].wrapping_add(round.wrapping_mul(0xbb67ae85));
        let (high0, low0) = halves(l0, 0xd2511f53);
        let (high1, low1) = halves(l1, 0xcd9e8d57);
        (l0, r0, l1, r1) = (high1 ^ r0 ^ k0, low1, high0 ^ r1 ^ k1, low0);
    }
    [l0, r0, l1, r1]
}

/// The random word of the element at `place` of the stream.
pub fn word(seed: u64, place: u64) -> u32 {
    let (group, within) = (place / 64, place % 64);
    let counter = group * 16 + within % 16;
    let counter = [counter as u32, (counter >> 32) as u32, 0, 0];
    philox4x32(counter, [seed as u32, (seed >> 32) as u32])[(within / 16) as usize]
}

/// Whether the element is dropped with probability `p`.
pub fn is_dropped(p: f64, seed: u64, place: u64) -> bool {
    f64::from(word(seed, place)) < (p * 2f64.powi(32)).round()
}

/// The factor of what is kept, before it is rounded to the element type.
pub fn scale(p: f64) -> f64 {
    if p == 1.0 { 1.0 } else { 1.0 / (1.0 - p) }
}

/// Known answers of the authors' distribution (kat_vectors).
#[test]
fn philox_gives_the_known_answers() {
    let ones = u32::MAX;
    for (counter, key, answer) in [
        ([0; 4], [0; 2], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]),
        ([ones; 4], [ones; 2], [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]),
        (
            [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
            [0xa4093822, 0x299f31d0],
            [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
        ),
    ] {
        assert_eq!(philox4x32(counter, key), answer, "{counter:x?} {key:x?}");
    }
}
