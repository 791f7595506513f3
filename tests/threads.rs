//! The same bits for any number of threads, from outside and inside of a pool,
//! without rayon, and in parts; and the bits that they have.

#[cfg(feature = "rayon")]
mod no_threads;
mod patterns;
#[cfg(feature = "rayon")]
mod pools;

use crate::numbers::{Number, bits};
use gradstep::Execution;
#[cfg(feature = "rayon")]
use gradstep_bits::Output;
use gradstep_bits::{Data, Operation, operations};

/// The first output that differs, for the message.
#[cfg(feature = "rayon")]
fn compare<E: Number>(what: &str, expected: &[Output<E>], got: &[Output<E>]) {
    for (expected, got) in expected.iter().zip(got) {
        let what = format!("{}, {what}", got.name);
        assert_eq!(bits(expected.sum), bits(got.sum), "{what}: {} {}", expected.sum, got.sum);
        let pairs = expected.elements.iter().zip(&got.elements);
        let place = pairs.clone().position(|(a, b)| bits(*a) != bits(*b));
        let (before, after) = (expected.elements.len(), got.elements.len());
        assert_eq!(
            (place, before),
            (None, after),
            "{what}: {:?}",
            place.and_then(|i| pairs.clone().nth(i))
        );
    }
    assert_eq!(expected.len(), got.len());
}

/// Lengths that cross leaves, cut anywhere: elements are those of the parts.
fn parts<E: Number>() {
    let n = 100_000;
    for Operation { name, unit, run, .. } in operations::<E>() {
        let data = Data::new(n);
        let whole = run(data.part(0..n), Execution::new());
        for cut in [1, 16_384, 65_535, 65_537, 99_999] {
            let cut = cut - cut % unit;
            let left = run(data.part(0..cut), Execution::new());
            let right = run(data.part(cut..n), Execution::new());
            for ((whole, left), right) in whole.iter().zip(left).zip(right) {
                let parts = left.elements.iter().chain(&right.elements);
                let same = whole.elements.iter().zip(parts).all(|(a, b)| bits(*a) == bits(*b));
                let len = left.elements.len() + right.elements.len();
                assert!(same && len == whole.elements.len(), "{name} {} cut at {cut}", whole.name);
            }
        }
    }
}

#[test]
fn parts_give_the_elements_of_the_whole_in_f32() {
    parts::<f32>();
}

#[test]
fn parts_give_the_elements_of_the_whole_in_f64() {
    parts::<f64>();
}
