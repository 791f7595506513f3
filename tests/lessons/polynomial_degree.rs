//! Too many terms follow the noise; a penalty, more points and fewer terms cure that.

use lessons::polynomial_degree as lesson;
use lessons::polynomial_degree::{NOISE, NONE, Points, Polynomial};
use lessons::zero_condition::Penalty::{self, L1, L2};

fn fit(points: &Points, degree: usize, penalty: Penalty) -> Polynomial {
    Polynomial::fit(points, degree, penalty).unwrap().unwrap()
}

#[test]
fn the_gradient_vanishes_at_least_squares() {
    let train = Points::new(20, 4);
    for degree in [1, 5, 14] {
        let fit = fit(&train, degree, NONE);
        let mut gradient = vec![0.0; degree];
        let half = fit.regression.loss_and_gradient(&fit.weights, &mut gradient).unwrap();
        assert!(gradient.iter().all(|g| g.abs() < 1e-9), "{degree}: {gradient:?}");
        // The loss is that of what it predicts.
        let errors = train.x.iter().zip(&train.y).map(|(&x, y)| (fit.at(x) - y).powi(2));
        assert!((errors.sum::<f64>() / 40.0 - half).abs() < 1e-12);
        assert!((fit.error_on(&train).unwrap() - 2.0 * half).abs() < 1e-12);
    }
    // A polynomial of few terms is found without noise.
    let x: Vec<f64> = (0..20).map(|i| f64::from(i) / 10.0 - 1.0).collect();
    let y = x.iter().map(|x| 2.0 - x + 3.0 * x * x * x).collect();
    let fit = fit(&Points { x, y }, 6, NONE);
    assert!((fit.at(0.33) - (2.0 - 0.33 + 3.0 * 0.33f64.powi(3))).abs() < 1e-9);
}

#[test]
fn too_few_terms_miss_the_curve_and_too_many_follow_the_noise() {
    let (train, test) = (Points::new(20, 4), Points::new(2000, 5));
    let errors = |degree: usize| {
        let fit = fit(&train, degree, NONE);
        (fit.error_on(&train).unwrap(), fit.error_on(&test).unwrap())
    };
    let all: Vec<(f64, f64)> = (1..=14).map(errors).collect();
    assert!(all.windows(2).all(|pair| pair[1].0 <= pair[0].0 + 1e-12), "{all:?}");
    let noise = NOISE * NOISE;
    let [under, right, over] = [all[0], all[4], all[13]];
    assert!(under.0 > 3.0 * noise && under.1 > 3.0 * noise, "{under:?}");
    assert!(right.0 < noise && right.1 < 2.0 * noise, "{right:?}");
    assert!(over.0 < 0.5 * noise && over.1 > 10.0 * noise, "{over:?}");
}

#[test]
fn a_penalty_and_more_points_cure_too_many_terms() {
    let (train, test) = (Points::new(20, 4), Points::new(2000, 5));
    let without = fit(&train, 14, NONE).error_on(&test).unwrap();
    for penalty in [L2(0.03), L1(0.01)] {
        let cured = fit(&train, 14, penalty);
        let error = cured.error_on(&test).unwrap();
        assert!(error < 0.05 * without && error < 4.0 * NOISE * NOISE, "{error} {without}");
        let zeros = cured.weights.iter().filter(|w| **w == 0.0).count();
        assert_eq!(zeros > 0, matches!(penalty, L1(_)), "{zeros}");
    }
    let error = |count, degree| lesson::median_error(count, degree, 9, &test).unwrap().unwrap();
    assert!(error(20, 14) > 20.0 * error(20, 5));
    assert!(error(1280, 14) < 1.05 * error(1280, 5));
    // Ten points say nothing about fourteen terms.
    assert!(lesson::median_error(10, 14, 1, &test).unwrap().is_none());
}
