//! Under L1 a weight is 0 exactly when the slope is at most C; under L2 never.

use lessons::zero_condition as lesson;
use lessons::zero_condition::Penalty::{L1, L2};

#[test]
fn zero_exactly_when_the_slope_is_at_most_c() {
    // Numbers whose products and sums are exact, so that the bound is met exactly.
    for slope in [-2.0, -1.0, -0.25, 0.5, 1.75] {
        for c in (0..=160).map(|i| f64::from(i) / 64.0) {
            let w = lesson::minimum(slope, L1(c)).unwrap();
            assert_eq!(w == 0.0, f64::abs(slope) <= c, "slope {slope}, C {c}: {w}");
            let expected = -slope.signum() * (slope.abs() - c).max(0.0) / 2.0;
            assert!((w - expected).abs() < 1e-12, "slope {slope}, C {c}: {w}");

            let w = lesson::minimum(slope, L2(c)).unwrap();
            assert!(w != 0.0, "slope {slope}, C {c}");
            assert!((w + slope / (2.0 + c)).abs() < 1e-12, "slope {slope}, C {c}: {w}");
        }
    }
}

#[test]
fn the_minimum_is_one() {
    for penalty in [L1(0.5), L1(1.0), L2(0.5), L2(2.0)] {
        let height = |w: f64| lesson::loss(w, -1.0).unwrap() + penalty.of(w);
        let least = height(lesson::minimum(-1.0, penalty).unwrap());
        assert!((-100..=200).all(|i| height(f64::from(i) / 100.0) >= least - 1e-12), "{penalty:?}");
    }
}

#[test]
fn l1_removes_the_useless_input_and_l2_does_not() {
    let lasso = lesson::fit(L1(0.02)).unwrap();
    assert_eq!(lasso[2], 0.0);
    assert!([0, 1, 3].iter().all(|&j| lasso[j].abs() > 0.2), "{lasso:?}");
    // The condition holds there, and for no other weight.
    let mut without = lasso;
    for j in 0..4 {
        without[j] = 0.0;
        let slope = lesson::model(&without).unwrap().1[j];
        assert_eq!(slope.abs() <= 0.02, j == 2, "{j}: {slope}");
        without[j] = lasso[j];
    }
    let ridge = lesson::fit(L2(0.02)).unwrap();
    assert!(ridge[2] != 0.0 && ridge[2].abs() < 0.1, "{ridge:?}");
}

#[test]
fn the_gradient_is_the_slope_of_the_loss() {
    let w = [0.3, -0.2, 0.5, 0.1];
    let (_, gradient) = lesson::model(&w).unwrap();
    for j in 0..4 {
        let (mut above, mut below) = (w, w);
        above[j] += 1e-5;
        below[j] -= 1e-5;
        let slope = (lesson::model(&above).unwrap().0 - lesson::model(&below).unwrap().0) / 2e-5;
        assert!((slope - gradient[j]).abs() < 1e-9, "{j}: {slope} {}", gradient[j]);
    }
}
