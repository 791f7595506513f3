//! Losses that have a second derivative: both derivatives, and the weights and responses that are
//! made of them.

use crate::pointwise::{Case, Drawn};
use crate::run::{Outcome, same_outputs};
use crate::{Number, Source};
use gradstep::Error;
use gradstep::loss::{Loss, Pointwise};
use gradstep_check::catalogue::{self, LossEntry};
use gradstep_check::laws::pointwise::CurvedLoss;

macro_rules! listed {
    ($($stem:ident $loss:ident [$($E:ident)?])*) => {
        /// Any of the catalogue.
        pub fn curves<E: Number>(source: &mut Source) {
            let all = [$(run::<E, catalogue::$loss $(<$E>)?> as fn(&mut Source)),*];
            all[source.below(all.len())](source);
        }
    };
}
gradstep_check::curved_losses!(listed);

fn run<E: Number, F: LossEntry<E> + CurvedLoss<E>>(source: &mut Source) {
    let Some(drawn) = Drawn::<E, F>::draw(source) else { return };
    let (formula, output, case) = (drawn.formula, &drawn.output, drawn.case());
    let n = case.columns[0].len();
    let other = source.near(n);
    let other = source.slice(other);
    let fits = case.fits::<F>();
    let both_fit = fits && output.len() == n && other.len() == n;
    let outputs: [&[E]; 2] = [output, &other];
    type Two<E, F> = fn(&Loss<'_, E, F>, &[&[E]], &mut [E], &mut [E]) -> Result<f64, Error>;
    let two = |case: &Case<'_, E>, method: Two<E, F::Formula>| {
        case.run(formula, both_fit, &outputs, |loss, x, out| {
            let [a, b] = out else { unreachable!("two outputs") };
            method(loss, x, a, b)
        })
    };
    let derivatives = |case: &Case<'_, E>| {
        two(case, |loss, x, g, h| loss.grad_hess(x[0], x[1], g, h).map(|()| 0.0))
    };
    let working =
        |case: &Case<'_, E>| two(case, |loss, x, w, z| loss.irls(x[0], x[1], w, z).map(|()| 0.0));
    let with_loss = two(&case, |loss, x, g, h| loss.loss_grad_hess(x[0], x[1], g, h));
    let weighted = (derivatives(&case), working(&case));
    let (Some(with_loss), (Some(both), Some(of_weights))) = (with_loss, weighted) else { return };
    let what = &case.what;
    same_outputs(&format!("{what} with the loss"), &both, &with_loss);
    let loss = case.run(formula, true, &[], |loss, x, _| loss.loss(x[0], x[1]));
    for (loss, with_loss) in loss.iter().flatten().zip(&with_loss) {
        assert_eq!(loss.value.pattern(), with_loss.value.pattern(), "{what}: {loss:?}");
    }
    let ones = vec![E::ONE; n];
    let slopes = case.run(formula, true, &[&ones], |loss, x, out| {
        loss.backward(x[0], x[1], &ones, out[0]).map(|()| 0.0)
    });
    for (slopes, both) in slopes.iter().flatten().zip(&both) {
        let patterns = |x: &[E]| x.iter().map(|x| x.pattern()).collect::<Vec<_>>();
        assert_eq!(patterns(slopes.output()), patterns(&both.outputs[0]), "{what}: slopes");
    }
    let plain = case.without_weights();
    let (Some(both_of_plain), Some(working)) = (derivatives(&plain), working(&plain)) else {
        return;
    };
    for k in 0..both.len() {
        check_seconds(&case, formula, &both_of_plain[k], &both[k]);
        check_working::<E, F>(&case, &both_of_plain[k], &working[k], &of_weights[k]);
    }
}

/// Second derivatives within their tolerance; a weight is one product.
fn check_seconds<E: Number, F: CurvedLoss<E>>(
    case: &Case<'_, E>,
    formula: F,
    plain: &Outcome<E>,
    weighted: &Outcome<E>,
) {
    let [prediction, target, ..] = case.columns;
    for (i, (p, t)) in prediction.iter().zip(target).enumerate() {
        let (got, what) = (plain.outputs[1][i], (&case.what, p, t, plain.level));
        if let Some(expected) = formula.exact_second(*p, *t) {
            assert!(expected.allows(got), "{what:?}: {got:?} instead of {expected:?}");
        }
        check_weight::<E, F>(case, i, got, weighted.outputs[1][i]);
    }
}

/// The constant factor of a formula comes after the weight, which leaves no -0.
fn check_weight<E: Number, F: CurvedLoss<E>>(case: &Case<'_, E>, i: usize, plain: E, weighted: E) {
    if !case.weighted {
        assert_eq!(plain.pattern(), weighted.pattern(), "{}", case.what);
        return;
    }
    let factor = F::Formula::FACTOR;
    let expected = case.weight(i, plain / factor) * factor + E::ZERO;
    // A result beyond the type was within before the factor.
    if plain.finite() {
        assert_eq!(weighted.pattern(), expected.pattern(), "{}: {plain:?}", case.what);
    }
}

/// What is made of both derivatives; weights of elements leave the responses.
fn check_working<E: Number, F: CurvedLoss<E>>(
    case: &Case<'_, E>,
    both: &Outcome<E>,
    plain: &Outcome<E>,
    weighted: &Outcome<E>,
) {
    let [_, less] = E::HALF_WAY_POW2;
    for (i, x) in case.columns[0].iter().enumerate() {
        let (g, h) = (both.outputs[0][i], both.outputs[1][i]);
        let (w, z) = (plain.outputs[0][i], plain.outputs[1][i]);
        let what = (&case.what, x, g, h, both.level);
        check_weight::<E, F>(case, i, w, weighted.outputs[0][i]);
        assert_eq!(z.pattern(), weighted.outputs[1][i].pattern(), "{what:?}");
        // The constant factor of both may have carried one of them out of the type, or brought
        // back what rounding had left of a small one.
        let is_small = F::Formula::FACTOR != E::ONE && w < E::MIN_POSITIVE;
        if !(g.is_nan() || g.finite() && h.finite()) || is_small {
            continue;
        }
        let least = if g < E::ZERO { -g } else { g } * less;
        let expected_w = if h >= least { h } else { least };
        let expected_z = if w == E::ZERO { *x } else { *x - g / w };
        assert_eq!(w.pattern(), expected_w.pattern(), "{what:?}: weight {w:?}");
        assert_eq!(z.pattern(), expected_z.pattern(), "{what:?}: response {z:?}");
    }
}
