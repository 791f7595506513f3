//! Numbers at the ends of the element types: what overflows or vanishes on the way though the
//! result does not, and parameters that a type can't hold.

mod losses;
mod penalties;
mod updates;
mod vanishing;

/// Within a few ULPs of `f32`.
fn near(got: f64, exact: f64) -> bool {
    got == exact || (got / exact - 1.0).abs() < 5e-7
}
