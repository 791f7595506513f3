//! Activations: values against the definitions, derivatives too where no step of
//! theirs leaves the normal numbers.

use crate::compare::{Expected, in_range, representable};
use crate::run::{Runner, same};
use crate::{Number, Source, tolerance};
use gradstep::activation::Activation;
use gradstep::kernels::ops::activation as formulas;
use gradstep_check::catalogue::ActivationEntry;

macro_rules! listed {
    ($($stem:ident $activation:ident)*) => {
        /// Any of the catalogue.
        pub fn activation<E: Number>(source: &mut Source) {
            let all = [$(check::<E, formulas::$activation> as fn(&mut Source)),*];
            all[source.below(all.len())](source);
        }
    };
}
gradstep_check::activations!(listed);

fn check<E: Number, A: ActivationEntry>(source: &mut Source) {
    let runner = Runner { offsets: source.offsets(), needs_fusion: A::CURVED };
    let n = source.len();
    let mut slice = || {
        let n = source.near(n);
        source.slice::<E>(n)
    };
    let (x, upstream, output) = (slice(), slice(), slice());
    let on = |execution| Activation::<A>::new().execution(execution);
    let what = A::OUTPUTS[0];
    let in_place = runner.run(what, true, &[], &[&x], &|execution, _, out| {
        on(execution).apply(out[0]).unwrap();
        Ok(0.0)
    });
    let fits = x.len() == output.len();
    let values = runner.run(what, fits, &[&x], &[&output], &|execution, x, out| {
        on(execution).apply_into(x[0], out[0]).map(|()| 0.0)
    });
    let fits = fits && x.len() == upstream.len();
    let grads = runner.run(what, fits, &[&x, &upstream], &[&output], &|execution, x, out| {
        on(execution).backward(x[0], x[1], out[0]).map(|()| 0.0)
    });
    if let (Some(in_place), Some(values)) = (&in_place, &values) {
        same(what, in_place, values);
    }
    let ulps = tolerance::ulps("activation", A::OUTPUTS[0], E::FORMAT);
    for outcome in in_place.iter().flatten() {
        for (x, got) in x.iter().zip(outcome.output()) {
            let exact = A::exact(x.double());
            Expected::new(exact, ulps).check(*got, (what, x, outcome.level));
        }
    }
    let ulps = tolerance::ulps("activation", A::OUTPUTS[1], E::FORMAT);
    for outcome in grads.iter().flatten() {
        for ((x, upstream), got) in x.iter().zip(&upstream).zip(outcome.output()) {
            let case = (A::OUTPUTS[1], x, upstream, outcome.level);
            let [a, b] = A::factors(x.double());
            if !A::CURVED {
                let exact = A::exact_backward(x.double(), upstream.double());
                Expected::new(exact, ulps).check(*got, case);
                continue;
            }
            let (derivative, exact) = (a * b, a * b * upstream.double());
            let normal = [a, b, derivative].into_iter().all(representable::<E>);
            if a.is_nan() || upstream.is_nan() {
                assert!(got.is_nan(), "{case:?}: {got:?}");
            } else if normal && in_range::<E>(exact) {
                Expected::new(exact, ulps).check(*got, case);
            }
        }
    }
}
