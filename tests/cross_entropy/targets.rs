//! Class indices of every integer type, and the index that leaves rows out.

use super::{CLASSES, largest, on, ordinary, outcome, patterns, sum_on};
use crate::numbers::{Number, bits};
use gradstep::kernels::Target;
use gradstep::{Error, Level};
use std::fmt::Debug;

/// Up to 100 classes, of which every type has the indices.
fn few() -> impl Iterator<Item = usize> {
    CLASSES.into_iter().filter(|classes| *classes <= 100)
}

fn every_integer_type_means_the_same<E: Number>() {
    for classes in few() {
        let (logits, targets) = ordinary::<E>(20, classes);
        for level in Level::available() {
            let options = on(level, classes);
            let expected = outcome(&options, &logits, &targets);
            macro_rules! same {
                ($($integer:ident)*) => {$(
                    let of_type: Vec<_> = targets.iter().map(|y| *y as $integer).collect();
                    let got = outcome(&options, &logits, &of_type);
                    assert_eq!(got.patterns(), expected.patterns(), stringify!($integer));
                    assert_eq!(bits(got.loss), bits(expected.loss), stringify!($integer));
                )*};
            }
            same!(u8 u16 u32 u64 usize i32 i64);
        }
    }
}

/// What each method says to targets, if anything is wrong with them; nothing may
/// be written then.
fn refusals<E: Number, T: Target>(
    options: &gradstep::loss::CrossEntropy<'_, E>,
    logits: &[E],
    targets: &[T],
) -> [Result<(), Error>; 5] {
    let guard = E::from_f64(-4919.125);
    let (mut grad, mut losses) = (vec![guard; logits.len()], vec![guard; targets.len()]);
    let mut backward = grad.clone();
    let mut in_place = logits.to_vec();
    let upstream = vec![E::ONE; targets.len()];
    let results = [
        options.loss(logits, targets).map(drop),
        options.loss_and_grad(logits, targets, &mut grad).map(drop),
        options.loss_and_grad_in_place(&mut in_place, targets).map(drop),
        options.losses(logits, targets, &mut losses),
        options.backward(logits, targets, &upstream, &mut backward),
    ];
    if results[0].is_err() {
        for buffer in [&grad, &losses, &backward] {
            assert!(buffer.iter().all(|x| *x == guard), "written before {:?}", results[0]);
        }
        assert_eq!(patterns(&in_place), patterns(logits), "written before {:?}", results[0]);
    }
    results
}

/// The first bad target of a batch is named, and every method says the same.
fn refused<T: Target + Debug>(good: T, bad: T, ignore: Option<T>, classes: usize, rows: usize) {
    let logits = vec![0.5f32; rows * classes];
    for at in [0, rows / 2, rows - 1] {
        let mut targets = vec![good; rows];
        targets[at..].fill(bad);
        let mut options = gradstep::loss::CrossEntropy::new(classes).expect("classes");
        if let Some(index) = ignore {
            options = options.ignore_index(index);
            targets[..at].fill(index);
        }
        let expected = Err(Error::Target { row: at, target: bad.to_i128(), classes });
        for (method, result) in refusals(&options, &logits, &targets).into_iter().enumerate() {
            assert_eq!(result, expected, "method {method}: {bad:?} of {classes}, row {at}");
        }
    }
}

#[test]
fn targets_out_of_range_are_refused() {
    for classes in [1usize, 2, 3, 8, 32, 33, 65, 100] {
        for rows in [1, 2, 70] {
            macro_rules! each {
                ($($integer:ident: $($bad:expr),*;)*) => {$($(
                    let bad: $integer = $bad;
                    refused::<$integer>(0, bad, None, classes, rows);
                    refused::<$integer>(0, bad, Some($integer::MAX - 1), classes, rows);
                )*)*};
            }
            each! {
                u8: classes as u8, u8::MAX;
                u16: classes as u16, u16::MAX;
                u32: classes as u32, u32::MAX;
                u64: classes as u64, 1 << 32, i64::MAX as u64, i64::MAX as u64 + 1, u64::MAX;
                usize: classes, usize::MAX;
                i32: classes as i32, -1, i32::MIN, i32::MAX;
                i64: classes as i64, -1, -100, i64::MIN, i64::MAX, 1 << 32;
            }
        }
    }
}

