//! Sweeps of coordinate descent: one step beside its definition, optima by their conditions, the
//! active set, and what can't be computed.

use crate::elementwise::law;
use crate::numbers::{Number, Random, bits};
use gradstep::penalty::{Coordinates, Design, Penalty, squared_norms};
use gradstep::{Error, Execution, Level};
use gradstep_check::reference::{Double, ulp};
use proptest::prelude::*;

fn on(l1: f64, l2: f64, level: Level) -> Penalty {
    let penalty = Penalty::new().l1(l1).and_then(|penalty| penalty.l2(l2)).expect("strengths");
    penalty.execution(Execution::new().level(level))
}

fn norms<E: Number>(columns: &[E], rows: usize, features: usize) -> Vec<f64> {
    let mut norms = vec![f64::NAN; features];
    squared_norms(columns, rows, &mut norms).expect("lengths");
    norms
}

/// One column: the new weight in arithmetic of twice the precision, every length around the
/// widths of registers, and the residual that belongs to it.
#[test]
fn one_weight_goes_where_the_objective_is_least() {
    fn check<E: Number>() {
        let number = || (-2.0..2.0f64).prop_map(E::from_f64);
        let rows = prop::collection::vec((number(), number()), 1..260);
        law(&(rows, number(), 0.0..20.0f64, 0.0..2.0f64), |(rows, w, l1, l2)| {
            let (x, r): (Vec<E>, Vec<E>) = rows.into_iter().unzip();
            let double = |x: &E| Double::from(x.to_f64());
            let dot = |a: &[E], b: &[E]| a.iter().zip(b).map(|(a, b)| double(a) * double(b)).sum();
            let (q, xr): (Double, Double) = (dot(&x, &x), dot(&x, &r));
            let sizes: Double = x.iter().zip(&r).map(|(x, r)| (double(x) * double(r)).abs()).sum();
            let d = 3.0;
            let slope = xr + q * double(&w);
            let over = slope.abs() - Double::from(l1) * d;
            let curvature = q + Double::from(l2) * d;
            let exact = Double::ZERO.max(over) * slope.sign() / curvature;
            // What the sum in f64, the norm and the strengths were rounded by.
            let slack = (sizes + slope.abs() + Double::from(l1) * d) * 1e-14 / curvature;
            for level in Level::available() {
                let (mut got, mut residual) = ([w], r.clone());
                let design =
                    Design { columns: &x, squared_norms: &norms(&x, x.len(), 1), denominator: d };
                let step = on(l1, l2, level)
                    .coordinate_descent(design, Coordinates::All, &mut got, &mut residual)
                    .expect("lengths");
                let distance = (double(&got[0]) - exact).abs() - slack;
                let tenth = ulp::error(got[0].to_f64(), exact, E::FORMAT);
                prop_assert!(tenth <= 0.6 || distance <= 0.0, "{got:?} {exact:?} {level:?}");
                let change = got[0] - w;
                prop_assert!(step == change.to_f64().abs(), "{step:?} {change:?}");
                for ((after, before), x) in residual.iter().zip(&r).zip(&x) {
                    let expected = *before - *x * change;
                    prop_assert!(bits(*after) == bits(expected) || change == E::ZERO);
                }
            }
            Ok(())
        });
    }
    check::<f32>();
    check::<f64>();
}

/// A random problem: columns and residual of zero weights.
fn problem(random: &mut Random, rows: usize, features: usize) -> (Vec<f64>, Vec<f64>) {
    let mut column = |n| (0..n).map(|_| random.within(-1.0, 1.0)).collect();
    (column(rows * features), column(rows))
}

