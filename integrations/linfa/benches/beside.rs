//! The same elastic nets by both, in turns: `cargo bench`. The fastest fit of each, which other
//! programs disturb least.

mod problems;

use gradstep_linfa::{ElasticNet, Solver};
use linfa::prelude::*;
use linfa_elasticnet::ElasticNet as Linfa;
use std::time::Instant;

fn fastest(times: Vec<f64>) -> f64 {
    times.into_iter().fold(f64::INFINITY, f64::min)
}

fn main() {
    println!(
        "| problem | penalty | zeros | descent here, ms | sweeps | FISTA here, ms | steps | linfa, ms | sweeps | linfa with one sweep, ms |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    let problems = [
        ("diabetes, 442 x 10", problems::diabetes(), [1.0, 5.0]),
        ("1000 x 200", problems::wide(1000, 200), [0.2, 0.5]),
        ("500 x 2000", problems::wide(500, 2000), [0.2, 0.5]),
    ];
    for (name, data, penalties) in &problems {
        for &penalty in penalties {
            let (mut descent, mut ours) = (Vec::new(), Vec::new());
            let (mut theirs, mut one) = (Vec::new(), Vec::new());
            let (mut full, mut steps, mut sweeps, mut zeros) = (0, 0, 0, 0);
            for _ in 0..15 {
                let net = ElasticNet::new(penalty).tolerance(1e-8);
                let start = Instant::now();
                full = net.fit(data).expect("a model").iterations;
                descent.push(start.elapsed().as_secs_f64() * 1e3);
                let start = Instant::now();
                // All stop at the same duality gap.
                let model = net.solver(Solver::ProximalSteps).fit(data).expect("a model");
                ours.push(start.elapsed().as_secs_f64() * 1e3);
                (steps, zeros) =
                    (model.iterations, model.hyperplane.iter().filter(|w| **w == 0.0).count());
                let start = Instant::now();
                let linfa = Linfa::params().penalty(penalty).l1_ratio(1.0).tolerance(1e-8);
                let model = linfa.clone().max_iterations(10_000).fit(data).expect("a model");
                theirs.push(start.elapsed().as_secs_f64() * 1e3);
                // What is left is not the descent, but standard errors of the weights.
                let start = Instant::now();
                linfa.max_iterations(1).fit(data).expect("a model");
                one.push(start.elapsed().as_secs_f64() * 1e3);
                sweeps = model.n_steps();
            }
            let [descent, ours, theirs, one] = [descent, ours, theirs, one].map(fastest);
            println!(
                "| {name} | {penalty} | {zeros} | {descent:.2} | {full} | {ours:.2} | {steps} | {theirs:.2} | {sweeps} | {one:.2} |"
            );
        }
    }
}
