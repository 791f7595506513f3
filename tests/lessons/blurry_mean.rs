//! MSE, a Gaussian likelihood, finds the mean between two peaks; L1 the median.

use gradstep::loss::Mse;
use lessons::blurry_mean as lesson;

#[test]
fn mse_finds_the_mean_and_l1_the_median() {
    let (_, targets) = lesson::data();
    let [mse, l1] = lesson::predictions().unwrap();
    let (mean, median) = (lesson::mean(&targets), lesson::median(&targets));
    assert!((lesson::mean(&mse) - mean).abs() < 0.01, "{} {mean}", lesson::mean(&mse));
    assert!((lesson::mean(&l1) - median).abs() < 0.05, "{} {median}", lesson::mean(&l1));
    // The mean is where nothing is; the median is inside of a peak.
    let near = |centre: f64| targets.iter().filter(|y| (*y - centre).abs() < 0.2).count();
    assert_eq!(near(lesson::mean(&mse)), 0);
    assert!(near(lesson::mean(&l1)) > lesson::ROWS / 4);
}

#[test]
fn mse_is_the_likelihood_of_a_gaussian() {
    let (_, targets) = lesson::data();
    for deviation in [0.7, 1.0, 2.0] {
        let constant = 0.5 * (std::f64::consts::TAU * deviation * deviation).ln();
        for centre in [-1.0, 0.2, 0.9] {
            let mse = Mse::new().loss(&vec![centre; lesson::ROWS], &targets).unwrap();
            let likelihood = lesson::negative_log_likelihood(&targets, centre, deviation);
            let expected = mse / (2.0 * deviation * deviation) + constant;
            assert!((likelihood - expected).abs() < 1e-10, "{likelihood} {expected}");
        }
    }
}