/// Until no weight moves the optimality conditions hold, and the active set gets there, too;
/// it leaves weights of 0 alone.
#[test]
fn sweeps_reach_the_optimum() {
    let mut random = Random::new(7);
    for (rows, features, l1, l2) in
        [(40, 10, 0.02, 0.0), (7, 30, 0.05, 0.01), (100, 3, 0.0, 0.5), (33, 65, 0.1, 0.0)]
    {
        let (columns, y) = problem(&mut random, rows, features);
        let norms = norms(&columns, rows, features);
        #[allow(clippy::cast_precision_loss)]
        let d = rows as f64;
        let design = Design { columns: &columns, squared_norms: &norms, denominator: d };
        let mut solutions = Vec::new();
        for level in Level::available() {
            let penalty = on(l1, l2, level);
            let (mut w, mut residual) = (vec![0.0; features], y.clone());
            let mut sweep = |which, w: &mut [f64]| {
                let zeros: Vec<usize> = (0..features).filter(|j| w[*j] == 0.0).collect();
                let step = penalty.coordinate_descent(design, which, w, &mut residual);
                if which == Coordinates::Nonzero {
                    assert!(zeros.iter().all(|j| bits(w[*j]) == 0), "a weight of 0 moved");
                }
                step.expect("lengths")
            };
            let mut sweeps = 0;
            while sweep(Coordinates::All, &mut w) > 1e-14 {
                while sweep(Coordinates::Nonzero, &mut w) > 1e-14 {}
                sweeps += 1;
                assert!(sweeps < 5000, "no end");
            }
            let column = |j: usize| &columns[j * rows..(j + 1) * rows];
            let gradient =
                |j| -column(j).iter().zip(&residual).map(|(x, r)| x * r).sum::<f64>() / d;
            let gradient: Vec<f64> = (0..features).map(gradient).collect();
            let violation = penalty.kkt_violation(&w, &gradient).expect("lengths");
            assert!(violation < 1e-12, "{violation} on {level:?}");
            solutions.push(w);
        }
        assert!(solutions.windows(2).all(|pair| pair[0] == pair[1]), "levels differ");
        assert!(l1 == 0.0 || solutions[0].contains(&0.0), "no exact zero");
        assert!(solutions[0].iter().any(|w| *w != 0.0));
    }
}

/// A column of zeros has the weight 0 under any penalty and keeps it under none; NaN is told.
#[test]
fn columns_of_zeros_and_nan() {
    let norms = [0.0, 2.0];
    let columns = [0.0f32, 0.0, 1.0, 1.0];
    let design = Design { columns: &columns, squared_norms: &norms, denominator: 1.0 };
    for (l1, l2, expected) in [(0.0, 0.0, 5.0), (0.1, 0.0, 0.0), (0.0, 0.1, 0.0)] {
        for level in Level::available() {
            let (mut w, mut residual) = ([5.0, 0.0], [1.0, 3.0]);
            let all = Coordinates::All;
            let step = on(l1, l2, level).coordinate_descent(design, all, &mut w, &mut residual);
            assert_eq!(w[0], expected, "{l1} {l2}");
            assert!(step.expect("lengths") >= 5.0 - f64::from(expected));
            let mut bad = [f32::NAN, 3.0];
            let step = on(l1, l2, level).coordinate_descent(design, all, &mut w, &mut bad);
            assert!(step.expect("lengths").is_nan() && w[1].is_nan());
            // Not even by a column of zeros after it.
            let design =
                Design { columns: &[1.0, 1.0, 0.0, 0.0], squared_norms: &[2.0, 0.0], ..design };
            let (mut w, mut bad) = ([0.0, 5.0], [f32::NAN, 3.0]);
            let step = on(l1, l2, level).coordinate_descent(design, all, &mut w, &mut bad);
            assert!(step.expect("lengths").is_nan());
        }
    }
}

#[test]
fn refusals_write_nothing() {
    let penalty = Penalty::new().l1(1e300).expect("l1");
    let x = [1.0f64; 6];
    let refused = |columns: &[f64], norms: &[f64], denominator, expected: Error| {
        let (mut w, mut residual) = ([0.5; 2], [1.0; 3]);
        let design = Design { columns, squared_norms: norms, denominator };
        let all = Coordinates::All;
        let got = penalty.coordinate_descent(design, all, &mut w, &mut residual);
        assert_eq!(got, Err(expected));
        assert_eq!((w, residual), ([0.5; 2], [1.0; 3]));
    };
    let length = |argument, expected, found| Error::Length { argument, expected, found };
    refused(&x, &[1.0], 1.0, length("squared_norms", 2, 1));
    refused(&x[1..], &[1.0; 2], 1.0, length("columns", 6, 5));
    let parameter = |parameter, expected, found| Error::Parameter { parameter, expected, found };
    refused(&x, &[1.0; 2], 0.0, parameter("denominator", "finite and > 0", 0.0));
    refused(&x, &[1.0; 2], 1e20, parameter("denominator l1", "finite", f64::INFINITY));
    let mut norms = [7.0; 2];
    assert_eq!(squared_norms(&x, 4, &mut norms), Err(length("columns", 8, 6)));
    assert_eq!(norms, [7.0; 2]);
    assert_eq!(squared_norms::<f32>(&[], 0, &mut norms), Ok(()));
    assert_eq!(norms, [0.0; 2]);
}
