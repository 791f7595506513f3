//! The number type, its functions and the measure of errors.

use super::{Random, assert_close, tiny};
use crate::reference::{Double, Format, ulp};

const SPECIAL: [f64; 9] =
    [0.0, -0.0, 1.0, -1.0, 5e-324, f64::MAX, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];

#[test]
fn special_values_flow_as_in_f64() {
    for a in SPECIAL {
        for b in SPECIAL {
            let (x, y) = (Double::from(a), Double::from(b));
            // Where f64 itself overflows or underflows, the wide range does not.
            let same = |got: Double, want: f64| {
                let got = got.to_f64();
                assert!(got == want || (got.is_nan() && want.is_nan()), "{a} {b}: {got} {want}");
            };
            same(x + y, a + b);
            same(x - y, a - b);
            same(x * y, a * b);
            same(x / y, a / b);
            assert_eq!(x.partial_cmp(&y), a.partial_cmp(&b));
        }
        assert_eq!(Double::from(a).to_f64().to_bits() << 1, a.to_bits() << 1);
        assert!(ulp::of_f64(a.sqrt(), Double::from(a).sqrt()) <= 0.5);
    }
    assert!((Double::from(f64::MAX) * f64::MAX).is_finite());
    assert!(!(Double::from(5e-324) * 5e-324).is_zero());
}

#[test]
fn sums_of_two_are_exact() {
    let mut random = Random(1);
    for _ in 0..100_000 {
        let (a, b) = (random.within(-1.0, 1.0), random.within(-1e9, 1e9));
        assert!((Double::from(a) + b) - b == a);
        assert!((a - Double::from(b)) + b == a);
    }
}

#[test]
fn arithmetic_inverts_itself() {
    let mut random = Random(2);
    for _ in 0..100_000 {
        // Both words filled.
        let x = Double::from(random.finite()) / 3.0;
        let y = Double::from(random.finite()) / 7.0;
        assert_close(x / y * y, x, 103, (x, y));
        assert_close(x * y / y, x, 103, (x, y));
        assert!(((x + y) + (x - y) - x * 2.0).abs() <= (x.abs().max(y.abs())) * tiny(102));
        assert_close(x.abs().sqrt() * x.abs().sqrt(), x.abs(), 103, x);
    }
    let base = Double::from(1.0000001);
    assert_close(base.powi(1000).ln(), base.ln() * 1e3, 80, "power");
}

#[test]
fn rounding_is_that_of_the_machine() {
    let mut random = Random(3);
    for _ in 0..100_000 {
        let x = random.finite();
        assert_eq!(Double::from(x).to_f64().to_bits(), x.to_bits());
        // The same significand with an exponent around those of f32.
        let exponent = 1023 - 155 + (x.to_bits() >> 52) % 290;
        let x = f64::from_bits(x.to_bits() & !(0x7ff << 52) | exponent << 52);
        assert_eq!(Double::from(x).to_f32().to_bits(), (x as f32).to_bits());
        // A product of two f64 is exact here and rounded once.
        let (a, b) = (random.within(0.5, 2.0), random.within(0.5, 2.0));
        let product = Double::from(a) * b;
        assert_eq!(product.to_f64(), a * b);
        for shift in [-1022, -1040, -1074, 1022] {
            let scaled = product.scale(shift);
            assert!(ulp::of_f64(scaled.to_f64(), scaled) <= 0.5, "{a} {b} {shift}");
        }
    }
    // Neither a tie in f64 first nor one in f32: rounding happens once.
    let above = Double::ONE + tiny(24) + tiny(80);
    assert_eq!((above.to_f32(), above.to_f64() as f32), (1.0 + f32::EPSILON, 1.0));
    let below = Double::ONE + tiny(23) + tiny(24) - tiny(80);
    assert_eq!(below.to_f32(), 1.0 + f32::EPSILON);
    let subnormal = tiny(1074) * 2.5 + tiny(1200);
    assert_eq!((subnormal.to_f64(), (tiny(1074) * 2.5).to_f64()), (1.5e-323, 1e-323));
    assert_eq!((tiny(1075).to_f64(), (tiny(1075) + tiny(1170)).to_f64()), (0.0, 5e-324));
    assert_eq!((tiny(150).to_f32(), (tiny(150) + tiny(200)).to_f32()), (0.0, 1e-45));
    assert_eq!((Double::ONE.scale(128) - tiny(-103) - tiny(0)).to_f32(), f32::MAX);
    assert_eq!((Double::ONE.scale(128) - tiny(-103)).to_f32(), f32::INFINITY);
}

#[test]
fn exponential_and_logarithm_are_inverse() {
    let mut random = Random(4);
    for _ in 0..20_000 {
        let x = Double::from(random.finite().abs());
        // ln x is known to 2^-104, relative; exp turns that into an absolute error.
        assert_close(x.ln().exp(), x, 94, x);
        for x in [random.within(-1.0, 1.0), random.within(-1e-5, 1e-5), random.within(-40.0, 700.0)]
        {
            let x = Double::from(x);
            assert_close(x.exp().ln(), x, 100 + x.exponent().min(0), x);
            if x > -20.0 {
                assert_close(x.exp_m1().ln_1p(), x, if x > -0.5 { 101 } else { 70 }, x);
            }
        }
    }
}

