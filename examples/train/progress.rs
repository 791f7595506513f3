//! Shows how training comes along: a bar on a terminal, else a few lines.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// Goes to stderr, so that stdout has the results alone.
pub(crate) struct Progress {
    bar: ProgressBar,
    epochs: u32,
    shown: Instant,
}

impl Progress {
    pub(crate) fn new(epochs: u32) -> Self {
        let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} {msg}");
        let bar = ProgressBar::new(epochs.into());
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, epochs, shown: Instant::now() }
    }

    /// Whether `epoch`, counted from 1, is one to show.
    ///
    /// The bar moves twenty times a second; without a terminal ten lines have to do.
    pub(crate) fn due(&self, epoch: u32) -> bool {
        epoch == self.epochs
            || match self.bar.is_hidden() {
                true => epoch.is_multiple_of(self.epochs.div_ceil(10)),
                false => epoch == 1 || self.shown.elapsed() >= Duration::from_millis(50),
            }
    }

    pub(crate) fn show(&mut self, epoch: u32, loss: f64, accuracy: f64) {
        let message = format!("loss {}, accuracy {:.2} %", short(loss), 100.0 * accuracy);
        if self.bar.is_hidden() {
            let line = format!("epoch {epoch}/{}: {message}\n", self.epochs);
            // A closed stderr is no reason to stop.
            let _ = io::stderr().write_all(line.as_bytes());
        } else {
            self.bar.set_message(message);
            self.bar.set_position(epoch.into());
        }
        self.shown = Instant::now();
    }

    /// Leaves the bar where it is, for what follows to begin on the next line.
    pub(crate) fn end(self) {
        if !self.bar.is_hidden() {
            self.bar.abandon();
            let _ = io::stderr().write_all(b"\n");
        }
    }
}

/// `x` with four digits after the point, or in powers of ten where that would
/// be long or zero.
pub(crate) fn short(x: f64) -> String {
    if x == 0.0 || (1e-3..1e6).contains(&x.abs()) { format!("{x:.4}") } else { format!("{x:.3e}") }
}
