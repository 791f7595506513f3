//! The cases of `tests/vectors`, computed by other implementations, against the
//! public methods of the crate on every level of the machine.
//!
//! `case` reads them, `rule` judges, `losses`, `regularisers` and `steps` hand them
//! to the crate, `tables` lists what it lacks and where it means to differ.
//!
//! `cargo test --test gradstep conformance -- --nocapture` lists every case that
//! is left out, and how near to its tolerance each operation comes.

mod adam;
mod adaptive;
mod case;
mod checks;
mod huge_sums;
mod losses;
mod math;
mod regularisers;
mod rows;
mod rule;
mod run;
mod steps;
mod tables;

use case::{Case, Dtype};
use gradstep::{Element, Level};
use rule::Rule;
use run::{Reasons, Run};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

/// Hands a case to the methods of its operation.
fn run<E: Element>(case: &Case, level: Level) -> Result<Run, Reasons> {
    match case.op.as_str() {
        "mse_loss" | "squared_error" | "half_mse_loss" => losses::mse::<E>(case, level),
        "l1_loss" => losses::l1::<E>(case, level),
        "smooth_l1_loss" => losses::smooth_l1::<E>(case, level),
        "huber_loss" => losses::huber::<E>(case, level),
        "bce" => losses::bce::<E>(case, level),
        "bce_with_logits" => losses::bce_with_logits::<E>(case, level),
        "cross_entropy" => rows::cross_entropy::<E>(case, level),
        "cross_entropy_prob" => rows::cross_entropy_prob::<E>(case, level),
        "SoftmaxCrossEntropyLoss" => rows::softmax_cross_entropy_loss::<E>(case, level),
        "softmax" | "Softmax" => rows::softmax::<E>(case, level, false),
        "log_softmax" | "LogSoftmax" => rows::softmax::<E>(case, level, true),
        "logsumexp" => rows::logsumexp::<E>(case, level),
        "ReduceLogSumExp" => rows::reduce_logsumexp::<E>(case, level),
        "softshrink" | "soft_threshold" | "Shrink" => steps::soft::<E>(case, level),
        "elastic_net_prox" | "elastic_net_prox_gamma" | "ridge_prox" => {
            steps::elastic_net::<E>(case, level)
        }
        "nonneg_soft_threshold" => regularisers::nonnegative::<E>(case, level),
        "Clip" => regularisers::clamp::<E>(case, level),
        "group_soft_threshold" | "group_soft_threshold_rows" => {
            regularisers::groups::<E>(case, level)
        }
        "l1_penalty" | "l2_penalty" | "l2_penalty_half" | "l2_norm" => {
            regularisers::penalty::<E>(case, level)
        }
        "ReduceL1" | "ReduceL2" => regularisers::reduce::<E>(case, level),
        "lasso" | "multitask_lasso" => regularisers::fit::<E>(case, level),
        "SGD" | "SGDW" => steps::sgd::<E>(case, level),
        "Adam" if case.family.starts_with("onnx") => adam::onnx::<E>(case, level),
        "Adam" | "AdamW" => adam::adam::<E>(case, level),
        "Momentum" => steps::momentum::<E>(case, level),
        "Adagrad" if case.family.starts_with("onnx") => adaptive::onnx_adagrad::<E>(case, level),
        "Adagrad" => adaptive::adagrad::<E>(case, level),
        "RMSprop" => adaptive::rms_prop::<E>(case, level),
        "NAdam" => adaptive::nadam::<E>(case, level),
        "exp" | "Exp" => steps::function::<E>(case, level, "exp"),
        "expm1" => steps::function::<E>(case, level, "expm1"),
        "ln" | "Log" => steps::function::<E>(case, level, "ln"),
        "log1p" => steps::function::<E>(case, level, "log1p"),
        "sigmoid" | "Sigmoid" => steps::function::<E>(case, level, "sigmoid"),
        "softplus" | "Softplus" => steps::function::<E>(case, level, "softplus"),
        "log_sigmoid" | "logsigmoid" => steps::function::<E>(case, level, "log_sigmoid"),
        "tanh" | "Tanh" => steps::function::<E>(case, level, "tanh"),
        _ => Err(["the operation".to_owned()].into()),
    }
}

