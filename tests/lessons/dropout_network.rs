//! Without regularisers the network overfits; with them, or stopped early, it does not.

use lessons::dropout_network as lesson;

fn least(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

#[test]
fn overfitting_is_seen_and_cured() {
    let plain = lesson::train(lesson::NONE, 400, None, || {}).unwrap();
    let cured = lesson::train(lesson::ALL, 400, None, || {}).unwrap();
    let last = |values: &[f64]| values[values.len() - 1];
    // Learnt by heart: the training loss is gone, the validation loss has turned.
    assert!(last(&plain.training) < 1e-3, "{}", last(&plain.training));
    assert!(last(&plain.validation) > 1.2 * least(&plain.validation));
    // Cured: no turn to speak of, and better than what was ever reached without.
    assert!(last(&cured.training) > 10.0 * last(&plain.training));
    assert!(last(&cured.validation) < 1.1 * least(&cured.validation));
    assert!(last(&cured.validation) < 0.9 * least(&plain.validation));
    assert!(
        cured.network.zeros() > 0.1 && plain.network.zeros() == 0.0,
        "{}",
        cured.network.zeros()
    );
}

#[test]
fn early_stopping_restores_the_best_weights() {
    let [_, validation] = lesson::data();
    let stopped = lesson::train(lesson::NONE, 400, Some(30), || {}).unwrap();
    assert!(stopped.validation.len() < 400, "{}", stopped.validation.len());
    let (loss, right) = stopped.network.evaluate(&validation).unwrap();
    assert_eq!(loss.to_bits(), least(&stopped.validation).to_bits());
    assert!(right > 0.85, "{right}");
}
