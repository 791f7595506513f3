//! Formulas that are not ours, by `gradstep_check`: what is right passes, and what is wrong
//! is named with the smallest input.

#![allow(unreachable_pub)] // a binary has no other crate to reach

use gradstep::formula::{
    Activation, Element, Float, Isa, Lanes, Math, Pointwise, Proximal, Update, ln_1p, select,
    sigmoid,
};
use gradstep_check::{Report, activation, pointwise, proximal, update};
use std::sync::atomic::{AtomicU64, Ordering};

#[allow(dead_code, reason = "an example that also runs by itself")]
#[path = "../../check/examples/focal.rs"]
mod focal;

use focal::{Focal, Wrong, by_hand};

/// The failures of a law: what it was broken by.
fn broken<'r>(report: &'r Report, law: &str) -> Vec<&'r [(&'static str, f64)]> {
    let failures = report.failures().iter().filter(|failure| failure.law().contains(law));
    failures.map(|failure| failure.input()).collect()
}

#[test]
fn the_focal_loss_of_the_example_holds() {
    for gamma in [1.0, 2.0] {
        let check = pointwise(Focal { gamma }).targets(0.0..=1.0);
        check.against(by_hand(gamma)).run().unwrap();
    }
}

#[test]
fn a_wrong_derivative_is_named_with_the_smallest_input() {
    let by_hand = |x: f64, y: f64| (x.exp().ln_1p() - x * y, 1.0 / (1.0 + (-x).exp()) - y);
    let check = pointwise(Wrong).targets(0.0..=1.0).predictions(-8.0..=8.0);
    let report = check.against(by_hand).run().unwrap_err();
    let smallest: &[_] = &[("prediction", 0.0), ("target", 0.0)];
    assert_eq!(broken(&report, "slope"), [smallest; 2], "{report}");
    assert_eq!(broken(&report, "second formula"), [smallest; 2], "{report}");
    assert_eq!(report.failures().len(), 4, "{report}");
    let text = report.to_string();
    assert!(text.contains("at prediction = 0.0, target = 0.0"), "{text}");
}

/// What is wrong with a formula, or seems to be.
#[derive(Clone, Copy, Debug)]
enum Fault {
    NanIsLost,
    ByLanes,
    ByPlace,
    ByThreads,
    Kink,
    ValueAlone,
}

/// `(prediction - target)^2` with a fault.
#[derive(Clone, Copy, Debug)]
struct Square(Fault);

impl<E: Element> Pointwise<E> for Square {
    #[inline(always)]
    fn value_and_derivative<I: Isa>(
        self,
        prediction: E::Lanes<I>,
        target: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        static CALLS: AtomicU64 = AtomicU64::new(0);
        let d = prediction - target;
        let factor = match self.0 {
            Fault::NanIsLost => {
                let d = d.keep_where(!d.is_nan());
                return (d * d, d + d);
            }
            // At 0 any slope from -1 to 1 will do, and here it is 1.
            Fault::Kink => {
                let sign = select(d.lt(d.splat(E::ZERO)), d.splat(-E::ONE), d.splat(E::ONE));
                return (d.abs(), sign);
            }
            Fault::ByLanes => E::Lanes::<I>::LANES as f64,
            Fault::ByPlace => CALLS.fetch_add(1, Ordering::Relaxed) as f64,
            Fault::ByThreads => rayon::current_num_threads() as f64,
            Fault::ValueAlone => 1.0,
        };
        (d * d * E::from_f64(factor), (d + d) * E::from_f64(factor))
    }

    #[inline(always)]
    fn value<I: Isa>(self, prediction: E::Lanes<I>, target: E::Lanes<I>) -> E::Lanes<I> {
        let (value, _) = Pointwise::<E>::value_and_derivative::<I>(self, prediction, target);
        let more = if matches!(self.0, Fault::ValueAlone) { E::ONE } else { E::ZERO };
        value + more
    }
}

