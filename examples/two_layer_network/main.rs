//! The network that every tutorial begins with, on our kernels and ndarray.

use lessons::shared::{Outcome, Panel, Report};
use lessons::{shared, two_layer_network as lesson};
use std::process::ExitCode;

const ITERATIONS: usize = 1500;

fn main() -> ExitCode {
    shared::run(
        env!("CARGO_CRATE_NAME"),
        "A two-layer network from scratch learns xor in 1500 steps.",
        report,
    )
}

fn report() -> Outcome<Report> {
    let mut network = lesson::Network::new(1);
    let (x, y) = lesson::data();
    let before = network.forward(&x)[1].values.clone();
    let losses = network.train(ITERATIONS)?;
    let after = network.forward(&x)[1].values.clone();
    let mut text = format!(
        "summed squared error {:.4} -> {:.4}\ninputs  target  before   after\n",
        losses[0],
        losses[ITERATIONS - 1]
    );
    let mut names = Vec::new();
    for (i, row) in x.values.chunks_exact(3).enumerate() {
        let name = format!("{} {} {}", row[0], row[1], row[2]);
        text += &format!("{name}   {:6}  {:6.3}  {:6.3}\n", y[i], before[i], after[i]);
        names.push(name);
    }
    text += "No single layer can do this: xor needs the hidden units.";
    let curve = losses.into_iter().enumerate().map(|(t, loss)| (t as f64, loss));
    let columns = |shift: f64, values: &[f32]| -> Vec<_> {
        (0..).zip(values).map(|(i, y)| (f64::from(i) + shift, f64::from(*y))).collect()
    };
    let predictions = Panel::new("Predictions", "inputs", "output")
        .columns("target", 0.22, columns(-0.25, &y))
        .columns("before", 0.22, columns(0.0, &before))
        .columns("after", 0.22, columns(0.25, &after))
        .x_names(names)
        .y_range(-0.02, 1.05);
    let loss = Panel::new("Learning xor", "step", "summed squared error").line("loss", curve);
    Ok(Report { text, panels: vec![loss, predictions] })
}
