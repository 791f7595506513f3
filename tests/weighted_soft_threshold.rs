//! Soft-threshold with a threshold of each element.

use crate::elementwise::{self, Expected, Method, Operation, Referenced, law};
use crate::numbers::{Number, Random, around, bits};
use crate::proximal::zeros;
use crate::soft_threshold::{expected, lambdas};
use gradstep::prox;
use gradstep::{Execution, Level};
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
struct WeightedSoftThreshold;

fn on<E: Number>(lambdas: &[E], level: Level) -> prox::WeightedSoftThreshold<'_, E> {
    let soft = prox::WeightedSoftThreshold::new(lambdas).expect("lambdas >= 0");
    soft.execution(Execution::new().level(level))
}

impl<E: Number> Operation<E> for WeightedSoftThreshold {
    const COLUMNS: &'static [&'static str] = &["x", "upstream", "lambda"];

    fn methods(self) -> Vec<Method<E>> {
        vec![
            Method::new("apply", &[0], 1, |level, x, out| {
                out[0].copy_from_slice(x[0]);
                on(x[2], level).apply(out[0]).expect("not refused");
            }),
            Method::new("apply_and_count", &[0], 1, |level, x, out| {
                out[0].copy_from_slice(x[0]);
                let count = on(x[2], level).apply_and_count(out[0]).expect("not refused");
                assert_eq!(count, zeros(out[0]), "on {level:?}");
            }),
            Method::new("apply_into_and_count", &[0], 1, |level, x, out| {
                let soft = on(x[2], level);
                let count = soft.apply_into_and_count(x[0], out[0]).expect("not refused");
                assert_eq!(count, zeros(out[0]), "on {level:?}");
            }),
            Method::new("apply_into", &[0], 1, |level, x, out| {
                on(x[2], level).apply_into(x[0], out[0]).expect("not refused");
            }),
            Method::new("backward", &[0, 1], 1, |level, x, out| {
                on(x[2], level).backward(x[0], x[1], out[0]).expect("not refused");
            }),
        ]
    }

    fn ordinary(self, random: &mut Random) -> Vec<E> {
        let lambda = random.ordinary(0.0, 3.0);
        vec![random.ordinary(-4.0, 4.0), random.ordinary(-2.0, 2.0), lambda]
    }

    fn admit(self, row: &mut [E]) {
        if row[2].is_nan() {
            row[2] = E::ONE;
        } else if row[2] < E::ZERO {
            row[2] = -row[2];
        }
    }
}

impl<E: Number> Referenced<E> for WeightedSoftThreshold {
    const NAME: &'static str = "soft_threshold";

    fn expected(self, method: &str, row: &[f64]) -> Vec<Expected> {
        expected(method, row[0], row[2], row[1])
    }

    fn corners(self) -> Vec<Vec<E>> {
        let mut corners = Vec::new();
        for lambda in lambdas::<E>() {
            let near = around(lambda, 4).flat_map(|x| [x, -x]).filter(|x| !x.is_nan());
            corners.extend(near.map(|x| vec![x, E::TWO, lambda]));
        }
        corners
    }
}

fn all<E: Number>() -> [WeightedSoftThreshold; 1] {
    [WeightedSoftThreshold]
}

elementwise::tests!(all, values);

/// Each element is shrunk by its own threshold: the same bits as one by one.
#[test]
fn each_element_has_its_own_threshold() {
    let rows = prop::collection::vec((proptest::num::f64::ANY, 0.0..5.0f64, -2.0..2.0f64), 1..70);
    law(&rows, |rows| {
        let x: Vec<_> = rows.iter().map(|row| row.0).collect();
        let lambdas: Vec<_> = rows.iter().map(|row| row.1).collect();
        let upstream: Vec<_> = rows.iter().map(|row| row.2).collect();
        for level in Level::available() {
            let (mut applied, mut grad) = (x.clone(), x.clone());
            on(&lambdas, level).apply(&mut applied).expect("not refused");
            on(&lambdas, level).backward(&x, &upstream, &mut grad).expect("not refused");
            for (i, lambda) in lambdas.iter().enumerate() {
                let plain = prox::SoftThreshold::new(*lambda).expect("lambda >= 0");
                let plain = plain.execution(Execution::new().level(level));
                let (mut one, mut slope) = ([x[i]], [0.0]);
                plain.apply(&mut one).unwrap();
                plain.backward(&[x[i]], &[upstream[i]], &mut slope).expect("not refused");
                prop_assert!(bits(applied[i]) == bits(one[0]), "{} {lambda} on {level:?}", x[i]);
                prop_assert!(bits(grad[i]) == bits(slope[0]), "{} {lambda} on {level:?}", x[i]);
            }
        }
        Ok(())
    });
}
