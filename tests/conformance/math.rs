//! Vector math on slices, through the kernel crate.

use gradstep::Level;
use gradstep::kernels::{Isa, Kernel, math, sweep};

struct Map<'a, E> {
    name: &'a str,
    x: &'a [E],
    out: &'a mut [E],
}

impl<E: math::Math> Kernel for Map<'_, E> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        macro_rules! sweep {
            ($function:path) => {
                sweep::update(
                    isa,
                    self.out,
                    self.x,
                    #[inline(always)]
                    |_: E::Lanes<I>, x| $function(x),
                )
            };
        }
        match self.name {
            "exp" => sweep!(math::exp),
            "expm1" => sweep!(math::exp_m1),
            "ln" => sweep!(math::ln),
            "log1p" => sweep!(math::ln_1p),
            "sigmoid" => sweep!(math::sigmoid),
            "softplus" => sweep!(math::softplus),
            "tanh" => sweep!(math::tanh),
            other => panic!("no function {other}"),
        }
    }
}

/// The function that the vectors call `name`, of every element.
pub fn map<E: math::Math>(level: Level, name: &str, x: &[E]) -> Vec<E> {
    let mut out = vec![E::NAN; x.len()];
    level.run(Map { name, x, out: &mut out });
    out
}
