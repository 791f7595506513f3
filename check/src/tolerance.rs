//! THE table of tolerances, with the reason for each.
//!
//! A reason counts roundings. One rounding moves a result by at most half a unit
//! of the binade it happens in; carried through later products it may end in the
//! upper half of a smaller one, so before the last it counts up to 1 ULP, and the
//! last counts 1/2. "k roundings" is therefore k - 1/2 ULP, and what an error of
//! a function of 1 ULP adds is 2. ULPs are those of `reference::ulp`: of the
//! exact result, or where a reason says so of the largest term. What the catalogue has
//! is told there.

use crate::catalogue;
use crate::reference::Format;

/// How far an output of an operation may lie from its reference.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The operation's stem.
    pub operation: &'static str,
    /// What it gives.
    pub output: &'static str,
    /// ULPs for `f32` and for `f64`.
    pub ulps: [f64; 2],
    /// Which roundings add up to that.
    pub reason: &'static str,
}

pub(crate) const fn row(
    operation: &'static str,
    output: &'static str,
    ulps: [f64; 2],
    reason: &'static str,
) -> Row {
    Row { operation, output, ulps, reason }
}

/// Those of operations that have no entry in the catalogue.
#[rustfmt::skip]
const TABLE: &[Row] = &[
    row("pointwise", "upstream", [1.0; 2],
        "added to a derivative: one product more"),
    row("pointwise", "weight", [1.0; 2],
        "added to a value or derivative: one product more"),
    row("pointwise", "scale", [2.5; 2],
        "added to the derivative of a mean: the denominator's reciprocal, which f64 gives and f32 \
         rounds again, and the product"),
    row("pointwise", "total weight", [2.0; 2],
        "added to the derivative of a weighted mean: the sum of the weights, as any sum"),

    row("cross_entropy", "loss of a row", [4.0; 2],
        "what the documentation promises, for any number of classes; by counting 4.5, for a sum \
         of positive terms: the largest exponential and the others (1 ULP each), their sum and \
         quotient (1/2 each), the logarithm (1 ULP), the gap, which rounds once"),
    row("cross_entropy", "gradient", [4.0; 2],
        "what the documentation promises; by counting 4: an exponential (1 ULP), those of the \
         denominator (1 ULP, less as they have no common sign), their sum (1/2), the product; in \
         f32 the exponentials may err by 1.4, which was not seen to add up"),
    row("cross_entropy", "gradient of shares", [6.0; 2],
        "with smoothing or probabilities, of the larger of two terms: as gradient, and the \
         target's weight of a class (share, product, class weight, 1/2 each) and its product with \
         the factor"),
    row("cross_entropy", "logsumexp", [4.0; 2],
        "of the larger of maximum and logarithm: as of logsumexp"),
    row("cross_entropy", "loss of a batch", [5.0; 2],
        "as of a row; and batches of 128 rows, four in a lane, that add in f64"),

    row("softmax_grad_hess", "gradient", [4.5; 2],
        "what the documentation promises of weights that are exact, as a gradient of \
         cross_entropy; and 1/2 for the product of the weights"),
    row("softmax_grad_hess", "hessian", [8.0; 2],
        "a gradient of cross_entropy, times a quotient of sums (3), the factor (1/2), the product"),

    row("softmax", "value", [4.0, 4.5],
        "what is documented, with 1/2 more for levels of f64 that do not fuse; by counting 4, as of a gradient of cross_entropy, and of the \
         logarithm 4: difference (1/2), ratio (3), logarithm (1), which add to one term"),
    row("softmax", "backward", [3.5; 2],
        "of the larger of the terms: the sum (1 ULP of each product, of one sign or not), \
         difference, product; the exponential of the logarithm (1 ULP)"),

    row("logsumexp", "row", [4.0; 2],
        "what is documented; by counting 4.5 ULP of the larger of maximum and logarithm: the \
         largest exponential and the others (1 ULP each), their sum and quotient (1/2 each), \
         which the logarithm damps; the logarithm (1 ULP); the sum (1/2)"),

    row("exp", "fused", [1.0; 2],
        "what section 8 of the specification promises"),
    row("exp", "not fused", [1.0; 2],
        "what section 8 of the specification promises"),
    row("exp_m1", "fused", [1.0; 2],
        "what section 8 of the specification promises"),
    row("exp_m1", "not fused", [1.0; 2],
        "what section 8 of the specification promises"),
    row("exp_nonpositive", "fused", [1.3, 1.1],
        "f32 by a table: 1.3 by counting, the last sum (1/2), the number of the table (0.34), the \
         polynomial (0.29), the rest of ln 2 (0.11); f64 as scaled_exp"),
    row("exp_nonpositive", "not fused", [1.1; 2],
        "as scaled_exp"),
    row("scaled_exp", "fused", [1.4, 1.1],
        "f32 as exp_nonpositive by a table, 1.3, and twice the rest of ln 2 (0.11) far from 0; f64 \
         by counting 1.1 ULP: the last sum (1/2), the sum before it (1/4), the reduced argument \
         (1/5), and the polynomial"),
    row("scaled_exp", "not fused", [1.1; 2],
        "as f64 fused; and a product with a power of 2, exact but where the result is subnormal"),
    row("ln", "fused", [1.0; 2],
        "what section 8 of the specification promises"),
    row("ln", "not fused", [1.0; 2],
        "what section 8 of the specification promises"),
    row("ln_1p", "fused", [1.0; 2],
        "what section 8 of the specification promises"),
    row("ln_1p", "not fused", [1.0; 2],
        "what section 8 of the specification promises"),
    row("ln_1p_unit", "fused", [1.2; 2],
        "a step of the losses, where 4 ULP are promised; by counting 1.18, largest below a result \
         of 1/2: the last sum (1/2), what the quotient is multiplied with (1/4), 2 + e (0.22), the \
         quotient (0.15), the polynomial"),
    row("ln_1p_unit", "not fused", [1.5; 2],
        "as fused; and the product of the quotient (1/4)"),
    row("sigmoid", "fused", [1.0; 2],
        "what section 8 of the specification promises"),
    row("sigmoid", "not fused", [1.0; 2],
        "what section 8 of the specification promises"),
    row("softplus", "fused", [1.0; 2],
        "what section 8 of the specification promises"),
    row("softplus", "not fused", [1.0; 2],
        "what section 8 of the specification promises"),
    row("tanh", "fused", [1.0; 2],
        "what section 8 of the specification promises"),
    row("tanh", "not fused", [1.0; 2],
        "what section 8 of the specification promises"),

    row("group_soft_threshold", "value", [1.5, 4.0],
        "f32: factor, product; the norm is that of f64, beyond which nothing is told apart: \
         a share of 2^-48 of x. f64: of x itself, because the factor \
         cancels near the threshold: what is documented for groups of up to 1000 elements; by \
         counting, 64 terms in a lane, squares and sums, halved by the root, 17 ULP, all of one \
         sign; typically 1"),
    row("group_soft_threshold", "derivative", [2.5, 8.0],
        "of the terms' magnitudes with factors of 1. f32: factor, product, sum. f64: what is \
         documented; norm and dot product each as above"),
    row("penalty", "value", [3.5; 2],
        "strengths are inputs; product, half of it added, product, and the strength's own \
         rounding"),
    row("penalty", "derivative", [2.5; 2],
        "product, sum, and the sum with the gradient, of the larger of both"),
    row("group_penalty", "derivative", [2.5, 5.0],
        "factor (in f64 the norm's 4, halved, beside it), product, and the sum with the \
         gradient, of the larger of both"),
    row("group_penalty", "value", [4.0; 2],
        "what is documented, in ULPs of f64: the norms are computed in it"),
    row("clip_grad", "norm", [4.0; 2],
        "in ULPs of f64, in the typical case; by counting 34: 64 squares in a lane, 64 blocks in a \
         leaf, then a tree, halved by the root, if all were rounded the same way"),
];

