//! A shift of the inputs moves the outputs by as much as the weights are long.

use lessons::shared::{Outcome, Panel, Report};
use lessons::{input_shift as lesson, shared};
use std::process::ExitCode;

const DECAYS: [f64; 3] = [0.0, 3e-3, 3e-2];

fn main() -> ExitCode {
    shared::run(
        env!("CARGO_CRATE_NAME"),
        "Softmax regression with and without weight decay on digits whose pixels are shifted.",
        report,
    )
}

fn report() -> Outcome<Report> {
    let [_, others] = lesson::data();
    let deviations: Vec<f64> = (0..=20).map(|i| f64::from(i) / 20.0).collect();
    let mut text = String::from(
        "digits never seen, as they are and with pixels shifted by 0.5\n\
         decay         |W|  logits move           right            loss\n",
    );
    let mut moves = Panel::new("How far a shift moves the logits", "shift of a pixel", "length");
    let mut rights = Panel::new("Digits never seen", "shift of a pixel", "percent right");
    let mut losses = Panel::new("Their loss", "shift of a pixel", "cross-entropy").log_y();
    for decay in DECAYS {
        let network = lesson::fit(decay)?;
        let points = deviations.iter().map(|&deviation| {
            let shifted = lesson::shifted(&others, deviation);
            let (loss, right) = network.evaluate(&shifted)?;
            Ok((lesson::moved(&network, &others, &shifted), 100.0 * right, loss))
        });
        let points: Vec<(f64, f64, f64)> = points.collect::<Outcome<_>>()?;
        let (length, half) = (lesson::length(&network), deviations.len() / 2);
        text += &format!(
            "{decay:<9} {length:7.3}  {:6.3} = {:.3} s |W|  {:5.1} %, {:5.1} %  {:.3}, {:.3}\n",
            points[half].0,
            points[half].0 / (length * deviations[half]),
            points[0].1,
            points[half].1,
            points[0].2,
            points[half].2,
        );
        let name = format!("decay {decay}");
        let over = |of: fn(&(f64, f64, f64)) -> f64| {
            deviations.iter().copied().zip(points.iter().map(of)).collect::<Vec<_>>()
        };
        moves = moves.line(&name, over(|at| at.0));
        rights = rights.line(&name, over(|at| at.1));
        losses = losses.line(&name, over(|at| at.2));
    }
    text += "Inputs that move by s a pixel move a linear model's outputs by s |W|: small weights move\n\
             them little. A decay that costs nothing on what is as the training rows were keeps\n\
             more right when it is not; a larger one takes some of that away before any shift.";
    Ok(Report { text, panels: [moves, rights, losses].map(Panel::narrow).into() })
}
