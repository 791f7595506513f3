//! Binary cross-entropy on probabilities.

use super::{LossEntry, is_label, label, within};
use crate::laws::pointwise::{Exact, PointwiseLoss, ReferencedLoss};
use crate::numbers::{Number, Random, around, into_unit};
use crate::reference::pointwise as reference;
use crate::tolerance::{Row, row};
use gradstep::kernels::ops;
use gradstep::loss::{self, Loss};

/// [`loss::BinaryCrossEntropy`].
#[derive(Clone, Copy, Debug)]
pub struct BinaryCrossEntropy<E> {
    /// The bound of a clip.
    pub clip: Option<E>,
}

impl<E: Number> PointwiseLoss<E> for BinaryCrossEntropy<E> {
    type Formula = ops::BinaryCrossEntropy<E>;
    const NEEDS_FUSION: bool = true;

    fn loss<'w>(self) -> Loss<'w, E, ops::BinaryCrossEntropy<E>> {
        let loss = loss::BinaryCrossEntropy::new();
        match self.clip {
            None => loss,
            Some(eps) => loss.clip(eps.to_f64()).expect("eps is accepted"),
        }
    }

    fn admit(self, p: E, y: E) -> (E, E) {
        (into_unit(p), into_unit(y))
    }

    fn ordinary(self, random: &mut Random) -> (E, E) {
        (random.ordinary(0.05, 0.95), label(random))
    }

    /// Both ends of [0, 1] in finer and finer steps, the bounds of the logarithms
    /// and of the slope, and those of the clip.
    fn corners(self) -> Vec<(E, E)> {
        let mut random = Random::new(5);
        let mut p: Vec<E> = Vec::new();
        for bound in [1e-12, (-100f64).exp()] {
            p.extend(around(E::from_f64(bound), 20));
        }
        for power in 0..E::MANTISSA_BITS as i32 + 2 {
            let near =
                E::from_f64(random.within(-1.0 - f64::from(power), -f64::from(power)).exp2());
            p.extend([near, E::ONE - near]);
        }
        if let Some(eps) = self.clip {
            p.extend(around(eps, 4));
            p.extend(around(E::ONE - eps, 4));
        }
        p.extend(around(E::ONE, 8).filter(|p| *p <= E::ONE));
        let labels = [0.0, 1.0, 0.5, 1e-30, 0.3, 0.999_999_99].map(E::from_f64);
        p.iter().flat_map(|p| labels.map(|y| (*p, y))).collect()
    }
}

impl<E: Number> ReferencedLoss<E> for BinaryCrossEntropy<E> {
    const NAME: &'static str = "binary_cross_entropy";

    fn exact(self, p: E, y: E) -> Option<[Exact; 2]> {
        let (probability, target) = (p.to_f64(), y.to_f64());
        let pair = match self.clip {
            None => reference::binary_cross_entropy(probability, target),
            Some(low) => {
                let high = (E::ONE - low).to_f64();
                let low = low.to_f64();
                reference::binary_cross_entropy_clipped(probability, target, low, high)
            }
        };
        // Other labels give terms of both signs.
        is_label(y).then(|| within::<E>("binary_cross_entropy", pair))
    }
}

impl<E: Number> LossEntry<E> for BinaryCrossEntropy<E> {
    const UNIT: [bool; 2] = [true; 2];
    const LARGE: usize = 200_003;
    const BITS: [u64; 2] = [0xdfb4b08fc5874313, 0x3b8d873b5e11b54d];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("binary_cross_entropy", "value", [4.0; 2],
            "what is documented; by counting 4.5 ULP, for a sum of positive terms: logarithm (1 ULP), \
             1 - y, product; then the sum"),
        row("binary_cross_entropy", "derivative", [3.5; 2],
            "p - y, 1 - p, p (1 - p), quotient; the bound 1e-12 rounds once instead of the product"),
    ];

    fn usual() -> Self {
        BinaryCrossEntropy { clip: None }
    }

    fn all() -> Vec<Self> {
        let clips = [1e-7, 1e-3, 0.25].map(|eps| Some(E::from_f64(eps)));
        [None].into_iter().chain(clips).map(|clip| BinaryCrossEntropy { clip }).collect()
    }

    fn draw(number: &mut dyn FnMut() -> E) -> Option<Self> {
        if number() >= E::ONE {
            return Some(BinaryCrossEntropy { clip: None });
        }
        let eps = number();
        let accepted = eps > E::ZERO && eps < E::HALF && E::ONE - eps < E::ONE;
        let clipped = loss::BinaryCrossEntropy::<E>::new().clip(eps.to_f64());
        assert_eq!(clipped.is_ok(), accepted, "eps {eps:?}");
        accepted.then_some(BinaryCrossEntropy { clip: Some(eps) })
    }
}
