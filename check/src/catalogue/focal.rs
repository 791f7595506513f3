//! Focal loss.

use super::{LossEntry, is_ordinary, within};
use crate::laws::pointwise::{Exact, PointwiseLoss, ReferencedLoss};
use crate::numbers::{Number, Random};
use crate::reference::{Double, pointwise as reference};
use crate::tolerance::{self, Row, row};
use gradstep::kernels::ops;
use gradstep::loss::{self, Loss};

/// [`loss::Focal`].
#[derive(Clone, Copy, Debug)]
pub struct Focal<E> {
    /// The exponent.
    pub gamma: E,
    /// The share of labels of 1, if there are shares.
    pub alpha: Option<E>,
}

impl<E: Number> PointwiseLoss<E> for Focal<E> {
    type Formula = ops::Focal<E>;
    const NEEDS_FUSION: bool = true;

    fn loss<'w>(self) -> Loss<'w, E, ops::Focal<E>> {
        let focal = loss::Focal::new(self.gamma.to_f64()).expect("gamma is accepted");
        match self.alpha {
            Some(alpha) => focal.alpha(alpha.to_f64()).expect("alpha is accepted"),
            None => focal,
        }
    }

    fn admit(self, x: E, y: E) -> (E, E) {
        let label = if y > E::HALF { E::ONE } else { E::ZERO };
        (x, if y.is_nan() { y } else { label })
    }

    fn ordinary(self, random: &mut Random) -> (E, E) {
        self.admit(random.ordinary(-9.0, 9.0), random.ordinary(0.0, 1.0))
    }

    /// Logits from where the logarithm decides to where all underflows.
    fn corners(self) -> Vec<(E, E)> {
        let mut random = Random::new(6);
        let logits = (0..2000).map(|_| random.within(-12.0, 10.0).exp2());
        let logits: Vec<E> = logits.flat_map(|x| [x, -x]).map(E::from_f64).collect();
        logits.into_iter().flat_map(|x| [(x, E::ZERO), (x, E::ONE)]).collect()
    }
}

impl<E: Number> ReferencedLoss<E> for Focal<E> {
    const NAME: &'static str = "focal";

    fn exact(self, x: E, y: E) -> Option<[Exact; 2]> {
        if !(y.is_nan() || y == E::ZERO || y == E::ONE) {
            return None;
        }
        let of_1 = self.alpha.unwrap_or(E::ONE);
        let of_0 = self.alpha.map_or(E::ONE, |alpha| E::ONE - alpha);
        let share = if y == E::ONE { of_1 } else { of_0 };
        let gamma = self.gamma.to_f64();
        let pair = reference::focal(x.to_f64(), y.to_f64(), gamma, share.to_f64());
        // A power or an exponential that is subnormal has lost digits.
        let s = Double::from(if y == E::ONE { -x.to_f64() } else { x.to_f64() });
        let power = (s.log_sigmoid() * gamma).exp() * share.to_f64();
        let steps = [(-s.abs()).exp(), power];
        if x.finite() && !y.is_nan() && !steps.into_iter().all(is_ordinary::<E>) {
            return None;
        }
        let [value, derivative] = within::<E>("focal", pair);
        let more = gamma * tolerance::ulps("focal", "gamma", E::FORMAT);
        Some([value, derivative].map(|exact| Exact { ulps: exact.ulps + more, ..exact }))
    }
}

impl<E: Number> LossEntry<E> for Focal<E> {
    const LARGE: usize = 200003;
    const BITS: [u64; 2] = [0x9108_77cd_c95f_91de, 0xdf49_e2b4_a1fd_ed94];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("focal", "value", [7.0; 2],
            "an exponential of a pair (2.5 ULP), the share and its product, the logarithm (1.2 ULP) \
             and its sum, the product"),
        row("focal", "derivative", [10.0; 2],
            "the same, and of the bracket the quotient (2.8 ULP), its product with the logarithm, \
             that with gamma, the sum"),
        row("focal", "gamma", [2.0; 2],
            "for each unit of gamma: the error of a logarithm of at most ln 2, and of its product"),
    ];

    fn usual() -> Self {
        Focal { gamma: E::TWO, alpha: None }
    }

    fn all() -> Vec<Self> {
        [(2.0, None), (0.0, None), (0.7, Some(0.25)), (5.0, None)]
            .map(|(gamma, alpha)| Focal {
                gamma: E::from_f64(gamma),
                alpha: alpha.map(E::from_f64),
            })
            .into()
    }

    fn draw(number: &mut dyn FnMut() -> E) -> Option<Self> {
        let (gamma, alpha) = (number(), number());
        let accepted = gamma >= E::ZERO && gamma.finite();
        assert_eq!(loss::Focal::<E>::new(gamma.to_f64()).is_ok(), accepted, "gamma {gamma:?}");
        let share = alpha >= E::ZERO && alpha <= E::ONE;
        let alone = loss::Focal::<E>::new(1.0).expect("gamma is accepted");
        assert_eq!(alone.alpha(alpha.to_f64()).is_ok(), share, "alpha {alpha:?}");
        accepted.then_some(Focal { gamma, alpha: share.then_some(alpha) })
    }
}
