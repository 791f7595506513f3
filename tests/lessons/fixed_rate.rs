//! L1 at a fixed rate stays about a rate away; MSE, a decaying rate and Huber arrive.

use gradstep::loss::{Huber, L1, Mse};
use lessons::fixed_rate as lesson;

#[test]
fn l1_at_a_fixed_rate_does_not_settle() {
    for rate in [0.1, 0.03, 0.01] {
        let distances = lesson::distances(&L1::new(), |_| rate, 8000).unwrap();
        let (early, late) = (lesson::settled(&distances[..2000]), lesson::settled(&distances));
        assert!(early > 0.2 * rate && early < 2.0 * rate, "{rate}: {early}");
        assert!(late > 0.2 * rate && late < 2.0 * rate, "{rate}: {late}");
    }
}

#[test]
fn a_squared_error_does() {
    for rate in [0.1, 0.3] {
        let distances = lesson::distances(&Mse::new(), |_| rate, 2000).unwrap();
        assert!(lesson::settled(&distances) < 1e-13, "{rate}");
    }
}

#[test]
fn so_does_l1_where_the_rate_decays_and_huber() {
    let rate = |t: u32| 0.1 / f64::from(t).sqrt();
    let distances = lesson::distances(&L1::new(), rate, 8000).unwrap();
    for steps in [500, 2000, 8000] {
        let settled = lesson::settled(&distances[..steps]);
        assert!(settled < 2.0 * rate(steps as u32), "{steps}: {settled}");
    }
    let power = |t: u32| 0.1 * 0.99f64.powf(f64::from(t));
    let distances = lesson::distances(&L1::new(), power, 2000).unwrap();
    assert!(lesson::settled(&distances) < 1e-8);
    let distances = lesson::distances(&Huber::new(0.1).unwrap(), |_| 0.1, 2000).unwrap();
    assert!(lesson::settled(&distances) < 1e-10);
}
