//! Group soft-threshold.

use crate::elementwise::law;
use crate::numbers::{Number, Random, bits, error_at, special};
use crate::proximal::zeros;
use crate::reference::{Double, prox as reference};
use crate::tolerance;
use gradstep::prox::{GroupSoftThreshold, SoftThreshold};
use gradstep::{Execution, Groups, Level};
use proptest::prelude::*;

fn on<E: Number>(lambda: E, groups: Groups<'_>, level: Level) -> GroupSoftThreshold<'_, E> {
    let soft = GroupSoftThreshold::new(lambda.to_f64(), groups).expect("lambda >= 0");
    soft.execution(Execution::new().level(level))
}

fn patterns<E: Number>(x: &[E]) -> Vec<u64> {
    x.iter().map(|x| bits(*x)).collect()
}

/// The result of all methods that give one, which must agree to the bit.
fn applied<E: Number>(soft: &GroupSoftThreshold<'_, E>, x: &[E]) -> Vec<E> {
    let (mut place, mut counted) = (x.to_vec(), x.to_vec());
    let (mut out, mut out_counted) = (vec![E::ONE; x.len()], vec![E::ONE; x.len()]);
    soft.apply(&mut place).expect("whole groups");
    soft.apply_into(x, &mut out).expect("whole groups");
    let counts = [
        soft.apply_and_count(&mut counted).expect("whole groups"),
        soft.apply_into_and_count(x, &mut out_counted).expect("whole groups"),
    ];
    assert_eq!(counts, [zeros(&place); 2], "{soft:?} of {x:?}");
    for other in [counted, out, out_counted] {
        assert_eq!(patterns(&other), patterns(&place), "{soft:?} of {x:?}");
    }
    assert!(place.iter().all(|y| y.bits() != (-E::ZERO).bits()), "-0 by {soft:?} of {x:?}");
    place
}

fn gradient<E: Number>(soft: &GroupSoftThreshold<'_, E>, x: &[E], upstream: &[E]) -> Vec<E> {
    let mut grad = vec![E::ONE; x.len()];
    soft.backward(x, upstream, &mut grad).expect("whole groups");
    grad
}

const LENGTHS: [usize; 15] = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33, 64, 257, 1000];

/// Magnitudes from which the others of a group come.
fn scales<E: Number>(random: &mut Random) -> Vec<E> {
    let room = E::from_f64(2f64.powi(-12));
    let mut scales = vec![E::ONE, E::MIN_POSITIVE, E::from_bits(1), E::LARGEST * room, E::LARGEST];
    scales.extend((0..6).map(|_| random.wide::<E>()));
    scales
}

/// Groups of one length that do not know each other, of all magnitudes, some of them
/// mixed, and thresholds around their norms.
fn cases<E: Number>(n: usize) -> Vec<(Vec<E>, E)> {
    let mut random = Random::new(n as u64);
    let mut cases = Vec::new();
    for scale in scales::<E>(&mut random) {
        for part in [0.0, 0.3, 0.9, 0.999, 1.001, 3.0, f64::INFINITY] {
            let mut x: Vec<E> = (0..n).map(|_| random.ordinary::<E>(-1.0, 1.0) * scale).collect();
            if random.below(3) == 0 {
                // One element far smaller than the others.
                x[random.below(n)] = random.wide::<E>() * E::MIN_POSITIVE;
            }
            let norm = reference::norm(&x.iter().map(|x| x.to_f64()).collect::<Vec<_>>());
            let lambda = (norm * part).to(E::FORMAT);
            cases.push((x, if lambda.is_nan() { E::INFINITY } else { E::from_f64(lambda) }));
        }
    }
    cases
}

fn wide<E: Number>(x: &[E]) -> Vec<f64> {
    x.iter().map(|x| x.to_f64()).collect()
}

