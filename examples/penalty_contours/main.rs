//! Why L1 gives zeros and L2 does not, as a picture: contours touch a corner or a curve.

use lessons::shared::picture::{BLACK_LINE, GREY};
use lessons::shared::{Outcome, Panel, Report};
use lessons::zero_condition::Penalty::{self, L1, L2};
use lessons::{penalty_contours as lesson, shared};
use std::process::ExitCode;

/// Strengths of the panels.
const STRENGTHS: [f64; 3] = [0.5, 1.0, 2.4];

fn main() -> ExitCode {
    shared::run(
        env!("CARGO_CRATE_NAME"),
        "Contours of a loss touching the diamond of L1 and the circle of L2.",
        report,
    )
}

fn report() -> Outcome<Report> {
    let best = lesson::minimum(lesson::NONE)?;
    let mut text = format!(
        "least loss at w = ({:.3}, {:.3})\n\
         penalty strength       w1       w2     size  the same, sought within that size\n",
        best[0], best[1]
    );
    let mut panels = Vec::new();
    for (name, penalty) in [("L1", L1 as fn(f64) -> Penalty), ("L2", L2)] {
        for strength in STRENGTHS {
            let w = lesson::minimum(penalty(strength))?;
            let size = lesson::size(penalty(strength), w);
            let within = lesson::minimum_within(penalty(strength), size)?;
            text += &format!(
                "{name:<7} {strength:8} {:8.4} {:8.4} {size:8.4}  ({:.4}, {:.4})\n",
                w[0], w[1], within[0], within[1]
            );
            panels.push(panel(name, penalty(strength), strength)?);
        }
    }
    let sweep: Vec<f64> = (0..=80).map(|i| f64::from(i) / 20.0).collect();
    let weights = |penalty: fn(f64) -> Penalty| -> Outcome<Vec<[f64; 2]>> {
        sweep.iter().map(|&strength| Ok(lesson::minimum(penalty(strength))?)).collect()
    };
    let (lasso, ridge) = (weights(L1)?, weights(L2)?);
    let from = |zero: fn(&[f64; 2]) -> bool| {
        let first = lasso.iter().position(zero).ok_or("no zero")?;
        Ok::<f64, &str>(sweep[first])
    };
    text += &format!(
        "L1: w1 = 0 from strength {} on, both from {} on; L2: a zero for {} of {} strengths to {}\n\
         A larger strength is a smaller diamond or circle, and a wider contour that touches it.\n\
         Whole ranges of contours touch the diamond at a corner, where a weight is 0; a circle\n\
         has no corner.",
        from(|w| w[0] == 0.0)?,
        from(|w| *w == [0.0; 2])?,
        ridge.iter().filter(|w| w[0] == 0.0 || w[1] == 0.0).count(),
        sweep.len(),
        sweep[sweep.len() - 1],
    );
    Ok(Report { text, panels })
}

fn panel(name: &str, penalty: Penalty, strength: f64) -> Outcome<Panel> {
    let points = |places: Vec<[f64; 2]>| places.into_iter().map(|at| (at[0], at[1]));
    let w = lesson::minimum(penalty)?;
    let best = lesson::minimum(lesson::NONE)?;
    let least = lesson::loss_and_gradient(best)?.0;
    let touching = lesson::loss_and_gradient(w)?.0 - least;
    // A circle is round with these ranges.
    let mut panel = Panel::new(&format!("{name}, strength {strength}"), "w1", "w2")
        .narrow()
        .x_range(-1.9, 2.3)
        .y_range(-2.7, 2.7);
    for above in [0.06, 0.4, 1.1, 2.2] {
        panel = panel.line("", points(lesson::contour(above)?)).colour(GREY);
    }
    let size = lesson::size(penalty, w);
    Ok(panel
        .line("", points(lesson::contour(touching)?))
        .colour(0)
        .name(-1.8, -2.05, "loss as at the minimum")
        .line("", points(lesson::border(penalty, size)))
        .colour(1)
        .name(-1.8, -2.45, "penalty as at the minimum")
        .dots("", [(w[0], w[1])])
        .colour(BLACK_LINE))
}
