//! Squared error stalls at saturation; the slope of cross-entropy is the error.

use lessons::saturation as lesson;
use lessons::saturation::Cost::{CrossEntropy, SquaredError};

#[test]
fn cross_entropy_has_learnt_before_squared_error_has_begun() {
    let squared = lesson::train(SquaredError, 2.0, 0.15, 300).unwrap();
    let entropy = lesson::train(CrossEntropy, 2.0, 0.15, 300).unwrap();
    assert_eq!(squared.outputs[0], entropy.outputs[0]);
    assert!(squared.outputs[0] > 0.98);
    assert!(entropy.outputs[20] < 0.5 && squared.outputs[20] > 0.95, "{}", squared.outputs[20]);
    assert!(entropy.outputs[299] < 0.05);
}

#[test]
fn the_slopes_are_those_of_the_formulas() {
    for start in [0.1, 1.0, 2.0, 5.0, 10.0] {
        let squared = lesson::train(SquaredError, start, 0.0, 1).unwrap();
        let entropy = lesson::train(CrossEntropy, start, 0.0, 1).unwrap();
        let y = squared.outputs[0];
        let expected = 2.0 * y * y * (1.0 - y);
        assert!((squared.slopes[0] / expected - 1.0).abs() < 1e-12, "{start}");
        assert!((entropy.slopes[0] / y - 1.0).abs() < 1e-12, "{start}");
    }
    // The surer, the slower.
    let slope = |start| lesson::train(SquaredError, start, 0.0, 1).unwrap().slopes[0];
    assert!(slope(2.0) > 40.0 * slope(4.0));
}
