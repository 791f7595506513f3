//! What holds for AdamW alone.

use crate::adam::{self, Adam};
use crate::reference::update as reference;
use gradstep::Level;

/// Decay does not touch the averages, and is not scaled by them.
#[test]
fn decay_stays_out_of_the_averages() {
    for level in Level::available() {
        let formula = reference::Adam {
            learning_rate: 0.5,
            weight_decay: 0.5,
            decoupled: true,
            ..adam::PLAIN
        };
        let (mut w, mut m, mut v) = ([8.0f32], [0.0], [0.0]);
        for t in 1..4 {
            Adam { formula, t }.step(level, &mut w, &[0.0], [&mut m, &mut v, &mut []]);
        }
        assert_eq!((w, m, v), ([8.0 * 0.75 * 0.75 * 0.75], [0.0], [0.0]), "{level:?}");
    }
}
