//! What the crate leaves out, and where it contradicts an oracle.

use super::case::Case;

/// What no method of the crate computes: the operation, what it lacks for some
/// cases, how many these are, and what it takes. A test compares it with the
/// cases, so a row goes when its feature comes.
pub const UNSUPPORTED: &[(&str, &str, usize, &str)] = &[];

/// Numbers that `SEMANTICS.md` sets otherwise than the oracle. The case has a
/// flag in `special` for it.
pub struct Exception {
    /// The case's name without its type.
    pub case: &'static str,
    pub output: &'static str,
    pub elements: std::ops::Range<usize>,
    pub expected: f64,
    pub why: &'static str,
}

const IGNORED: &str = "section 4: the logits of an ignored row are never read, \
    its gradient is exactly 0; torch multiplies their NaN by 0";
const SURE: &str = "section 3: an infinite logit of the label's sign costs 0, \
    never NaN; torch computes inf - inf";
const NAN: &str = "section 1.4: NaN in gives NaN out; torch compares it with the threshold";

pub const EXCEPTIONS: &[Exception] = &[
    Exception {
        case: "cross_entropy.nan.ignored_row",
        output: "grad_sum",
        elements: 0..4,
        expected: 0.0,
        why: IGNORED,
    },
    Exception {
        case: "cross_entropy.nan.ignored_row",
        output: "grad_mean",
        elements: 0..4,
        expected: 0.0,
        why: IGNORED,
    },
    Exception {
        case: "bce_with_logits.inf_logit_single2",
        output: "loss_none",
        elements: 0..1,
        expected: 0.0,
        why: SURE,
    },
    Exception {
        case: "bce_with_logits.inf_logit_single2",
        output: "loss_sum",
        elements: 0..1,
        expected: 0.0,
        why: SURE,
    },
    Exception {
        case: "bce_with_logits.inf_logit_single2",
        output: "loss_mean",
        elements: 0..1,
        expected: 0.0,
        why: SURE,
    },
    Exception {
        case: "softshrink.edge.lam0.5",
        output: "grad_input",
        elements: 10..11,
        expected: f64::NAN,
        why: NAN,
    },
];

impl Exception {
    pub fn is_for(&self, case: &Case) -> bool {
        let kind = case.name.strip_prefix(self.case);
        kind.is_some_and(|rest| rest == ".f32" || rest == ".f64")
    }
}

/// Puts what `SEMANTICS.md` sets in place of what the oracle computed.
pub fn amend(case: &mut Case) {
    for exception in EXCEPTIONS {
        if !exception.is_for(case) {
            continue;
        }
        let tensor = case.outputs.get_mut(exception.output).expect("an output");
        for i in exception.elements.clone() {
            tensor.set(i, exception.expected);
        }
        if let Some(reference) = case.reference.get_mut(exception.output) {
            reference[exception.elements.clone()].fill(exception.expected);
        }
    }
}
