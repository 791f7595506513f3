//! A shift of the inputs moves the outputs by as much as the weights are long.

use lessons::input_shift as lesson;

#[test]
fn small_weights_resist_a_shift() {
    let [_, others] = lesson::data();
    let shifted = lesson::shifted(&others, 0.5);
    let mut found = Vec::new();
    for decay in [0.0, 3e-3] {
        let network = lesson::fit(decay).unwrap();
        let (length, moved) =
            (lesson::length(&network), lesson::moved(&network, &others, &shifted));
        // The mean of 1597 rows of random shifts.
        assert!((moved / (0.5 * length) - 1.0).abs() < 0.05, "{decay}: {moved} {length}");
        let right = [&others, &shifted].map(|part| network.evaluate(part).unwrap().1);
        found.push((length, right));
    }
    let [(large, plain), (small, decayed)] = found[..] else { unreachable!() };
    assert!(small < 0.5 * large, "{small} {large}");
    assert!(decayed[0] > plain[0] - 0.01, "{decayed:?} {plain:?}");
    assert!(decayed[1] > plain[1] + 0.08, "{decayed:?} {plain:?}");
}

#[test]
fn no_row_moves_further_than_the_product_of_lengths() {
    let [_, others] = lesson::data();
    let shifted = lesson::shifted(&others, 0.3);
    let network = lesson::fit(0.0).unwrap();
    let (before, after) = (network.logits(&others.x), network.logits(&shifted.x));
    let distances = |a: &[f32], b: &[f32], width: usize| -> Vec<f64> {
        let rows = a.chunks_exact(width).zip(b.chunks_exact(width));
        let square = |(a, b): (&f32, &f32)| f64::from(a - b).powi(2);
        rows.map(|(a, b)| a.iter().zip(b).map(square).sum::<f64>().sqrt()).collect()
    };
    let moved = distances(&before.values, &after.values, 10);
    let shifts = distances(&others.x.values, &shifted.x.values, 64);
    let length = lesson::length(&network);
    for (moved, shift) in moved.iter().zip(&shifts) {
        assert!(*shift > 1.0 && *moved <= length * shift, "{moved} {length} {shift}");
    }
}
