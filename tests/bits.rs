//! The recorded bits alone, in a build without threads: `cargo test -p gradstep-bits`. They
//! are tests of the one binary, too.

#![allow(unreachable_pub)] // a binary has no other crate to reach
#![allow(dead_code)] // what only the other tests use
#![allow(clippy::manual_is_multiple_of)] // as in `main.rs`

mod threads;

pub(crate) use gradstep_check::numbers;

/// Every call, for tools that watch memory: Miri, which takes minutes for a few lengths, and
/// AddressSanitizer.
mod watched {
    use gradstep_bits::sweep;

    #[test]
    #[ignore = "for AddressSanitizer"]
    fn every_length() {
        let methods = sweep::<f32>(0..=257) + sweep::<f64>(0..=257);
        println!("{methods} calls");
    }

    #[test]
    #[ignore = "for Miri"]
    fn a_few_lengths() {
        let methods = sweep::<f32>([0, 7, 41].into_iter()) + sweep::<f64>([1, 21].into_iter());
        println!("{methods} calls");
    }
}
