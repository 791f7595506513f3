//! The pass rule of `tests/vectors/tolerances.json`.

use super::case::{Case, Dtype, folder, number};
use serde_json::Value;
use std::fmt;

/// One row of the table: how far an output of an operation may be off.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    k: f64,
    scale: Scale,
    per_step: bool,
    class_factor: bool,
    range: bool,
}

/// What `S`, the part of the tolerance that is not relative, stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Scale {
    Zero,
    Weights,
    Input,
    Parameters,
}

impl Row {
    fn of(json: &Value) -> Self {
        for key in json.as_object().expect("a row").keys() {
            let known = ["K", "S", "per_step", "Cfactor", "R"];
            assert!(known.contains(&key.as_str()), "unknown column {key}");
        }
        let flag = |key: &str| json.get(key).is_some_and(|x| x.as_bool() == Some(true));
        Self {
            k: number(&json["K"]),
            scale: match json.get("S").map(|s| s.as_str()) {
                None | Some(Some("0")) => Scale::Zero,
                Some(Some("1")) => Scale::Weights,
                Some(Some("xmax")) => Scale::Input,
                Some(Some("pmax")) => Scale::Parameters,
                other => panic!("unknown S {other:?}"),
            },
            per_step: flag("per_step"),
            class_factor: flag("Cfactor"),
            range: json.get("R").is_some_and(|r| r == "range"),
        }
    }
}

/// How far a number may be off.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound {
    dtype: Dtype,
    relative: f64,
    absolute: f64,
}

impl Bound {
    /// For a finite reference.
    pub(crate) fn tolerance(&self, reference: f64) -> f64 {
        self.relative * reference.abs() + self.absolute
    }

    /// The error in units of the tolerance: above 1 is a failure.
    ///
    /// An infinity where the reference overflows must have its sign.
    pub(crate) fn error(&self, got: f64, reference: f64) -> f64 {
        let overflow = self.dtype.round(reference);
        let same = got == reference || (got.is_nan() && reference.is_nan());
        if same || (got.is_infinite() && got == overflow) {
            0.0
        } else if got.is_finite() && reference.is_finite() {
            (got - reference).abs() / self.tolerance(reference)
        } else {
            f64::INFINITY
        }
    }
}

/// The worst element of an output.
#[derive(Clone, Copy)]
pub(crate) struct Worst {
    /// In units of the tolerance.
    pub error: f64,
    pub index: usize,
    pub got: f64,
    pub reference: f64,
}

impl fmt::Display for Worst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { error, index, got, reference } = self;
        write!(f, "[{index}] is {got:e}, not {reference:e}: {error:.3} of the tolerance")
    }
}

pub(crate) struct Rule(Value);

impl Rule {
    pub(crate) fn read() -> Self {
        let text = std::fs::read_to_string(folder().join("tolerances.json"));
        let json: Value = serde_json::from_str(&text.expect("text")).expect("JSON");
        assert_eq!(json["eps"]["f32"], "2^-23");
        assert_eq!(json["eps"]["f64"], "2^-52");
        assert_eq!(json["min_normal"]["f32"], "2^-126");
        assert_eq!(json["min_normal"]["f64"], "2^-1022");
        Self(json)
    }

    fn row(&self, op: &str, output: &str) -> Row {
        let outputs = self.0["ops"].get(op).unwrap_or(&self.0["default"]);
        let rest = || outputs.get("*").unwrap_or(&self.0["default"]["*"]);
        Row::of(outputs.get(output).unwrap_or_else(rest))
    }

    pub(crate) fn bound(&self, case: &Case, output: &str) -> Bound {
        let dtype = case.dtype;
        let (epsilon, min_normal) = match dtype {
            Dtype::F32 => (f64::from(f32::EPSILON), f64::from(f32::MIN_POSITIVE)),
            Dtype::F64 => (f64::EPSILON, f64::MIN_POSITIVE),
        };
        if let Some(source) = case.tolerance {
            let (relative, absolute) = (source.relative, source.absolute);
            return Bound { dtype, relative, absolute };
        }
        if case.family == "mp/huge_sums" {
            let relative = number(&self.0["huge_sums"]["pass_K"]) * epsilon;
            return Bound { dtype, relative, absolute: 0.0 };
        }
        let row = self.row(&case.op, output);
        let relative = factor(&row, case) * epsilon;
        let absolute = relative * scale(&row, case, output) + min_normal;
        Bound { dtype, relative, absolute }
    }

