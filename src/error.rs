//! Why a call was refused.

use core::fmt;

/// Why a call was refused. A refused call has written nothing.
///
/// ```
/// use gradstep::{Error, loss::Mse};
///
/// let refused = Mse::new().loss(&[1.0f32, 2.0], &[1.0]).unwrap_err();
/// assert_eq!(refused, Error::Length { argument: "target", expected: 2, found: 1 });
/// assert_eq!(refused.to_string(), "`target` must have 2 elements, not 1");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// A slice is shorter or longer than the others ask for.
    Length {
        /// The argument's name.
        argument: &'static str,
        /// The length that fits the other arguments.
        expected: usize,
        /// The length that came.
        found: usize,
    },
    /// A slice of a tensor in a list is shorter or longer than its weights.
    TensorLength {
        /// The tensor's place in the list.
        tensor: usize,
        /// The slice's name.
        argument: &'static str,
        /// The length of the tensor's weights.
        expected: usize,
        /// The length that came.
        found: usize,
    },
    /// The shape itself is impossible: more elements than can be addressed.
    Shape {
        /// Rows.
        rows: usize,
        /// Classes.
        classes: usize,
    },
    /// A parameter is outside its range.
    Parameter {
        /// The parameter's name.
        parameter: &'static str,
        /// The condition that it must meet.
        expected: &'static str,
        /// The number that came.
        found: f64,
    },
    /// An element of a slice is outside its range.
    Element {
        /// The argument's name.
        argument: &'static str,
        /// The position of the first such element.
        index: usize,
        /// The condition that elements must meet.
        expected: &'static str,
        /// The number that came.
        found: f64,
    },
    /// A class index is neither a class nor the ignored index.
    Target {
        /// The row of the first such target.
        row: usize,
        /// The target.
        target: i128,
        /// The number of classes.
        classes: usize,
    },
    /// Two options exclude each other.
    Conflict {
        /// The option that was asked for.
        option: &'static str,
        /// Why it can't be combined with the others.
        reason: &'static str,
    },
    /// A mean over nothing, where [`EmptyMean::Error`](crate::EmptyMean::Error) asks for an error.
    EmptyMean,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Length { argument, expected, found } => {
                write!(f, "`{argument}` must have {expected} elements, not {found}")
            }
            Error::TensorLength { tensor, argument, expected, found } => {
                write!(
                    f,
                    "`{argument}` of tensor {tensor} must have {expected} elements, not {found}"
                )
            }
            Error::Shape { rows, classes } => {
                write!(f, "{rows} rows of {classes} classes are more than can be addressed")
            }
            Error::Parameter { parameter, expected, found } => {
                write!(f, "`{parameter}` must be {expected}, not {found}")
            }
            Error::Element { argument, index, expected, found } => {
                write!(f, "`{argument}[{index}]` must be {expected}, not {found}")
            }
            Error::Target { row, target, classes } => {
                write!(f, "`targets[{row}]` must be a class below {classes}, not {target}")
            }
            Error::Conflict { option, reason } => {
                write!(f, "`{option}` can't be combined: {reason}")
            }
            Error::EmptyMean => f.write_str("the mean of no elements does not exist"),
        }
    }
}

impl core::error::Error for Error {}
