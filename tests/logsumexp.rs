//! Logarithm of the sum of exponentials: against double-double arithmetic, and by
//! laws that need no reference.

use crate::numbers::{Number, Random, bits, error_at};
use crate::reference::{Double, cross_entropy as reference};
use crate::tolerance;
use gradstep::{Error, Execution, Level, LogSumExp};

fn on<E: Number>(level: Level, x: &[E], classes: usize) -> Vec<E> {
    let mut out = vec![E::NAN; x.len() / classes];
    let logsumexp = LogSumExp::new(classes).expect("classes");
    let logsumexp = logsumexp.execution(Execution::new().level(level));
    logsumexp.apply_into(x, &mut out).expect("whole rows");
    out
}

/// Within the table's ULPs of the larger of the two terms, on every level; the
/// same bits where levels fuse.
fn accuracy<E: Number>() {
    let ulps = tolerance::ulps("logsumexp", "row", E::FORMAT);
    let mut random = Random::new(11);
    for classes in [1, 2, 3, 8, 31, 32, 100, 101, 1000] {
        for spread in [1e-3, 1.0, 30.0, 300.0] {
            let rows = if classes > 100 { 3 } else { 70 };
            let x: Vec<E> = (0..rows * classes).map(|_| random.ordinary(-spread, spread)).collect();
            let mut fused: Option<Vec<u64>> = None;
            for level in Level::available() {
                let out = on(level, &x, classes);
                for (row, got) in x.chunks(classes).zip(&out) {
                    let row: Vec<f64> = row.iter().map(|x| x.to_f64()).collect();
                    let exact = reference::logsumexp(&row);
                    let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    let magnitude = Double::from(largest).abs().max((exact - largest).abs());
                    let error = error_at(*got, exact, magnitude);
                    assert!(error <= ulps, "{level:?}, {classes}, {got:?}: {error} ULP");
                }
                if level.fused() {
                    let patterns: Vec<u64> = out.iter().map(|x| bits(*x)).collect();
                    let first = fused.get_or_insert_with(|| patterns.clone());
                    assert_eq!(*first, patterns, "{level:?}, {classes} classes");
                }
            }
        }
    }
}

#[test]
fn accuracy_f32() {
    accuracy::<f32>();
}

#[test]
fn accuracy_f64() {
    accuracy::<f64>();
}

#[test]
fn special_rows_touch_no_other() {
    let inf = f32::INFINITY;
    #[rustfmt::skip]
    let x = [
        1e8, 1e8, 1e8,
        -inf, -inf, -inf,
        0.0, inf, 0.0,
        -inf, 5.0, -inf,
        f32::NAN, 0.0, 0.0,
        -20.0, 0.0, -20.0,
    ];
    for level in Level::available() {
        let out = on(level, &x, 3);
        assert_eq!(out[0], 1e8, "ln 3 is far below the ULP of 1e8");
        assert!(out[1].is_nan() && out[2].is_nan() && out[4].is_nan(), "{level:?}: {out:?}");
        assert_eq!(out[3], 5.0);
        // 2 e^-20, which a sum beside 1 would lose.
        assert!((out[5] - 4.122_307e-9).abs() < 1e-15, "{level:?}: {out:?}");
    }
}

/// A row's place in its batch and in its register does not matter.
#[test]
fn rows_are_independent() {
    let mut random = Random::new(5);
    for classes in [1, 7, 101] {
        let x: Vec<f64> = (0..150 * classes).map(|_| random.ordinary(-9.0, 9.0)).collect();
        for level in Level::available() {
            let alone: Vec<u64> =
                x.chunks(classes).map(|row| on(level, row, classes)[0].to_bits()).collect();
            let together: Vec<u64> = on(level, &x, classes).into_iter().map(f64::to_bits).collect();
            assert_eq!(alone, together, "{level:?}, {classes} classes");
        }
    }
}

#[test]
fn threads_change_no_bit() {
    let x: Vec<f32> = (0..600_000u64).map(|i| (i * 7919 % 1000) as f32 * 0.01).collect();
    let (mut threads, mut sequential) = (vec![0.0; 60_000], vec![0.0; 60_000]);
    let logsumexp = LogSumExp::new(10).expect("classes");
    logsumexp.apply_into(&x, &mut threads).expect("whole rows");
    let alone = logsumexp.execution(Execution::new().sequential());
    alone.apply_into(&x, &mut sequential).expect("whole rows");
    assert!(threads.iter().zip(&sequential).all(|(a, b)| a.to_bits() == b.to_bits()));
}

#[test]
fn refusals_write_nothing() {
    let mut out = [7.0f32; 2];
    let of = |classes| LogSumExp::new(classes).expect("classes");
    let found = of(3).apply_into(&[0.0; 5], &mut out);
    assert_eq!(found, Err(Error::Length { argument: "x", expected: 6, found: 5 }));
    assert!(matches!(LogSumExp::new(0), Err(Error::Parameter { parameter: "classes", .. })));
    let found = of(usize::MAX).apply_into(&[0.0; 5], &mut out);
    assert_eq!(found, Err(Error::Shape { rows: 2, classes: usize::MAX }));
    assert_eq!(out, [7.0; 2]);
}
