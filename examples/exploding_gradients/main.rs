//! Gradients shrink or grow by a factor in each layer; clipping tames the growth.

use lessons::exploding_gradients::{Network, Unit};
use lessons::shared::{Outcome, Panel, Report};
use lessons::{exploding_gradients as lesson, shared};
use std::process::ExitCode;

const STEPS: usize = 300;

fn main() -> ExitCode {
    shared::run(
        env!("CARGO_CRATE_NAME"),
        "Vanishing and exploding gradients of deep networks, and clipping by norm.",
        report,
    )
}

fn report() -> Outcome<Report> {
    let kinds = [
        ("sigmoid", Unit::Sigmoid, 1.0),
        ("ReLU, scale sqrt 2", Unit::Relu, 2f64.sqrt()),
        ("ReLU, twice that", Unit::Relu, 2.0 * 2f64.sqrt()),
    ];
    let mut text = String::from("length of the first layer's gradient at depth 1 and 16\n");
    let mut depths = Panel::new("Gradient of the first layer", "layers", "length").log_y();
    for (name, unit, scale) in kinds {
        let length = |depth| -> Outcome<(f64, f64)> {
            let (_, gradients) = Network::new(unit, depth, scale).loss_and_gradients()?;
            Ok((depth as f64, lesson::norm(&gradients[..1])?))
        };
        let curve = (1..=16).map(length).collect::<Outcome<Vec<_>>>()?;
        text += &format!("{name:<19} {:9.1e} {:9.1e}\n", curve[0].1, curve[15].1);
        depths = depths.line(name, curve);
    }

    let mut training = Panel::new("8 layers of the last kind, rate 0.02", "step", "loss").log_y();
    for (name, clip) in [("clipped to norm 1", Some(1.0)), ("not clipped", None)] {
        let course = Network::new(Unit::Relu, 8, kinds[2].2).train(STEPS, clip)?;
        let lost = course.iter().position(|(loss, _)| !loss.is_finite());
        let end = course[STEPS - 1].0;
        text += &match lost {
            Some(step) => {
                format!("{name}: loss {:.1e}, not finite after {step} steps\n", course[0].0)
            }
            None => format!("{name}: loss {:.1e} -> {end:.2e}\n", course[0].0),
        };
        let curve: Vec<_> =
            (0..).zip(&course).map(|(t, (loss, _))| (f64::from(t), *loss)).collect();
        training = match lost {
            // A curve of a few steps is a dot or two.
            Some(step) => training
                .note(12.0, course[0].0, &format!("not finite after {step} step"))
                .line("", curve[..step].to_vec())
                .colour(1)
                .dots(name, curve[..step].to_vec())
                .colour(1),
            None => training.line(name, curve).colour(0),
        };
    }
    text += "A layer multiplies the gradient by about a constant: 1/4 and less for sigmoids.\n\
             Scaling all gradients by one factor keeps the direction and bounds the step.";
    Ok(Report { text, panels: vec![depths, training] })
}
