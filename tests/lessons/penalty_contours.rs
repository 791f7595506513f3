//! The minimum under a penalty is where a contour touches the diamond or the circle, and
//! under L1 it lies on an axis from a strength on.

use lessons::penalty_contours as lesson;
use lessons::zero_condition::Penalty::{L1, L2};

#[test]
fn l1_has_a_zero_from_a_strength_on_and_l2_has_none() {
    let mut zeros = 0;
    for strength in (0..=40).map(|i| f64::from(i) / 10.0) {
        let w = lesson::minimum(L1(strength)).unwrap();
        // The first weight is 0 once its slope at the best of the second is at most the strength.
        let mut at = [0.0, w[1]];
        let slope = lesson::loss_and_gradient(at).unwrap().1[0];
        assert_eq!(w[0] == 0.0, slope.abs() <= strength, "{strength}: {w:?} {slope}");
        zeros += usize::from(w[0] == 0.0);
        // Both are 0 once the slope at 0 is at most the strength.
        at = [0.0; 2];
        let slope = lesson::loss_and_gradient(at).unwrap().1[1];
        assert_eq!(w[1] == 0.0, slope.abs() <= strength, "{strength}: {w:?} {slope}");

        let w = lesson::minimum(L2(strength)).unwrap();
        assert!(w[0] > 0.1 && w[1] > 0.1, "{strength}: {w:?}");
    }
    assert!((10..=35).contains(&zeros), "{zeros}");
}

#[test]
fn a_penalty_is_a_bound_on_the_weights() {
    for penalty in [L1, L2] {
        let mut last = f64::INFINITY;
        for strength in [0.3, 1.0, 1.7, 2.4] {
            let w = lesson::minimum(penalty(strength)).unwrap();
            let size = lesson::size(penalty(strength), w);
            assert!(size < last, "{strength}: {size} {last}");
            last = size;
            let within = lesson::minimum_within(penalty(strength), size).unwrap();
            let apart = (within[0] - w[0]).hypot(within[1] - w[1]);
            // Clipping ends at a millionth below the size, as in PyTorch.
            assert!(apart < 1e-5, "{strength}: {w:?} {within:?}");
        }
    }
}

/// So the contour through the minimum is outside of the set, but for where it touches.
#[test]
fn no_point_of_the_border_has_less_loss_than_where_the_contour_touches() {
    for penalty in [L1(1.0), L1(2.4), L2(1.0), L2(2.4)] {
        let w = lesson::minimum(penalty).unwrap();
        let (touching, _) = lesson::loss_and_gradient(w).unwrap();
        let border = lesson::border(penalty, lesson::size(penalty, w));
        for pair in border.windows(2) {
            for share in [0.0, 0.25, 0.5, 0.75] {
                let at = [0, 1].map(|j| pair[0][j] + share * (pair[1][j] - pair[0][j]));
                let (loss, _) = lesson::loss_and_gradient(at).unwrap();
                // Chords of the circle are inside of it, where the loss is larger too.
                assert!(loss > touching - 1e-9, "{at:?}: {loss} {touching}");
            }
        }
        // Contours are curves of one loss.
        let (least, _) = lesson::loss_and_gradient(lesson::minimum(lesson::NONE).unwrap()).unwrap();
        for at in lesson::contour(touching - least).unwrap() {
            let (loss, _) = lesson::loss_and_gradient(at).unwrap();
            assert!((loss - touching).abs() < 1e-9, "{at:?}: {loss} {touching}");
        }
    }
}
