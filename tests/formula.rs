//! The vocabulary of formulas of one's own, on every level.

use crate::numbers::{Number, bits, error_at, special};
use crate::reference::Double;
use gradstep::formula::{Element, Isa, Lanes, Update};
use gradstep::update::Updater;
use gradstep::{Execution, Level};

/// `w` becomes the larger of `w` and `g`, the state the smaller and `w^n`.
#[derive(Clone, Copy)]
struct Ends(u32);

impl<E: Element> Update<E, 2> for Ends {
    #[inline(always)]
    fn step<I: Isa, const FORM: u8>(
        self,
        w: E::Lanes<I>,
        g: E::Lanes<I>,
        _: [E::Lanes<I>; 2],
    ) -> (E::Lanes<I>, [E::Lanes<I>; 2]) {
        (w.max(g), [w.min(g), w.powi(self.0)])
    }
}

/// Larger, smaller and power of each pair of numbers.
fn run<E: Number>(n: u32, w: &[E], g: &[E], level: Level) -> [Vec<E>; 3] {
    let [mut larger, mut smaller, mut power] = [w.to_vec(), w.to_vec(), w.to_vec()];
    let update = Updater::from_formula(Ends(n)).execution(Execution::new().level(level));
    update.step(&mut larger, g, [&mut smaller, &mut power]).expect("equal lengths");
    [larger, smaller, power]
}

fn the_larger_and_the_smaller_keep_nan<E: Number>() {
    let all = special::<E>();
    let pairs = all.iter().flat_map(|a| all.iter().map(|b| (*a, *b)));
    let (w, g): (Vec<E>, Vec<E>) = pairs.unzip();
    for level in Level::available() {
        let [larger, smaller, _] = run(0, &w, &g, level);
        for (i, (a, b)) in w.iter().zip(&g).enumerate() {
            let ends = match a.partial_cmp(b) {
                None => [E::NAN; 2],
                Some(order) if order.is_lt() => [*b, *a],
                Some(order) if order.is_gt() => [*a, *b],
                // Of zeros, the first.
                Some(_) => [*a; 2],
            };
            let got = [larger[i], smaller[i]];
            assert_eq!(got.map(bits), ends.map(bits), "{a:?} and {b:?} on {level:?}");
        }
    }
}

fn powers_are_products<E: Number>() {
    let numbers = [-3.0, -1.5, -1.0, -0.7, 0.0, 0.3, 0.999, 1.0, 1.1, 2.0, 7.0].map(E::from_f64);
    for level in Level::available() {
        for n in 0..20 {
            let [.., power] = run(n, &numbers, &numbers, level);
            for (x, power) in numbers.into_iter().zip(power) {
                let exact = Double::from(x.to_f64()).powi(n.into());
                let error = error_at(power, exact, exact);
                assert!(error <= f64::from(n), "{x:?}^{n} on {level:?}: {power:?}, {error} ULP");
            }
            let [.., ends] = run(n, &[E::INFINITY, E::NAN], &[E::ONE; 2], level);
            let expected = if n == 0 { [E::ONE; 2] } else { [E::INFINITY, E::NAN] };
            assert_eq!(ends.iter().map(|x| bits(*x)).collect::<Vec<_>>(), expected.map(bits));
        }
    }
}

in_both_types! { the_larger_and_the_smaller_keep_nan powers_are_products }
