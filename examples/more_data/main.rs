//! More rows against over-fitting: real ones, and shifted ones.

use lessons::shared::{Outcome, Panel, Report};
use lessons::{more_data as lesson, shared};
use std::process::ExitCode;

const STEPS: u64 = 200;
const HIDDEN: usize = 128;

fn main() -> ExitCode {
    shared::run(
        env!("CARGO_CRATE_NAME"),
        "Over-fitting on 100 digits, with more digits, with shifted ones, with fewer units.",
        report,
    )
}

fn report() -> Outcome<Report> {
    let ([few, others], [more, _]) = (lesson::data(100), lesson::data(500));
    let runs = [
        ("100 digits", &few, HIDDEN),
        ("100, each shifted 4 ways", &lesson::with_shifts(&few), HIDDEN),
        ("500 digits", &more, HIDDEN),
        ("500, each shifted 4 ways", &lesson::with_shifts(&more), HIDDEN),
        ("100, 8 units, not 128", &few, 8),
    ];
    let bar = shared::progress(runs.len() as u64);
    let mut text = format!("after {STEPS} steps             training    others  right\n");
    let panel = |title: &str| Panel::new(title, "step", "cross-entropy").log_y();
    let (mut training, mut unseen) = (panel("Training rows"), panel("Digits never seen"));
    for (name, part, hidden) in runs {
        let course = lesson::train(part, &others, hidden, STEPS)?;
        bar.inc(1);
        let last = STEPS as usize - 1;
        text += &format!(
            "{name:<26} {:9.4} {:9.4}  {:4.1} %\n",
            course.training[last],
            course.others[last],
            100.0 * course.right,
        );
        let curve = |losses: &[f64]| -> Vec<(f64, f64)> {
            (1..).zip(losses).map(|(t, loss)| (f64::from(t), *loss)).collect()
        };
        training = training.line(name, curve(&course.training));
        unseen = unseen.line(name, curve(&course.others));
    }
    bar.finish_and_clear();
    text += "A shifted digit is still that digit, so shifts are rows for nothing: they help most where\n\
             rows are few, and less than as many digits of their own. Fewer units only learn less\n\
             here: what is too small is no cure.";
    Ok(Report { text, panels: vec![training, unseen] })
}
