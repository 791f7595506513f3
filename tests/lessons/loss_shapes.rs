//! The MSE line is dragged by outliers, the others hold; gradients are bounded.

use lessons::loss_shapes as lesson;

#[test]
fn outliers_drag_the_mse_line_alone() {
    let [mse, robust @ ..] = lesson::shapes(&[]).unwrap();
    assert!((mse.line.1 - lesson::SLOPE).abs() > 1.0, "{:?}", mse.line);
    for shape in robust {
        let (intercept, slope) = shape.line;
        let off = (intercept - lesson::INTERCEPT).abs().max((slope - lesson::SLOPE).abs());
        assert!(off < 0.25, "{}: {:?}", shape.name, shape.line);
    }
}

#[test]
fn only_the_gradient_of_mse_grows_without_bound() {
    let d = [-1e6, -3.0, -0.25, 0.0, 0.25, 3.0, 1e6];
    let [mse, l1, smooth_l1, huber] = lesson::shapes(&d).unwrap();
    assert_eq!(mse.gradients, d.map(|d| 2.0 * d));
    assert_eq!(l1.gradients, [-1.0, -1.0, -1.0, 0.0, 1.0, 1.0, 1.0]);
    assert_eq!(smooth_l1.gradients, [-1.0, -1.0, -0.25, 0.0, 0.25, 1.0, 1.0]);
    assert_eq!(huber.gradients, [-0.5, -0.5, -0.25, 0.0, 0.25, 0.5, 0.5]);
    assert_eq!(huber.values[5], 0.5 * (3.0 - 0.25));
}

/// The L1 line is a median: as many points above it as below.
#[test]
fn the_l1_line_halves_the_points() {
    let [_, l1, ..] = lesson::shapes(&[]).unwrap();
    let (x, y) = lesson::points();
    let above = x.iter().zip(&y).filter(|&(x, &y)| y > l1.line.0 + l1.line.1 * x).count();
    assert!((28..=32).contains(&above), "{above}");
}
