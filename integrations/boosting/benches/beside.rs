//! Both derivatives by all, in turns: `cargo bench`. The fastest call of each, ns per element, which
//! other programs disturb least.

use gradstep_boosting::{Call, Data, cases};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// For one line.
const BUDGET: Duration = Duration::from_millis(1000);

fn main() {
    println!("| loss, scores | gradstep | perpetual | forust |");
    println!("|---|---|---|---|");
    for n in [4096, 1 << 20] {
        let data = Data::new(n);
        for mut case in cases(&data) {
            let mut calls = vec![&mut case.ours, &mut case.perpetual];
            calls.extend(case.forust.as_mut());
            let times = fastest(calls, n);
            let cell = |i: usize| match times.get(i) {
                Some(time) => format!("{time:.2} ({:.1}x)", time / times[0]),
                None => String::new(),
            };
            println!("| {}, {n} | {:.2} | {} | {} |", case.name, times[0], cell(1), cell(2));
        }
    }
}

/// Nanoseconds per element of each.
fn fastest(mut calls: Vec<&mut Call<'_>>, n: usize) -> Vec<f64> {
    let mut times = vec![Vec::new(); calls.len()];
    let (mut grad, mut hess) = (vec![0.0; n], vec![0.0; n]);
    let start = Instant::now();
    while times[0].len() < 5 || start.elapsed() < BUDGET {
        for (call, times) in calls.iter_mut().zip(&mut times) {
            let start = Instant::now();
            call(&mut grad, &mut hess);
            times.push(start.elapsed().as_secs_f64() * 1e9 / n as f64);
            black_box((&grad, &hess));
        }
    }
    times.into_iter().map(|times| times.into_iter().fold(f64::INFINITY, f64::min)).collect()
}
