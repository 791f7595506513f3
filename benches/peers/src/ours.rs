//! Our calls, on every level of the machine, on one thread.

use crate::case::{BETAS, Call, Candidate, Case, DECAY, EPS, MOMENTUM, Op, Real};
use gradstep::loss::{BinaryCrossEntropyWithLogits, CrossEntropy, Mse, SmoothL1};
use gradstep::prox::SoftThreshold;
use gradstep::update::{AdamW, Sgd, SgdMomentum};
use gradstep::{Error, Execution, Level};

/// Above so many elements only the best level and AVX2 are of interest: what the
/// others lack is arithmetic, not bandwidth.
const LOWER_LEVELS: usize = 4 << 20;

pub(crate) fn candidates<E: Real>(case: Case) -> Vec<Candidate<E>> {
    if case.op == Op::Memcpy {
        let copy = Candidate::new("std", |[from, to, ..]| {
            to.copy_from_slice(from);
            0.0
        });
        return vec![copy];
    }
    let interesting = |level: &Level| {
        let small = case.size.len() <= LOWER_LEVELS;
        small || *level == Level::best() || level.name() == "avx2"
    };
    let on = |level: Level| {
        let execution = Execution::new().level(level).sequential();
        let call = call(case, execution).expect("options that exist");
        Candidate { who: "gradstep", level: level.name(), call, results: None }
    };
    Level::available().filter(interesting).map(on).collect()
}

fn call<E: Real>(case: Case, execution: Execution) -> Result<Call<E>, Error> {
    const FIT: &str = "slices that fit";
    Ok(match case.op {
        Op::SoftThreshold => {
            let soft = SoftThreshold::new(case.lambda)?.execution(execution);
            Box::new(move |[x, ..]| {
                soft.apply(x).expect(FIT);
                0.0
            })
        }
        Op::Sgd => {
            let sgd = Sgd::new(case.rate)?.weight_decay(DECAY)?.execution(execution);
            Box::new(move |[w, g, ..]| {
                sgd.step(w, g).expect(FIT);
                0.0
            })
        }
        Op::SgdMomentum => {
            let sgd = SgdMomentum::new(case.rate, MOMENTUM)?.weight_decay(DECAY)?;
            let sgd = sgd.execution(execution);
            Box::new(move |[w, g, buffer, ..]| {
                sgd.step(w, g, buffer, 2).expect(FIT);
                0.0
            })
        }
        Op::AdamW => {
            let adam = AdamW::new(case.rate)?.betas(BETAS[0], BETAS[1])?.eps(EPS)?;
            let adam = adam.weight_decay(DECAY)?.execution(execution);
            let mut t = 0;
            Box::new(move |[w, g, m, v, ..]| {
                t += 1;
                adam.step(w, g, m, v, t).expect(FIT);
                0.0
            })
        }
        Op::Mse => {
            let loss = Mse::new().execution(execution);
            Box::new(move |[p, t, grad, ..]| loss.loss_and_grad(p, t, grad).expect(FIT))
        }
        Op::SmoothL1 => {
            let loss = SmoothL1::new(1.0)?.execution(execution);
            Box::new(move |[p, t, grad, ..]| loss.loss_and_grad(p, t, grad).expect(FIT))
        }
        Op::BinaryCrossEntropyWithLogits => {
            let loss = BinaryCrossEntropyWithLogits::new().execution(execution);
            Box::new(move |[p, t, grad, ..]| loss.loss_and_grad(p, t, grad).expect(FIT))
        }
        Op::CrossEntropy => {
            let loss = CrossEntropy::new(case.size.columns)?.execution(execution);
            let classes = case.classes();
            Box::new(move |[x, grad, ..]| loss.loss_and_grad(x, &classes, grad).expect(FIT))
        }
        Op::Memcpy => unreachable!("no operation"),
    })
}
