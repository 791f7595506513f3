//! Operators and penalties of groups, penalties, certificates, clipping.

use crate::compare::{Expected, in_range};
use crate::reference::{Double, Format, prox as reference, ulp};
use crate::run::{Runner, same};
use crate::{Number, Source, tolerance};
use gradstep::penalty::{
    Coordinates, Design, GroupPenalty, LeastSquares, Penalty, lambda_max, squared_norms,
};
use gradstep::prox::GroupSoftThreshold;
use gradstep::update::{ClipGradNorm, clip_grad_value};
use gradstep::{Error, Groups};

fn wide<E: Number>(x: &[E]) -> Vec<f64> {
    x.iter().map(|x| x.to_f64()).collect()
}

/// Whether the element type can hold constants.
fn holds<E: Number>(constants: &[f64]) -> bool {
    constants.iter().all(|x| E::from_f64(*x).finite())
}

fn runner(source: &mut Source) -> Runner {
    Runner { offsets: source.offsets(), needs_fusion: false }
}

/// Groups of one length, if there is one, and where each begins. By offsets they are in order,
/// unless refusals are to be tried.
fn groups(source: &mut Source, n: usize) -> (Option<usize>, Vec<usize>) {
    if source.flag() {
        let most = if source.flag() { 8 } else { 70 };
        let length = 1 + source.below(most);
        // What is left over is refused.
        if n.is_multiple_of(length) || source.rarely() {
            return (Some(length), (0..=n).step_by(length).collect());
        }
    }
    (None, offsets(source, n))
}

/// Groups that are told by their length, or by offsets.
fn told(length: Option<usize>, offsets: &[usize]) -> Result<Groups<'_>, Error> {
    length.map_or_else(|| Groups::by_offsets(offsets), Groups::of_length)
}

/// Where groups of any lengths begin, and the end.
fn offsets(source: &mut Source, n: usize) -> Vec<usize> {
    let mut offsets: Vec<usize> = (0..source.below(8)).map(|_| source.below(n + 1)).collect();
    offsets.extend([0, n]);
    if !source.rarely() {
        offsets.sort_unstable();
    }
    offsets
}

fn in_order(offsets: &[usize]) -> bool {
    offsets[0] == 0 && offsets.is_sorted()
}

pub fn group_soft_threshold<E: Number>(source: &mut Source) {
    let runner = runner(source);
    let n = source.len();
    let x: Vec<E> = source.slice(n);
    let (m, k) = (source.near(n), source.near(n));
    let (upstream, output): (Vec<E>, Vec<E>) = (source.slice(m), source.slice(k));
    let lambda = source.strength::<E>();
    let (length, offsets) = groups(source, n);
    let what = "group_soft_threshold";
    let new = |execution| {
        let groups = told(length, &offsets)?;
        Ok(GroupSoftThreshold::new(lambda.to_f64(), groups)?.execution(execution))
    };
    let accepted = lambda >= E::ZERO && in_order(&offsets) && offsets.last() == Some(&n);
    let in_place = runner.run(what, accepted, &[], &[&x], &|execution, _, out| {
        new(execution)?.apply_and_count(out[0]).map(|count| count as f64)
    });
    let fits = accepted && k == n;
    let apart = runner.run(what, fits, &[&x], &[&output], &|execution, x, out| {
        new(execution)?.apply_into_and_count(x[0], out[0]).map(|count| count as f64)
    });
    let fits = fits && m == n;
    let grad = runner.run(what, fits, &[&x, &upstream], &[&output], &|execution, x, out| {
        new(execution)?.backward(x[0], x[1], out[0]).map(|()| 0.0)
    });
    if let (Some(one), Some(other)) = (&in_place, &apart) {
        same(what, one, other);
    }
    let ulps = tolerance::ulps(what, "value", E::FORMAT);
    for outcome in in_place.iter().flatten() {
        let got = outcome.output();
        let zeros = got.iter().filter(|x| **x == E::ZERO).count();
        assert_eq!(outcome.value, zeros as f64, "{what} on {:?}", outcome.level);
        for pair in offsets.windows(2) {
            let range = pair[0]..pair[1];
            let group = wide(&x[range.clone()]);
            let expected = reference::group_soft_threshold(&group, lambda.to_f64());
            for (i, expected) in range.zip(expected) {
                let case = (what, x[i], lambda, outcome.level);
                // A norm that is closer to the strength is the same to f64.
                let (magnitude, slack) = match E::FORMAT {
                    Format::F32 if x[i].finite() => (expected, x[i].double().abs() * CLOSE),
                    Format::F32 => (expected, Double::ZERO),
                    Format::F64 => (x[i].double(), Double::ZERO),
                };
                Expected { magnitude, slack, ..Expected::new(expected, ulps) }.check(got[i], case);
                assert!(got[i].bits() != (-E::ZERO).bits(), "{case:?} is -0");
            }
        }
    }
    for outcome in grad.iter().flatten() {
        for pair in offsets.windows(2) {
            let range = pair[0]..pair[1];
            let (group, up) = (wide(&x[range.clone()]), wide(&upstream[range.clone()]));
            check_slopes(&outcome.output()[range], &group, &up, lambda.to_f64());
        }
    }
}