fn values<E: Number>() {
    let mut worst = [0f64; 2];
    let bounds = ["value", "derivative"]
        .map(|output| tolerance::ulps("group_soft_threshold", output, E::FORMAT));
    for n in LENGTHS {
        let mut random = Random::new(n as u64 + 1000);
        for (x, lambda) in cases::<E>(n) {
            let wide_x = wide(&x);
            let expected = reference::group_soft_threshold(&wide_x, lambda.to_f64());
            let upstream: Vec<E> = (0..n).map(|_| random.ordinary(-2.0, 2.0)).collect();
            let wide_upstream = wide(&upstream);
            let norm = reference::norm(&wide_x);
            let slopes =
                reference::group_soft_threshold_backward(&wide_x, lambda.to_f64(), &wide_upstream);
            // What the terms of the derivative may be, unit vector and all.
            let terms = wide_x.iter().zip(&wide_upstream);
            let known = norm.is_finite() && !norm.is_zero();
            let spread: Double = terms.map(|(x, u)| (*x / norm).abs() * u.abs()).sum();
            let spread = if known { spread } else { Double::ZERO };
            for level in Level::available() {
                let soft = on(lambda, Groups::of_length(n).expect("n"), level);
                let got = applied(&soft, &x);
                let grad = gradient(&soft, &x, &upstream);
                for i in 0..n {
                    // The factor cancels where the norm is close to lambda; in f32 it is
                    // known to f64.
                    let magnitude =
                        if E::MANTISSA_BITS == 23 { expected[i] } else { Double::from(wide_x[i]) };
                    let error = error_at(got[i], expected[i], magnitude);
                    let what = format!("{n}, {i}: {:?} by {lambda:?} on {level:?}", x[i]);
                    assert!(error <= bounds[0], "{what}: {:?}, {error} ULP", got[i]);
                    let unit = if known { (wide_x[i] / norm).abs() } else { Double::ZERO };
                    let magnitude = Double::from(wide_upstream[i].abs()) + unit * spread;
                    let slope_error = error_at(grad[i], slopes[i], magnitude);
                    assert!(
                        slope_error <= bounds[1],
                        "{what}: slope {:?}, not {:?}, {slope_error} ULP",
                        grad[i],
                        slopes[i].to_f64()
                    );
                    worst = [worst[0].max(error), worst[1].max(slope_error)];
                }
            }
        }
    }
    println!("{:?} group_soft_threshold: {worst:.3?} ULP", E::FORMAT);
}

/// Any numbers in groups anywhere: each group gives what it gives alone, by either way
/// to tell groups, on every level.
fn groups_do_not_know_each_other<E: Number>() {
    let lengths = prop::collection::vec(0usize..20, 0..12);
    law(&(lengths, any::<u64>(), E::any()), |(lengths, seed, lambda)| {
        let mut random = Random::new(seed);
        let lambda = if lambda.is_nan() { E::ONE } else { lambda };
        let lambda = if lambda < E::ZERO { -lambda } else { lambda };
        let mut offsets = vec![0];
        offsets.extend(lengths.iter().scan(0, |sum, n| {
            *sum += n;
            Some(*sum)
        }));
        let n = *offsets.last().expect("one");
        let number = |random: &mut Random| match random.below(12) {
            0 => random.pattern(),
            1 => [E::NAN, E::INFINITY, E::ZERO][random.below(3)],
            _ => random.ordinary(-2.0, 2.0),
        };
        let x: Vec<E> = (0..n).map(|_| number(&mut random)).collect();
        let upstream: Vec<E> = (0..n).map(|_| number(&mut random)).collect();
        let mut first = None;
        for level in Level::available() {
            let groups = Groups::by_offsets(&offsets).expect("in order");
            let soft = on(lambda, groups, level);
            let got = (applied(&soft, &x), gradient(&soft, &x, &upstream));
            for pair in offsets.windows(2).filter(|pair| pair[0] < pair[1]) {
                let range = pair[0]..pair[1];
                let alone = on(lambda, Groups::of_length(range.len()).expect("n"), level);
                let one = applied(&alone, &x[range.clone()]);
                let slope = gradient(&alone, &x[range.clone()], &upstream[range.clone()]);
                prop_assert!(patterns(&one) == patterns(&got.0[range.clone()]), "{range:?}");
                prop_assert!(patterns(&slope) == patterns(&got.1[range.clone()]), "{range:?}");
            }
            let got = (patterns(&got.0), patterns(&got.1));
            prop_assert!(*first.get_or_insert_with(|| got.clone()) == got, "{level:?}");
        }
        Ok(())
    });
}

fn special_values<E: Number>() {
    let two = Groups::of_length(2).expect("2");
    for level in Level::available() {
        let of = |lambda: E, x: [E; 2]| patterns(&applied(&on(lambda, two, level), &x));
        let same = |x: [E; 2]| patterns(&x.map(|x| x + E::ZERO));
        let zero = patterns(&[E::ZERO; 2]);
        for x in special::<E>() {
            if !x.is_nan() {
                assert_eq!(of(E::INFINITY, [x, E::INFINITY]), zero, "{x:?} on {level:?}");
                assert_eq!(of(E::INFINITY, [x, E::ONE]), zero, "{x:?} on {level:?}");
                assert_eq!(of(E::ZERO, [x, E::ONE]), same([x, E::ONE]), "{x:?} on {level:?}");
                assert_eq!(of(E::ONE, [x, E::INFINITY]), same([x, E::INFINITY]), "{x:?}");
            }
            let tainted = patterns(&[E::NAN; 2]);
            assert_eq!(of(E::ONE, [x, E::NAN]), tainted, "{x:?} on {level:?}");
            assert_eq!(of(E::INFINITY, [x, E::NAN]), tainted, "{x:?} on {level:?}");
        }
        assert_eq!(of(E::ZERO, [E::ZERO, -E::ZERO]), zero);
        // 3, 4, 5 at both ends of the range: the norm is exact.
        let top = E::from_bits(E::INFINITY.bits() - (1 << E::MANTISSA_BITS)); // a power of 2
        for unit in [E::from_bits(8), top * E::from_f64(0.125), E::ONE] {
            let [x, y, five] = [3.0, 4.0, 5.0].map(|k| E::from_f64(k) * unit);
            assert_eq!(of(five, [x, y]), zero, "{unit:?} on {level:?}");
            let half = five * E::HALF;
            assert_eq!(of(half, [x, -y]), patterns(&[x * E::HALF, -y * E::HALF]), "{unit:?}");
        }
        // A norm beyond the type.
        let x = applied(&on(E::LARGEST, two, level), &[E::LARGEST; 2]);
        let expected =
            reference::group_soft_threshold(&[E::LARGEST.to_f64(); 2], E::LARGEST.to_f64());
        assert!(error_at(x[0], expected[0], expected[0]) < 4.0, "{x:?} on {level:?}");
    }
}

