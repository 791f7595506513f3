//! The recorded bits alone, in a build without threads: `cargo test -p gradstep-bits`. They
//! are tests of the one binary, too.

#![allow(unreachable_pub)] // a binary has no other crate to reach
#![allow(dead_code)] // what only the other tests use
#![allow(clippy::manual_is_multiple_of)] // as in `main.rs`

mod threads;

pub(crate) use gradstep_check::numbers;

/// Every call, for tools that watch memory: Miri, which takes minutes for one length, and
/// AddressSanitizer.
mod watched {
    use gradstep_bits::sweep;

    #[test]
    #[ignore = "for AddressSanitizer"]
    fn every_length() {
        let methods = sweep::<f32>(0..=257) + sweep::<f64>(0..=257);
        println!("{methods} calls");
    }

    /// A group of registers, a register and a tail.
    #[test]
    #[ignore = "for Miri"]
    fn one_length_in_f32() {
        println!("{} calls", sweep::<f32>([41].into_iter()));
    }

    #[test]
    #[ignore = "for Miri"]
    fn one_length_in_f64() {
        println!("{} calls", sweep::<f64>([21].into_iter()));
    }
}
