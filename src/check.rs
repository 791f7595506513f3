//! Every refusal, one function per kind. Knows no operation.

use crate::{Element, Error};

/// `found` is as long as the others.
pub(crate) fn length(argument: &'static str, expected: usize, found: usize) -> Result<(), Error> {
    if expected == found { Ok(()) } else { Err(Error::Length { argument, expected, found }) }
}

/// `found` is as long as the weights of a tensor in a list.
pub(crate) fn tensor_length(
    tensor: usize,
    argument: &'static str,
    expected: usize,
    found: usize,
) -> Result<(), Error> {
    if expected == found {
        return Ok(());
    }
    Err(Error::TensorLength { tensor, argument, expected, found })
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

/// Above 0 and below 1.
pub(crate) fn inside_unit(name: &'static str, x: f64) -> Result<f64, Error> {
    parameter(x > 0.0 && x < 1.0, name, "above 0 and below 1", x)
}

/// Above 1 and below 2.
pub(crate) fn between_1_and_2(name: &'static str, x: f64) -> Result<f64, Error> {
    parameter(x > 1.0 && x < 2.0, name, "above 1 and below 2", x)
}

/// From 0 to 1, both included.
pub(crate) fn unit_interval(name: &'static str, x: f64) -> Result<f64, Error> {
    parameter((0.0..=1.0).contains(&x), name, "from 0 to 1", x)
}

/// A denominator of a sum: above 0 and finite, as is its reciprocal.
pub(crate) fn denominator(x: f64) -> Result<f64, Error> {
    let holds = x > 0.0 && x < f64::INFINITY && x.recip() < f64::INFINITY;
    parameter(holds, "denominator", "finite and > 0, as is its reciprocal", x)
}

/// A hyper-parameter, or a number computed from some, is finite when it is rounded to the element
/// type. An infinite one would make NaN of numbers.
#[cold]
pub(crate) fn finite_in<E: Element>(name: &'static str, x: f64) -> Result<(), Error> {
    let is_finite = E::from_f64(x).to_f64().is_finite();
    parameter(is_finite, name, "finite in the element type", x).map(|_| ())
}

/// A parameter of a formula, rounded once to the element type: `check` holds of it and of what it
/// becomes, which is infinite only if it was.
pub(crate) fn rounded<E: Element>(
    check: impl Fn(&'static str, f64) -> Result<f64, Error>,
    name: &'static str,
    x: f64,
) -> Result<E, Error> {
    let rounded = E::from_f64(check(name, x)?);
    if x.is_finite() {
        finite_in::<E>(name, x)?;
    }
    let holds = check(name, rounded.to_f64()).is_ok();
    parameter(holds, name, "in its range in the element type, too", x).map(|_| rounded)
}

/// Neither NaN nor infinite.
pub(crate) fn finite(name: &'static str, x: f64) -> Result<f64, Error> {
    parameter(x.is_finite(), name, "finite", x)
}

/// No more than there is room for.
pub(crate) fn at_most(
    name: &'static str,
    (expected, most): (&'static str, usize),
    found: usize,
) -> Result<(), Error> {
    parameter(found <= most, name, expected, found as f64).map(|_| ())
}

/// Rows do not overlap.
pub(crate) fn stride(
    name: &'static str,
    (expected, least): (&'static str, usize),
    stride: usize,
) -> Result<usize, Error> {
    parameter(stride >= least, name, expected, stride as f64).map(|_| stride)
}

/// `found` elements are whole rows of `columns`, which are at least 1.
pub(crate) fn whole_rows(
    argument: &'static str,
    columns: usize,
    found: usize,
) -> Result<(), Error> {
    length(argument, found - found % columns, found)
}

/// `found` is as long as the rows, which may end with the last one's last class or
/// with its stride.
pub(crate) fn rows(
    argument: &'static str,
    rows: usize,
    classes: usize,
    stride: usize,
    found: usize,
) -> Result<(), Error> {
    let most = rows.checked_mul(stride).ok_or(Error::Shape { rows, classes })?;
    let least = if rows == 0 { 0 } else { most - stride + classes };
    if (least..=most).contains(&found) {
        return Ok(());
    }
    Err(Error::Length { argument, expected: least, found })
}

/// The share of its past that an average keeps: at least 0, below 1.
pub(crate) fn decay_rate(name: &'static str, x: f64) -> Result<f64, Error> {
    parameter((0.0..1.0).contains(&x), name, ">= 0 and < 1", x)
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
    parameter(x >= 1, name, "at least 1", x as f64).map(|_| x)
}

/// There is an offset, the first is 0, and none is less than the one before.
pub(crate) fn offsets(argument: &'static str, offsets: &[usize]) -> Result<(), Error> {
    let refused = |index: usize, expected| {
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
    elements(argument, x, "a number >= 0", |x| x >= E::ZERO)
}

/// Every element is at least 0 and finite.
pub(crate) fn elements_finite_not_negative<E: Element>(
    argument: &'static str,
    x: &[E],
) -> Result<(), Error> {
    elements(argument, x, "finite and >= 0", |x| (x >= E::ZERO) & (x < E::INFINITY))
}

/// Every element is above 0 and below 1.
pub(crate) fn elements_inside_unit<E: Element>(
    argument: &'static str,
    x: &[E],
) -> Result<(), Error> {
    elements(argument, x, "above 0 and below 1", |x| (x > E::ZERO) & (x < E::ONE))
}

/// No number is outside a loss's domain, which may be one of the other type; NaN is let
/// through, and comes out as NaN.
pub(crate) fn elements_within<E: Element, D: Element>(
    argument: &'static str,
    x: &[E],
    (low, high): (D, D),
) -> Result<(), Error> {
    let (low, high) = (low.to_f64(), high.to_f64());
    elements(argument, x, "within the loss's domain", |x| {
        !((x.to_f64() < low) | (x.to_f64() > high))
    })
}

fn elements<E: Element>(
    argument: &'static str,
    x: &[E],
    expected: &'static str,
    holds: impl Fn(E) -> bool,
) -> Result<(), Error> {
    // Part by part without a jump for each element, so that registers hold several.
    if x.chunks(64).all(|part| part.iter().fold(true, |all, x| all & holds(*x))) {
        return Ok(());
    }
    match x.iter().position(|x| !holds(*x)) {
        None => Ok(()),
        Some(index) => Err(Error::Element { argument, index, expected, found: x[index].to_f64() }),
    }
}

/// A row has columns.
pub(crate) fn columns(found: usize) -> Result<(), Error> {
    #[allow(clippy::cast_precision_loss)] // 0 is exact
    parameter(found >= 1, "columns", "at least 1", found as f64).map(|_| ())
}

/// Rows whose repetition is looked for at once: a bit each.
const WINDOW: usize = 1 << 16;

/// `count` rows, `of(i)` each, are below `rows`, and none comes twice.
///
/// Ascending ones take one pass. Others take one for every [`WINDOW`] of rows, so that the bits
/// of a window have room on the stack, or one for each of them if they are fewer than windows.
pub(crate) fn distinct_rows(
    argument: &'static str,
    rows: usize,
    count: usize,
    of: impl Fn(usize) -> i128,
) -> Result<(), Error> {
    #[allow(clippy::cast_precision_loss)] // for a message
    let refused = |index, expected| {
        Err(Error::Element { argument, index, expected, found: of(index) as f64 })
    };
    let row = |i: usize| usize::try_from(of(i)).ok().filter(|row| *row < rows);
    if let Some(index) = (0..count).find(|i| row(*i).is_none()) {
        return refused(index, "a row of the table");
    }
    if (1..count).all(|i| row(i - 1) < row(i)) {
        return Ok(());
    }
    let repeated = if count <= rows / WINDOW {
        (0..count).find(|i| (0..*i).any(|before| row(before) == row(*i)))
    } else {
        let in_window = |window: usize| {
            let mut seen = [0u64; WINDOW / 64];
            let inside = |i: &usize| row(*i).filter(|row| row / WINDOW == window);
            (0..count).find(|i| {
                inside(i).is_some_and(|row| {
                    let (word, bit) = (row % WINDOW / 64, 1 << (row % 64));
                    let known = seen[word] & bit != 0;
                    seen[word] |= bit;
                    known
                })
            })
        };
        (0..rows.div_ceil(WINDOW)).filter_map(in_window).min()
    };
    repeated.map_or(Ok(()), |index| refused(index, "a row that did not come before"))
}