/// A group of one element is shrunk as an element.
fn a_group_of_one_is_an_element<E: Number>() {
    law(&(E::any(), 0.0..3.0f64), |(x, lambda)| {
        let lambda = E::from_f64(lambda);
        let mut expected = [x];
        SoftThreshold::new(lambda.to_f64())
            .expect("lambda >= 0")
            .apply(&mut expected)
            .expect("not refused");
        for level in Level::available() {
            let got = applied(&on(lambda, Groups::of_length(1).expect("1"), level), &[x])[0];
            let both_nan = got.is_nan() && expected[0].is_nan();
            let difference = (got - expected[0]).to_f64().abs();
            let unit = 2f64.powi(-(E::MANTISSA_BITS as i32)) * x.to_f64().abs();
            prop_assert!(
                both_nan || bits(got) == bits(expected[0]) || difference <= 2.0 * unit,
                "{x:?} {lambda:?} on {level:?}: {got:?}"
            );
            prop_assert!((got == E::ZERO) == (expected[0] == E::ZERO), "{x:?} {lambda:?}");
        }
        Ok(())
    });
}

fn pairs<E: Number>() -> impl Strategy<Value = (Vec<(E, E)>, E)> {
    let number = || (-4.0..4.0f64).prop_map(E::from_f64);
    (prop::collection::vec((number(), number()), 1..12), (0.0..6.0f64).prop_map(E::from_f64))
}

/// `||u - v||^2 <= (u - v) . (x - y)` for the results of `x` and `y`, up to rounding.
fn it_is_firmly_non_expansive<E: Number>() {
    let slack = 256.0 * 2f64.powi(-(E::MANTISSA_BITS as i32));
    law(&pairs::<E>(), |(pairs, lambda)| {
        let (x, y): (Vec<E>, Vec<E>) = pairs.into_iter().unzip();
        for level in Level::available() {
            let soft = on(lambda, Groups::of_length(x.len()).expect("n"), level);
            let (u, v) = (wide(&applied(&soft, &x)), wide(&applied(&soft, &y)));
            let (mut square, mut dot) = (0.0, 0.0);
            for i in 0..x.len() {
                square += (u[i] - v[i]) * (u[i] - v[i]);
                dot += (u[i] - v[i]) * (x[i].to_f64() - y[i].to_f64());
            }
            prop_assert!(square <= dot + slack, "{x:?} {y:?} {lambda:?} on {level:?}");
        }
        Ok(())
    });
}

/// No point nearby has a smaller `||u - x||^2 / 2 + lambda ||u||`, in double-double.
fn it_is_the_minimiser<E: Number>() {
    let far = 2f64.powi(-((E::MANTISSA_BITS as i32) / 2) + 3);
    // What an error of 64 units of 1 may cost: its square.
    let slack = 2f64.powi(12 - 2 * E::MANTISSA_BITS as i32);
    law(&(pairs::<E>(), any::<u64>()), |((pairs, lambda), seed)| {
        let x: Vec<f64> = pairs.iter().map(|pair| pair.0.to_f64()).collect();
        let objective = |u: &[f64]| {
            let squares =
                u.iter().zip(&x).map(|(u, x)| (Double::from(*u) - *x) * (Double::from(*u) - *x));
            squares.sum::<Double>() / 2.0 + reference::norm(u) * lambda.to_f64()
        };
        let column: Vec<E> = pairs.iter().map(|pair| pair.0).collect();
        let mut random = Random::new(seed);
        for level in Level::available() {
            let soft = on(lambda, Groups::of_length(x.len()).expect("n"), level);
            let got = wide(&applied(&soft, &column));
            let least = objective(&got);
            for k in 0..20 {
                let step = far * 4f64.powi(k / 2);
                let other: Vec<f64> =
                    got.iter().map(|u| u + step * random.within(-1.0, 1.0)).collect();
                prop_assert!(
                    objective(&other) + slack >= least,
                    "{x:?} {lambda:?} on {level:?}: {got:?}"
                );
            }
        }
        Ok(())
    });
}

in_both_types! {
    values groups_do_not_know_each_other special_values a_group_of_one_is_an_element
    it_is_firmly_non_expansive it_is_the_minimiser
}
