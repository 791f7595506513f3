//! The recorded bits alone, in a build without threads: `cargo test -p gradstep-bits`. They
//! are tests of the one binary, too.

#![allow(unreachable_pub)] // a binary has no other crate to reach
#![allow(dead_code)] // what only the other tests use
#![allow(clippy::manual_is_multiple_of)] // as in `main.rs`

mod threads;

pub(crate) use gradstep_check::numbers;

/// Every call, for tools that watch memory: Miri, which takes minutes for one length, and
/// AddressSanitizer; and for errors drawn at random, which are to change what is printed.
mod watched {
    use gradstep::Level;
    use gradstep_bits::{digest_of, sweep};

    #[test]
    #[ignore = "for errors drawn at random"]
    fn digests() {
        for level in Level::available() {
            let (f32, f64) = (digest_of::<f32>(level, 2999), digest_of::<f64>(level, 2999));
            println!("{level:?} {f32:x?} {f64:x?}");
        }
    }

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
