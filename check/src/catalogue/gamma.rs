//! Gamma.

use super::{LossEntry, count, is_ordinary, of_term};
use crate::laws::pointwise::{CurvedLoss, Exact, PointwiseLoss, ReferencedLoss};
use crate::numbers::{Number, Random};
use crate::reference::{Double, pointwise as reference};
use crate::tolerance::{Row, row};
use gradstep::kernels::ops;
use gradstep::loss::{self, Loss};

/// [`loss::Gamma`].
#[derive(Clone, Copy, Debug)]
pub struct Gamma;

impl<E: Number> PointwiseLoss<E> for Gamma {
    type Formula = ops::Gamma;
    const NEEDS_FUSION: bool = true;

    fn loss<'w>(self) -> Loss<'w, E, ops::Gamma> {
        loss::Gamma::new()
    }

    fn admit(self, x: E, y: E) -> (E, E) {
        let y = count(y);
        (x, if y == E::ZERO { E::ONE } else { y })
    }

    fn ordinary(self, random: &mut Random) -> (E, E) {
        (random.ordinary(-4.0, 4.0), random.ordinary(0.1, 8.0))
    }
}

impl<E: Number> ReferencedLoss<E> for Gamma {
    const NAME: &'static str = "gamma";

    fn exact(self, x: E, y: E) -> Option<[Exact; 2]> {
        let (value, derivative) = reference::gamma(x.to_f64(), y.to_f64());
        let ratio = ratio(x, y)?;
        let largest = ratio.max(Double::from(x.to_f64().abs()));
        let value = of_term::<E>("gamma", "value", value, largest);
        let derivative = of_term::<E>("gamma", "derivative", derivative, ratio.max(Double::ONE));
        Some([value, derivative])
    }
}

impl<E: Number> CurvedLoss<E> for Gamma {
    fn exact_second(self, x: E, y: E) -> Option<Exact> {
        let ratio = ratio(x, y)?;
        Some(of_term::<E>("gamma", "second derivative", ratio, ratio))
    }
}

impl<E: Number> LossEntry<E> for Gamma {
    const LARGE: usize = 300003;
    const BITS: [u64; 2] = [0x0d6c_2081_eb79_34a7, 0xf504_f4d9_f4e7_c9d1];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("gamma", "value", [4.5; 2],
            "of the larger term: the exponential twice (1 ULP), two products, the sum"),
        row("gamma", "derivative", [4.5; 2],
            "of the larger term: as value"),
        row("gamma", "second derivative", [4.0; 2],
            "the exponential twice (1 ULP), two products"),
    ];

    fn usual() -> Self {
        Gamma
    }

    fn all() -> Vec<Self> {
        vec![Gamma]
    }
}

/// `y e^-x`, if no step on its way leaves the type.
fn ratio<E: Number>(x: E, y: E) -> Option<Double> {
    let root = (Double::from(x.to_f64()) * -0.5).exp();
    let once = root * y.to_f64();
    let is_meant = y.is_nan() || (y > E::ZERO && y.finite());
    let fine = |step: Double| step.is_nan() || is_ordinary::<E>(step);
    (is_meant && (!x.finite() || fine(root) && fine(once))).then(|| once * root)
}
