//! Clipping by 1e-15 does nothing in `f32`: NaN. With logits there is no need to clip.

use lessons::shared::picture::BLACK_LINE;
use lessons::shared::{Outcome, Panel, Report};
use lessons::{clip_epsilon as lesson, shared};
use std::process::ExitCode;

fn main() -> ExitCode {
    shared::run(
        env!("CARGO_CRATE_NAME"),
        "Textbook binary cross-entropy in f32 against gradstep's.",
        report,
    )
}

fn report() -> Outcome<Report> {
    let refusal = match lesson::clipped(1.0, 1.0, lesson::EPSILON) {
        Ok(loss) => format!("{loss}"),
        Err(error) => format!("error: {error}"),
    };
    let mut text = format!(
        "prediction 1, target 1, epsilon 1e-15, all f32\n\
         textbook              {} (1 - 1e-15 is 1, and 0 ln 0 is NaN)\n\
         gradstep, same clip   {refusal}\n\
         gradstep, no clip     {}\n\
         logit 30, target 1\n\
         textbook              {} (the sigmoid has rounded to 1)\n\
         gradstep with logits  {:.4e}, gradient {:.4e}\n\
         exact                 {:.4e}",
        lesson::textbook(1.0, 1.0),
        lesson::from_probability(1.0, 1.0)?,
        lesson::textbook_from_logit(30.0, 1.0),
        lesson::from_logit(30.0, 1.0)?.0,
        lesson::from_logit(30.0, 1.0)?.1,
        lesson::exact(30.0, 1.0),
    );
    let logits: Vec<f32> = (-400..=400).map(|i| i as f32 / 10.0).collect();
    let curve = |loss: &dyn Fn(f32) -> f64| -> Vec<(f64, f64)> {
        logits.iter().map(|&x| (f64::from(x), loss(x))).collect()
    };
    let ours = |x, y| lesson::from_logit(x, y).map_or(f64::NAN, |(loss, _)| loss);
    let textbook = |x, y| f64::from(lesson::textbook_from_logit(x, y));
    // From here on the sigmoid is 1, and what is left of the loss is -ln 0 or 0 ln 0.
    let lost = logits.iter().find(|&&x| x > 0.0 && !textbook(x, 0.0).is_finite());
    let lost = f64::from(*lost.ok_or("the textbook is finite")?);
    let from_here = |y: f32| format!("{} from {lost:.1} on", textbook(lost as f32, y));
    let values = Panel::new("Target 0: the loss, and where it ends", "logit", "loss")
        .line("exact", curve(&|x| lesson::exact(x, 0.0)))
        .colour(BLACK_LINE)
        .dashes("gradstep, with logits", curve(&|x| ours(x, 0.0)))
        .colour(0)
        .line("textbook: sigmoid, clip, ln", curve(&|x| textbook(x, 0.0)))
        .colour(1)
        .dashes("", [(lost, 0.0), (lost, 40.0)])
        .colour(1)
        .name(lost + 1.0, 5.0, &from_here(0.0))
        .x_range(0.0, 40.0)
        .y_range(0.0, 40.0);
    // An error of 0 has no logarithm: the bottom of the picture stands for it.
    let error = |loss: f64, x| match (loss / lesson::exact(x, 1.0) - 1.0).abs() {
        error if error < 1e-9 => 1e-9,
        error => error, // NaN too: there the curve ends
    };
    let errors = Panel::new("Target 1: error of small losses, then NaN", "logit", "relative error")
        .line("gradstep, with logits", curve(&|x| error(ours(x, 1.0), x)))
        .colour(0)
        .line("textbook: sigmoid, clip, ln", curve(&|x| error(textbook(x, 1.0), x)))
        .colour(1)
        .dashes("", [(lost, 1e-9), (lost, 10.0)])
        .colour(1)
        .name(lost + 1.0, 1e-4, &from_here(1.0))
        .x_range(0.0, 40.0)
        .y_range(1e-9, 10.0)
        .log_y();
    text += &format!(
        "\ntextbook              target 0: {}, target 1: {}",
        from_here(0.0),
        from_here(1.0)
    );
    let panels = vec![values, errors];
    Ok(Report { text, panels })
}
