//! The functions of `kernels::math`, each over a slice.

use crate::compare::Expected;
use crate::input::into_unit;
use crate::reduce::level;
use crate::reference::Double;
use crate::run::Runner;
use crate::{Number, Source, tolerance};
use gradstep::Level;
use gradstep::kernels::ops;

/// A function: its name in the table of tolerances, its kernel, its definition.
struct Function<E> {
    name: &'static str,
    run: fn(Level, &[E], &mut [E]),
    exact: fn(Double) -> Double,
    /// Turns any number into one that the function is made for.
    admit: fn(E) -> E,
}

macro_rules! functions {
    ($($name:literal $op:ident $exact:ident $admit:expr;)*) => {
        [$(Function {
            name: $name,
            run: |level, x, out| level.dispatch(ops::$op { x, out }),
            exact: Double::$exact,
            admit: $admit,
        }),*]
    };
}

fn functions<E: Number>() -> [Function<E>; 9] {
    functions! {
        "exp" Exp exp |x| x;
        "exp_m1" ExpM1 exp_m1 |x| x;
        "exp_nonpositive" ExpNonpositive exp |x| if x > E::ZERO { -x } else { x };
        "ln" Ln ln |x| x;
        "ln_1p" Ln1p ln_1p |x| x;
        "ln_1p_unit" Ln1pUnit ln_1p into_unit;
        "sigmoid" Sigmoid sigmoid |x| x;
        "softplus" Softplus softplus |x| x;
        "tanh" Tanh tanh |x| x;
    }
}

pub fn math<E: Number>(source: &mut Source) {
    let functions = functions::<E>();
    let function = &functions[source.below(functions.len())];
    let runner = Runner { offsets: source.offsets(), needs_fusion: true };
    let n = source.len();
    let x: Vec<E> = source.slice(n).into_iter().map(function.admit).collect();
    let output: Vec<E> = source.slice(n);
    let results = runner.run(function.name, true, &[&x], &[&output], &|execution, x, out| {
        (function.run)(level(execution), x[0], out[0]);
        Ok(0.0)
    });
    for (i, x) in x.iter().enumerate() {
        let exact = (function.exact)(x.double());
        for outcome in results.iter().flatten() {
            let got = outcome.output()[i];
            let subnormal = exact.abs() < E::MIN_POSITIVE.to_f64();
            if function.name == "exp_nonpositive" && subnormal && got == E::ZERO {
                continue; // as documented
            }
            let fused = if outcome.level.fused() { "fused" } else { "not fused" };
            let ulps = tolerance::ulps(function.name, fused, E::FORMAT);
            Expected::new(exact, ulps).check(got, (function.name, x, outcome.level));
        }
    }
}
