//! Small weights resist a shift of the inputs: a linear model's outputs move by `d W` where
//! its inputs move by `d`, so by at most the lengths' product, and for `d` of independent
//! normal numbers of deviation `s` by `s |W|` in the mean square.

use crate::shared::network::{Network, Part};
use crate::shared::random::Random;
use crate::shared::table::Table;
use gradstep::Error;
use gradstep::update::Adam;

const TRAINING_ROWS: usize = 200;
const STEPS: u64 = 500;

/// Digits to train on and the others.
pub fn data() -> [Part; 2] {
    let table = Table::digits();
    let order = Random(31).order(table.targets.len());
    let (training, others) = order.split_at(TRAINING_ROWS);
    [training, others].map(|rows| Part::digits(&table, rows))
}

/// Softmax regression with an L2 penalty of `decay |W|^2 / 2`.
pub fn fit(decay: f64) -> Result<Network, Error> {
    let [training, _] = data();
    let mut network = Network::new(&[64, 10], &mut Random(32));
    for t in 1..=STEPS {
        network.step(&training, &Adam::new(0.02)?, decay, t)?;
    }
    Ok(network)
}

/// The length of all weights together.
pub fn length(network: &Network) -> f64 {
    let weights = network.layers.iter().flat_map(|layer| layer.weights());
    weights.map(|&w| f64::from(w).powi(2)).sum::<f64>().sqrt()
}

/// The same rows, each pixel moved by a normal number of this deviation.
pub fn shifted(part: &Part, deviation: f64) -> Part {
    let (mut shifted, mut random) = (part.clone(), Random(33));
    shifted.x.values.iter_mut().for_each(|x| *x += (deviation * random.normal()) as f32);
    shifted
}

/// How far the logits of a row move, the root of the mean square over all rows.
pub fn moved(network: &Network, part: &Part, shifted: &Part) -> f64 {
    let (before, after) = (network.logits(&part.x), network.logits(&shifted.x));
    let pairs = before.values.iter().zip(&after.values);
    let squares: f64 = pairs.map(|(a, b)| f64::from(a - b).powi(2)).sum();
    (squares / part.labels.len() as f64).sqrt()
}
