//! MSE and L1 are likelihoods, least at the mean and the median.

use lessons::blurry_mean::{mean, median};
use lessons::gaussian_likelihood as lesson;
use lessons::gaussian_likelihood::Noise::{Gauss, Laplace};
use lessons::shared::random::Random;

#[test]
fn the_likelihood_is_the_same_from_the_loss_and_from_the_density() {
    for targets in [Gauss, Laplace].map(|noise| noise.targets(501, &mut Random(41))) {
        for noise in [Gauss, Laplace] {
            for (centre, scale) in [(0.0, 1.0), (-0.7, 0.3), (1.1, 2.5)] {
                let by_loss = noise.by_loss(&targets, centre, scale).unwrap();
                let by_density = noise.by_density(&targets, centre, scale);
                assert!((by_loss - by_density).abs() < 1e-10, "{noise:?}: {by_loss} {by_density}");
            }
        }
    }
}

#[test]
fn densities_have_an_area_of_1() {
    for noise in [Gauss, Laplace] {
        let heights = (-40_000..40_000).map(|i| f64::from(i) / 1000.0 + 0.0005);
        let area: f64 = heights.map(|y| noise.density(y, 0.3, 0.8) / 1000.0).sum();
        assert!((area - 1.0).abs() < 1e-6, "{noise:?}: {area}");
    }
}

#[test]
fn the_centre_is_the_mean_or_the_median_and_the_scale_is_the_best() {
    let targets = Laplace.targets(1001, &mut Random(41));
    let (mean, median) = (mean(&targets), median(&targets));
    assert!((mean - median).abs() > 0.01, "{mean} {median}");
    for (noise, expected) in [(Gauss, mean), (Laplace, median)] {
        let centre = noise.centre(&targets).unwrap();
        assert!((centre - expected).abs() < 1e-4, "{noise:?}: {centre} {expected}");
        let scale = noise.scale(&targets, centre).unwrap();
        let least = noise.by_loss(&targets, centre, scale).unwrap();
        for (centre, scale) in [
            (centre + 0.05, scale),
            (centre - 0.05, scale),
            (centre, 1.05 * scale),
            (centre, 0.95 * scale),
        ] {
            assert!(noise.by_loss(&targets, centre, scale).unwrap() > least, "{noise:?}");
        }
    }
}

#[test]
fn the_loss_of_the_right_shape_finds_the_centre_better() {
    // In the limit the median's variance is pi / 2 of the mean's, and for Laplace half of it.
    let [mean, median] = lesson::errors_of_mean_and_median(Gauss, 101, 2000);
    assert!((median / mean - 1.57).abs() < 0.15, "{mean} {median}");
    let [mean, median] = lesson::errors_of_mean_and_median(Laplace, 101, 2000);
    assert!((median / mean - 0.5).abs() < 0.1, "{mean} {median}");
}
