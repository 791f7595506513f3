//! Every refusal, one function per kind. Knows no operation.

use crate::{Element, Error};

/// `found` is as long as the others.
pub(crate) fn length(argument: &'static str, expected: usize, found: usize) -> Result<(), Error> {
    if expected == found { Ok(()) } else { Err(Error::Length { argument, expected, found }) }
}

fn parameter(
    holds: bool,
    parameter: &'static str,
    expected: &'static str,
    found: f64,
) -> Result<f64, Error> {
    if holds { Ok(found) } else { Err(Error::Parameter { parameter, expected, found }) }
}

/// At least 0; infinity is allowed, NaN is not.
pub(crate) fn not_negative(name: &'static str, x: f64) -> Result<f64, Error> {
    parameter(x >= 0.0, name, "a number >= 0", x)
}

/// At least 0 and finite.
pub(crate) fn finite_not_negative(name: &'static str, x: f64) -> Result<f64, Error> {
    parameter((0.0..f64::INFINITY).contains(&x), name, "finite and >= 0", x)
}

/// Above 0 and finite.
pub(crate) fn finite_positive(name: &'static str, x: f64) -> Result<f64, Error> {
    parameter(x > 0.0 && x < f64::INFINITY, name, "finite and > 0", x)
}

/// Neither NaN nor infinite.
pub(crate) fn finite(name: &'static str, x: f64) -> Result<f64, Error> {
    parameter(x.is_finite(), name, "finite", x)
}

/// Not NaN.
pub(crate) fn number(name: &'static str, x: f64) -> Result<f64, Error> {
    parameter(!x.is_nan(), name, "a number", x)
}

/// No smaller than `least`, the other end of a range; NaN is refused too.
pub(crate) fn at_least(name: &'static str, least: f64, x: f64) -> Result<f64, Error> {
    parameter(x >= least, name, "no smaller than the lower end", x)
}

/// Above 0, as counts and step numbers must be.
pub(crate) fn at_least_one(name: &'static str, x: u64) -> Result<u64, Error> {
    #[allow(clippy::cast_precision_loss)] // 0 is exact
    parameter(x >= 1, name, "at least 1", x as f64).map(|_| x)
}

/// There is one, the first is 0, and none is below the one before.
pub(crate) fn offsets(argument: &'static str, offsets: &[usize]) -> Result<(), Error> {
    let refused = |index: usize, expected| {
        #[allow(clippy::cast_precision_loss)] // for a message
        let found = offsets[index] as f64;
        Err(Error::Element { argument, index, expected, found })
    };
    match offsets.first() {
        None => return Err(Error::Length { argument, expected: 1, found: 0 }),
        Some(0) => {}
        Some(_) => return refused(0, "0"),
    }
    match offsets.windows(2).position(|pair| pair[1] < pair[0]) {
        None => Ok(()),
        Some(index) => refused(index + 1, "no less than the one before"),
    }
}

/// Every element is at least 0; NaN is refused too.
pub(crate) fn elements_not_negative<E: Element>(
    argument: &'static str,
    x: &[E],
) -> Result<(), Error> {
    match x.iter().position(|x| x.is_nan() || *x < E::ZERO) {
        None => Ok(()),
        Some(index) => {
            let found = x[index].to_f64();
            Err(Error::Element { argument, index, expected: "a number >= 0", found })
        }
    }
}
