//! Each point of the path is the closed form, and no weight is 0.

use lessons::shared::table::Table;
use lessons::{ridge_path as lesson, shared};

#[test]
fn the_path_is_the_closed_form_and_has_no_zeros() {
    let regression = lesson::regression(&Table::diabetes());
    let path = lesson::path(60).unwrap();
    for (lambda, w) in path.lambdas.iter().zip(&path.weights) {
        let exact = lesson::closed_form(&regression, *lambda).unwrap();
        for (w, exact) in w.iter().zip(&exact) {
            assert!((w - exact).abs() < 1e-6, "{lambda}: {w} {exact}");
            assert!(*w != 0.0);
        }
    }
}

/// The lesson's own Cholesky factors, against faer's.
#[test]
fn the_closed_form_is_a_solution() {
    let regression = lesson::regression(&Table::diabetes());
    for lambda in [1e-3, 0.3, 1e3] {
        let w = lesson::closed_form(&regression, lambda).unwrap();
        let alpha = lambda * regression.y.len() as f64;
        let exact = closed_forms::ridge(&regression.x, &regression.y, alpha).unwrap();
        for (w, exact) in w.iter().zip(&exact) {
            assert!((w - exact).abs() < 1e-12 * (1.0 + exact.abs()), "{lambda}: {w} {exact}");
        }
    }
    assert_eq!(lesson::closed_form(&regression, f64::NAN), None);
}

#[test]
fn the_weights_shrink_together() {
    let path = lesson::path(60).unwrap();
    let length = |w: &[f64]| shared::regression::dot(w, w);
    assert!(path.weights.windows(2).all(|pair| length(&pair[0]) < length(&pair[1])));
}
