//! Below 2 / curvature descent converges, at a known rate; above it diverges.

use lessons::gradient_descent as lesson;

fn distance(at: [f64; 2]) -> f64 {
    let best = lesson::minimum();
    (at[0] - best[0]).hypot(at[1] - best[1])
}

#[test]
fn the_gradient_vanishes_at_the_minimum_alone() {
    let (_, gradient) = lesson::loss_and_gradient(lesson::minimum()).unwrap();
    assert!(gradient.iter().all(|g| g.abs() < 1e-13), "{gradient:?}");
    let (_, gradient) = lesson::loss_and_gradient([0.0, 0.0]).unwrap();
    assert!(gradient.iter().all(|g| g.abs() > 0.1), "{gradient:?}");
}

#[test]
fn two_over_the_curvature_divides_descent_from_divergence() {
    let ([steep, flat], _) = lesson::curvatures();
    let begin = distance([-1.5, 2.5]);
    for (share, descends) in [(0.04, true), (0.9, true), (1.99, true), (2.01, false), (2.03, false)]
    {
        let path = lesson::path(share / steep, 2000).unwrap();
        let end = distance(path[2000]);
        assert_eq!(end < 1e-3 * begin, descends, "{share}: {end}");
        assert_eq!(end > 1e3 * begin, !descends, "{share}: {end}");
    }
    // The flat direction shrinks by 1 - rate * flat in a step, the steep one is gone.
    let path = lesson::path(1.0 / steep, 60).unwrap();
    let shrunk = distance(path[60]) / distance(path[59]);
    assert!((shrunk - (1.0 - flat / steep)).abs() < 1e-6, "{shrunk}");
}

#[test]
fn the_smallest_rate_is_still_far_away_when_the_good_one_has_arrived() {
    let ([steep, _], _) = lesson::curvatures();
    let after = |share: f64| distance(lesson::path(share / steep, 40).unwrap()[40]);
    assert!(after(0.9) < 0.01 && after(0.04) > 0.5, "{} {}", after(0.9), after(0.04));
}