/// How close, relatively, two norms may be without being told apart.
const CLOSE: f64 = f64::EPSILON * 16.0;

/// Where norms are finite and not lambda, and no upstream gradient is near the end of
/// the type.
fn check_slopes<E: Number>(got: &[E], x: &[f64], upstream: &[f64], lambda: f64) {
    let norm = reference::norm(x);
    let room = |u: &f64| u.is_finite() && in_range::<E>(Double::from(*u) * x.len() as f64);
    let close = (norm - lambda).abs() <= norm * CLOSE;
    if norm.is_zero() || close || !norm.is_finite() || !upstream.iter().all(room) {
        return;
    }
    let ulps = tolerance::ulps("group_soft_threshold", "derivative", E::FORMAT);
    let spread: Double = x.iter().zip(upstream).map(|(x, u)| (*x / norm).abs() * u.abs()).sum();
    let expected = reference::group_soft_threshold_backward(x, lambda, upstream);
    for (i, expected) in expected.into_iter().enumerate() {
        let magnitude = Double::from(upstream[i].abs()) + (x[i] / norm).abs() * spread;
        let case = ("backward", x, upstream, lambda, i);
        Expected { magnitude, ..Expected::new(expected, ulps) }.check(got[i], case);
    }
}

pub fn group_penalty<E: Number>(source: &mut Source) {
    let runner = runner(source);
    let n = source.len();
    let w: Vec<E> = source.slice(n);
    let m = source.near(n);
    let grad: Vec<E> = source.slice(m);
    let lambda = source.parameter();
    let (length, offsets) = groups(source, n);
    let new = |execution| {
        let groups = told(length, &offsets)?;
        Ok(GroupPenalty::new(lambda, groups)?.execution(execution))
    };
    let accepted =
        lambda >= 0.0 && lambda.is_finite() && in_order(&offsets) && offsets.last() == Some(&n);
    let values =
        runner.run("value", accepted, &[&w], &[], &|execution, x, _| new(execution)?.value(x[0]));
    let fits = accepted && m == n && holds::<E>(&[lambda]);
    let added = runner.run("add_grad", fits, &[&w], &[&grad], &|execution, x, out| {
        new(execution)?.add_grad(x[0], out[0])
    });
    if let (Some(values), Some(added)) = (&values, &added) {
        for (value, added) in values.iter().zip(added) {
            assert_eq!(value.value.pattern(), added.value.pattern(), "{added:?}");
        }
    }
    let norms = offsets.windows(2).map(|pair| {
        if pair[0] <= pair[1] { reference::norm(&wide(&w[pair[0]..pair[1]])) } else { Double::NAN }
    });
    let norms = norms.sum::<Double>();
    let exact = norms * lambda;
    for value in values.iter().flatten() {
        // Norms beyond f64 are infinite; subnormal ones have few digits.
        let room = in_range::<f64>(norms) && norms >= f64::MIN_POSITIVE && in_range::<f64>(exact);
        if exact.is_nan() || !room {
            continue;
        }
        let far = exact.abs() < f64::MIN_POSITIVE;
        let error = ulp::error(value.value, exact, Format::F64);
        // Norms are added one after the other.
        let ulps = 4.0 + offsets.len() as f64 / 2.0;
        assert!(error <= ulps || far, "{w:?} {offsets:?} {lambda}: {value:?}, {error} ULP");
    }
}

