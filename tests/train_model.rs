//! The model of `examples/train`, from the table to the trained weights.

#[allow(dead_code, reason = "the report of the example has more uses")]
#[path = "../examples/train/data.rs"]
mod data;
#[allow(dead_code, reason = "the report of the example has more uses")]
#[path = "../examples/train/model.rs"]
mod model;
#[path = "../examples/train/products.rs"]
mod products;

use crate::train_csv::csv::{self, Table};
use data::{Real, Scaling};
use gradstep::{Execution, Level};
use model::{Settings, Training};
use products::Rows;
use proptest::prelude::*;

proptest! {
    #[test]
    fn scaled_features_are_finite(
        mut x in prop::collection::vec(prop::num::f64::ANY, 1..20),
        mut other in prop::num::f64::ANY,
    ) {
        x.iter_mut().chain([&mut other]).filter(|x| !x.is_finite()).for_each(|x| *x = 0.0);
        let scaling = Scaling::new(x.iter().copied());
        let limit = (x.len() as f64).sqrt() * 1.001;
        prop_assert!(x.iter().all(|&x| scaling.apply(x).abs() <= limit));
        prop_assert!(scaling.apply(other).is_finite());
    }
}

#[test]
fn a_constant_feature_becomes_zero() {
    // The mean of these, rounded, is not 0.1.
    let scaling = Scaling::new([0.1; 10].into_iter());
    assert_eq!((scaling.apply(0.1), scaling.apply(7.0)), (0.0, 0.0));
}

#[test]
fn every_class_gives_a_fifth() {
    let digits = load("digits");
    let (train, held_out) = data::split(&digits.labels, 0);
    assert_eq!((train.len(), held_out.len()), (1438, 359));
    let mut all = [&train[..], &held_out].concat();
    all.sort_unstable();
    assert!(all.into_iter().eq(0..1797));
    for class in 0..10 {
        let count = |rows: &[usize]| rows.iter().filter(|&&r| digits.labels[r] == class).count();
        assert!(count(&held_out).abs_diff((count(&train) + count(&held_out)) / 5) <= 1);
    }
    assert_eq!(data::split(&digits.labels, 0).1, held_out);
    assert_ne!(data::split(&digits.labels, 1).1, held_out);
}

fn load(name: &str) -> Table {
    csv::read(&crate::tree::root().join(format!("data/{name}.csv")), &mut |_| ()).unwrap()
}

/// Held-out accuracy, weights, and the objective before every step.
fn trained<E: Real>(name: &str, level: Level, l1: f64, steps: usize) -> (f64, Vec<f64>, Vec<f64>) {
    let table = load(name);
    let (train, held_out) = data::split(&table.labels, 0);
    let scalings = data::scalings(&table, &train);
    let held_out = data::part::<E>(&table, &held_out, &scalings);
    let train = data::part::<E>(&table, &train, &scalings);
    let learning_rate = model::safe_learning_rate(&train);
    let execution = Execution::new().level(level);
    let settings = Settings { learning_rate, l1, l2: 0.0, execution };
    let mut training = Training::new(&train, table.classes.len(), &settings).unwrap();
    let weights = |t: &Training<'_, E>| t.weights().iter().map(|&w| w.into()).collect::<Vec<f64>>();
    let mut objectives = Vec::new();
    for _ in 0..steps {
        let penalty = weights(&training).iter().map(|w| l1 * w.abs()).sum::<f64>();
        assert!((training.penalty() - penalty).abs() <= 1e-5 * penalty);
        objectives.push(training.step().unwrap() + penalty);
    }
    let (_, hits) = training.evaluate(&held_out).unwrap();
    (hits as f64 / held_out.labels.len() as f64, weights(&training), objectives)
}

#[test]
fn training_descends_and_learns_on_every_level() {
    for level in Level::available() {
        for (name, least) in [("wine", 0.94), ("iris", 0.86)] {
            let (accuracy, weights, objectives) = trained::<f64>(name, level, 0.01, 200);
            assert!(accuracy >= least, "{name}, {level:?}: {accuracy}");
            assert!(weights.contains(&0.0), "{name}, {level:?}: {weights:?}");
            assert!(objectives.is_sorted_by(|a, b| a > b), "{name}, {level:?}: {objectives:?}");
            let (single_accuracy, _, single) = trained::<f32>(name, level, 0.01, 200);
            let gap = (single_accuracy - accuracy).abs(); // a row on the border may flip
            assert!(gap < 0.04, "{name}, {level:?}: {gap}");
            let last = (single[199], objectives[199]);
            assert!((last.0 / last.1 - 1.0).abs() < 1e-4, "{name}, {level:?}: {last:?}");
        }
    }
}

#[test]
fn a_large_penalty_leaves_the_intercepts_alone() {
    // A scaled feature has mean magnitude at most 1, so no gradient exceeds 1.
    let (_, weights, objectives) = trained::<f32>("wine", Level::best(), 1.0, 200);
    assert!(weights.iter().all(|&w| w == 0.0), "{weights:?}");
    // With intercepts alone the best loss is the entropy of the labels.
    let labels = load("wine").labels;
    let (train, _) = data::split(&labels, 0);
    let share = |class| {
        train.iter().filter(|&&row| labels[row] == class).count() as f64 / train.len() as f64
    };
    let entropy = (0..3).map(share).map(|p| -p * p.ln()).sum::<f64>();
    assert!((objectives[199] - entropy).abs() < 1e-4, "{} {entropy}", objectives[199]);
}

#[test]
fn products_have_the_same_bits_for_any_number_of_threads() {
    let (rows, width, columns) = (5000, 7, 3); // three blocks, the last one short
    let numbers = |n: usize| (0..n).map(|i| (i as f32 * 0.7).sin()).collect::<Vec<_>>();
    let (x, w, g) = (numbers(rows * width), numbers(width * columns), numbers(rows * columns));
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let x = Rows::new(&x, rows);
            let mut out = [vec![0.0; rows * columns], vec![0.0; width * columns]];
            x.times(&w, columns, &mut out[0]);
            x.transposed_times(&g, columns, &mut vec![0.0; x.workspace(columns)], &mut out[1]);
            out.concat()
        })
    };
    let one = run(1);
    for threads in [2, 3, 7] {
        assert!(
            run(threads).iter().zip(&one).all(|(a, b)| a.to_bits() == b.to_bits()),
            "{threads}"
        );
    }
    let product = |a: &dyn Fn(usize) -> f32, b: &dyn Fn(usize) -> f32, n| {
        (0..n).map(|k| f64::from(a(k)) * f64::from(b(k))).sum::<f64>()
    };
    for (i, &z) in one.iter().enumerate() {
        let (row, column) = (i / columns, i % columns);
        let (exact, size) = if row < rows {
            (product(&|k| x[row * width + k], &|k| w[k * columns + column], width), width)
        } else {
            let row = row - rows;
            (product(&|k| x[k * width + row], &|k| g[k * columns + column], rows), rows)
        };
        // Every term is at most 1, its partial sums at most `size`.
        assert!((f64::from(z) - exact).abs() < 1e-7 * size as f64, "{i}: {z} {exact}");
    }
}
