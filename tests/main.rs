//! All integration tests in one binary: `tests/<operation>.rs` each, references
//! of higher precision in `reference`, every tolerance in `tolerance`.

mod reference;
