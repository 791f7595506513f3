//! What the crate did with a case.

use super::case::{Case, Tensor};
use gradstep::{Element, Execution, Level};
use std::collections::BTreeSet;
use std::fmt::Display;

pub(crate) fn data<E: Element>(tensor: &Tensor) -> Vec<E> {
    tensor.numbers().into_iter().map(E::from_f64).collect()
}

pub(crate) fn wide<E: Element>(x: &[E]) -> Vec<f64> {
    x.iter().map(|x| x.to_f64()).collect()
}

/// An output that a method gave.
pub(crate) struct Got {
    pub output: &'static str,
    pub method: &'static str,
    pub data: Vec<f64>,
}

#[derive(Default)]
pub(crate) struct Run {
    pub got: Vec<Got>,
    /// Calls that returned an error, with its text.
    pub refused: Vec<(&'static str, String)>,
    /// Refused calls that wrote all the same, and methods that disagree.
    pub broken: Vec<String>,
}

impl Run {
    pub(crate) fn put(&mut self, output: &'static str, method: &'static str, data: Vec<f64>) {
        self.got.push(Got { output, method, data });
    }

    /// Unwraps what a constructor made.
    pub(crate) fn made<T, X: Display>(&mut self, value: Result<T, X>) -> Option<T> {
        let note = |error: X| self.refused.push(("the constructor", error.to_string()));
        value.map_err(note).ok()
    }

    /// Calls a method that writes to `buffer`; one that refuses must not.
    pub(crate) fn call<E: Element, T, X: Display>(
        &mut self,
        method: &'static str,
        buffer: &mut [E],
        call: impl FnOnce(&mut [E]) -> Result<T, X>,
    ) -> Option<T> {
        let before = buffer.to_vec();
        let result = call(buffer);
        result
            .map_err(|error| {
                let bits = |x: &[E]| x.iter().map(|x| x.to_f64().to_bits()).collect::<Vec<_>>();
                if bits(&before) != bits(buffer) {
                    self.broken.push(format!("{method} refused and wrote"));
                }
                self.refused.push((method, error.to_string()));
            })
            .ok()
    }

    /// Notes two results that must agree to the bit.
    pub(crate) fn same<E: Element>(&mut self, what: &str, a: &[E], b: &[E]) {
        let bits = |x: &E| match x.to_f64() {
            x if x.is_nan() => None,
            x => Some(x.to_bits()),
        };
        if !a.iter().map(bits).eq(b.iter().map(bits)) {
            self.broken.push(format!("{what} differ"));
        }
    }
}

/// Why the crate can't run a case.
pub(crate) type Reasons = BTreeSet<String>;

/// Attributes that say nothing to the crate.
const REMARKS: &[&str] =
    &["convention", "decay_rule", "equivalence", "hyper_f64", "n", "note", "objective", "weighted"];

/// An attribute or input that the adaptor doesn't read must not be passed over.
pub(crate) fn unread(case: &Case, attributes: &[&str], inputs: &[&str]) -> Reasons {
    let unknown = |known: &[&str], key: &str| !known.contains(&key) && !REMARKS.contains(&key);
    let names = case.attribute_names().filter(|key| unknown(attributes, key));
    let tensors = case.inputs.keys().filter(|key| unknown(inputs, key));
    let names = names.map(|key| format!("attribute {key}"));
    names.chain(tensors.map(|key| format!("input {key}"))).collect()
}

pub(crate) fn on(level: Level) -> Execution {
    Execution::new().level(level)
}
