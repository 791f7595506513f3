//! The table of tolerances.

pub(crate) use gradstep_check::tolerance::*;

#[test]
fn no_output_has_two_tolerances() {
    for (i, row) in TABLE.iter().enumerate() {
        let same = |other: &Row| (row.operation, row.output) == (other.operation, other.output);
        assert!(!TABLE[..i].iter().any(same), "{}, {}", row.operation, row.output);
    }
}