pub fn penalty<E: Number>(source: &mut Source) {
    let runner = runner(source);
    let n = source.len();
    let w: Vec<E> = source.slice(n);
    let m = source.near(n);
    let grad: Vec<E> = source.slice(m);
    let (l1, l2) = (source.parameter(), source.parameter());
    let allowed = |x: f64| x >= 0.0 && x.is_finite();
    let new = |execution| Ok(Penalty::new().l1(l1)?.l2(l2)?.execution(execution));
    let accepted = allowed(l1) && allowed(l2);
    let values = runner.run("value", accepted, &[&w], &[], &|execution, x, _| {
        new(execution).map(|penalty| penalty.value(x[0]))
    });
    let fits = accepted && m == n && holds::<E>(&[l1, l2]);
    let added = runner.run("add_grad", fits, &[&w], &[&grad], &|execution, x, out| {
        new(execution)?.add_grad(x[0], out[0])
    });
    if let (Some(values), Some(added)) = (&values, &added) {
        for (value, added) in values.iter().zip(added) {
            assert_eq!(value.value.pattern(), added.value.pattern(), "{added:?}");
        }
    }
    let [l1, l2] = [l1, l2].map(|x| E::from_f64(x).to_f64());
    let ulps = tolerance::ulps("penalty", "derivative", E::FORMAT);
    for outcome in added.iter().flatten() {
        for (i, got) in outcome.output().iter().enumerate() {
            let (_, slope) = reference::elastic_net_penalty(w[i].to_f64(), l1, l2);
            let exact = slope + grad[i].to_f64();
            if !in_range::<E>(slope) {
                continue;
            }
            let magnitude = slope.abs().max(grad[i].double().abs());
            let magnitude = if magnitude.is_finite() { magnitude } else { Double::ZERO };
            let case = ("penalty", w[i], grad[i], l1, l2, outcome.level);
            Expected { magnitude, ..Expected::new(exact, ulps) }.check(*got, case);
        }
    }
}

pub fn certificate<E: Number>(source: &mut Source) {
    let runner = runner(source);
    let n = source.len();
    let w: Vec<E> = source.slice(n);
    let m = source.near(n);
    let grad: Vec<E> = source.slice(m);
    let (l1, l2, d) = (source.parameter(), source.parameter(), source.parameter());
    let allowed = |x: f64| x >= 0.0 && x.is_finite();
    let new = |execution| Ok(Penalty::new().l1(l1)?.l2(l2)?.execution(execution));
    let accepted = allowed(l1) && allowed(l2) && n == m;
    let held = holds::<E>(&[l1, l2]);
    let columns: [&[E]; 2] = [&w, &grad];
    let violations =
        runner.run("kkt_violation", accepted && held, &columns, &[], &|execution, x, _| {
            new(execution)?.kkt_violation(x[0], x[1])
        });
    let [a, b] = [l1, l2].map(E::from_f64);
    let one = |(w, grad): (&E, &E)| {
        let size = |x: E| if x < E::ZERO { -x } else { x };
        if *w == E::ZERO {
            let over = size(*grad) - a;
            if over < E::ZERO { E::ZERO } else { over }
        } else {
            // A strength of 0 is no term, for infinite weights too.
            let smooth = if b == E::ZERO && !w.is_nan() { E::ZERO } else { *w * b };
            size(*grad + smooth + if w.bits() & (-E::ZERO).bits() == 0 { a } else { -a })
        }
    };
    let largest = |x: Vec<E>| {
        let larger = |a: E, b: E| if a.is_nan() || a >= b { a } else { b };
        x.into_iter().fold(E::ZERO, larger).to_f64()
    };
    let expected = largest(w.iter().zip(&grad).map(one).collect());
    for violation in violations.iter().flatten() {
        let same = violation.value == expected || (violation.value.is_nan() && expected.is_nan());
        assert!(same, "{w:?} {grad:?} {l1} {l2}: {violation:?}, not {expected:?}");
    }
    let positive = d > 0.0 && d.is_finite();
    assert_eq!(lambda_max(&grad, d).is_ok(), positive);
    // No panic, and refused as documented.
    let fits = accepted && positive && (d * l1).is_finite() && holds::<E>(&[d * l2]);
    let gap = runner.run("duality_gap", fits, &columns, &[], &|execution, x, _| {
        new(execution)?.duality_gap(LeastSquares {
            w: x[0],
            residual: x[0],
            xt_residual: x[1],
            y: x[0],
            denominator: d,
        })
    });
    drop(gap);
}

