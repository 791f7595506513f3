//! Penalties and certificates.

use super::near;
use gradstep::penalty::{GroupPenalty, LeastSquares, Penalty};
use gradstep::{Error, Execution, Groups, Level};

const INF: f32 = f32::INFINITY;

fn refused<T: std::fmt::Debug + PartialEq>(
    result: Result<T, Error>,
    name: &'static str,
    found: f64,
) {
    let expected = "finite in the element type";
    assert_eq!(result, Err(Error::Parameter { parameter: name, expected, found }));
}

/// The value is an `f64`, and that of the strength as it is given; results of the element type
/// are refused.
#[test]
fn strengths_beyond_the_type() {
    for level in Level::available() {
        let none = Penalty::new().execution(Execution::new().level(level));
        for l in [1e39, 1e-60] {
            let w = [0.0f32, 3.0, -2.0];
            assert!(near(none.l1(l).expect("l1").value(&w), 5.0 * l), "{l:e} {level:?}");
            assert!(near(none.l2(l).expect("l2").value(&w), 6.5 * l), "{l:e} {level:?}");
            let both = none.l1(l).and_then(|p| p.l2(l)).expect("both");
            assert!(near(both.value(&w), 11.5 * l), "{l:e} {level:?}");
            let mut grad = [1f32; 3];
            if l < 1.0 {
                let value = both.add_grad(&w, &mut grad).expect("tiny");
                assert!(near(value, 11.5 * l), "{value:e}");
            }
            assert_eq!(grad, [1.0; 3]);
        }
        let (l1, l2) = (none.l1(1e39).expect("l1"), none.l2(1e39).expect("l2"));
        let mut grad = [1f32; 2];
        refused(l1.add_grad(&[0.0, 1.0], &mut grad), "l1", 1e39);
        refused(l2.add_grad(&[0.0, 1.0], &mut grad), "l2", 1e39);
        assert_eq!(grad, [1.0; 2]);
        refused(l1.kkt_violation(&[0.0f32], &[0.0]), "l1", 1e39);
        refused(l2.kkt_violation(&[0.0f32], &[0.0]), "l2", 1e39);
        let gap = l2.duality_gap(LeastSquares {
            w: &[0.0f32],
            residual: &[0.0],
            xt_residual: &[0.0],
            y: &[0.0],
            denominator: 1.0,
        });
        refused(gap, "denominator l2", 1e39);
        let group = GroupPenalty::new(1e39, Groups::of_length(2).expect("2")).expect("lambda");
        let group = group.execution(Execution::new().level(level));
        assert!(near(group.value(&[3f32, 4.0]).expect("whole"), 5e39));
        refused(group.add_grad(&[3f32, 4.0], &mut grad), "lambda", 1e39);
        assert_eq!(grad, [1.0; 2]);
    }
}

/// A strength of 0 is no term, at an infinite weight too; NaN stays NaN.
#[test]
fn no_strength_at_an_infinite_weight() {
    let groups = Groups::of_length(2).expect("2");
    for level in Level::available() {
        let execution = Execution::new().level(level);
        let none = Penalty::new().execution(execution);
        let mut grad = [1f32; 2];
        assert_eq!(none.value(&[INF, -1.0]), 0.0);
        assert_eq!(none.add_grad(&[INF, -1.0], &mut grad), Ok(0.0));
        assert_eq!(grad, [1.0; 2]);
        assert!(none.value(&[INF, f32::NAN]).is_nan());
        assert_eq!(none.kkt_violation(&[INF, 1.0], &[0.5, 0.25]), Ok(0.5));
        let l1 = none.l1(0.5).expect("l1");
        assert_eq!(l1.kkt_violation(&[INF, -INF], &[-0.5, 0.75]), Ok(0.25));
        assert!(l1.kkt_violation(&[f32::NAN, 0.0], &[0.0, 0.0]).is_ok_and(f64::is_nan));

        let group = GroupPenalty::new(0.0, groups).expect("lambda").execution(execution);
        assert_eq!(group.value(&[INF, 1.0]), Ok(0.0));
        assert_eq!(group.add_grad(&[INF, 1.0], &mut grad), Ok(0.0));
        assert_eq!(grad, [1.0; 2]);
        let value = group.add_grad(&[f32::NAN, 1.0], &mut grad).expect("whole");
        assert!(value.is_nan() && grad[0].is_nan());
    }
}

/// More than the largest number within a block.
#[test]
fn values_beyond_f32() {
    for level in Level::available() {
        let none = Penalty::new().execution(Execution::new().level(level));
        let (l1, l2) = (none.l1(1.0).expect("l1"), none.l2(2.0).expect("l2"));
        let (far, square) = ([3e38f32; 100], [1e19f32; 100]);
        assert!(near(l1.value(&far), 3e40), "{level:?}");
        assert!(near(l2.value(&square), 1e40), "{level:?}");
        let mut grad = [0f32; 100];
        assert!(l2.add_grad(&square, &mut grad).is_ok_and(|value| near(value, 1e40)));
        assert!(grad.iter().all(|g| near(f64::from(*g), 2e19)));
        assert_eq!(l2.value(&[INF, 1.0]), f64::INFINITY);
        assert!(l2.value(&[f32::NAN, 1.0]).is_nan());
    }
}