#[test]
fn functions_keep_their_laws() {
    let mut random = Random(5);
    for _ in 0..20_000 {
        let (a, b) = (random.within(-370.0, 370.0), random.within(-370.0, 370.0));
        let (x, y) = (Double::from(a), Double::from(b));
        assert_close((x + y).exp(), x.exp() * y.exp(), 101, (a, b));
        assert_close((x * 2.0).exp_m1(), x.exp_m1() * (x.exp() + 1.0), 101, a);
        assert_close((x * 2.0).log_sigmoid().exp(), (x * 2.0).sigmoid(), 90, a);
        let small = x / 400.0;
        assert_close(
            (small * 2.0).tanh() * (small.tanh() * small.tanh() + 1.0),
            small.tanh() * 2.0,
            100,
            a,
        );
        let squared = small.tanh() * small.tanh();
        assert!((small.log_cosh() * 2.0 + (-squared).ln_1p()).abs() < tiny(100), "{a}");
        let centred = small.sigmoid() * 2.0 - 1.0;
        assert!((centred - small.scale(-1).tanh()).abs() < tiny(102), "{a}");
        assert_close(x.sigmoid() + (-x).sigmoid(), Double::ONE, 104, a);
        assert_close(x.softplus() - (-x).softplus(), x, 100, a);
        let s = (-x.abs()).sigmoid();
        assert_close(x.sigmoid_derivative(), s - s * s, 100, a);
        let (p, q) = (x.exp(), y.exp());
        assert_close((p * q).ln(), x + y, 96, (a, b));
    }
    for x in [1e-300, 5e-324, -1e-300] {
        let x = Double::from(x);
        for f in [Double::ln_1p, Double::exp_m1, Double::tanh] {
            assert_close(f(x), x, 500, x);
        }
        assert_close(x.log_cosh(), x * x * 0.5, 500, x);
    }
    assert_close(Double::from(-1e5).sigmoid(), Double::ZERO, 0, "sigmoid");
    assert_eq!(Double::from(-745.2).exp().to_f64(), 0.0);
    assert!(Double::from(-745.2).exp() > 0.0);
    assert_eq!(Double::from(710.0).exp().to_f64(), f64::INFINITY);
    assert!(Double::from(-1.0).ln().is_nan() && Double::from(-1.5).ln_1p().is_nan());
    assert_eq!(Double::ZERO.ln().to_f64(), f64::NEG_INFINITY);
    assert_eq!(Double::from(-1.0).ln_1p().to_f64(), f64::NEG_INFINITY);
    for (f, low, high) in [
        (Double::exp as fn(Double) -> Double, 0.0, f64::INFINITY),
        (Double::exp_m1, -1.0, f64::INFINITY),
        (Double::tanh, -1.0, 1.0),
        (Double::sigmoid, 0.0, 1.0),
        (Double::softplus, 0.0, f64::INFINITY),
        (Double::log_cosh, f64::INFINITY, f64::INFINITY),
    ] {
        assert_eq!((f(-Double::INFINITY).to_f64(), f(Double::INFINITY).to_f64()), (low, high));
        assert!(f(Double::NAN).is_nan());
    }
}

#[test]
fn the_measure_measures() {
    let third = Double::ONE / 3.0;
    let (up, down) = ((1f32 / 3.0), (1f32 / 3.0).next_down());
    assert!(ulp::of_f32(up, third) < 0.5 && ulp::of_f32(down, third) > 0.5);
    assert!((ulp::of_f32(up, third) + ulp::of_f32(down, third) - 1.0).abs() < 1e-12);
    assert_eq!(ulp::of_f64(5e-324, tiny(1075)), 0.5);
    assert_eq!(ulp::of_f64(1e-323, tiny(1075)), 1.5);
    assert_eq!(ulp::of_f32(0.0, tiny(151)), 0.25);
    assert_eq!(ulp::of_f32(-0.0, Double::ZERO), 0.0);
    assert_eq!(ulp::of_f32(f32::NAN, Double::NAN), 0.0);
    assert_eq!(ulp::of_f32(f32::NAN, Double::ONE), f64::INFINITY);
    assert_eq!(ulp::of_f32(1.0, Double::NAN), f64::INFINITY);
    assert_eq!(ulp::of_f32(1.0, Double::INFINITY), f64::INFINITY);
    assert_eq!(ulp::of_f32(f32::INFINITY, Double::INFINITY), 0.0);
    assert_eq!(ulp::of_f32(f32::INFINITY, -Double::INFINITY), f64::INFINITY);
    assert_eq!(ulp::of_f32(f32::INFINITY, Double::from(1e39)), 0.0);
    assert_eq!(ulp::of_f32(f32::INFINITY, Double::from(f64::from(f32::MAX))), 1.0);
    assert_eq!(ulp::of_f32(f32::NEG_INFINITY, Double::from(-1e39)), 0.0);
    assert!(ulp::of_f32(f32::NEG_INFINITY, Double::from(1e39)) > 1e7);
    // Beyond the format its last spacing goes on counting.
    let beyond = Double::ONE.scale(128) + Double::from(10.0).scale(104);
    assert_eq!(ulp::of_f32(f32::MAX, beyond), 11.0);
    let zero = Double::ZERO;
    assert_eq!(ulp::error_at(f64::EPSILON, zero, Double::ONE, Format::F64), 1.0);
    assert_eq!(ulp::relative(1.5, Double::ONE), 0.5);
    assert_eq!(ulp::relative(1.5, Double::INFINITY), f64::INFINITY);
}
