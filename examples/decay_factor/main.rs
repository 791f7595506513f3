//! Decay as a factor is the L2 penalty for plain descent, and for nothing else.

use lessons::shared::{Outcome, Panel, Report};
use lessons::{decay_factor as lesson, shared};
use std::process::ExitCode;

const STEPS: u64 = 400;

fn main() -> ExitCode {
    shared::run(
        env!("CARGO_CRATE_NAME"),
        "Weight decay: coupled (L2 in the gradient) against decoupled (a factor).",
        report,
    )
}

fn report() -> Outcome<Report> {
    let partings = lesson::partings(STEPS)?;
    let decay = lesson::LAMBDA / lesson::data().y.len() as f64;
    let ridge = lesson::ridge(decay)?;
    let length = |w: &[f64]| lesson::distance(w, &vec![0.0; w.len()]);
    let mut gaps = Panel::new("How far the two decays are apart", "step", "relative distance")
        .log_y()
        .y_range(1e-17, 10.0);
    let names = shared::table::Table::diabetes().names;
    let mut ends = Panel::new("Where decoupled decay ends", "", "coefficient")
        .columns("ridge = all coupled", 0.7, (0..).zip(&ridge).map(|(j, w)| (f64::from(j), *w)))
        .colour(shared::picture::GREY)
        .x_names(names)
        .y_range(-14.0, 26.0);
    let mut text = format!("length of the ridge solution: {:.2}\n", length(&ridge));
    for (colour, parting) in partings.iter().enumerate() {
        let curve = parting.gaps.iter().enumerate().map(|(t, gap)| (t as f64, gap.max(1e-17)));
        gaps = gaps.line(parting.name, curve).colour(colour);
        let shift = 0.16 * (colour as f64 - 1.0);
        let dots = (0..).zip(&parting.decoupled).map(|(j, w)| (f64::from(j) + shift, *w));
        ends = ends.dots(parting.name, dots).colour(colour);
        text += &format!(
            "{:<13} coupled ends {:8.1e} from ridge, decoupled {:8.1e}\n",
            parting.name,
            lesson::distance(&parting.coupled, &ridge) / length(&ridge),
            lesson::distance(&parting.decoupled, &ridge) / length(&ridge),
        );
    }
    text += "For SGD the factor 1 - alpha lambda / m and the penalty's gradient differ by rounding.\n\
             Momentum keeps a sum of gradients: a penalty in it counts 1 / (1 - 0.9) times, the\n\
             factor once. Adam divides the penalty by the gradient's own size; AdamW does not.";
    Ok(Report { text, panels: vec![gaps, ends] })
}