/// All tolerances.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    let entries = catalogue::LOSSES.iter().chain(catalogue::OPERATORS).chain(catalogue::UPDATES);
    let entries = entries.copied().flatten();
    TABLE.iter().chain(entries).chain(catalogue::ACTIVATIONS)
}

/// The tolerance of an output. A row that is missing is a mistake.
pub fn ulps(operation: &str, output: &str, format: Format) -> f64 {
    let row = rows().find(|row| (row.operation, row.output) == (operation, output));
    let row = row.unwrap_or_else(|| panic!("no tolerance for {operation}, {output}"));
    match format {
        Format::F32 => row.ulps[0],
        Format::F64 => row.ulps[1],
    }
}

/// Relative error of a sum of terms of one sign, whatever their number, in the
/// worst case: at most 128 terms of `f32` (64 of `f64`) in a lane before they
/// fold, which then hardly round any more. For `f64` blocks add in `f64` too: a
/// block's lane has 64 terms and a leaf 16 blocks, then a tree.
pub fn worst_sum(format: Format) -> f64 {
    match format {
        Format::F32 => 2f64.powi(-17),
        Format::F64 => 2f64.powi(-46),
    }
}

/// The same where rounding errors have no common sign: 2 ULP.
pub fn typical_sum(format: Format) -> f64 {
    2.0 * 2f64.powi(1 - format.precision())
}

/// The step of finite differences: so large that rounding hardly counts, and so small that
/// curvature hardly does. A power of 2, so that it is exact.
pub fn step(format: Format) -> f64 {
    match format {
        Format::F32 => 2f64.powi(-9),
        Format::F64 => 2f64.powi(-20),
    }
}

/// How far rounding moves a finite difference of that step, relative to value and slope:
/// both values by up to 64 ULP, over the step.
pub fn slope(format: Format) -> f64 {
    2f64.powi(7 - format.precision()) / step(format)
}
