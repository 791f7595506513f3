//! Against the 30-digit decimals of `tests/vectors/mp`, made with mpmath.

use super::{Double, assert_close};
use crate::reference::cross_entropy::{self, Options, Target};
use crate::reference::{Format, pointwise, prox, ulp};
use serde_json::Value;

/// 30 digits are good for 97 bits where they begin with a 1.
const BITS: i32 = 97;

/// One line of a file.
struct Case(Value);

impl Case {
    fn all(text: &str) -> impl Iterator<Item = Self> {
        text.lines().map(|line| Self(serde_json::from_str(line).expect("JSON")))
    }

    fn text(&self, key: &str) -> &str {
        self.0[key].as_str().expect("a string")
    }

    /// In a case of `f32`, the parameter is an `f32` too.
    fn attribute(&self, key: &str) -> f64 {
        let x = self.0["attributes"][key].as_f64().expect("a number");
        if self.text("dtype") == "f32" { f64::from(x as f32) } else { x }
    }

    fn input(&self, key: &str) -> Vec<f64> {
        numbers(&self.0["inputs"][key])
    }

    fn exact(&self, key: &str) -> Vec<Double> {
        let decimals = self.0["exact"][key].as_array().expect("an array");
        decimals.iter().map(|d| decimal(d.as_str().expect("a decimal"))).collect()
    }

    /// Compares with the decimals, and the measure with the rounded results.
    #[track_caller]
    fn check(&self, output: &str, got: &[Double]) {
        let exact = self.exact(output);
        let rounded = numbers(&self.0["outputs"][output]);
        assert_eq!((got.len(), got.len()), (exact.len(), rounded.len()));
        let format = match self.0["outputs"][output]["dtype"].as_str() {
            Some("f32") => Format::F32,
            Some("f64") => Format::F64,
            other => panic!("{other:?}"),
        };
        for (i, ((got, exact), rounded)) in got.iter().zip(exact).zip(rounded).enumerate() {
            assert_close(*got, exact, BITS, (self.text("name"), output, i));
            assert!(got.to(format) == rounded, "{} {output} {i}", self.text("name"));
            assert!(ulp::error(rounded, *got, format) <= 0.5);
        }
    }
}

fn numbers(tensor: &Value) -> Vec<f64> {
    let single = tensor["dtype"] == "f32";
    let number = |x: &Value| match x.as_str() {
        Some("nan") => f64::NAN,
        Some("inf") => f64::INFINITY,
        Some("-inf") => f64::NEG_INFINITY,
        Some(other) => panic!("{other}"),
        None => x.as_f64().expect("a number"),
    };
    let data = tensor["data"].as_array().expect("an array").iter().map(number);
    data.map(|x| if single { f64::from(x as f32) } else { x }).collect()
}

/// A decimal to about 100 bits: 30 digits are an exact integer, the power of
/// ten a product of exact ones.
fn decimal(text: &str) -> Double {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let mut exponent: i32 = exponent.parse().expect("an exponent");
    let mut value = Double::ZERO;
    let mut fraction = false;
    for c in mantissa.trim_start_matches('-').chars() {
        match c.to_digit(10) {
            Some(digit) => {
                value = value * 10.0 + f64::from(digit);
                exponent -= i32::from(fraction);
            }
            None => fraction = c == '.',
        }
    }
    let ten = Double::from(10.0);
    let power = |n: i32| ten.powi(45).powi(n as u64 / 45) * ten.powi(n as u64 % 45);
    let value = if exponent < 0 { value / power(-exponent) } else { value * power(exponent) };
    if text.starts_with('-') { -value } else { value }
}

#[test]
fn decimals_are_read() {
    assert!(decimal("-0.125e1") == -1.25);
    assert!(decimal("1500e-2") == 15.0);
    assert!(decimal("0.0").is_zero());
    assert_close(decimal("1e-300") * 1e300, Double::ONE, 52, "1e-300");
}

#[test]
fn functions() {
    let mut seen = 0;
    for case in Case::all(include_str!("../../vectors/mp/functions.jsonl")) {
        let f = match case.text("op") {
            "exp" => Double::exp,
            "expm1" => Double::exp_m1,
            "ln" => Double::ln,
            "log1p" => Double::ln_1p,
            "sigmoid" => Double::sigmoid,
            "sigmoid_grad" => Double::sigmoid_derivative,
            "log_sigmoid" => Double::log_sigmoid,
            "softplus" => Double::softplus,
            "tanh" => Double::tanh,
            other => panic!("{other}"),
        };
        let y: Vec<_> = case.input("x").iter().map(|x| f(Double::from(*x))).collect();
        case.check("y", &y);
        seen += 1;
    }
    assert_eq!(seen, 18);
}

#[test]
fn losses() {
    let mut seen = 0;
    for case in Case::all(include_str!("../../vectors/mp/losses.jsonl")) {
        let (x, target) = (case.input("input"), case.input("target"));
        seen += 1;
        if case.text("op") == "cross_entropy" {
            let options = Options {
                label_smoothing: case.attribute("label_smoothing"),
                ..Options::default()
            };
            let row = cross_entropy::row(&x, Target::Index(target[0] as i128), &options);
            case.check("loss_sum", &[row.loss]);
            case.check("grad_sum", &row.grad);
            continue;
        }
        let loss = |(x, t): (&f64, &f64)| match case.text("op") {
            "smooth_l1_loss" => pointwise::smooth_l1(*x, *t, case.attribute("beta")),
            "huber_loss" => pointwise::huber(*x, *t, case.attribute("delta")),
            "bce_with_logits" => {
                pointwise::binary_cross_entropy_with_logits(*x, *t, case.attribute("pos_weight"))
            }
            other => panic!("{other}"),
        };
        let (value, grad): (Vec<_>, Vec<_>) = x.iter().zip(&target).map(loss).unzip();
        case.check("loss_none", &value);
        case.check("grad_sum", &grad);
    }
    assert_eq!(seen, 14);
}

#[test]
fn rows() {
    let mut seen = 0;
    for case in Case::all(include_str!("../../vectors/mp/rows.jsonl")) {
        let x = case.input("x");
        let y = match case.text("op") {
            "softmax" => cross_entropy::softmax(&x),
            "log_softmax" => cross_entropy::log_softmax(&x),
            "logsumexp" => vec![cross_entropy::logsumexp(&x)],
            other => panic!("{other}"),
        };
        case.check("y", &y);
        seen += 1;
    }
    assert_eq!(seen, 12);
}

#[test]
fn proximal_operators() {
    let mut seen = 0;
    for case in Case::all(include_str!("../../vectors/mp/prox.jsonl")) {
        let x = case.input("x");
        match case.text("op") {
            "elastic_net_prox" => {
                let (l1, l2) = (case.attribute("l1"), case.attribute("l2"));
                let y: Vec<_> = x.iter().map(|x| prox::elastic_net(*x, l1, l2)).collect();
                case.check("y", &y);
            }
            "group_soft_threshold" => {
                case.check("y", &prox::group_soft_threshold(&x, case.attribute("lambda")));
                case.check("norm", &[prox::norm(&x)]);
            }
            other => panic!("{other}"),
        }
        seen += 1;
    }
    assert_eq!(seen, 6);
}
