//! The tests of updates, by the laws of `gradstep_check`.

mod listed;

pub(crate) use gradstep_check::laws::update::*;

use crate::numbers::{Number, Random, error_at};
use crate::reference::Double;
use crate::tolerance;
use gradstep::update::Tensor;
use gradstep::{Execution, Level};
use gradstep_check::catalogue::UpdateEntry;

/// Hundreds of steps of an update down `(w - target)^2 / 2` beside the same steps in full
/// precision, from the gradient of the rounded weights; state starts as zeros.
///
/// Each step rounds the weight, by half a unit at most. So does a factor of the weight that was
/// rounded once, as that of decay, and always alike. Errors of averages die out with what they
/// average.
fn trajectories_keep_close<E: Number, U: UpdateEntry<E, N>, const N: usize>() {
    const STEPS: u64 = 300;
    const TENSOR: usize = 32;
    let ulps = |output| tolerance::ulps(U::NAME, output, E::FORMAT);
    for entry in U::all() {
        let drift = if entry.slow(1).decays() { ulps("decay of each step") } else { 0.0 };
        for level in Level::available() {
            let mut random = Random::new(17);
            let mut draw = || (0..TENSOR).map(|_| random.ordinary(-1.0, 1.0)).collect();
            let (mut w, target): (Vec<E>, Vec<E>) = (draw(), draw());
            let mut state = [(); N].map(|()| vec![E::ZERO; TENSOR]);
            let start = |w: &E| (Double::from(w.to_f64()), [Double::ZERO; N]);
            let mut exact: Vec<_> = w.iter().map(start).collect();
            let (mut magnitude, mut worst) = (1f64, 0f64);
            for t in 1..=STEPS {
                let entry = entry.slow(t);
                let update = entry.update(Execution::new().level(level)).expect("options");
                let g: Vec<E> = w.iter().zip(&target).map(|(w, target)| *w - *target).collect();
                let slices = state.each_mut().map(Vec::as_mut_slice);
                let tensor = Tensor { w: &mut w, g: &g, state: slices };
                entry.step(&update, tensor).expect("not refused");
                let bound = ulps("each step") * U::growth(t as f64) + drift * t as f64;
                for (i, (exact, state)) in exact.iter_mut().enumerate() {
                    let stepped = entry.exact(*exact, Double::from(g[i].to_f64()), *state);
                    let stepped = stepped.expect("ordinary numbers");
                    (*exact, *state) = (stepped.w[0], stepped.state.map(|pair| pair[0]));
                    magnitude = magnitude.max(exact.abs().to_f64());
                    let error = error_at(w[i], *exact, Double::from(magnitude));
                    assert!(error <= bound, "{entry:?} step {t} on {level:?}: {error} ULP");
                    worst = worst.max(error / bound);
                }
            }
            println!("{:?} {entry:?} on {level:?}: {worst:.3} of the bound", E::FORMAT);
        }
    }
}

/// Negating the gradient is what `maximize` does: the same bits.
fn to_maximise_negates_the_gradient<E: Number, U: UpdateEntry<E, N>, const N: usize>(
    maximized: impl Fn(U) -> U,
) {
    let mut random = Random::new(5);
    let rows: Vec<Vec<E>> = (0..100)
        .map(|_| crate::elementwise::Operation::ordinary(Elements(U::usual()), &mut random))
        .collect();
    let column = |i: usize| rows.iter().map(|row| row[i]).collect::<Vec<E>>();
    for level in Level::available() {
        let run = |entry: U, g: Vec<E>| {
            let update = entry.update(Execution::new().level(level)).expect("options");
            let mut w = column(0);
            let mut state: [Vec<E>; N] = std::array::from_fn(|i| column(2 + i));
            let slices = state.each_mut().map(Vec::as_mut_slice);
            entry.step(&update, Tensor { w: &mut w, g: &g, state: slices }).expect("not refused");
            (w, state)
        };
        let negated = column(1).into_iter().map(|g| -g).collect();
        let up = run(maximized(U::usual()), column(1));
        assert_eq!(up, run(U::usual(), negated), "on {level:?}");
    }
}
