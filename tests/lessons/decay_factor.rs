//! The factor is the L2 penalty's gradient step for SGD, and is not with a state.

use lessons::decay_factor as lesson;
use lessons::shared::random::Random;

/// To the bit what is promised: constants rounded once from `f64`, two products
/// and a difference.
#[test]
fn the_step_is_the_textbook_equation_to_the_bit() {
    let mut random = Random(4);
    for _ in 0..1000 {
        let [t, g, alpha, decay] =
            [random.normal(), random.normal(), random.uniform(), random.uniform()];
        let (mut single, mut double) = ([t as f32], [t]);
        lesson::by_factor(&mut single, &[g as f32], alpha, decay).unwrap();
        lesson::by_factor(&mut double, &[g], alpha, decay).unwrap();
        let factor = 1.0 - alpha * decay;
        let expected = t as f32 * factor as f32 - g as f32 * alpha as f32;
        assert_eq!(single[0].to_bits(), expected.to_bits());
        assert_eq!(double[0].to_bits(), (t * factor - g * alpha).to_bits());
    }
}

/// Both forms are the same number but for their roundings.
#[test]
fn the_factor_is_the_penaltys_gradient_step() {
    let mut random = Random(5);
    for _ in 0..1000 {
        let [t, g] = [random.normal(), random.normal()];
        let (alpha, decay) = (random.uniform(), random.uniform());
        let (mut factor, mut penalty) = ([t as f32], [t as f32]);
        lesson::by_factor(&mut factor, &[g as f32], alpha, decay).unwrap();
        lesson::by_penalty(&mut penalty, &[g as f32], alpha, decay).unwrap();
        // Four roundings on the one way and six on the other, each of half an
        // epsilon of at most the terms' magnitudes.
        let terms = (t.abs() * (1.0 + alpha * decay) + (alpha * g).abs()) as f32;
        let gap = (factor[0] - penalty[0]).abs();
        assert!(gap <= 5.0 * f32::EPSILON * terms, "{t} {g} {alpha} {decay}: {gap}");
    }
}

#[test]
fn they_part_as_soon_as_there_is_a_state() {
    let partings = lesson::partings(2000).unwrap();
    let decay = lesson::LAMBDA / lesson::data().y.len() as f64;
    let ridge = lesson::ridge(decay).unwrap();
    let off =
        |w: &[f64], from: &[f64]| lesson::distance(w, from) / lesson::distance(from, &[0.0; 10]);
    for parting in &partings {
        assert!(off(&parting.coupled, &ridge) < 1e-3, "{}", parting.name);
    }
    let [sgd, rest @ ..] = &partings[..] else { panic!() };
    assert!(sgd.gaps.iter().all(|gap| *gap < 1e-14), "{:?}", sgd.gaps);
    for parting in rest {
        assert!(*parting.gaps.last().unwrap() > 0.1, "{}", parting.name);
        assert!(off(&parting.decoupled, &ridge) > 0.1, "{}", parting.name);
    }
}

/// A buffer in balance holds `1 / (1 - momentum)` gradients, so decoupled decay
/// counts `1 - momentum` times as much against them.
#[test]
fn decoupled_decay_with_momentum_is_a_weaker_ridge() {
    let partings = lesson::partings(4000).unwrap();
    let decay = lesson::LAMBDA / lesson::data().y.len() as f64;
    let weaker = lesson::ridge(decay * (1.0 - lesson::MOMENTUM)).unwrap();
    let momentum = partings.iter().find(|parting| parting.name.starts_with("momentum")).unwrap();
    let off = lesson::distance(&momentum.decoupled, &weaker);
    assert!(off < 1e-6 * lesson::distance(&weaker, &[0.0; 10]), "{off}");
}
