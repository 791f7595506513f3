//! Hundreds of steps of an update against the same steps in full precision.
//!
//! Each step rounds the weight, by half a unit at most. Steps of one length, which
//! these updates like to take, round alike again and again, so errors may grow with the
//! number of steps and not with its square root. So do those of a factor of the weight
//! that was rounded once, as that of decay. Errors of averages die out with what they
//! average.

use crate::numbers::{Number, Random, error_at};
use crate::reference::Double;
use crate::tolerance;
use gradstep::Level;

const STEPS: u64 = 300;
const TENSOR: usize = 32;

/// Follows `step` down `(w - target)^2 / 2` beside `exact`, with `N` slices of state
/// that start as zeros. The gradient is that of the rounded weights for both.
pub(crate) fn follow<E: Number, const N: usize>(
    name: &str,
    decays: bool,
    growth: impl Fn(f64) -> f64,
    what: &str,
    step: impl Fn(Level, &mut [E], &[E], [&mut [E]; N], u64),
    exact: impl Fn(Double, Double, [Double; N], u64) -> (Double, [Double; N]),
) {
    let ulps = |output| tolerance::ulps(name, output, E::FORMAT);
    let drift = if decays { ulps("decay of each step") } else { 0.0 };
    for level in Level::available() {
        let mut random = Random::new(17);
        let mut draw = || (0..TENSOR).map(|_| random.ordinary(-1.0, 1.0)).collect();
        let (mut w, target): (Vec<E>, Vec<E>) = (draw(), draw());
        let mut state = [(); N].map(|()| vec![E::ZERO; TENSOR]);
        let start = |w: &E| (Double::from(w.to_f64()), [Double::ZERO; N]);
        let mut reference: Vec<_> = w.iter().map(start).collect();
        let (mut magnitude, mut worst) = (1f64, 0f64);
        for t in 1..=STEPS {
            let g: Vec<E> = w.iter().zip(&target).map(|(w, target)| *w - *target).collect();
            step(level, &mut w, &g, state.each_mut().map(Vec::as_mut_slice), t);
            let bound = ulps("each step") * growth(t as f64) + drift * t as f64;
            for (i, (reference, state)) in reference.iter_mut().enumerate() {
                (*reference, *state) = exact(*reference, Double::from(g[i].to_f64()), *state, t);
                magnitude = magnitude.max(reference.abs().to_f64());
                let error = error_at(w[i], *reference, Double::from(magnitude));
                assert!(error <= bound, "{what} step {t} on {level:?}: {error} ULP");
                worst = worst.max(error / bound);
            }
        }
        println!("{:?} {what} on {level:?}: {worst:.3} of the bound", E::FORMAT);
    }
}
