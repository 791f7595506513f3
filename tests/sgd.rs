//! What holds for stochastic gradient descent alone; the catalogue has the rest.

use crate::elementwise::law;
use crate::numbers::{Number, bits, error_at};
use crate::reference::Double;
use crate::tolerance;
use gradstep::update::{Sgd, SgdMomentum};
use gradstep::{Execution, Level};
use proptest::prop_assert;

fn sgd(level: Level, learning_rate: f64, weight_decay: f64) -> Sgd {
    let sgd = Sgd::new(learning_rate).and_then(|sgd| sgd.weight_decay(weight_decay));
    sgd.expect("options").execution(Execution::new().level(level))
}

/// Without a gradient a step multiplies by `1 - learning_rate weight_decay`, which
/// `f64` gives and the element type rounds once.
#[test]
fn decay_is_one_factor() {
    fn check<E: Number>() {
        let rates = || (1e-8f64..1.0, 1e-8f64..1.0);
        law(&(E::any(), rates()), |(w, (learning_rate, weight_decay))| {
            let keep = 1.0 - Double::from(learning_rate) * weight_decay;
            let exact = Double::from(w.to_f64()) * keep;
            for level in Level::available() {
                let mut got = [w];
                let sgd = sgd(level, learning_rate, weight_decay);
                sgd.step(&mut got, &[E::ZERO]).expect("not refused");
                let error = error_at(got[0], exact, Double::from(w.to_f64()));
                let bound = tolerance::ulps("sgd", "decay", E::FORMAT);
                prop_assert!(error <= bound, "{w:?} on {level:?}: {:?}, {error} ULP", got[0]);
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

/// `1 - learning_rate weight_decay` and `learning_rate grad_scale` are computed in
/// `f64` and rounded once: in `f32` the rates below would be lost or one unit off.
#[test]
fn constants_are_rounded_once() {
    fn check<E: Number>() {
        let rates = || (1e-8f64..1.0, 1e-3f64..1.0, -2f64..2.0);
        law(&rates(), |(learning_rate, weight_decay, grad_scale)| {
            for level in Level::available() {
                let sgd = sgd(level, learning_rate, weight_decay);
                let sgd = sgd.grad_scale(grad_scale).expect("a scale");
                let (mut keep, mut step) = ([E::ONE], [E::ZERO]);
                sgd.step(&mut keep, &[E::ZERO]).expect("not refused");
                sgd.step(&mut step, &[-E::ONE]).expect("not refused");
                let exact = [1.0 - learning_rate * weight_decay, learning_rate * grad_scale];
                let exact = exact.map(|x| E::from_f64(x));
                prop_assert!([keep[0], step[0]] == exact, "{sgd:?} on {level:?}");
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

/// Without momentum, decay in the gradient and decay of the weight are one update.
/// On a grid nothing rounds, so all ways to ask for it give the same bits.
#[test]
fn coupled_and_decoupled_are_the_same_without_momentum() {
    fn check<E: Number>() {
        law(&(-2000i32..2000, -2000i32..2000, 0u8..8), |(w, g, decay)| {
            let of = |x: i32| E::from_f64(f64::from(x) / 256.0);
            let (w, g, decay) = (of(w), of(g), f64::from(decay) / 8.0);
            for level in Level::available() {
                let on = Execution::new().level(level);
                let momentum = SgdMomentum::new(0.5, 0.0).expect("a rate").execution(on);
                let momentum = momentum.weight_decay(decay).expect("a decay");
                let mut got = [[w]; 5];
                let [a, b, c, d, e] = &mut got;
                sgd(level, 0.5, decay).step(a, &[g]).expect("not refused");
                let mut buffer = [of(3)];
                momentum.step(b, &[g], &mut buffer, 1).expect("not refused");
                momentum.step(c, &[g], &mut buffer, 2).expect("not refused");
                momentum.decoupled().step(d, &[g], &mut buffer, 1).expect("not refused");
                momentum.decoupled().step(e, &[g], &mut buffer, 2).expect("not refused");
                let exact = w.to_f64() * (1.0 - 0.5 * decay) - 0.5 * g.to_f64();
                for got in got {
                    prop_assert!(
                        bits(got[0] + E::ZERO) == bits(E::from_f64(exact) + E::ZERO),
                        "{level:?}"
                    );
                }
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}
