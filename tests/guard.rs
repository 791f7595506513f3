//! Cross-entropy on parts of larger buffers: neighbours stay as they are, and what
//! they hold has no influence; a value that nothing writes stands for the neighbours.
//! Operations on elements: `elementwise`. Pages that nobody may touch: `pages.rs`.

use crate::numbers::{Number, Random, bits};
use gradstep::loss::CrossEntropy;
use gradstep::{Execution, Level, Reduction};

/// What no operation writes.
fn guard<E: Number>() -> E {
    E::from_f64(-4919.125)
}

const OFFSETS: usize = 64;

/// A buffer with `inside` at `offset`, between guards.
fn arena<E: Number>(inside: &[E], offset: usize) -> Vec<E> {
    let mut arena = vec![guard(); offset];
    arena.extend(inside);
    arena.resize(arena.len() + OFFSETS, guard());
    arena
}

/// What a method wrote between the guards.
fn inside<E: Number>(arena: &[E], offset: usize, len: usize, what: &str) -> Vec<u64> {
    let outside = arena[..offset].iter().chain(&arena[offset + len..]);
    let untouched = outside.into_iter().all(|x| *x == guard());
    assert!(untouched, "{what}: wrote outside of {len} elements at {offset}");
    arena[offset..offset + len].iter().map(|x| bits(*x)).collect()
}

/// Outputs of all methods with all slices at an offset, each at its own.
fn at<E: Number>(
    options: &CrossEntropy<'_, E>,
    logits: &[E],
    targets: &[u32],
    offset: usize,
) -> (u64, [Vec<u64>; 4]) {
    let what = format!("{options:?}");
    let (len, rows) = (logits.len(), targets.len());
    // Outputs are aligned differently from inputs.
    let [out, factors] = [(offset * 7 + 3) % OFFSETS, (offset * 5 + 1) % OFFSETS];
    let mut padded = arena(logits, offset);
    // NaN around the inputs would be seen in a loss.
    padded[..offset].fill(E::NAN);
    padded[offset + len..].fill(E::NAN);
    let logits = &padded[offset..offset + len];
    let upstream = arena(&vec![E::HALF; rows], factors);
    let upstream = &upstream[factors..factors + rows];

    let mut grad = arena(&vec![E::NAN; len], out);
    let loss = options.loss_and_grad(logits, targets, &mut grad[out..out + len]).expect("grad");
    let mut losses = arena(&vec![E::NAN; rows], out);
    options.losses(logits, targets, &mut losses[out..out + rows]).expect("losses");
    let mut backward = arena(&vec![E::NAN; len], out);
    let part = &mut backward[out..out + len];
    options.backward(logits, targets, upstream, part).expect("backward");
    let mut in_place = arena(logits, offset);
    let part = &mut in_place[offset..offset + len];
    let again = options.loss_and_grad_in_place(part, targets).expect("in place");
    assert_eq!(bits(loss), bits(again), "{what}");
    let outputs = [
        inside(&grad, out, len, &what),
        inside(&losses, out, rows, &what),
        inside(&backward, out, len, &what),
        inside(&in_place, offset, len, &what),
    ];
    (bits(loss), outputs)
}

/// Every row gives what it gives in a buffer of its own.
fn check<E: Number>(classes: usize, rows: usize, offsets: impl Iterator<Item = usize>) {
    let mut random = Random::new((classes * 100 + rows) as u64);
    let logits: Vec<E> = (0..rows * classes).map(|_| random.ordinary(-6.0, 6.0)).collect();
    let ignored = u32::MAX;
    let target = |r| if r % 6 == 4 { ignored } else { random.below(classes) as u32 };
    let targets: Vec<u32> = (0..rows).map(target).collect();
    let offsets: Vec<usize> = offsets.collect();
    for level in Level::available() {
        let options = CrossEntropy::new(classes).expect("classes").reduction(Reduction::Sum);
        let options = options.execution(Execution::new().level(level)).ignore_index(ignored);
        let plain = at(&options, &logits, &targets, 0);
        for offset in &offsets {
            let got = at(&options, &logits, &targets, *offset);
            assert!(got == plain, "{rows} rows of {classes} at {offset} on {level:?}");
        }
        if (21..70).contains(&rows) {
            continue;
        }
        let mut alone = [const { Vec::new() }; 4];
        for (logits, target) in logits.chunks(classes).zip(targets.chunks(1)) {
            let row = at(&options, logits, target, 0).1;
            alone.iter_mut().zip(row).for_each(|(alone, row)| alone.extend(row));
        }
        assert!(alone == plain.1, "{rows} rows of {classes} one by one on {level:?}");
    }
}

const CLASSES: [usize; 18] = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 34, 63, 64, 65];

fn every_offset<E: Number>() {
    for classes in CLASSES {
        for rows in 0..=70 / classes {
            check::<E>(classes, rows, 1..OFFSETS);
        }
    }
}

fn every_number_of_rows<E: Number>() {
    for classes in CLASSES {
        for rows in 0..=70 {
            check::<E>(classes, rows, [(rows * 7 + classes) % OFFSETS].into_iter());
        }
    }
}

#[test]
fn every_offset_in_f32() {
    every_offset::<f32>();
}

#[test]
fn every_offset_in_f64() {
    every_offset::<f64>();
}

#[test]
fn every_number_of_rows_in_f32() {
    every_number_of_rows::<f32>();
}

#[test]
fn every_number_of_rows_in_f64() {
    every_number_of_rows::<f64>();
}
