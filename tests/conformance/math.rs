//! Vector math on slices, through the kernel crate.

use gradstep::Level;
use gradstep::kernels::{math::Math, ops};

/// The function that the vectors call `name`, of every element.
pub(crate) fn map<E: Math>(level: Level, name: &str, x: &[E]) -> Vec<E> {
    let mut y = vec![E::NAN; x.len()];
    let out = &mut y[..];
    match name {
        "exp" => level.dispatch(ops::Exp { x, out }),
        "expm1" => level.dispatch(ops::ExpM1 { x, out }),
        "ln" => level.dispatch(ops::Ln { x, out }),
        "log1p" => level.dispatch(ops::Ln1p { x, out }),
        "sigmoid" => level.dispatch(ops::Sigmoid { x, out }),
        "softplus" => level.dispatch(ops::Softplus { x, out }),
        "tanh" => level.dispatch(ops::Tanh { x, out }),
        other => panic!("no function {other}"),
    }
    y
}
