//! Poisson.

use super::{LossEntry, count, most, of_term};
use crate::laws::pointwise::{CurvedLoss, Exact, PointwiseLoss, ReferencedLoss};
use crate::numbers::{Number, Random};
use crate::reference::{Double, pointwise as reference};
use crate::tolerance::{Row, row};
use gradstep::kernels::ops;
use gradstep::loss::{self, Loss};

/// [`loss::Poisson`].
#[derive(Clone, Copy, Debug)]
pub struct Poisson {
    /// Whether Stirling's term is added.
    pub full: bool,
}

impl<E: Number> PointwiseLoss<E> for Poisson {
    type Formula = ops::Poisson;
    const NEEDS_FUSION: bool = true;

    fn loss<'w>(self) -> Loss<'w, E, ops::Poisson> {
        let poisson = loss::Poisson::new();
        if self.full { poisson.full() } else { poisson }
    }

    fn admit(self, x: E, y: E) -> (E, E) {
        (x, count(y))
    }

    fn ordinary(self, random: &mut Random) -> (E, E) {
        (random.ordinary(-4.0, 4.0), random.ordinary(0.0, 8.0))
    }
}

impl<E: Number> ReferencedLoss<E> for Poisson {
    const NAME: &'static str = "poisson";

    fn exact(self, x: E, y: E) -> Option<[Exact; 2]> {
        if y < E::ZERO || y == E::INFINITY {
            return None;
        }
        let (value, derivative) = reference::poisson(x.to_f64(), y.to_f64(), self.full);
        let (rate, count) = (Double::from(x.to_f64()).exp(), Double::from(y.to_f64()));
        let linear = if y == E::ZERO { Double::ZERO } else { (count * x.to_f64()).abs() };
        let mut largest = rate.max(linear);
        if self.full && y > E::ONE {
            largest = largest.max((count + 0.5) * count.ln());
        }
        // Terms beyond the type may leave a difference within.
        if x.finite() && y.finite() && largest > most::<E>() {
            return None;
        }
        let output = if self.full { "full value" } else { "value" };
        let value = of_term::<E>("poisson", output, value, largest);
        Some([value, of_term::<E>("poisson", "derivative", derivative, rate.max(count))])
    }
}

impl<E: Number> CurvedLoss<E> for Poisson {
    fn exact_second(self, x: E, y: E) -> Option<Exact> {
        let second = Double::from(x.to_f64()).exp();
        let second = if y.is_nan() { Double::NAN } else { second };
        let is_count = y.is_nan() || (y >= E::ZERO && y.finite());
        is_count.then(|| of_term::<E>("poisson", "second derivative", second, second))
    }
}

impl<E: Number> LossEntry<E> for Poisson {
    const LARGE: usize = 300003;
    const BITS: [u64; 2] = [0xf659_6beb_5b16_5e2a, 0xe4ac_054c_e395_6eec];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("poisson", "value", [2.5; 2],
            "of the larger term: exponential (1 ULP), product, difference"),
        row("poisson", "full value", [6.5; 2],
            "of the largest term: as value; the logarithm (1 ULP), y + 1/2, their product, two sums, \
             and the last one"),
        row("poisson", "derivative", [1.5; 2],
            "of the larger term: exponential (1 ULP), difference"),
        row("poisson", "second derivative", [1.0; 2],
            "exponential"),
    ];

    fn usual() -> Self {
        Poisson { full: false }
    }

    fn all() -> Vec<Self> {
        [false, true].map(|full| Poisson { full }).into()
    }
}
