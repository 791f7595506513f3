//! Activations and their derivatives.

use crate::laws::elementwise::{Expected, Method, Operation, Referenced};
use crate::numbers::{Number, Random};
use crate::reference::Double;
use crate::tolerance::{Row, row};
use gradstep::activation::Activation;
use gradstep::kernels::ops::activation::{Activation as Formula, Relu, Sigmoid, Softplus, Tanh};
use gradstep::{Execution, Level};
use std::fmt::Debug;

/// As [`losses!`](crate::losses), with all activations: stem and type.
///
/// ```
/// use gradstep::kernels::ops::activation;
/// use gradstep_check::catalogue::ActivationCase;
/// use gradstep_check::laws::elementwise::values;
///
/// macro_rules! check {
///     ($($stem:ident $activation:ident)*) => {$(
///         values::<f32, _>(ActivationCase(activation::$activation))?;
///     )*};
/// }
/// gradstep_check::activations!(check);
/// # Ok::<(), gradstep_check::Failure>(())
/// ```
#[macro_export]
macro_rules! activations {
    ($each:ident) => {
        $each! {
            sigmoid Sigmoid
            tanh Tanh
            relu Relu
            softplus Softplus
        }
    };
}

/// An activation and its definition.
pub trait ActivationEntry: Formula + Debug + Default + 'static {
    /// Whether it has an exponential or a logarithm.
    const CURVED: bool;
    /// Names of value and derivative in the table of tolerances.
    const OUTPUTS: [&'static str; 2];
    /// Where what the forward pass saves is, in benches.
    const SAVED: (f64, f64);
    /// Elements that are worth several threads.
    const LARGE: usize;
    /// Hashes of all results in `f32` and `f64`: the test of `bits` prints them.
    const BITS: [u64; 2];

    /// The value.
    fn exact(x: Double) -> Double;

    /// Factors of the derivative, from what was saved.
    fn factors(saved: Double) -> [Double; 2];

    /// The derivative, from what was saved, times `upstream`.
    fn exact_backward(saved: Double, upstream: Double) -> Double {
        let [a, b] = Self::factors(saved);
        a * b * upstream
    }

    /// Where the backward pass starts: outputs that exist, inputs whose derivative
    /// has full precision.
    fn saved(x: f64, subnormal: f64) -> f64;
}

