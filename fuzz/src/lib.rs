//! What fuzz targets share: cases from bytes, guarded buffers, every level, and
//! the references and tolerances of the tests.
//!
//! Each target feeds arbitrary bits to the public methods of the operations of a family and
//! asserts that
//!
//! * nothing panics, and a call is refused exactly where the documentation says,
//! * nothing outside an output is written, and nothing at all by a refused call,
//! * levels agree bit for bit where that is promised, and methods with each other,
//! * results are within the tolerances of `gradstep_check::tolerance`, wherever no
//!   intermediate result leaves the range of the type.

pub use gradstep_check::{reference, tolerance};

pub mod activation;
pub mod calls;
pub mod compare;
pub mod cross_entropy;
pub mod curves;
pub mod dropout;
pub mod input;
pub mod logsumexp;
pub mod math;
pub mod pointwise;
pub mod prox;
pub mod reduce;
pub mod regularisers;
pub mod run;
pub mod update;

pub use input::{Number, Source};

/// A target of a family: the first byte chooses the element type, the next the operation.
#[macro_export]
macro_rules! target {
    ($($case:ident :: $operation:ident),+ $(,)?) => {
        libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
            fn run<E: $crate::Number>(source: &mut $crate::Source) {
                let all = [$($crate::$case::$operation::<E> as fn(&mut $crate::Source)),+];
                all[source.below(all.len())](source);
            }
            let mut source = $crate::Source::new(bytes);
            if source.flag() {
                run::<f32>(&mut source);
            } else {
                run::<f64>(&mut source);
            }
        });
    };
}