#[test]
fn each_law_of_a_loss_can_fail() {
    let lost = pointwise(Square(Fault::NanIsLost)).run().unwrap_err();
    assert_eq!(broken(&lost, "NaN").len(), 2, "{lost}");
    assert_eq!(lost.failures().len(), 2, "{lost}");
    let lanes = pointwise(Square(Fault::ByLanes)).run().unwrap_err();
    assert_eq!(broken(&lanes, "levels").len(), 2, "{lanes}");
    // Methods of one level may have registers of two widths.
    let others = broken(&lanes, "methods").len();
    assert_eq!(lanes.failures().len(), 2 + others, "{lanes}");
    let place = pointwise(Square(Fault::ByPlace)).run().unwrap_err();
    for law in ["place", "length", "methods"] {
        assert_eq!(broken(&place, law).len(), 2, "{law}: {place}");
    }
    let alone = pointwise(Square(Fault::ValueAlone)).run().unwrap_err();
    assert_eq!(broken(&alone, "methods").len(), 2, "{alone}");
    let threads = pointwise(Square(Fault::ByThreads)).run().unwrap_err();
    assert_eq!(broken(&threads, "threads").len(), 2, "{threads}");
    assert_eq!(threads.failures().len(), 2, "{threads}");
}

#[test]
fn at_a_kink_any_slope_between_both_will_do() {
    let kink = pointwise(Square(Fault::Kink)).run();
    let failures = kink.as_ref().err().map_or(0, |report| broken(report, "slope").len());
    assert_eq!(failures, 0, "{kink:?}");
}

/// `x / (1 + strength)`, the operator of `strength u^2 / 2`; `share` of its derivative.
#[derive(Clone, Copy, Debug)]
struct Ridge {
    strength: f64,
    share: f64,
}

impl<E: Float> Proximal<E> for Ridge {
    #[inline(always)]
    fn prox<I: Isa>(self, x: E::Lanes<I>) -> E::Lanes<I> {
        x / E::from_f64(1.0 + self.strength) + E::ZERO
    }
    #[inline(always)]
    fn backward<I: Isa>(self, x: E::Lanes<I>, upstream: E::Lanes<I>) -> E::Lanes<I> {
        x.keep_where(x.is_nan()) + upstream * E::from_f64(self.share / (1.0 + self.strength))
    }
}

#[test]
fn laws_of_an_operator_hold_and_can_fail() {
    let ridge = Ridge { strength: 0.5, share: 1.0 };
    let by_hand = |x: f64| (x / 1.5, 1.0 / 1.5);
    proximal(ridge).of(|u| 0.25 * u * u).against(by_hand).run().unwrap();

    let other = proximal(ridge).of(|u| 0.5 * u * u).run().unwrap_err();
    assert_eq!(broken(&other, "better"), [[("x", 1.0)]; 2], "{other}");
    assert_eq!(other.failures().len(), 2, "{other}");
    let slope = proximal(Ridge { share: 2.0, ..ridge }).against(by_hand).run().unwrap_err();
    assert_eq!(broken(&slope, "slope"), [[("x", 0.0)]; 2], "{slope}");
    assert_eq!(broken(&slope, "second"), [[("x", 0.0)]; 2], "{slope}");
    let growing = proximal(Ridge { strength: -0.5, share: 1.0 }).run().unwrap_err();
    assert_eq!(broken(&growing, "firmly").len(), 2, "{growing}");
    let turning = proximal(Ridge { strength: -2.0, share: 1.0 }).run().unwrap_err();
    assert_eq!(broken(&turning, "order").len(), 2, "{turning}");
    assert!(turning.failures().iter().all(|failure| !failure.law().contains("zeros")));
}

/// `x sigmoid(x)`; `WRONG` forgets a term of the derivative.
#[derive(Clone, Copy, Debug)]
struct Swish<const WRONG: bool>;

impl<const WRONG: bool> Activation for Swish<WRONG> {
    const COST: f64 = 0.6;
    const LONG: [bool; 2] = [true; 2];

    #[inline(always)]
    fn value<L: Lanes<Elem: Math>>(self, x: L) -> L {
        x * sigmoid(x)
    }
    #[inline(always)]
    fn backward<L: Lanes<Elem: Math>>(self, x: L, upstream: L) -> L {
        let (y, one) = (sigmoid(x), x.splat(Float::ONE));
        let grown = x * (one - y);
        y * (if WRONG { grown } else { grown + one }) * upstream
    }
}

#[test]
fn laws_of_an_activation_hold_and_can_fail() {
    let logistic = |x: f64| 1.0 / (1.0 + (-x).exp());
    let by_hand = move |x: f64| (x * logistic(x), logistic(x) * (1.0 + x * logistic(-x)));
    activation(Swish::<false>).against(by_hand).run().unwrap();
    let wrong = activation(Swish::<true>).against(by_hand).run().unwrap_err();
    assert_eq!(broken(&wrong, "slope"), [[("x", 0.0)]; 2], "{wrong}");
    assert_eq!(broken(&wrong, "second"), [[("x", 0.0)]; 2], "{wrong}");
    assert_eq!(wrong.failures().len(), 4, "{wrong}");
}

