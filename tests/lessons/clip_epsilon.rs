//! The textbook's epsilon gives NaN in `f32`; ours refuses it, and logits are exact.

use gradstep::Error;
use lessons::clip_epsilon as lesson;

#[test]
fn the_textbook_gives_nan_and_ours_an_error() {
    assert!(lesson::textbook(1.0, 1.0).is_nan());
    let refused = lesson::clipped(1.0, 1.0, lesson::EPSILON).unwrap_err();
    assert!(matches!(refused, Error::Parameter { .. }), "{refused:?}");
    // An epsilon that `f32` can tell from 0 at 1 is fine.
    assert!(lesson::clipped(1.0, 1.0, 1e-6).unwrap() < 2e-6);
    assert_eq!(lesson::from_probability(1.0, 1.0).unwrap(), 0.0);
    assert_eq!(lesson::from_probability(1.0, 0.0).unwrap(), 100.0);
}

#[test]
fn logits_are_exact_where_the_textbook_has_lost_everything() {
    let mut lost = 0;
    for x in (-800..=800).map(|i| i as f32 / 10.0) {
        for y in [0.0, 1.0] {
            let exact = lesson::exact(x, y);
            let (loss, _) = lesson::from_logit(x, y).unwrap();
            assert!((loss / exact - 1.0).abs() < 1e-6, "{x} {y}: {loss} {exact}");
            let textbook = f64::from(lesson::textbook_from_logit(x, y));
            let right = (textbook / exact - 1.0).abs() < 0.5;
            lost += usize::from(!right);
        }
    }
    // From about 17 on, on both sides of one target or the other.
    assert!(lost > 1000, "{lost}");
    assert!(
        (f64::from(lesson::from_logit(30.0, 1.0).unwrap().1) / -9.357_622_97e-14 - 1.0).abs()
            < 1e-6
    );
}
