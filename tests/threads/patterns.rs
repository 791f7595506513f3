//! The bits that every build must give: with threads or without, on every level
//! that promises them, on every machine. A change here is a change of results,
//! which the changelog tells.

use crate::numbers::Number;
use gradstep::kernels::ops::activation;
use gradstep::{Execution, Level};
use gradstep_bits::{Data, Operation, hash, operations};
use gradstep_check::catalogue::{self, ActivationEntry, LossEntry, OperatorEntry, UpdateEntry};

/// Operation, hash of all its results in `f32`, in `f64`.
#[rustfmt::skip]
const PATTERNS: &[(&str, u64, u64)] = &[
    ("second derivatives", 0x0bcfde901271d7a7, 0x0bffbe4545751c17),
    ("irls", 0xcec6eb2a4eac0de0, 0x5561171b651a6a3a),
    ("weighted mean", 0x5a523c08fecc4362, 0xfb69c0b9e1bda480),
    ("weighted_soft_threshold", 0x0dd1f0e9581e53dd, 0x78163c7c3667f5ff),
    ("dropout", 0x7bc4c6b097afef95, 0xe7de26b2a8d2a1bb),
    ("penalty", 0xd14e21b51a8fc478, 0x32849022b6fbfc2d),
    ("certificate", 0x7a81e4f6052e2d3a, 0x3134ee43762f52f0),
    ("coordinate_descent", 0x7ff10571bdc48f24, 0x1416c3dcd22ffc7a),
    ("clip_grad", 0x1b0e6c55de4029f4, 0x0f7211cc2f24eddf),
    ("groups of 1", 0x6a5ae8b84cd75217, 0xbed46f8c1a2a9125),
    ("groups of 3", 0x8dcc85415f609b4d, 0xac490252ded55d2d),
    ("groups of 100", 0x8de962b952c750de, 0x5b67e899b121a346),
    ("binary_cross_entropy, clipped", 0x86b8094867c634bf, 0x48028bcaf56698ea),
    ("binary_cross_entropy_with_logits, weights", 0xce38ff51afe9d4cd, 0x716482bcfec10507),
    ("step_many", 0xbbd829ba8b8c5fef, 0x36aff70b72216c62),
    ("step_many of averages", 0xe23e9dc1ae30a2b4, 0xfbcd7c5fbff06667),
    ("functions", 0xa11c9fcb8b810470, 0xc47e253b6165927b),
    ("cross_entropy of 2, options", 0x3d566f0ed9513ec7, 0x78123ba3e0efaee3),
    ("cross_entropy of 2, probabilities", 0x404ab46070a4ab33, 0xa01af9da1ae02ba8),
    ("cross_entropy of 2, positions", 0x025d6f8ceec6e74e, 0x3d14c209c646a3cf),
    ("cross_entropy of 7, options", 0x572f8c8e5d6cf5a3, 0xaf51ad8d13c4f70c),
    ("cross_entropy of 7, probabilities", 0xf5af2af5898c2af0, 0x4444c9ad556ed0d0),
    ("cross_entropy of 7, positions", 0xde7e48fe8245214a, 0xa079ca3ef54aebc1),
    ("cross_entropy of 32, options", 0xb23abdd4b2921e8f, 0x1b62def5c62b3d66),
    ("cross_entropy of 32, probabilities", 0xe7b94f43b87eb381, 0x7d1c426797a5684b),
    ("cross_entropy of 32, positions", 0xa137289e3803ba34, 0xbafa6ce4638b6b4b),
    ("cross_entropy of 40, options", 0xab68236d64818df4, 0xb37fdece280ceaa5),
    ("cross_entropy of 40, probabilities", 0xa246a1c4be5f1802, 0x1d2a3281dab4bd2e),
    ("cross_entropy of 40, positions", 0x965d99346b4fd18a, 0x240aaa544725d101),
    ("cross_entropy of 1", 0x1f82701a8f0a5c6b, 0x1f82701a8f0a5c6b),
    ("cross_entropy of 2", 0x344842c3fa35fdf0, 0x62d242ce4cf38671),
    ("cross_entropy of 10", 0x4d85b71c4786cd75, 0xacbda9ba5ffd1a32),
    ("cross_entropy of 32", 0x898b65f82f1590a0, 0x81be95e5331d5110),
    ("cross_entropy of 33", 0x8e73adef47552ecb, 0x265d75a9424a9f6a),
    ("cross_entropy of 257", 0x80f7058b25f3bf18, 0x7c4d996d0a651bf8),
    ("logsumexp of 3", 0x96855c66a042750c, 0x0c3b415f10167eaf),
    ("softmax of 3", 0xbb5aad87c1698b1e, 0xce836387084775c1),
    ("logsumexp of 300", 0xa2e46b200e1cdcb0, 0x0ba03de61169b119),
    ("softmax of 300", 0x07d134602e2cf9ee, 0x0be8df9262559d2b),
];