#[derive(Default)]
struct Report {
    passed: BTreeSet<String>,
    failures: Vec<String>,
    /// By operation and what it lacks.
    unsupported: BTreeMap<(String, String), BTreeSet<String>>,
    /// Whole cases among them.
    not_run: BTreeSet<String>,
    /// The largest error by family, operation, output and type, in tolerances.
    nearest: BTreeMap<(String, String, String, Dtype), f64>,
}

impl Report {
    fn lack(&mut self, case: &Case, what: String) {
        let cases = self.unsupported.entry((case.op.clone(), what)).or_default();
        cases.insert(format!("{}/{}", case.family, case.name));
    }

    fn judge(&mut self, rule: &Rule, case: &Case, level: Level) {
        let run = match case.dtype {
            Dtype::F32 => run::<f32>(case, level),
            Dtype::F64 => run::<f64>(case, level),
        };
        let run = match run {
            Ok(run) => run,
            Err(reasons) => {
                self.not_run.insert(format!("{}/{}", case.family, case.name));
                return reasons.into_iter().for_each(|what| self.lack(case, what));
            }
        };
        let failures = self.failures.len();
        let name = format!("{}/{} on {}", case.family, case.name, level.name());
        let mut fail = |what: String| self.failures.push(format!("{name}: {what}"));
        run.broken.iter().for_each(|what| fail(what.clone()));
        if case.refused {
            if run.refused.is_empty() {
                fail("accepted what must be refused".to_owned());
            }
            for got in &run.got {
                fail(format!("{} gave {} and must refuse", got.method, got.output));
            }
        } else {
            for (method, error) in &run.refused {
                fail(format!("{method} refused: {error}"));
            }
        }
        for output in case.outputs.keys() {
            let mut missing = true;
            for got in run.got.iter().filter(|got| got.output == output) {
                missing = false;
                let Some(worst) = rule.worst(case, output, &got.data) else {
                    continue;
                };
                let (family, op) = (case.family.clone(), case.op.clone());
                let key = (family, op, output.clone(), case.dtype);
                let nearest = self.nearest.entry(key).or_default();
                *nearest = nearest.max(worst.error);
                if worst.error > 1.0 {
                    let method = got.method;
                    self.failures.push(format!("{name}: {output} by {method}: {worst}"));
                }
            }
            if missing {
                self.failures.push(format!("{name}: {output} was not computed"));
            }
        }
        if self.failures.len() == failures {
            self.passed.insert(name);
        }
    }

    fn print(&self) {
        for ((op, what), cases) in &self.unsupported {
            let row = tables::UNSUPPORTED.iter().find(|row| row.op == op && row.what == what);
            let why = row.map_or("not in the table", |row| row.why);
            println!("left out: {op}, {what}, {} cases: {why}", cases.len());
            for case in cases {
                println!("    {case}");
            }
        }
        for ((family, op, output, dtype), error) in &self.nearest {
            println!("{family} {op} {output} {dtype:?}: at most {error:.3} of the tolerance");
        }
    }
}

fn amended() -> Vec<Case> {
    let mut cases = case::all();
    cases.iter_mut().for_each(tables::amend);
    cases
}

#[test]
fn cases_pass_on_every_level() {
    let (rule, cases) = (Rule::read(), amended());
    let (mut report, mut levels) = (Report::default(), 0);
    for level in Level::available() {
        levels += 1;
        for case in &cases {
            report.judge(&rule, case, level);
        }
    }
    report.print();
    // Not captured: nobody should take the left out for passed.
    let (all, out, passed) = (cases.len(), report.not_run.len(), report.passed.len());
    let summary = format!(
        "conformance: {all} cases, {out} left out, {passed} of {} passed on {levels} levels\n",
        levels * (all - out),
    );
    std::io::stderr().write_all(summary.as_bytes()).expect("standard error");
    let failures = report.failures;
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn what_is_left_out_is_the_table() {
    let (rule, mut report) = (Rule::read(), Report::default());
    for case in amended() {
        report.judge(&rule, &case, Level::best());
    }
    let found: Vec<_> = report
        .unsupported
        .iter()
        .map(|((op, what), cases)| (op.as_str(), what.as_str(), cases.len()))
        .collect();
    let table = tables::UNSUPPORTED.iter();
    let table: Vec<_> = table.map(|row| (row.op, row.what, row.cases)).collect();
    assert_eq!(found, table);
}
