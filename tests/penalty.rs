//! L1, half squared L2, and elastic net.

use crate::elementwise::{self, Expected, Method, Operation, Referenced};
use crate::numbers::{Number, Random, error_at, special};
use crate::reference::{Double, prox as reference};
use crate::tolerance;
use gradstep::penalty::Penalty;
use gradstep::{Execution, Level};

/// Strengths.
#[derive(Clone, Copy, Debug)]
struct ElasticNet {
    l1: f64,
    l2: f64,
}

impl ElasticNet {
    fn on(self, level: Level) -> Penalty {
        let penalty = Penalty::new().l1(self.l1).and_then(|penalty| penalty.l2(self.l2));
        penalty.expect("strengths >= 0").execution(Execution::new().level(level))
    }

    /// As the element type has them.
    fn rounded<E: Number>(self) -> [f64; 2] {
        [self.l1, self.l2].map(|x| E::from_f64(x).to_f64())
    }
}

impl<E: Number> Operation<E> for ElasticNet {
    const COLUMNS: &'static [&'static str] = &["w", "gradient"];

    fn methods(self) -> Vec<Method<E>> {
        vec![
            Method::with_sum("value", &[0], 0, move |level, x, _| Some(self.on(level).value(x[0]))),
            Method::with_sum("add_grad", &[0], 1, move |level, x, out| {
                out[0].copy_from_slice(x[1]);
                Some(self.on(level).add_grad(x[0], out[0]).expect("lengths"))
            }),
        ]
    }

    fn ordinary(self, random: &mut Random) -> Vec<E> {
        vec![random.ordinary(-4.0, 4.0), random.ordinary(-2.0, 2.0)]
    }
}

impl<E: Number> Referenced<E> for ElasticNet {
    const NAME: &'static str = "penalty";

    fn expected(self, method: &str, row: &[f64]) -> Vec<Expected> {
        if method == "value" {
            return Vec::new();
        }
        let [l1, l2] = self.rounded::<E>();
        let (_, derivative) = reference::elastic_net_penalty(row[0], l1, l2);
        let value = derivative + row[1];
        let magnitude = derivative.abs().max(Double::from(row[1]).abs());
        let magnitude = if magnitude.is_finite() { magnitude } else { Double::ZERO };
        vec![Expected { output: "derivative", value, magnitude }]
    }
}

fn all<E: Number>() -> [ElasticNet; 4] {
    [(0.3, 0.7), (0.25, 0.0), (0.0, 0.1), (0.0, 0.0)].map(|(l1, l2)| ElasticNet { l1, l2 })
}

elementwise::tests!(all, values);

/// The value of each number alone.
#[test]
fn terms() {
    fn check<E: Number>() {
        let mut random = Random::new(5);
        let mut numbers = special::<E>();
        numbers.extend((0..3000).map(|_| random.wide::<E>()));
        numbers.extend((0..3000).map(|_| random.ordinary::<E>(-4.0, 4.0)));
        let bound = tolerance::ulps("penalty", "value", E::FORMAT);
        for penalty in all::<E>() {
            let [l1, l2] = penalty.rounded::<E>();
            // 0 times infinity is what it is.
            let defined = |w: &&E| l1 + l2 > 0.0 || w.is_nan() || w.finite();
            for w in numbers.iter().filter(defined) {
                let (value, _) = reference::elastic_net_penalty(w.to_f64(), l1, l2);
                for level in Level::available() {
                    let got = penalty.on(level).value(&[*w]);
                    let mut grad = [E::ZERO];
                    let again = penalty.on(level).add_grad(&[*w], &mut grad).expect("lengths");
                    assert!(got == again || (got.is_nan() && again.is_nan()));
                    let error = error_at(E::from_f64(got), value, value);
                    assert!(
                        error <= bound,
                        "{penalty:?} of {w:?} on {level:?}: {got}, {error} ULP"
                    );
                }
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

/// Any number of terms of one sign.
#[test]
fn sums() {
    fn check<E: Number>() {
        let mut random = Random::new(6);
        for n in [0, 1, 100, 5000, 300_000] {
            let w: Vec<E> = (0..n).map(|_| random.ordinary(-2.0, 2.0)).collect();
            for penalty in all::<E>() {
                let [l1, l2] = penalty.rounded::<E>();
                let value = |w: &E| reference::elastic_net_penalty(w.to_f64(), l1, l2).0;
                let exact = w.iter().map(value).sum::<Double>().to_f64();
                for level in Level::available() {
                    let got = penalty.on(level).value(&w);
                    let allowed = 2.0 * tolerance::typical_sum(E::FORMAT) * exact;
                    assert!((got - exact).abs() <= allowed, "{n} by {penalty:?}: {got}, {exact}");
                }
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

/// Exactly 0 at 0 of either sign, and exactly the strength elsewhere.
#[test]
fn subgradients_of_l1() {
    fn check<E: Number>() {
        let l1 = E::from_f64(0.3);
        for level in Level::available() {
            let penalty =
                Penalty::new().l1(0.3).expect("l1").execution(Execution::new().level(level));
            for w in special::<E>() {
                let mut grad = [E::ZERO];
                penalty.add_grad(&[w], &mut grad).expect("lengths");
                let expected = if w > E::ZERO {
                    l1
                } else if w < E::ZERO {
                    -l1
                } else {
                    w + E::ZERO // NaN, or 0
                };
                let same = grad[0] == expected || (w.is_nan() && grad[0].is_nan());
                assert!(same, "{w:?} on {level:?}: {:?}", grad[0]);
            }
        }
    }
    check::<f32>();
    check::<f64>();
}