/// No panic, refused as documented, the same on all levels.
pub fn coordinate_descent<E: Number>(source: &mut Source) {
    let runner = runner(source);
    let (features, rows) = (source.below(5), source.below(70));
    let m = source.near(features * rows);
    let columns: Vec<E> = source.slice(m);
    let (w, residual): (Vec<E>, Vec<E>) = (source.slice(features), source.slice(rows));
    let (l1, l2, d) = (source.parameter(), source.parameter(), source.parameter());
    let which = if source.flag() { Coordinates::All } else { Coordinates::Nonzero };
    let fits = m == features * rows;
    let mut norms = vec![0.0; features];
    assert_eq!(squared_norms(&columns, rows, &mut norms).is_ok(), fits);
    let allowed = |x: f64| x >= 0.0 && x.is_finite();
    let positive = d > 0.0 && d.is_finite();
    let strengths = allowed(l1) && allowed(l2) && positive;
    let accepted = fits && strengths && (d * l1).is_finite() && (d * l2).is_finite();
    let steps = runner.run(
        "coordinate_descent",
        accepted,
        &[&columns],
        &[&w, &residual],
        &|execution, x, out| {
            let design = Design { columns: x[0], squared_norms: &norms, denominator: d };
            let [w, residual] = out else { unreachable!("two outputs") };
            let penalty = Penalty::new().l1(l1)?.l2(l2)?.execution(execution);
            penalty.coordinate_descent(design, which, w, residual)
        },
    );
    for step in steps.iter().flatten() {
        let is_unchanged = step.value == 0.0;
        // NaN stays, which is no change either.
        let mut both = step.output().iter().zip(&w);
        let are_same = both.all(|(a, b)| a == b || (a.is_nan() && b.is_nan()));
        assert!(!is_unchanged || are_same, "{step:?}");
    }
}

pub fn clip_grad<E: Number>(source: &mut Source) {
    let runner = runner(source);
    let n = source.len();
    let g: Vec<E> = source.slice(n);
    let max = source.parameter();
    let accepted = max >= 0.0;
    let exact = reference::norm(&wide(&g));
    let clipped = runner.run("clip", accepted, &[], &[&g], &|execution, _, out| {
        Ok(ClipGradNorm::new(max)?.execution(execution).clip(out[0]).norm)
    });
    let measured = runner.run("measure", accepted, &[&g], &[], &|execution, x, _| {
        let found = ClipGradNorm::new(max)?.execution(execution).measure(x[0]);
        assert_eq!(found.finite, x[0].iter().all(|x| x.finite()), "{found:?}");
        Ok(found.norm)
    });
    for (clipped, measured) in clipped.iter().flatten().zip(measured.iter().flatten()) {
        assert_eq!(clipped.value.pattern(), measured.value.pattern(), "{clipped:?}");
        let error = ulp::error(measured.value, exact, Format::F64);
        assert!(error <= 4.0, "{g:?}: {measured:?}, {error} ULP");
        let quotient = max / (measured.value + 1e-6);
        let factor = E::from_f64(if quotient >= 1.0 { 1.0 } else { quotient });
        if measured.value < f64::MAX {
            for (after, before) in clipped.output().iter().zip(&g) {
                assert_eq!(after.pattern(), (*before * factor).pattern(), "{before:?} {factor:?}");
            }
        }
    }
    let high = E::from_f64(max);
    let held = accepted && (max.is_infinite() || high.finite());
    let clamped = runner.run("clip_grad_value", held, &[], &[&g], &|_, _, out| {
        clip_grad_value(out[0], max).map(|()| 0.0)
    });
    for outcome in clamped.iter().flatten() {
        for (after, before) in outcome.output().iter().zip(&g) {
            let expected = if *before > high {
                high
            } else if *before < -high {
                -high
            } else {
                *before
            };
            assert_eq!(after.pattern(), (expected + E::ZERO).pattern(), "{before:?} to {max}");
        }
    }
}
