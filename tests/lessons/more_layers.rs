//! From as many parameters, more layers learn the spirals in fewer steps.

use lessons::more_layers as lesson;
use lessons::shared::network::Network;
use lessons::shared::random::Random;

#[test]
fn the_gradients_are_slopes_of_the_loss() {
    let part = lesson::spirals(50, 1);
    let network = Network::new(&[2, 5, 4, 2], &mut Random(2));
    let (_, gradients) = network.loss_and_gradients(&part).unwrap();
    assert_eq!(gradients.len(), 3);
    for (i, [weights, bias]) in gradients.iter().enumerate() {
        assert_eq!(weights.values.len(), network.layers[i].weights().len());
        for (j, gradient) in weights.values.iter().enumerate() {
            let at = |shift: f32| {
                let mut moved = network.clone();
                moved.layers[i].weights_mut()[j] += shift;
                moved.loss_and_gradients(&part).unwrap().0
            };
            let slope = (at(1e-3) - at(-1e-3)) / 2e-3;
            // f32's rounding over the step, and a unit that turns on within it.
            assert!((slope - f64::from(*gradient)).abs() < 2e-3, "{i} {j}: {slope} {gradient}");
        }
        assert!(bias.values.iter().any(|g| *g != 0.0), "{i}");
    }
}

#[test]
fn sizes_are_what_they_claim() {
    for hidden in lesson::ALIKE {
        let parameters = lesson::network(hidden, 1).parameters();
        assert!((970..=1050).contains(&parameters), "{hidden:?}: {parameters}");
    }
    for pair in lesson::GROWING.windows(2) {
        let [less, more] = [0, 1].map(|i| lesson::network(pair[i], 1).parameters());
        assert_eq!(more - less, 20 * 20 + 20);
    }
}

#[test]
fn depth_gets_around_the_spirals_in_fewer_steps() {
    for seed in [60, 61] {
        let steps = lesson::ALIKE.map(|hidden| {
            let course = lesson::train(hidden, seed, 400).unwrap();
            let (_, right) = course.network.evaluate(&lesson::spirals(1000, 52)).unwrap();
            assert!(right > 0.95, "{hidden:?}: {right}");
            course.steps_to(0.1).unwrap()
        });
        assert!(steps[1] < steps[0] && steps[2] < steps[1], "{steps:?}");
        assert!(2 * steps[3] < steps[0], "{steps:?}");
    }
}
