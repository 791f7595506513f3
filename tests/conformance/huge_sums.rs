//! The generators of `mp/huge_sums`: inputs too long to be stored.

use super::case::number;
use serde_json::Value;

/// States `1..=n` of a linear congruential generator modulo 2^64.
fn states(generator: &Value, n: usize) -> impl Iterator<Item = u64> {
    let field = |key: &str| match &generator[key] {
        Value::String(digits) => digits.parse::<u64>().expect("an integer"),
        digits => digits.as_u64().expect("an integer"),
    };
    let (a, c) = (field("a"), field("c"));
    let step = move |u: &u64| Some(u.wrapping_mul(a).wrapping_add(c));
    std::iter::successors(Some(field("seed")), step).skip(1).take(n)
}

/// The `n` numbers that `generator` stands for, all exact in `f32`.
pub(crate) fn generate(generator: &Value, n: usize) -> Vec<f64> {
    match generator["generator"].as_str() {
        Some("lcg64") => {
            let bits = generator["bits"].as_u64().expect("bits");
            let scale = generator["scale_pow2"].as_i64().expect("a power");
            let scale = 2f64.powi(i32::try_from(scale).expect("a power"));
            let middle = 2f64.powi(bits as i32 - 1);
            let value = |u: u64| ((u >> (64 - bits)) as f64 - middle) * scale;
            states(generator, n).map(value).collect()
        }
        Some("lcg64_bit") => states(generator, n).map(|u| (u >> 63) as f64).collect(),
        Some("const") => vec![number(&generator["value"]); n],
        other => panic!("unknown generator {other:?}"),
    }
}
