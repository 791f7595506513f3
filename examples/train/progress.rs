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

    /// A line above the bar.
    pub(crate) fn warn(&self, text: &str) {
        if self.bar.is_hidden() {
            let _ = io::stderr().write_all(format!("warning: {text}\n").as_bytes());
        } else {
            self.bar.println(format!("warning: {text}"));
        }
    }

    /// Leaves the bar where it is, for what follows to begin on the next line.
    pub(crate) fn end(self) {
        if !self.bar.is_hidden() {
            self.bar.abandon();
            let _ = io::stderr().write_all(b"\n");
        }
    }
}

/// Shows how much of a file has been read, if that takes longer than a blink.
pub(crate) struct Reading {
    bar: ProgressBar,
    begun: Instant,
    shown: Instant,
}

impl Reading {
    pub(crate) fn new() -> Self {
        let style = ProgressStyle::with_template("reading {wide_bar} {percent} %");
        let bar = ProgressBar::new(100);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, begun: Instant::now(), shown: Instant::now() }
    }

    /// The bar moves five times a second; without a terminal there is a line every ten.
    pub(crate) fn tell(&mut self, share: f64) {
        let pause = if self.bar.is_hidden() { 10_000 } else { 200 };
        if self.shown.elapsed() < Duration::from_millis(pause) {
            return;
        }
        self.shown = Instant::now();
        if self.bar.is_hidden() {
            let seconds = self.begun.elapsed().as_secs();
            let line = format!("reading: {:.0} % after {seconds} s\n", 100.0 * share);
            let _ = io::stderr().write_all(line.as_bytes());
        } else {
            self.bar.set_position((100.0 * share) as u64);
        }
    }

    pub(crate) fn end(self) {
        self.bar.finish_and_clear();
    }
}

/// `x` with four digits after the point, or in powers of ten where that would
/// be long or zero.
pub(crate) fn short(x: f64) -> String {
    if x == 0.0 || (1e-3..1e6).contains(&x.abs()) { format!("{x:.4}") } else { format!("{x:.3e}") }
}
