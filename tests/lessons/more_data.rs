//! More digits cure over-fitting, and so do shifted ones.

use lessons::more_data as lesson;

#[test]
fn a_shift_moves_every_pixel_by_one() {
    let picture: Vec<f32> = (1..=64u8).map(f32::from).collect();
    for (down, right) in [(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)] {
        let shifted = lesson::shifted(&picture, down, right);
        for y in 0..8isize {
            for x in 0..8isize {
                let (y0, x0) = (y - down, x - right);
                let inside = (0..8).contains(&y0) && (0..8).contains(&x0);
                let expected = if inside { picture[(8 * y0 + x0) as usize] } else { 0.0 };
                assert_eq!(shifted[(8 * y + x) as usize], expected, "{down} {right}: {y} {x}");
            }
        }
    }
}

#[test]
fn more_digits_and_shifted_ones_cure_overfitting() {
    let ([few, others], [more, _]) = (lesson::data(100), lesson::data(500));
    let shifts = lesson::with_shifts(&few);
    assert_eq!((shifts.labels.len(), shifts.x.rows), (500, 500));
    assert_eq!(shifts.x.values[..6400], few.x.values);
    assert_eq!(more.x.values[..6400], few.x.values);
    let [plain, shifted, real] =
        [&few, &shifts, &more].map(|part| lesson::train(part, &others, 128, 120).unwrap());
    let last = |losses: &[f64]| losses[losses.len() - 1];
    let least = plain.others.iter().copied().fold(f64::INFINITY, f64::min);
    assert!(last(&plain.training) < 2e-3 && last(&plain.others) > 1.1 * least);
    assert!(last(&shifted.others) < 0.8 * last(&plain.others), "{}", last(&shifted.others));
    assert!(last(&real.others) < 0.5 * last(&shifted.others), "{}", last(&real.others));
    assert!(real.right > shifted.right && shifted.right > plain.right);
}
