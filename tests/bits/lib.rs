//! Every public operation with all its methods and options, as a list of calls on generated
//! data: what tests of threads, of recorded bits and of guard pages run, and the digest that
//! two machines compare.

#![forbid(unsafe_code)]

mod functions;
mod operations;
mod options;
mod regularisers;

pub use functions::{of_level, without_execution};
pub use operations::{Data, Operation, Output, Part, Run, operations};

use gradstep::{Execution, Level};
use gradstep_check::numbers::{Number, bits};

/// A number that changes with every bit and the order of what is added.
struct Hash(u64);

impl Hash {
    fn new() -> Self {
        Hash(0xcbf2_9ce4_8422_2325)
    }

    fn add(&mut self, x: u64) {
        self.0 = (self.0 ^ x).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 ^= self.0 >> 29;
    }
}

/// A number for the patterns of all outputs, each distinct from its neighbours.
pub fn hash<E: Number>(outputs: &[Output<E>]) -> u64 {
    let mut hash = Hash::new();
    for output in outputs {
        hash.add(bits(output.sum));
        hash.add(output.elements.len() as u64);
        output.elements.iter().for_each(|x| hash.add(bits(*x)));
    }
    hash.0
}

/// Numbers for the results of all operations on a level, on several leaves and no whole number
/// of blocks: of those without an exponential or a logarithm, which are the same on every
/// level, and of the others, which are the same where a level fuses.
pub fn digest<E: Number>(level: Level) -> [u64; 2] {
    digest_of::<E>(level, 100_001)
}

/// The same for `n` elements.
pub fn digest_of<E: Number>(level: Level, n: usize) -> [u64; 2] {
    let data = Data::<E>::new(n);
    let mut digests = [Hash::new(), Hash::new()];
    for Operation { plain, run, .. } in operations::<E>() {
        let outputs = run(data.part(0..n), Execution::new().level(level));
        digests[usize::from(!plain)].add(hash(&outputs));
    }
    digests.map(|hash| hash.0)
}

/// Runs every operation at each length on each level: what stands before and behind each slice
/// is the caller's to watch. Returns how many methods have run.
///
/// Every slice is an allocation of its own and ends where that ends.
pub fn sweep<E: Number>(lengths: impl Iterator<Item = usize>) -> usize {
    let operations = operations::<E>();
    let mut methods = 0;
    for n in lengths {
        let data = Data::<E>::new(n);
        let mut count = |outputs: Vec<Output<E>>| methods += outputs.len();
        for level in Level::available() {
            let execution = Execution::new().level(level).sequential();
            operations.iter().for_each(|each| count((each.run)(data.part(0..n), execution)));
            count(functions::of_level(level, data.part(0..n)));
        }
        count(functions::without_execution(data.part(0..n)));
    }
    methods
}
