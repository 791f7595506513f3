//! Rows of classes. Targets and empty means are in `cross_entropy`.

use super::{BAD, is, length, parameter, refuses, wrong};
use crate::numbers::Number;
use gradstep::loss::CrossEntropy;
use gradstep::{Error, LogSumExp, Reduction};

fn of<E: Number>(classes: usize) -> CrossEntropy<'static, E> {
    CrossEntropy::new(classes).expect("classes")
}

/// All methods with logits and targets of these lengths, everything else right.
fn all<E: Number>(options: &CrossEntropy<'_, E>, logits: usize, rows: usize, expected: &Error) {
    let x = vec![E::HALF; logits];
    let y = vec![0u8; rows];
    is(options.loss(&x, &y), expected);
    refuses([logits], expected, |[grad]| options.loss_and_grad(&x, &y, grad));
    refuses([logits], expected, |[in_place]| options.loss_and_grad_in_place(in_place, &y));
    refuses([rows], expected, |[out]| options.losses(&x, &y, out));
    refuses([rows, logits], expected, |[upstream, grad]| options.backward(&x, &y, upstream, grad));
}

fn lengths<E: Number>() {
    for (rows, classes) in [(1, 1), (1, 7), (9, 1), (9, 3), (5, 33)] {
        let options = of::<E>(classes);
        let n = rows * classes;
        let (x, y) = (vec![E::HALF; n], vec![0i64; rows]);
        for other in wrong(n) {
            all(&options, other, rows, &length("logits", n, other));
            refuses([other], &length("grad", n, other), |[grad]| {
                options.loss_and_grad(&x, &y, grad)
            });
            refuses([rows, other], &length("grad", n, other), |[upstream, grad]| {
                options.backward(&x, &y, upstream, grad)
            });
        }
        for other in wrong(rows) {
            all(&options, n, other, &length("logits", other * classes, n));
            refuses([other], &length("out", rows, other), |[out]| options.losses(&x, &y, out));
            refuses([other, n], &length("upstream", rows, other), |[upstream, grad]| {
                options.backward(&x, &y, upstream, grad)
            });
        }
    }
}

fn parameters<E: Number>() {
    is(CrossEntropy::<E>::new(0), &parameter("classes", "at least 1", 0.0));
    for bad in [0.0, -0.0].into_iter().chain(BAD) {
        let expected = parameter("denominator", "finite and > 0, as is its reciprocal", bad);
        for (rows, classes) in [(0, 3), (4, 3), (4, 40)] {
            let options = of::<E>(classes).reduction(Reduction::DivideBy(bad));
            all(&options, rows * classes, rows, &expected);
        }
    }
}

/// More logits than can be addressed are an error, not an overflow.
fn shapes<E: Number>() {
    for (rows, classes) in [(2, usize::MAX), (3, usize::MAX / 2), (70, usize::MAX / 64)] {
        all(&of::<E>(classes), 12, rows, &Error::Shape { rows, classes });
    }
    let most = usize::MAX;
    all(&of::<E>(most), 12, 1, &length("logits", most, 12));
    // No rows have a shape whatever the number of classes.
    for classes in [most, most / 64 + 1, most / 2 + 1] {
        assert!(of::<E>(classes).loss::<u8>(&[], &[]).is_ok_and(f64::is_nan));
        let in_place = of::<E>(classes).loss_and_grad_in_place::<i64>(&mut [], &[]);
        assert!(in_place.is_ok_and(f64::is_nan));
    }
}

fn sums_of_exponentials<E: Number>() {
    let logsumexp = |x: &[E], classes, out: &mut [E]| LogSumExp::new(classes)?.apply_into(x, out);
    let none = parameter("classes", "at least 1", 0.0);
    refuses([4], &none, |[out]| logsumexp(&[E::ONE; 4], 0, out));
    for (rows, classes) in [(1, 1), (1, 7), (9, 3), (5, 33)] {
        let n = rows * classes;
        for other in wrong(n) {
            let x = vec![E::HALF; other];
            refuses([rows], &length("x", n, other), |[out]| logsumexp(&x, classes, out));
        }
        for other in wrong(rows) {
            let expected = length("x", other * classes, n);
            refuses([other], &expected, |[out]| logsumexp(&vec![E::HALF; n], classes, out));
        }
    }
    for (rows, classes) in [(2, usize::MAX), (3, usize::MAX / 2), (70, usize::MAX / 64)] {
        let expected = Error::Shape { rows, classes };
        refuses([rows], &expected, |[out]| logsumexp(&[E::ONE; 12], classes, out));
    }
    for classes in [1, usize::MAX, usize::MAX / 64 + 1, usize::MAX / 2 + 1] {
        assert_eq!(logsumexp(&[], classes, &mut []), Ok(()), "no rows of {classes} classes");
    }
}

/// A weight for each row: as many, none negative, none that is not finite.
fn weights_of_rows<E: Number>() {
    for (rows, classes) in [(1, 1), (9, 3), (5, 133)] {
        for other in wrong(rows) {
            let weights = vec![E::ONE; other];
            let options = of::<E>(classes).row_weights(&weights).expect("weights");
            all(&options, rows * classes, rows, &length("row_weights", rows, other));
        }
    }
    for bad in [-1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let weights = [E::ONE, E::from_f64(bad), E::from_f64(bad)];
        let expected = Error::Element {
            argument: "row_weights",
            index: 1,
            expected: "finite and >= 0",
            found: bad,
        };
        is(of::<E>(2).row_weights(&weights), &expected);
    }
    let largest = E::from_bits(E::INFINITY.bits() - 1);
    let weights = [largest; 3];
    let options = of::<E>(1).row_weights(&weights).expect("weights");
    let sum = options.loss(&[E::ONE; 3], &[0u8; 3]);
    if largest.to_f64() == f64::MAX {
        is(sum, &parameter("sum of the row weights", "finite", f64::INFINITY));
    } else {
        assert_eq!(sum, Ok(0.0));
    }
}

in_both_types! { lengths parameters shapes sums_of_exponentials weights_of_rows }
