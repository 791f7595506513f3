//! gradstep takes slices; this is how arrays of ndarray, nalgebra and faer are slices without a
//! copy, and what to do where they are not. Nothing here is needed: the functions are a few
//! lines each, to be pasted.

#![forbid(unsafe_code)]

pub mod in_faer;
pub mod in_nalgebra;
pub mod in_ndarray;

/// Why an array is no slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotASlice {
    /// The argument's name.
    pub argument: &'static str,
    /// The array's shape.
    pub shape: Vec<usize>,
    /// From one element to the next along each axis.
    pub strides: Vec<isize>,
    /// What helps.
    pub advice: &'static str,
}

impl std::fmt::Display for NotASlice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { argument, shape, strides, advice } = self;
        write!(f, "`{argument}` of shape {shape:?} has strides {strides:?}: {advice}")
    }
}

impl std::error::Error for NotASlice {}

/// The README's code compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
