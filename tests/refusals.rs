//! What is refused: the error, what it says, and that nothing was written; and
//! that no input makes anything panic.

mod activation;
mod any_input;
mod classes;
mod losses;
mod penalty;
mod prox;
mod update;

use crate::numbers::{Number, Random};
use gradstep::Error;
use std::fmt::Debug;

/// What a message must hold: the argument's name, what was expected, what came.
fn says(error: &Error) -> Vec<String> {
    match error {
        Error::Length { argument, expected, found } => {
            vec![format!("`{argument}`"), expected.to_string(), found.to_string()]
        }
        Error::TensorLength { tensor, argument, expected, found } => {
            let parts = [format!("`{argument}`"), format!("tensor {tensor}")];
            parts.into_iter().chain([expected.to_string(), found.to_string()]).collect()
        }
        Error::Shape { rows, classes } => vec![rows.to_string(), classes.to_string()],
        Error::Parameter { parameter, expected, found } => {
            vec![format!("`{parameter}`"), (*expected).to_owned(), found.to_string()]
        }
        Error::Element { argument, index, expected, found } => {
            vec![format!("`{argument}[{index}]`"), (*expected).to_owned(), found.to_string()]
        }
        Error::Target { row, target, classes } => {
            vec![format!("`targets[{row}]`"), target.to_string(), classes.to_string()]
        }
        Error::Conflict { option, reason } => {
            vec![format!("`{option}`"), (*reason).to_owned()]
        }
        Error::EmptyMean => vec!["mean".to_owned()],
        other => panic!("an error without a test: {other:?}"),
    }
}

/// The result is this error, and its text says so. NaN in an error is itself here.
#[track_caller]
fn is<R: Debug>(result: Result<R, Error>, expected: &Error) {
    is_error(result.map(|value| format!("{value:?}")), expected);
}

#[track_caller]
fn is_error(result: Result<String, Error>, expected: &Error) {
    let error = match result {
        Err(error) => error,
        Ok(value) => panic!("{value} instead of {expected:?}"),
    };
    assert_eq!(format!("{error:?}"), format!("{expected:?}"));
    let text = error.to_string();
    let missing: Vec<_> = says(expected).into_iter().filter(|part| !text.contains(part)).collect();
    assert!(missing.is_empty(), "{text:?} does not say {missing:?}");
    let dynamic: &dyn std::error::Error = &error;
    assert_eq!(dynamic.to_string(), text);
}

/// Buffers of any patterns, NaN with payloads too.
fn buffers<E: Number, const N: usize>(lengths: [usize; N]) -> [Vec<E>; N] {
    let mut random = Random::new(lengths.iter().sum::<usize>() as u64);
    lengths.map(|n| (0..n).map(|_| random.pattern()).collect())
}

/// The bits as they are.
fn raw<E: Number>(buffers: &[Vec<E>]) -> Vec<Vec<u64>> {
    buffers.iter().map(|buffer| buffer.iter().map(|x| x.bits()).collect()).collect()
}

/// The call on buffers of these lengths is refused and leaves every bit.
#[track_caller]
fn refuses<E: Number, R: Debug, const N: usize>(
    lengths: [usize; N],
    expected: &Error,
    call: impl FnOnce(&mut [Vec<E>; N]) -> Result<R, Error>,
) {
    let mut call = Some(call);
    refused(lengths, expected, &mut |buffers| {
        let call = call.take().expect("called once");
        call(buffers).map(|value| format!("{value:?}"))
    });
}

/// Compiled once for all calls, of which there are hundreds.
#[track_caller]
fn refused<E: Number, const N: usize>(
    lengths: [usize; N],
    expected: &Error,
    call: &mut dyn FnMut(&mut [Vec<E>; N]) -> Result<String, Error>,
) {
    let mut buffers = buffers::<E, N>(lengths);
    let before = raw(&buffers);
    is_error(call(&mut buffers), expected);
    assert!(raw(&buffers) == before, "written before {expected:?}");
}

/// Numbers that are no count or strength.
const BAD: [f64; 4] = [-1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];

/// Every wrong length beside the right one.
fn wrong(right: usize) -> impl Iterator<Item = usize> {
    [0, right - 1, right + 1, right + 40].into_iter().filter(move |n| *n != right)
}

fn length(argument: &'static str, expected: usize, found: usize) -> Error {
    Error::Length { argument, expected, found }
}

fn parameter(parameter: &'static str, expected: &'static str, found: f64) -> Error {
    Error::Parameter { parameter, expected, found }
}
