//! Gradients vanish or explode with depth; clipping keeps training finite.

use lessons::exploding_gradients as lesson;
use lessons::exploding_gradients::{Network, Unit};

fn first(unit: Unit, depth: usize, scale: f64) -> f64 {
    let (_, gradients) = Network::new(unit, depth, scale).loss_and_gradients().unwrap();
    lesson::norm(&gradients[..1]).unwrap()
}

#[test]
fn each_layer_multiplies_the_gradient() {
    let he = 2f64.sqrt();
    let growth = |unit, scale| (first(unit, 16, scale) / first(unit, 4, scale)).powf(1.0 / 12.0);
    assert!(growth(Unit::Sigmoid, 1.0) < 0.3, "{}", growth(Unit::Sigmoid, 1.0));
    let kept = growth(Unit::Relu, he);
    assert!((0.7..1.4).contains(&kept), "{kept}");
    // Doubled weights double what goes forward and what comes back, so four times.
    let exploding = growth(Unit::Relu, 2.0 * he);
    assert!((exploding / (4.0 * kept) - 1.0).abs() < 0.3, "{exploding} {kept}");
}

#[test]
fn clipping_keeps_training_finite() {
    let network = || Network::new(Unit::Relu, 8, 2.0 * 2f64.sqrt());
    let lost = network().train(20, None).unwrap();
    assert!(!lost[19].0.is_finite(), "{:?}", lost[19]);
    let kept = network().train(300, Some(1.0)).unwrap();
    assert!(kept.iter().all(|(loss, _)| loss.is_finite()));
    assert!(kept[299].0 < 0.01 * kept[0].0, "{} {}", kept[0].0, kept[299].0);
}

#[test]
fn the_gradients_are_slopes_of_the_loss() {
    for unit in [Unit::Sigmoid, Unit::Relu] {
        let network = || Network::new(unit, 3, 1.4);
        let (_, gradients) = network().loss_and_gradients().unwrap();
        for (k, gradient) in gradients.iter().enumerate() {
            let j = 5 % gradient.values.len();
            let at = |shift: f32| {
                let mut network = network();
                network.layers[k].values[j] += shift;
                network.loss_and_gradients().unwrap().0
            };
            let (slope, gradient) = ((at(4e-3) - at(-4e-3)) / 8e-3, f64::from(gradient.values[j]));
            // f32's rounding of a loss of 1 over the step, and kinks of a few ReLUs.
            assert!(
                (slope - gradient).abs() < 1e-3 + 0.02 * gradient.abs(),
                "{unit:?} {k}: {slope} {gradient}"
            );
        }
    }
}
