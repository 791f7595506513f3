//! The network learns the four rows, by the gradient that it claims to use.

use lessons::two_layer_network as lesson;
use lessons::two_layer_network::Network;

#[test]
fn it_learns_the_four_rows() {
    let mut network = Network::new(1);
    let losses = network.train(1500).unwrap();
    assert!(losses[0] > 0.9 && losses[1499] < 0.01, "{} {}", losses[0], losses[1499]);
    let (x, y) = lesson::data();
    for (output, target) in network.forward(&x)[1].values.iter().zip(&y) {
        assert!((output - target).abs() < 0.1, "{output} {target}");
    }
}

#[test]
fn the_gradients_are_slopes_of_the_loss() {
    let network = Network::new(3);
    let (_, gradients) = network.loss_and_gradients().unwrap();
    for (layer, gradients) in gradients.iter().enumerate() {
        for (j, gradient) in gradients.values.iter().enumerate() {
            let at = |shift: f32| {
                let mut network = Network::new(3);
                let weights = if layer == 0 { &mut network.first } else { &mut network.second };
                weights.values[j] += shift;
                network.loss_and_gradients().unwrap().0
            };
            let slope = (at(0.01) - at(-0.01)) / 0.02;
            // The step's square, and f32's rounding of a loss of 1 over the step.
            assert!((slope - f64::from(*gradient)).abs() < 5e-5, "{layer} {j}: {slope} {gradient}");
        }
    }
}
