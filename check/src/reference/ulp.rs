//! How far a result lies from its reference, in units in the last place.
//!
//! One ULP is the spacing of the format in the binade of the *reference*, so a
//! correctly rounded result is at most 0.5 away, also among the subnormals. The
//! reference is not rounded first. NaN agrees with NaN and with nothing else;
//! the sign of zero is not compared.

use super::{Double, Format};

/// The spacing of `format` in the binade of `x`; beyond the largest binade, of that.
pub fn unit(x: Double, format: Format) -> Double {
    let top = format.highest();
    let exponent = if x.is_zero() {
        format.lowest()
    } else if x.is_finite() {
        x.exponent().min(top)
    } else {
        top
    };
    let last = exponent - (format.precision() - 1);
    Double::ONE.scale(last.max(format.lowest()))
}

/// `|got - reference|` where both are finite; 0 where they agree; else infinite.
///
/// An infinite result stands for the first number beyond the format, so it
/// agrees with every reference of its sign from there on, and lies within a few
/// ULPs of one just below.
fn distance(got: f64, reference: Double, format: Format) -> Double {
    if got.is_nan() && reference.is_nan() {
        return Double::ZERO;
    }
    if got.is_nan() || reference.is_nan() {
        return Double::INFINITY;
    }
    if !reference.is_finite() {
        return if reference == got { Double::ZERO } else { Double::INFINITY };
    }
    if got.is_infinite() {
        let beyond = Double::ONE.scale(format.highest() + 1);
        let reference = if got > 0.0 { reference } else { -reference };
        return (beyond - reference).max(Double::ZERO);
    }
    (reference - got).abs()
}

/// Error of `got`, a number of `format` widened, in ULPs of the reference.
pub fn error(got: f64, reference: Double, format: Format) -> f64 {
    error_at(got, reference, reference, format)
}

/// Error in ULPs of `magnitude`: for results of a cancellation, where the
/// largest term, not the small result, says what rounding may do.
pub fn error_at(got: f64, reference: Double, magnitude: Double, format: Format) -> f64 {
    (distance(got, reference, format) / unit(magnitude, format)).to_f64()
}

/// Error of an `f32` result in ULPs.
pub fn of_f32(got: f32, reference: Double) -> f64 {
    error(f64::from(got), reference, Format::F32)
}

/// Error of an `f64` result in ULPs.
pub fn of_f64(got: f64, reference: Double) -> f64 {
    error(got, reference, Format::F64)
}

/// `|got - reference| / |reference|`; 0 where both are 0, NaN or the same infinity.
pub fn relative(got: f64, reference: Double) -> f64 {
    let distance = distance(got, reference, Format::F64);
    if distance.is_zero() || !distance.is_finite() {
        distance.to_f64()
    } else {
        (distance / reference.abs()).to_f64()
    }
}
