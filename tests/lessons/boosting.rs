//! Newton's leaves reach in a few rounds what leaves along the gradient need many for.

use lessons::boosting as lesson;
use lessons::boosting::Leaf::{Gradient, Newton};

#[test]
fn curvature_saves_rounds() {
    let newton = lesson::boost(Newton, 0.3, 60).unwrap();
    let gradient = lesson::boost(Gradient, 0.3, 60).unwrap();
    assert!((newton.train[0] - 2f64.ln()).abs() < 1e-14);
    // The first round's curvature is 1/4 in every row, whose reciprocal is about 4 steps.
    assert!(newton.train[15] < gradient.train[60], "{:?}", newton.train);
    assert!(newton.held_out[60] < 0.2 && newton.accuracy > 0.93, "{}", newton.accuracy);
    assert!(newton.train.windows(2).all(|pair| pair[1] < pair[0]), "every stump helps");
}

#[test]
fn gradients_are_a_part_of_the_round() {
    let course = lesson::boost(Newton, 0.3, 5).unwrap();
    let [gradients, all] = course.time;
    assert!(!gradients.is_zero() && gradients < all, "{:?}", course.time);
    let [ours, plain] = lesson::time_of_gradients(1000).unwrap();
    assert!(!ours.is_zero() && !plain.is_zero());
}
