//! Elastic net.

use super::OperatorEntry;
use crate::laws::proximal::{Operator, ReferencedOperator};
use crate::numbers::Number;
use crate::reference::{Double, prox as reference};
use crate::tolerance::{Row, row};
use gradstep::kernels::ops;
use gradstep::prox::{self, Prox};

/// [`prox::ElasticNet`].
#[derive(Clone, Copy, Debug)]
pub struct ElasticNet<E> {
    /// Strength of `|u|`.
    pub l1: E,
    /// Strength of `u^2 / 2`.
    pub l2: E,
}

impl<E: Number> Operator<E> for ElasticNet<E> {
    type Formula = ops::ElasticNet<E>;

    fn prox(self) -> Prox<E, Self::Formula> {
        prox::ElasticNet::new(self.l1.to_f64(), self.l2.to_f64()).expect("penalties >= 0")
    }
}

impl<E: Number> ReferencedOperator<E> for ElasticNet<E> {
    const NAME: &'static str = "elastic_net";

    fn reference(self, x: f64) -> Double {
        reference::elastic_net(x, self.l1.to_f64(), self.l2.to_f64())
    }
    fn slope(self, x: f64, upstream: f64) -> Double {
        if x.abs() > self.l1.to_f64() {
            upstream / (1.0 + Double::from(self.l2.to_f64()))
        } else {
            Double::ZERO
        }
    }
    fn penalty(self, u: Double) -> Double {
        u.abs() * self.l1.to_f64() + u * u * self.l2.to_f64() / 2.0
    }
    fn on_grid(k: f64) -> Self {
        // 1 + l2 is a power of 2.
        Self { l1: E::from_f64(k), l2: E::from_f64([0.0, 1.0, 3.0][(k * 1024.0) as usize % 3]) }
    }
    fn kinks(self) -> Vec<E> {
        vec![self.l1]
    }
}

impl<E: Number> OperatorEntry<E> for ElasticNet<E> {
    const LARGE: usize = 1_200_003;
    const BITS: [u64; 2] = [0x071e87430727c80e, 0x51d798d38fe23989];
    #[rustfmt::skip]
    const TOLERANCES: &'static [Row] = &[
        row("elastic_net", "value", [2.5, 3.5],
            "difference, inverse, product; f64 rounds 1 + l2 before the inverse"),
        row("elastic_net", "derivative", [1.5, 2.5],
            "inverse, product; f64 as above"),
    ];

    fn usual() -> Self {
        ElasticNet { l1: E::ONE, l2: E::HALF }
    }

    fn all() -> Vec<Self> {
        let [a, b, c, d] = [0.3, 0.7, 2.5, 0.1].map(E::from_f64);
        // With the largest l2 most quotients underflow.
        [
            (a, b),
            (E::ZERO, d),
            (c, E::ZERO),
            (E::ZERO, E::LARGEST),
            (E::MIN_POSITIVE, E::LARGEST),
            (E::INFINITY, E::ONE),
        ]
        .map(|(l1, l2)| ElasticNet { l1, l2 })
        .into()
    }

    fn draw(number: &mut dyn FnMut() -> E) -> Option<Self> {
        let (l1, l2) = (number(), number());
        let accepted = l1 >= E::ZERO && l2 >= E::ZERO && l2.finite();
        assert_eq!(
            prox::ElasticNet::<E>::new(l1.to_f64(), l2.to_f64()).is_ok(),
            accepted,
            "{l1:?} {l2:?}"
        );
        accepted.then_some(ElasticNet { l1, l2 })
    }
}