/// The largest class is a class for a type that ends with it.
#[test]
fn all_indices_of_a_small_type() {
    let logits = vec![0.25f64; 256 * 256];
    let targets: Vec<u8> = (0..=255).collect();
    let cross_entropy = gradstep::loss::CrossEntropy::new(256).expect("classes");
    let loss = cross_entropy.loss(&logits, &targets).expect("all are classes");
    assert!((loss - 256f64.ln()).abs() < 1e-14, "{loss}");
}

/// Rows with the index `ignore` cost +0, have the gradient +0 and may hold
/// anything; all others are as without them.
fn left_out<E: Number, T: Target + PartialEq + Debug>(targets: &[T], ignore: T, classes: usize) {
    let (logits, _) = ordinary::<E>(targets.len(), classes);
    for level in Level::available() {
        let options = sum_on::<E>(level, classes).ignore_index(ignore);
        let what = format!("{ignore:?} left out of {classes} classes on {level:?}");
        let clean = outcome(&options, &logits, targets);
        for value in [E::NAN, E::INFINITY, -E::INFINITY, largest::<E>()] {
            let mut spoiled = logits.clone();
            for (row, target) in spoiled.chunks_mut(classes).zip(targets) {
                if *target == ignore {
                    row.fill(value);
                }
            }
            let got = outcome(&options, &spoiled, targets);
            assert_eq!(got.patterns(), clean.patterns(), "{value:?}, {what}");
            assert_eq!(bits(got.loss), bits(clean.loss), "{value:?}, {what}");
        }
        for (r, target) in targets.iter().enumerate() {
            let (grad, loss) = clean.row(r);
            if *target == ignore {
                assert_eq!(bits(loss), 0, "row {r}, {what}");
                assert!(grad.iter().all(|g| bits(*g) == 0), "row {r}, {what}: {grad:?}");
            } else {
                let logits = &logits[r * classes..(r + 1) * classes];
                let alone = outcome(&sum_on(level, classes), logits, &targets[r..=r]);
                assert_eq!(patterns(grad), patterns(&alone.grad), "row {r}, {what}");
                assert_eq!(bits(loss), bits(alone.losses[0]), "row {r}, {what}");
            }
        }
    }
}

fn ignored_rows_are_never_read<E: Number>() {
    for classes in few() {
        for every in [1, 2, 3, 20] {
            let (_, targets) = ordinary::<E>(70, classes);
            macro_rules! each {
                ($($integer:ident $ignore:expr),*) => {{
                    $({
                        let mut targets: Vec<_> = targets.iter().map(|y| *y as $integer).collect();
                        targets.iter_mut().step_by(every).for_each(|y| *y = $ignore);
                        left_out::<E, $integer>(&targets, $ignore, classes);
                    })*
                }};
            }
            // Outside the classes, at both ends of the types, and inside.
            match every {
                1 => each!(i64 -100, u8 255),
                2 => each!(u64 u64::MAX, u64 1 << 63, i32 -1),
                3 => each!(i64 i64::MIN, usize usize::MAX, u16 0),
                _ => each!(u32 (classes - 1) as u32, u32 u32::MAX, i64 -1),
            }
        }
    }
}

/// An ignored index that the targets' type does not have ignores nothing.
#[test]
fn an_index_of_another_type_is_compared_as_a_number() {
    let logits = [0.5f32, 1.0];
    let cross_entropy = gradstep::loss::CrossEntropy::new(2).expect("classes");
    for result in refusals(&cross_entropy.ignore_index(-1i64), &logits, &[u32::MAX]) {
        assert_eq!(result, Err(Error::Target { row: 0, target: u32::MAX.into(), classes: 2 }));
    }
    for result in refusals(&cross_entropy.ignore_index(-1i64), &logits, &[u64::MAX]) {
        assert_eq!(result, Err(Error::Target { row: 0, target: u64::MAX.into(), classes: 2 }));
    }
    for result in refusals(&cross_entropy.ignore_index(u64::MAX), &logits, &[-1i64]) {
        assert_eq!(result, Err(Error::Target { row: 0, target: -1, classes: 2 }));
    }
    for result in refusals(&cross_entropy.ignore_index(257u32), &logits, &[1u8]) {
        assert_eq!(result, Ok(()));
    }
    for result in refusals(&cross_entropy.ignore_index(-100i64), &logits, &[-100i32]) {
        assert_eq!(result, Ok(()));
    }
}

in_both_types! { every_integer_type_means_the_same ignored_rows_are_never_read }
