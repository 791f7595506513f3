//! The tests of updates, by the laws of `gradstep_check`.

mod listed;

pub(crate) use gradstep_check::laws::update::*;

use crate::numbers::Number;
use crate::trajectory;
use gradstep::update::Tensor;
use gradstep::{Execution, Level};
use gradstep_check::catalogue::UpdateEntry;

/// Hundreds of steps beside the same in full precision.
fn trajectories_keep_close<E: Number, U: UpdateEntry<E, N>, const N: usize>() {
    for entry in U::all() {
        trajectory::follow::<E, N>(
            U::NAME,
            entry.slow(1).decays(),
            U::growth,
            &format!("{entry:?}"),
            |level, w, g, state, t| {
                let entry = entry.slow(t);
                let update = entry.update(Execution::new().level(level)).expect("options");
                entry.step(&update, Tensor { w, g, state }).expect("not refused");
            },
            |w, g, state, t| {
                let stepped = entry.slow(t).exact(w, g, state).expect("ordinary numbers");
                (stepped.w[0], stepped.state.map(|pair| pair[0]))
            },
        );
    }
}

/// Negating the gradient is what `maximize` does: the same bits.
fn to_maximise_negates_the_gradient<E: Number, U: UpdateEntry<E, N>, const N: usize>(
    maximized: impl Fn(U) -> U,
) {
    let mut random = crate::numbers::Random::new(5);
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
