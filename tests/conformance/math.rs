//! Vector math on slices, through the kernel crate.

use gradstep::Level;
use gradstep::kernels::{math::Math, ops};

/// The function that the vectors call `name`, of every element.
pub(crate) fn map<E: Math>(level: Level, name: &str, x: &[E]) -> Vec<E> {
    let mut y = vec![E::NAN; x.len()];
    let out = &mut y[..];
    match name {
        "exp" => level.run(ops::Exp { x, out }),
        "expm1" => level.run(ops::ExpM1 { x, out }),
        "ln" => level.run(ops::Ln { x, out }),
        "log1p" => level.run(ops::Ln1p { x, out }),
        "sigmoid" => level.run(ops::Sigmoid { x, out }),
        "softplus" => level.run(ops::Softplus { x, out }),
        "tanh" => level.run(ops::Tanh { x, out }),
        other => panic!("no function {other}"),
    }
    y
}
