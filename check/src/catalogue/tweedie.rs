//! Tweedie.

use super::{LossEntry, count, is_ordinary, of_term};
use crate::laws::pointwise::{CurvedLoss, Exact, PointwiseLoss, ReferencedLoss};
use crate::numbers::{Number, Random};
use crate::reference::{Double, pointwise as reference};
use crate::tolerance::{Row, row};
use gradstep::kernels::ops;
use gradstep::loss::{self, Loss};

/// [`loss::Tweedie`].
#[derive(Clone, Copy, Debug)]
pub struct Tweedie<E> {
    /// Above 1 and below 2.
    pub power: E,
}

impl<E: Number> PointwiseLoss<E> for Tweedie<E> {
    type Formula = ops::Tweedie<E>;
    const NEEDS_FUSION: bool = true;

    fn loss<'w>(self) -> Loss<'w, E, ops::Tweedie<E>> {
        loss::Tweedie::new(self.power.to_f64()).expect("the power is accepted")
    }

    fn admit(self, x: E, y: E) -> (E, E) {
        (x, count(y))
    }

    fn ordinary(self, random: &mut Random) -> (E, E) {
        (random.ordinary(-4.0, 4.0), random.ordinary(0.0, 8.0))
    }
}

impl<E: Number> ReferencedLoss<E> for Tweedie<E> {
    const NAME: &'static str = "tweedie";

    fn exact(self, x: E, y: E) -> Option<[Exact; 2]> {
        let [a, b] = terms(self, x, y)?;
        let (value, derivative) = reference::tweedie(x.to_f64(), y.to_f64(), self.power.to_f64());
        let value = of_term::<E>("tweedie", "value", value, value);
        Some([value, of_term::<E>("tweedie", "derivative", derivative, a.max(b))])
    }
}

impl<E: Number> CurvedLoss<E> for Tweedie<E> {
    fn exact_second(self, x: E, y: E) -> Option<Exact> {
        let [a, b] = terms(self, x, y)?;
        let p = Double::from(self.power.to_f64());
        let second = (p - 1.0) * a + (2.0 - p) * b;
        Some(of_term::<E>("tweedie", "second derivative", second, second))
    }
}

impl<E: Number> LossEntry<E> for Tweedie<E> {
    const LARGE: usize = 200003;
    const BITS: [u64; 2] = [0x292a_3c6e_cd54_08da, 0x6635_5cfb_bb54_790f];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("tweedie", "value", [5.0; 2],
            "an exponential of a product (2.5 ULP), the product with y, a quotient, the sum"),
        row("tweedie", "derivative", [6.0; 2],
            "of the larger of two terms: both exponentials (2.5 ULP), the product with y, the \
             difference"),
        row("tweedie", "second derivative", [5.0; 2],
            "as value"),
    ];

    fn usual() -> Self {
        Tweedie { power: E::from_f64(1.5) }
    }

    fn all() -> Vec<Self> {
        [1.5, 1.1, 1.9].map(|power| Tweedie { power: E::from_f64(power) }).into()
    }

    fn draw(number: &mut dyn FnMut() -> E) -> Option<Self> {
        let power = number();
        let accepted = power > E::ONE && power < E::TWO;
        assert_eq!(loss::Tweedie::<E>::new(power.to_f64()).is_ok(), accepted, "power {power:?}");
        accepted.then_some(Tweedie { power })
    }
}

/// `y e^((1 - p) x)` and `e^((2 - p) x)`, if no step on their way leaves the type.
fn terms<E: Number>(Tweedie { power }: Tweedie<E>, x: E, y: E) -> Option<[Double; 2]> {
    let of = |y: f64| reference::tweedie_terms(x.to_f64(), y, power.to_f64());
    let ((a, b), (exponential, _)) = (of(y.to_f64()), of(1.0));
    if x.is_nan() || y.is_nan() {
        return Some([Double::NAN; 2]);
    }
    let steps = [exponential, a, b, a / (power.to_f64() - 1.0), b / (2.0 - power.to_f64())];
    let fine = |step: &Double| step.is_zero() || is_ordinary::<E>(*step);
    let is_meant = y >= E::ZERO && y.finite();
    (is_meant && (!x.finite() || steps.iter().all(fine))).then_some([a, b])
}
