//! The updates of the catalogue, with any parameters.

use crate::compare::{Expected, least};
use crate::reference::Double;
use crate::run::Runner;
use crate::{Number, Source, tolerance};
use gradstep::update::Tensor;
use gradstep_check::catalogue::{self, UpdateEntry};
use gradstep_check::laws::update::Stepped;

macro_rules! listed {
    ($($stem:ident $update:ident [$n:literal])*) => {
        /// Any of them.
        pub fn update<E: Number>(source: &mut Source) {
            let all = [$(check::<E, catalogue::$update, $n> as fn(&mut Source)),*];
            all[source.below(all.len())](source);
        }
    };
}
gradstep_check::updates!(listed);

/// Neither so large that a few of them overflow nor so small that underflow costs digits; or not
/// finite, which is what it is on the way, too.
fn comfortable<E: Number>(x: Double) -> bool {
    let (least, most) = (E::MIN_POSITIVE.to_f64(), E::largest().to_f64());
    x.is_zero()
        || !x.is_finite()
        || (x.abs() >= Double::from(least) * f64::from(1 << 30) && x.abs() < most * 0.125)
}

fn check<E: Number, U: UpdateEntry<E, N>, const N: usize>(source: &mut Source) {
    let runner = Runner { offsets: source.offsets(), needs_fusion: false };
    let n = source.len();
    let w: Vec<E> = source.slice(n);
    let n = source.near(n);
    let g: Vec<E> = source.slice(n);
    let t = if source.rarely() { 0 } else { 1 + source.below(300) as u64 };
    // Parameters that are drawn may round to anything; of those of the catalogue results are told.
    let known = source.flag();
    let mut all = U::all();
    let entry = match known {
        true => all.swap_remove(source.below(all.len())),
        false => U::draw(&mut || source.parameter(), t),
    };
    let mut state: [Vec<E>; N] = std::array::from_fn(|_| {
        let n = source.near(w.len());
        source.slice(n)
    });
    for i in 0..w.len() {
        let mut row: Vec<E> = state.iter().map(|s| s.get(i).copied().unwrap_or(E::ZERO)).collect();
        entry.admit(&mut row);
        for (state, x) in state.iter_mut().zip(row) {
            state.get_mut(i).into_iter().for_each(|old| *old = x);
        }
    }
    let what = format!("{entry:?}");
    let same = w.len() == g.len() && state.iter().all(|state| state.len() == w.len());
    let buffers: Vec<&[E]> = std::iter::once(&w).chain(&state).map(Vec::as_slice).collect();
    let run = runner.run(&what, entry.fits() && same, &[&g], &buffers, &|execution, x, out| {
        let [w, states @ ..] = out else { unreachable!("a weight") };
        let mut states = states.iter_mut();
        let state = std::array::from_fn(|_| &mut **states.next().expect("as many as there are"));
        entry.step(&entry.update(execution)?, Tensor { w, g: x[0], state }).map(|()| 0.0)
    });
    let Some(outcomes) = run.filter(|_| known) else { return };
    let ulps = |output| tolerance::ulps(U::NAME, output, E::FORMAT);
    for (i, (w, g)) in w.iter().zip(&g).enumerate() {
        let row = std::array::from_fn(|k| state[k][i].double());
        let stepped = entry.exact(w.double(), g.double(), row);
        let comfortable = |stepped: &Stepped<N>| stepped.terms.iter().all(|x| comfortable::<E>(*x));
        let Some(Stepped { w: weight, state: exact, .. }) = stepped.filter(comfortable) else {
            continue;
        };
        let pairs = std::iter::once(("w", weight)).chain(U::STATE.into_iter().zip(exact));
        for outcome in &outcomes {
            for ((name, [exact, magnitude]), output) in pairs.clone().zip(&outcome.outputs) {
                let slack = least::<E>(Double::from(64.0));
                let expected = Expected { exact, magnitude, ulps: ulps(name), slack };
                expected.check(output[i], (&what, name, w, g, outcome.level));
            }
        }
    }
}
