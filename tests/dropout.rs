//! Dropout: the mask of the reference, wherever and however it is computed.

use crate::elementwise::law;
use crate::numbers::{Number, Random, bits, special};
use crate::reference::dropout as reference;
use gradstep::{Dropout, Execution, Level};
use proptest::prelude::*;

fn on(level: Level, p: f64, seed: u64, offset: u64) -> Dropout {
    let execution = Execution::new().level(level);
    Dropout::new(p).expect("a probability").seed(seed).offset(offset).execution(execution)
}

/// What becomes of `x` at a place of the stream.
fn expected<E: Number>(x: E, p: f64, seed: u64, place: u64) -> E {
    if x.is_nan() || !reference::is_dropped(p, seed, place) {
        x * E::from_f64(reference::scale(p))
    } else {
        E::ZERO
    }
}

fn patterns<E: Number>(x: &[E]) -> Vec<u64> {
    x.iter().map(|x| bits(*x)).collect()
}

/// All methods on all levels, into the middle of guards.
fn check<E: Number>(
    x: &[E],
    at: usize,
    p: f64,
    seed: u64,
    offset: u64,
) -> Result<(), TestCaseError> {
    let guard = E::from_f64(-4919.125);
    let places =
        x.iter().zip(0..).map(|(x, i)| bits(expected(*x, p, seed, offset.wrapping_add(i))));
    let right: Vec<u64> = places.collect();
    for level in Level::available() {
        let dropout = on(level, p, seed, offset);
        let methods: [&dyn Fn(&mut [E]); 3] = [
            &|out| {
                out.copy_from_slice(x);
                dropout.apply(out).unwrap();
            },
            &|out| dropout.apply_into(x, out).expect("lengths"),
            &|out| dropout.backward(x, out).expect("lengths"),
        ];
        for (method, name) in methods.into_iter().zip(["apply", "apply_into", "backward"]) {
            let mut buffer = vec![guard; at + x.len() + 64];
            method(&mut buffer[at..at + x.len()]);
            let what = || format!("{name} of {} by {p}, {seed}, {offset} on {level:?}", x.len());
            prop_assert!(patterns(&buffer[at..at + x.len()]) == right, "{}", what());
            let outside = buffer[..at].iter().chain(&buffer[at + x.len()..]);
            prop_assert!(outside.copied().all(|x| x == guard), "{}: wrote outside", what());
        }
    }
    Ok(())
}

#[test]
fn every_length_and_offset() {
    fn of_type<E: Number>() {
        let mut random = Random::new(1);
        let x: Vec<E> = (0..260).map(|_| random.ordinary(-4.0, 4.0)).collect();
        for n in 0..=x.len() {
            let offset = (n as u64 * 37) % 131;
            check(&x[..n], n % 64, 0.4, 9, offset).expect("the reference");
        }
    }
    of_type::<f32>();
    of_type::<f64>();
}

/// Any numbers, probabilities, seeds and places, the end of the stream included.
#[test]
fn any_element_at_any_place() {
    fn of_type<E: Number>() {
        let places = prop_oneof![0u64..200, any::<u64>(), (u64::MAX - 200)..=u64::MAX];
        let p = prop_oneof![Just(0.0), Just(1.0), Just(0.5), 0.0..1.0];
        law(
            &(prop::collection::vec(E::any(), 1..300), p, any::<u64>(), places),
            |(x, p, seed, place)| check(&x, 5, p, seed, place),
        );
    }
    of_type::<f32>();
    of_type::<f64>();
}

#[test]
fn long_slices_over_several_pieces() {
    fn of_type<E: Number>() {
        let mut random = Random::new(2);
        let x: Vec<E> = (0..200_003).map(|_| random.ordinary(-4.0, 4.0)).collect();
        check(&x, 1, 0.5, 77, 12345).expect("the reference");
    }
    of_type::<f32>();
    of_type::<f64>();
}

#[test]
fn ends_of_the_probability() {
    fn of_type<E: Number>() {
        for level in Level::available() {
            let x = special::<E>();
            let mut kept = x.clone();
            on(level, 0.0, 3, 5).apply(&mut kept).unwrap();
            assert_eq!(patterns(&kept), patterns(&x), "{level:?}");
            let mut dropped = x.clone();
            on(level, 1.0, 3, 5).apply(&mut dropped).unwrap();
            for (x, y) in x.iter().zip(&dropped) {
                let expected = if x.is_nan() { E::NAN } else { E::ZERO };
                assert_eq!(bits(*y), bits(expected), "{x:?} on {level:?}");
            }
        }
    }
    of_type::<f32>();
    of_type::<f64>();
}

/// The words behind the mask, found by halving `p`: the authors' known answer.
#[test]
fn the_mask_is_made_of_the_known_answers() {
    let answer = [0x6627e8d5u32, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8];
    for level in Level::available() {
        for (word, answer) in answer.into_iter().enumerate() {
            let dropped = |threshold: u64| {
                let mut x = [1.0f32];
                on(level, threshold as f64 / 2f64.powi(32), 0, 16 * word as u64)
                    .apply(&mut x)
                    .unwrap();
                x[0] == 0.0
            };
            assert!(!dropped(answer.into()) && dropped(u64::from(answer) + 1), "{word} {level:?}");
        }
    }
}

/// Dropped shares and means, and no correlation of neighbours, within five
/// deviations of what independent draws would give.
#[test]
fn shares_are_those_of_independent_draws() {
    let n = 1 << 20;
    for (p, seed) in [(0.1, 1), (0.5, 2), (0.9, 3)] {
        let mut x = vec![1.0f64; n];
        Dropout::new(p).expect("p").seed(seed).apply(&mut x).unwrap();
        let dropped: Vec<f64> = x.iter().map(|x| f64::from(u8::from(*x == 0.0)) - p).collect();
        let deviation = (p * (1.0 - p)).sqrt();
        let limit = 5.0 * (n as f64).sqrt();
        let share: f64 = dropped.iter().sum();
        assert!(share.abs() < limit * deviation, "{p}: {share}");
        for lag in [1, 15, 16, 17, 48, 64, 1024] {
            let products = dropped.iter().zip(&dropped[lag..]).map(|(a, b)| a * b);
            let correlation: f64 = products.sum();
            assert!(correlation.abs() < limit * deviation * deviation, "{p} {lag}: {correlation}");
        }
    }
}

#[test]
fn both_types_have_the_same_mask() {
    let (mut single, mut double) = (vec![1.0f32; 1000], vec![1.0f64; 1000]);
    let dropout = Dropout::new(0.3).expect("p").seed(u64::MAX).offset(99);
    dropout.apply(&mut single).unwrap();
    dropout.apply(&mut double).unwrap();
    assert!(single.iter().zip(&double).all(|(a, b)| (*a == 0.0) == (*b == 0.0)));
}