    /// Compares with the reference, and for the `f32` cases of torch and jax
    /// with `outputs` where that is nearer.
    pub(crate) fn worst(&self, case: &Case, output: &str, got: &[f64]) -> Option<Worst> {
        let bound = self.bound(case, output);
        let references = references(case, output);
        let worst = references.iter().map(|reference| {
            assert_eq!(got.len(), reference.len(), "{} {output}", case.name);
            let errors =
                got.iter().zip(reference).enumerate().map(|(index, (&got, &reference))| {
                    let error = bound.error(got, reference);
                    Worst { error, index, got, reference }
                });
            errors.max_by(|a, b| a.error.total_cmp(&b.error))
        });
        worst
            .min_by(|a, b| {
                let error = |w: &Option<Worst>| w.map_or(0.0, |w| w.error);
                error(a).total_cmp(&error(b))
            })
            .flatten()
    }
}

/// What an output may agree with, best first.
pub(crate) fn references(case: &Case, output: &str) -> Vec<Vec<f64>> {
    let oracle = case.outputs[output].numbers();
    match case.reference.get(output) {
        None => vec![oracle],
        Some(better) if either(case) => vec![better.clone(), oracle],
        Some(better) => vec![better.clone()],
    }
}

fn of_an_oracle(case: &Case) -> bool {
    case.family.starts_with("torch/") || case.family.starts_with("jax/")
}

fn either(case: &Case) -> bool {
    of_an_oracle(case) && case.dtype == Dtype::F32
}

/// K, with its factors.
fn factor(row: &Row, case: &Case) -> f64 {
    let mut k = row.k;
    if of_an_oracle(case) && case.dtype == Dtype::F64 {
        k *= 2.0;
    }
    if row.per_step {
        k *= case.input("grads").shape[0] as f64;
    }
    if row.class_factor {
        k *= (argument(case).1 as f64 / 64.0).max(1.0);
    }
    if row.range {
        let x = argument(case).0;
        let finite = || x.iter().copied().filter(|x| x.is_finite());
        let span = finite().fold(f64::MIN, f64::max) - finite().fold(f64::MAX, f64::min);
        k *= 1.0 + span.max(0.0) / 2.0;
    }
    k
}

/// S, with its factors.
fn scale(row: &Row, case: &Case, output: &str) -> f64 {
    let weights = || -> f64 {
        let tensors = ["weight", "pos_weight", "grad_output"].map(|key| {
            let tensor = case.inputs.get(key).map(|tensor| tensor.numbers());
            largest(tensor.iter().flatten())
        });
        tensors.iter().product::<f64>() * case.attribute("pos_weight").unwrap_or(1.0).max(1.0)
    };
    let s = match row.scale {
        Scale::Zero => 0.0,
        Scale::Weights => weights(),
        Scale::Input => weights() * largest(&argument(case).0),
        Scale::Parameters => {
            let steps = case.outputs.iter().filter(|(key, _)| key.starts_with("params"));
            let all = steps.map(|(_, steps)| steps).chain([case.input("params")]);
            let all: Vec<f64> = all.flat_map(|tensor| tensor.numbers()).collect();
            let sizes = all.iter().map(|x| x.abs()).filter(|x| x.is_finite());
            sizes.fold(0.0, f64::max)
        }
    };
    let (input, classes) = match row.scale {
        Scale::Zero | Scale::Parameters => return s,
        Scale::Weights | Scale::Input => argument(case),
    };
    let rows = match case.op.as_str() {
        "bce_with_logits" => input.len(),
        _ => input.len() / classes.max(1),
    };
    match output {
        "loss_sum" => s * rows as f64,
        "grad_mean" => s / rows as f64,
        _ => s,
    }
}

/// The largest finite size, at least 1.
fn largest<'a>(x: impl IntoIterator<Item = &'a f64>) -> f64 {
    let sizes = x.into_iter().map(|x| x.abs());
    sizes.filter(|x| x.is_finite()).fold(1.0, f64::max)
}

/// The prediction, probabilities or logits, and the length of their last axis.
fn argument(case: &Case) -> (Vec<f64>, usize) {
    let tensor = case.inputs.get("input").unwrap_or_else(|| case.input("x"));
    (tensor.numbers(), tensor.last_axis())
}
