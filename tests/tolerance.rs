//! The table of tolerances.

pub(crate) use gradstep_check::tolerance::*;

#[test]
fn no_output_has_two_tolerances() {
    let names: Vec<_> = rows().map(|row| (row.operation, row.output)).collect();
    for (i, name) in names.iter().enumerate() {
        assert!(!names[..i].contains(name), "{name:?}");
    }
}
