//! Checks of the checker: the reader, the files, and that the rule can fail.

use super::amended;
use super::case::{self, Case, Dtype, folder, number};
use super::rule::{Rule, references};
use super::tables::EXCEPTIONS;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

fn json(name: &str) -> Value {
    let text = fs::read_to_string(folder().join(name)).expect("text");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn the_reader_rounds_correctly() {
    let test = json("parser_selftest.json");
    let tokens = test["tokens"].as_array().expect("tokens");
    assert!(tokens.len() > 20);
    for token in tokens {
        let text = token["token"].as_str().expect("a token");
        let bits = |key: &str| u64::from_str_radix(token[key].as_str().expect("bits"), 16);
        let x = number(&serde_json::from_str(text).expect("a number"));
        assert_eq!(Ok(x.to_bits()), bits("f64_bits"), "{text}");
        assert_eq!(Ok(u64::from((x as f32).to_bits())), bits("f32_bits"), "{text}");
        let rounded = Dtype::F32.round(x) as f32;
        assert_eq!(rounded.to_bits(), (x as f32).to_bits(), "{text}");
    }
    for (text, bits) in test["special_strings"].as_object().expect("strings") {
        let x = number(&Value::from(text.as_str()));
        match bits.as_str() {
            Some("any NaN") => assert!(x.is_nan()),
            bits => assert_eq!(format!("{:016x}", x.to_bits()), bits.expect("bits")),
        }
    }
}

/// A case that is lost shows here.
#[test]
fn the_files_are_those_of_the_manifest() {
    let manifest = json("manifest.json");
    let mut ops: BTreeMap<String, u64> = BTreeMap::new();
    for file in manifest["files"].as_array().expect("files") {
        let path = file["path"].as_str().expect("a path");
        if path.starts_with("datasets/") || path.starts_with("sklearn/") {
            continue;
        }
        let length = fs::metadata(folder().join(path)).map(|file| file.len());
        assert_eq!(length.ok(), file["bytes"].as_u64(), "{path}");
        for (op, cases) in file["ops"].as_object().into_iter().flatten() {
            // One line stands for both types.
            let times = if path == "mp/huge_sums.jsonl" { 2 } else { 1 };
            *ops.entry(op.clone()).or_default() += times * cases.as_u64().expect("a count");
        }
    }
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    for case in case::all() {
        *found.entry(case.op).or_default() += 1;
    }
    assert_eq!(found, ops);
}

fn outputs(cases: &[Case]) -> impl Iterator<Item = (&Case, &str)> {
    let outputs = |case| {
        let case: &Case = case;
        case.outputs.keys().map(move |output| (case, output.as_str()))
    };
    cases.iter().flat_map(outputs)
}

#[test]
fn the_rule_accepts_every_reference() {
    let (rule, cases) = (Rule::read(), amended());
    for (case, output) in outputs(&cases) {
        for reference in references(case, output) {
            if let Some(worst) = rule.worst(case, output, &reference) {
                assert!(worst.error == 0.0, "{} {output} {worst}", case.name);
            }
        }
    }
}

/// One element at a time is moved beyond the tolerance of everything that it
/// might agree with, upwards and downwards.
#[test]
fn the_rule_rejects_twice_the_tolerance() {
    let (rule, cases) = (Rule::read(), amended());
    let mut rejected = 0;
    for (case, output) in outputs(&cases) {
        let (bound, references) = (rule.bound(case, output), references(case, output));
        for i in 0..references[0].len() {
            let at = || references.iter().map(|reference| reference[i]);
            let lowest = at().fold(f64::INFINITY, f64::min);
            let highest = at().fold(f64::NEG_INFINITY, f64::max);
            let wrong = if at().any(f64::is_nan) {
                [0.0, f64::INFINITY]
            } else if lowest.is_infinite() || highest.is_infinite() {
                [-highest, f64::NAN]
            } else {
                // Where nothing is allowed, the next number is too far.
                let down = lowest - 2.0 * bound.tolerance(lowest);
                let up = highest + 2.0 * bound.tolerance(highest);
                [down.min(lowest.next_down()), up.max(highest.next_up())]
            };
            for wrong in wrong {
                let mut got = references[0].clone();
                got[i] = wrong;
                let worst = rule.worst(case, output, &got).expect("an element");
                assert!(worst.error > 1.0, "{} {output} {worst}", case.name);
                rejected += 1;
            }
        }
    }
    assert!(rejected > 10_000, "{rejected}");
}

/// The factors of the rule, worked out by hand for one case each: what is
/// relative to the reference and what is not, both in epsilons of the type.
#[test]
fn the_rule_knows_its_factors() {
    let (rule, mut cases) = (Rule::read(), case::all());
    // A shape that no case has: more classes than one lane adds.
    let wide = cases.iter_mut().find(|case| case.name == "cross_entropy.7x3.f32");
    let wide = wide.expect("a case").inputs.get_mut("input").expect("logits");
    wide.shape = vec![1, 128];

    let check = |name: &str, output: &str, relative: f64, absolute: f64| {
        let case = cases.iter().find(|case| case.name == name).expect("a case");
        let (epsilon, min_normal) = match case.dtype {
            Dtype::F32 => (2f64.powi(-23), 2f64.powi(-126)),
            Dtype::F64 => (2f64.powi(-52), 2f64.powi(-1022)),
        };
        let bound = rule.bound(case, output);
        // So large that the absolute part vanishes beside it, or nothing.
        let found = [bound.tolerance(1e30) / 1e30, bound.tolerance(0.0)];
        let expected = [relative * epsilon, absolute * epsilon + min_normal];
        for (found, expected) in found.into_iter().zip(expected) {
            let close = (found - expected).abs() <= 1e-6 * expected;
            assert!(close, "{name} {output}: {found} {expected}");
        }
    };
    check("mse_loss.n7.f32", "loss_none", 2.0, 0.0);
    check("mse_loss.n7.f32", "loss_sum", 4.0, 0.0);
    check("mse_loss.n7.f64", "grad_sum", 2.0 * 1.5, 0.0);
    check("half_mse_loss.n7.f32", "loss_none", 4.0, 0.0);
    // Elements 7, weight 3, largest input 10.858554.
    let posw = "bce_with_logits.n7.posw_scalar";
    check(&format!("{posw}.f32"), "loss_none", 4.0, 4.0 * 3.0 * 10.858554);
    check(&format!("{posw}.f32"), "loss_sum", 2.0, 2.0 * 3.0 * 10.858554 * 7.0);
    check(&format!("{posw}.f32"), "loss_mean", 2.0, 2.0 * 3.0 * 10.858554);
    check(&format!("{posw}.f32"), "grad_mean", 4.0, 4.0 * 3.0 / 7.0);
    // Two kinds of weights multiply: 2.8189034 and 4.005987.
    let both = "bce_with_logits.n7.weight_posw.f32";
    check(both, "grad_sum", 4.0, 4.0 * 2.8189034 * 4.005987);
    check("cross_entropy.5x7.f32", "grad_mean", 4.0, 4.0 / 5.0);
    check("cross_entropy.5x7.f64", "grad_mean", 8.0, 8.0 / 5.0);
    check("cross_entropy.7x3.f32", "grad_sum", 4.0 * 2.0, 4.0 * 2.0);
    check("bce_with_logits.grid.t1.pw1.f64", "grad_sum", 4.0, 4.0);
    // Inputs from -9.769269 to 11.120159.
    let range = 1.0 + (11.120159 + 9.769269) / 2.0;
    check("softmax.5x7.f32", "y", 4.0 * range, 0.0);
    // Five steps, parameters up to 1.6273102.
    let sgd = "SGD.m0.d0.wd0.n7.f32";
    check(sgd, "params", 4.0 * 5.0, 4.0 * 5.0 * 1.6273102);

    let bound = |name: &str, output: &str| {
        let case = cases.iter().find(|case| case.name == name).expect("a case");
        let bound = rule.bound(case, output);
        [bound.tolerance(0.0), bound.tolerance(1e30) / 1e30]
    };
    assert_eq!(bound("mse_loss.n1000.f32", "loss_sum"), [0.0, 2f64.powi(-19)]);
    assert_eq!(bound("mse_loss.n1000.f64", "loss_mean"), [0.0, 2f64.powi(-48)]);
    assert_eq!(bound("burn.test_huber_loss", "grad_sum"), [1e-6, 1e-5]);
}

/// Agreement with either of two answers is agreement with one of them, whole.
#[test]
fn the_rule_does_not_mix_reference_and_outputs() {
    let (rule, mut cases) = (Rule::read(), case::all());
    let case = cases.iter_mut().find(|case| case.name == "mse_loss.n7.f32");
    let (case, output) = (case.expect("a case"), "loss_none");
    let mut mixed = case.reference[output].clone();
    for i in [2, 5] {
        case.outputs.get_mut(output).expect("losses").set(i, 1e3);
    }
    let error = |got: &[f64]| rule.worst(case, output, got).expect("an element").error;
    assert!(error(&mixed) <= 1.0);
    assert!(error(&case.outputs[output].numbers()) <= 1.0);
    mixed[2] = 1e3;
    assert!(error(&mixed) > 1.0);
}

/// A case passes with its exception alone, and fails without.
#[test]
fn exceptions_are_needed() {
    let (rule, cases) = (Rule::read(), case::all());
    for exception in EXCEPTIONS {
        for name in exception.cases {
            let case = cases.iter().find(|case| case.name == *name).expect("a case");
            assert_eq!(exception.flagged, !case.special.is_empty(), "{name}");
            for output in exception.outputs {
                for &(i, x) in exception.numbers {
                    let mut got = references(case, output)[0].clone();
                    got[i] = x;
                    let worst = rule.worst(case, output, &got).expect("an element");
                    assert!(worst.error > 1.0, "{name} {output}: {}", exception.why);
                }
            }
        }
    }
}
