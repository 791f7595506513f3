//! Dropout: the reference's mask, to the bit.

use crate::reference::dropout as reference;
use crate::run::{Runner, same};
use crate::{Number, Source};
use gradstep::Dropout;

pub fn dropout<E: Number>(source: &mut Source) {
    let runner = Runner { offsets: source.offsets(), needs_fusion: false };
    let p = match source.below(4) {
        0 => source.parameter(),
        1 => [0.0, 1.0][source.below(2)],
        _ => source.bits() as f64 / u64::MAX as f64,
    };
    let (seed, offset) = (source.bits(), source.bits());
    let n = source.len();
    let x: Vec<E> = source.slice(n);
    let other = source.near(n);
    let output: Vec<E> = source.slice(other);
    let accepted = (0.0..=1.0).contains(&p);
    let on = |execution| Ok(Dropout::new(p)?.seed(seed).offset(offset).execution(execution));
    let what = format!("dropout by {p}, {seed}, {offset}");
    let in_place = runner.run(&what, accepted, &[], &[&x], &|execution, _, out| {
        on(execution)?.apply(out[0]).unwrap();
        Ok(0.0)
    });
    let fits = accepted && x.len() == output.len();
    let into = runner.run(&what, fits, &[&x], &[&output], &|execution, x, out| {
        on(execution)?.apply_into(x[0], out[0]).map(|()| 0.0)
    });
    let grad = runner.run(&what, fits, &[&x], &[&output], &|execution, x, out| {
        on(execution)?.backward(x[0], out[0]).map(|()| 0.0)
    });
    for other in [&into, &grad] {
        if let (Some(in_place), Some(other)) = (&in_place, other) {
            same(&what, in_place, other);
        }
    }
    for outcome in in_place.iter().flatten() {
        for ((x, got), i) in x.iter().zip(outcome.output()).zip(0..) {
            let dropped = reference::is_dropped(p, seed, offset.wrapping_add(i));
            let expected = match dropped && !x.is_nan() {
                true => E::ZERO,
                false => *x * E::from_f64(reference::scale(p)),
            };
            assert_eq!(got.pattern(), expected.pattern(), "{what}: {x:?} at {i}: {got:?}");
        }
    }
}