/// What is wrong with an update.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Wrongly {
    Not,
    /// NaN in the gradient is 0.
    LosesNan,
    /// Each call steps further.
    Counts,
    ByLanes,
    ByThreads,
}

/// `b := b / 2 + g`, `w := w - b / 4`.
#[derive(Clone, Copy, Debug)]
struct HeavyBall(Wrongly);

impl<E: Element> Update<E, 1> for HeavyBall {
    #[inline(always)]
    fn step<I: Isa, const FORM: u8>(
        self,
        w: E::Lanes<I>,
        g: E::Lanes<I>,
        [b]: [E::Lanes<I>; 1],
    ) -> (E::Lanes<I>, [E::Lanes<I>; 1]) {
        static CALLS: AtomicU64 = AtomicU64::new(0);
        let g = if self.0 == Wrongly::LosesNan { g.zero_where(g.is_nan()) } else { g };
        let b = b * E::HALF + g;
        let rate = match self.0 {
            Wrongly::Counts => CALLS.fetch_add(1, Ordering::Relaxed) as f64,
            Wrongly::ByLanes => E::Lanes::<I>::LANES as f64,
            Wrongly::ByThreads => rayon::current_num_threads() as f64,
            _ => 0.25,
        };
        (w - b * E::from_f64(rate), [b])
    }
}

#[test]
fn laws_of_an_update_hold_and_can_fail() {
    let by_hand = |w: f64, g: f64, [b]: [f64; 1]| (w - (b / 2.0 + g) / 4.0, [b / 2.0 + g]);
    let check = |wrongly| update(HeavyBall(wrongly)).against(by_hand);
    check(Wrongly::Not).run().unwrap();
    let twice = update(HeavyBall(Wrongly::Not)).against(|w, g, [b]| (w - b / 2.0 - g, [b]));
    let smallest: &[_] = &[("w", 1.0), ("g", 1.0), ("state[0]", 1.0)];
    let report = twice.run().unwrap_err();
    assert_eq!(broken(&report, "second formula"), [smallest; 2], "{report}");
    assert_eq!(report.failures().len(), 2, "{report}");
    let lost = check(Wrongly::LosesNan).run().unwrap_err();
    assert_eq!(broken(&lost, "NaN").len(), 2, "{lost}");
    assert_eq!(lost.failures().len(), 2, "{lost}");
    let counts = check(Wrongly::Counts).run().unwrap_err();
    for law in ["second formula", "list", "place", "length"] {
        assert_eq!(broken(&counts, law).len(), 2, "{law}: {counts}");
    }
    for (wrongly, law) in [(Wrongly::ByLanes, "levels"), (Wrongly::ByThreads, "threads")] {
        let report = update::<_, 1>(HeavyBall(wrongly)).run().unwrap_err();
        assert_eq!(broken(&report, law).len(), 2, "{report}");
        assert_eq!(report.failures().len(), 2, "{report}");
    }
}

/// `ln(1 + d^2)`, the loss of `gradstep::formula`'s page.
#[derive(Clone, Copy, Debug)]
struct Cauchy;

impl<E: Element> Pointwise<E> for Cauchy {
    const LONG: bool = true;

    #[inline(always)]
    fn value_and_derivative<I: Isa>(
        self,
        prediction: E::Lanes<I>,
        target: E::Lanes<I>,
    ) -> (E::Lanes<I>, E::Lanes<I>) {
        let d = prediction - target;
        let square = d * d;
        (ln_1p(square), (d + d) / (square + E::ONE))
    }
}

/// Its update.
#[derive(Clone, Copy, Debug)]
struct Signum {
    rate: f64,
    momentum: f64,
}

impl<E: Element> Update<E, 1> for Signum {
    const STATE: [&'static str; 1] = ["m"];

    #[inline(always)]
    fn step<I: Isa, const FORM: u8>(
        self,
        w: E::Lanes<I>,
        g: E::Lanes<I>,
        [m]: [E::Lanes<I>; 1],
    ) -> (E::Lanes<I>, [E::Lanes<I>; 1]) {
        let m = m * E::from_f64(self.momentum) + g * E::from_f64(1.0 - self.momentum);
        (w - w.splat(E::from_f64(self.rate)).with_sign_of(m), [m])
    }
}

#[test]
fn formulas_of_the_page_hold() {
    pointwise(Cauchy).run().unwrap();
    let signum = update(Signum { rate: 0.25, momentum: 0.5 });
    signum.run().unwrap();
}