impl ActivationEntry for Sigmoid {
    const CURVED: bool = true;
    const OUTPUTS: [&'static str; 2] = ["sigmoid value", "sigmoid derivative"];
    const SAVED: (f64, f64) = (0.0, 1.0);
    const LARGE: usize = 300_003;
    const BITS: [u64; 2] = [0x9d9aaa51a760315d, 0x1a801d74ec4cd924];

    fn exact(x: Double) -> Double {
        x.sigmoid()
    }
    fn factors(y: Double) -> [Double; 2] {
        [y, 1.0 - y]
    }
    fn saved(x: f64, _: f64) -> f64 {
        let y = x.abs();
        if y > 1.0 { 1.0 / y } else { y }
    }
}

impl ActivationEntry for Tanh {
    const CURVED: bool = true;
    const OUTPUTS: [&'static str; 2] = ["tanh value", "tanh derivative"];
    const SAVED: (f64, f64) = (-1.0, 1.0);
    const LARGE: usize = 300_003;
    const BITS: [u64; 2] = [0x3d3ab62349919a2c, 0x72a7168967fcd847];

    fn exact(x: Double) -> Double {
        x.tanh()
    }
    fn factors(y: Double) -> [Double; 2] {
        [1.0 - y, 1.0 + y]
    }
    fn saved(x: f64, _: f64) -> f64 {
        if x.abs() > 1.0 { 1.0 / x } else { x }
    }
}

impl ActivationEntry for Relu {
    const CURVED: bool = false;
    const OUTPUTS: [&'static str; 2] = ["relu", "relu"];
    const SAVED: (f64, f64) = (-4.0, 4.0);
    const LARGE: usize = 2_200_003;
    const BITS: [u64; 2] = [0xf79b286cdfd71142, 0x0ef68c6c2489a634];

    fn exact(x: Double) -> Double {
        if x.is_nan() || x > 0.0 { x } else { Double::ZERO }
    }
    fn factors(saved: Double) -> [Double; 2] {
        [if saved.is_nan() { saved } else { saved.sign().max(Double::ZERO) }, Double::ONE]
    }
    /// An infinite upstream gradient does not pass, either.
    fn exact_backward(saved: Double, upstream: Double) -> Double {
        if saved.is_nan() || upstream.is_nan() {
            Double::NAN
        } else if saved > 0.0 {
            upstream
        } else {
            Double::ZERO
        }
    }
    fn saved(x: f64, _: f64) -> f64 {
        x
    }
}

impl ActivationEntry for Softplus {
    const CURVED: bool = true;
    const OUTPUTS: [&'static str; 2] = ["softplus value", "softplus derivative"];
    const SAVED: (f64, f64) = (-8.0, 8.0);
    const LARGE: usize = 300_003;
    const BITS: [u64; 2] = [0x07e302e56558612c, 0x05bcbb35d3a47a58];

    fn exact(x: Double) -> Double {
        x.softplus()
    }
    fn factors(x: Double) -> [Double; 2] {
        [x.sigmoid(), Double::ONE]
    }
    fn saved(x: f64, subnormal: f64) -> f64 {
        if x < subnormal { subnormal / (1.0 + x.abs()) } else { x }
    }
}

/// How far results may be off, and what roundings add up to it.
#[rustfmt::skip]
pub(crate) const ACTIVATIONS: &[Row] = &[
    row("activation", "sigmoid value", [1.0; 2],
        "what section 8 of the specification promises"),
    row("activation", "tanh value", [1.0; 2],
        "what section 8 of the specification promises"),
    row("activation", "softplus value", [1.0; 2],
        "what section 8 of the specification promises"),
    row("activation", "relu", [0.0; 2],
        "a number or 0"),
    row("activation", "sigmoid derivative", [2.5; 2],
        "1 - y, product, product"),
    row("activation", "tanh derivative", [3.5; 2],
        "1 - y, 1 + y, product, product"),
    row("activation", "softplus derivative", [2.5; 2],
        "sigmoid (1 ULP), product"),
];

/// An activation as an operation.
#[derive(Clone, Copy, Debug)]
pub struct ActivationCase<A>(pub A);

pub(crate) fn on<A: Formula>(formula: A, level: Level) -> Activation<A> {
    Activation::from_formula(formula).execution(Execution::new().level(level))
}

/// The columns that the methods of an activation read.
pub(crate) const COLUMNS: &[&str] = &["x", "saved", "upstream"];

/// The methods of an activation.
pub(crate) fn methods<E: Number, A: Formula + 'static>(formula: A) -> Vec<Method<E>> {
    vec![
        Method::new("apply", &[0], 1, move |level, x, out| {
            out[0].copy_from_slice(x[0]);
            on(formula, level).apply(out[0]).expect("not refused");
        }),
        Method::new("apply_into", &[0], 1, move |level, x, out| {
            on(formula, level).apply_into(x[0], out[0]).expect("not refused");
        }),
        Method::new("backward", &[1, 2], 1, move |level, x, out| {
            on(formula, level).backward(x[1], x[2], out[0]).expect("not refused");
        }),
    ]
}

impl<E: Number, A: ActivationEntry> Operation<E> for ActivationCase<A> {
    const COLUMNS: &'static [&'static str] = COLUMNS;
    const NEEDS_FUSION: bool = A::CURVED;

    fn methods(self) -> Vec<Method<E>> {
        methods(self.0)
    }

    fn ordinary(self, random: &mut Random) -> Vec<E> {
        let mut row = vec![
            random.ordinary(-20.0, 20.0),
            random.ordinary(-3.0, 3.0),
            random.ordinary(-2.0, 2.0),
        ];
        Operation::<E>::admit(self, &mut row);
        row
    }

    fn admit(self, row: &mut [E]) {
        // ln of the smallest normal number, nearer to 0.
        let subnormal = E::MIN_POSITIVE.to_f64().ln() + 1.0;
        row[1] = E::from_f64(A::saved(row[1].to_f64(), subnormal));
    }
}

impl<E: Number, A: ActivationEntry> Referenced<E> for ActivationCase<A> {
    const NAME: &'static str = "activation";

    fn expected(self, method: &str, row: &[f64]) -> Vec<Expected> {
        let [x, saved, upstream] = [row[0], row[1], row[2]].map(Double::from);
        let (output, value) = match method {
            "apply" | "apply_into" => (A::OUTPUTS[0], A::exact(x)),
            "backward" => (A::OUTPUTS[1], A::exact_backward(saved, upstream)),
            _ => panic!("no method {method}"),
        };
        vec![Expected { output, value, magnitude: value }]
    }
}