macro_rules! listed {
    ($($stem:ident $loss:ident [$($E:ident)?])*) => {
        /// The same for the losses of the catalogue.
        const LISTED: &[(&str, u64, u64)] = &{
            type E = f32;
            [$({
                let [f32, f64] = <catalogue::$loss $(<$E>)? as LossEntry<E>>::BITS;
                (stringify!($stem), f32, f64)
            }),*]
        };
    };
}
gradstep_check::losses!(listed);

macro_rules! listed_operators {
    ($($stem:ident $operator:ident [$E:ident])*) => {
        /// And for its proximal operators.
        const OPERATORS: &[(&str, u64, u64)] = &[$({
            let [f32, f64] = <catalogue::$operator<f32> as OperatorEntry<f32>>::BITS;
            (stringify!($stem), f32, f64)
        }),*];
    };
}
gradstep_check::operators!(listed_operators);

macro_rules! listed_activations {
    ($($stem:ident $activation:ident)*) => {
        /// And for its activations.
        const ACTIVATIONS: &[(&str, u64, u64)] = &[$({
            let [f32, f64] = <activation::$activation as ActivationEntry>::BITS;
            (stringify!($stem), f32, f64)
        }),*];
    };
}
gradstep_check::activations!(listed_activations);

macro_rules! listed_updates {
    ($($stem:ident $update:ident [$n:literal])*) => {
        /// And for its updates.
        const UPDATES: &[(&str, u64, u64)] = &[$({
            let [f32, f64] = <catalogue::$update as UpdateEntry<f32, $n>>::BITS;
            (stringify!($stem), f32, f64)
        }),*];
    };
}
gradstep_check::updates!(listed_updates);

/// The hash of each operation, which all levels agree on, with threads allowed
/// and without.
fn hashes<E: Number>() -> Vec<(String, u64)> {
    // Several leaves in both types, and no whole number of blocks.
    let n = 100_001;
    let data = Data::<E>::new(n);
    let of = |Operation { name, plain, run, .. }: Operation<E>| {
        let mut first = None;
        for level in Level::available().filter(|level| plain || level.fused()) {
            let execution = Execution::new().level(level);
            for execution in [execution, execution.sequential()] {
                let got = hash(&run(data.part(0..n), execution));
                let first = *first.get_or_insert(got);
                assert_eq!(got, first, "{name} in {:?} with {execution:?}", E::FORMAT);
            }
        }
        (name, first.expect("scalar fuses"))
    };
    operations().into_iter().map(of).collect()
}

#[test]
fn same_bits_in_every_build() {
    let both = hashes::<f32>().into_iter().zip(hashes::<f64>());
    let rows: Vec<_> = both.map(|((name, f32), (_, f64))| (name, f32, f64)).collect();
    let patterns = [PATTERNS, LISTED, OPERATORS, ACTIVATIONS, UPDATES].concat();
    let known =
        |(name, f32, f64): &(String, u64, u64)| patterns.contains(&(name.as_str(), *f32, *f64));
    let changed: Vec<_> = rows.iter().filter(|row| !known(row)).map(|row| &row.0).collect();
    let row = |(name, f32, f64): &(String, u64, u64)| {
        format!("    ({name:?}, {f32:#018x}, {f64:#018x}),\n")
    };
    let table: String = rows.iter().map(row).collect();
    assert!(
        changed.is_empty() && rows.len() == patterns.len(),
        "other bits than before: {changed:?}; this build gives\n{table}"
    );
}
