//! Calls that take turns.

use crate::buffers::{Buffers, Slices};
use crate::case::{Candidate, Case, Real};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Shorter batches would measure the clock.
const BATCH: Duration = Duration::from_micros(200);
/// A call that takes longer is made once: candle's at 16 Mi, which spend seconds on
/// pages for their temporary tensors.
const PATIENCE: Duration = Duration::from_millis(500);
/// Even where the budget is spent.
const LEAST_ROUNDS: usize = 3;
const MOST_ROUNDS: usize = 500;

/// Measures all candidates of a case and prints their lines.
pub(crate) fn case<E: Real>(
    case: Case,
    candidates: fn(Case, &Slices<'_, E>) -> Vec<Candidate<E>>,
    budget: Duration,
) {
    let mut buffers = Buffers::<E>::new(case.op.slices(), case.size.len());
    let mut slices = buffers.slices();
    let mut candidates = candidates(case, &slices);
    let per_element =
        |time: Duration, calls: usize| time.as_secs_f64() * 1e9 / (calls * case.size.len()) as f64;
    let mut times = vec![Vec::new(); candidates.len()];
    // Calls in a batch, by the number of the candidate.
    let mut batches = Vec::new();
    for (i, candidate) in candidates.iter_mut().enumerate() {
        // The first call meets cold caches and pages that are not there yet.
        let first = time(candidate, &mut slices, 1);
        if first > PATIENCE {
            times[i].push(per_element(first, 1));
        } else {
            let once = time(candidate, &mut slices, 1).max(Duration::from_nanos(1));
            batches.push((i, (BATCH.as_nanos() / once.as_nanos()).max(1) as usize));
        }
    }
    let start = Instant::now();
    for round in 0..MOST_ROUNDS {
        if round >= LEAST_ROUNDS && start.elapsed() > budget {
            break;
        }
        // Whoever comes first pays for what the last one left in the caches.
        for turn in 0..batches.len() {
            let (i, calls) = batches[(turn + round) % batches.len()];
            let batch = time(&mut candidates[i], &mut slices, calls);
            times[i].push(per_element(batch, calls));
        }
    }
    let passes: usize = case.op.slices().iter().map(|slice| slice.passes()).sum();
    for (candidate, times) in candidates.iter().zip(&mut times) {
        times.sort_by(f64::total_cmp);
        println!(
            "peers,{},{},{},{},1,{},{},{:.5},{:.5},{}",
            case.op.name(),
            case.size,
            candidate.level,
            std::any::type_name::<E>(),
            candidate.who,
            env!("PEERS_BUILD"),
            times[times.len() / 2],
            times[0],
            passes * size_of::<E>()
        );
    }
}

fn time<E>(candidate: &mut Candidate<E>, slices: &mut Slices<'_, E>, calls: usize) -> Duration {
    let start = Instant::now();
    for _ in 0..calls {
        black_box((candidate.call)(black_box(slices)));
    }
    start.elapsed()
}
