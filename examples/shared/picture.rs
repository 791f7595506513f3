//! Pictures of panels side by side, two or three to a row, as one SVG.
//!
//! Drawn twice as large as a README shows them, because plotters writes whole
//! pixels: curves stay smooth and text readable at half the size.

// The file beside this one, from wherever this one is taken.
#[path = "drawing.rs"]
mod drawing;

use plotters::prelude::*;
use plotters::style::RGBColor;
use std::ops::Range;

pub use drawing::svg;

const TEXT: i32 = 26;
const MARGIN: u32 = 16;
/// Of the plot, for numbers and the name of the axis.
const LEFT: u32 = 112;

/// Okabe and Ito's colours, told apart by colour-blind readers, and two greys.
const COLOURS: [RGBColor; 8] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(60, 60, 60),
    RGBColor(165, 165, 165),
];
/// For what everything else is compared with, and for what stays behind.
pub const BLACK_LINE: usize = 6;
pub const GREY: usize = 7;

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    Line,
    Dashes,
    Dots,
    /// Columns of this width.
    Columns(f64),
}

struct Series {
    name: String,
    points: Vec<(f64, f64)>,
    mark: Mark,
    colour: usize,
}

impl Series {
    fn colour(&self) -> RGBColor {
        COLOURS[self.colour % COLOURS.len()]
    }

    fn fill(&self) -> ShapeStyle {
        self.colour().mix(0.75).filled()
    }

    /// Its sign and its name: no font is known here, so this is on the safe side.
    fn legend_width(&self) -> u32 {
        76 + self.name.chars().count() as u32 * TEXT as u32 * 5 / 9
    }
}

#[derive(Default)]
struct Axis {
    name: String,
    logarithmic: bool,
    /// `None`: what the points need.
    range: Option<(f64, f64)>,
    /// Names of 0, 1, 2, ... in the place of numbers.
    names: Vec<String>,
}

/// One chart: series, axes, legend.
pub struct Panel {
    title: String,
    x: Axis,
    y: Axis,
    series: Vec<Series>,
    /// Place, text and colour.
    notes: Vec<(f64, f64, String, usize)>,
    /// So many panels share a row.
    across: usize,
}

impl Panel {
    pub fn new(title: &str, x: &str, y: &str) -> Self {
        let axis = |name: &str| Axis { name: name.into(), ..Axis::default() };
        let (x, y, series, notes) = (axis(x), axis(y), Vec::new(), Vec::new());
        Self { title: title.into(), x, y, series, notes, across: 2 }
    }

    fn series(
        mut self,
        name: &str,
        points: impl IntoIterator<Item = (f64, f64)>,
        mark: Mark,
    ) -> Self {
        let colour = self.series.len() % 6;
        self.series.push(Series {
            name: name.into(),
            points: points.into_iter().collect(),
            mark,
            colour,
        });
        self
    }

    /// A curve; an empty name stays out of the legend.
    pub fn line(self, name: &str, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        self.series(name, points, Mark::Line)
    }

    pub fn dashes(self, name: &str, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        self.series(name, points, Mark::Dashes)
    }

    pub fn dots(self, name: &str, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        self.series(name, points, Mark::Dots)
    }

    /// Columns around their `x`, from 0 up or down.
    pub fn columns(
        self,
        name: &str,
        width: f64,
        points: impl IntoIterator<Item = (f64, f64)>,
    ) -> Self {
        self.series(name, points, Mark::Columns(width))
    }

    /// The colour of the last series, by its number.
    pub fn colour(mut self, colour: usize) -> Self {
        if let Some(series) = self.series.last_mut() {
            series.colour = colour;
        }
        self
    }

    /// Text that begins at a point.
    pub fn note(mut self, x: f64, y: f64, text: &str) -> Self {
        self.notes.push((x, y, text.into(), BLACK_LINE));
        self
    }

    /// The same in the colour of the last series.
    pub fn name(mut self, x: f64, y: f64, text: &str) -> Self {
        let colour = self.series.last().map_or(BLACK_LINE, |series| series.colour);
        self.notes.push((x, y, text.into(), colour));
        self
    }

    /// A third of the row instead of a half.
    pub fn narrow(self) -> Self {
        Self { across: 3, ..self }
    }

    pub fn log_x(mut self) -> Self {
        self.x.logarithmic = true;
        self
    }

    pub fn log_y(mut self) -> Self {
        self.y.logarithmic = true;
        self
    }

    pub fn x_range(mut self, low: f64, high: f64) -> Self {
        self.x.range = Some((low, high));
        self
    }

    pub fn y_range(mut self, low: f64, high: f64) -> Self {
        self.y.range = Some((low, high));
        self
    }

    /// Names of `x = 0, 1, 2, ..`.
    pub fn x_names(mut self, names: impl IntoIterator<Item = String>) -> Self {
        self.x.names = names.into_iter().collect();
        self
    }

    /// Names of `y = 0, 1, 2, ..`, from the bottom up.
    pub fn y_names(mut self, names: impl IntoIterator<Item = String>) -> Self {
        self.y.names = names.into_iter().collect();
        self
    }

    /// What stands left of the plot: longer if it is names.
    fn left(&self) -> u32 {
        let longest = self.y.names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        LEFT.max(48 + longest as u32 * TEXT as u32 * 5 / 9)
    }

    /// The series of the legend, as many to a line as have room.
    fn legend(&self, width: u32) -> Vec<Vec<&Series>> {
        let (mut lines, mut used): (Vec<Vec<&Series>>, u32) = (Vec::new(), 0);
        for series in self.series.iter().filter(|series| !series.name.is_empty()) {
            used += series.legend_width();
            match lines.last_mut().filter(|_| used <= width - LEFT - MARGIN) {
                Some(line) => line.push(series),
                None => {
                    lines.push(vec![series]);
                    used = series.legend_width();
                }
            }
        }
        lines
    }
}

impl Axis {
    /// Where `value` stands: its logarithm on a logarithmic axis.
    fn place(&self, value: f64) -> f64 {
        if self.logarithmic { value.log10() } else { value }
    }

    fn limits(&self, values: impl Iterator<Item = f64>) -> Range<f64> {
        if let Some((low, high)) = self.range {
            return self.place(low)..self.place(high);
        }
        let finite = values.map(|value| self.place(value)).filter(|place| place.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), place| {
            (low.min(place), high.max(place))
        });
        let margin = 0.04 * (high - low).max(1e-9);
        low - margin..high + margin
    }

    /// At most so many: only whole powers of ten on a logarithmic axis.
    fn ticks(&self, limits: &Range<f64>) -> usize {
        if !self.names.is_empty() {
            4 * self.names.len()
        } else if self.logarithmic {
            7.min(1 + (limits.end - limits.start) as usize)
        } else {
            7
        }
    }

    fn tick(&self, place: f64) -> String {
        if !self.names.is_empty() {
            let index = place.round();
            let near = (place - index).abs() < 1e-6 && index >= 0.0;
            return self.names.get(index as usize).filter(|_| near).cloned().unwrap_or_default();
        }
        let value = if self.logarithmic { 10f64.powf(place) } else { place };
        let plain = if self.logarithmic { 1e-3..2e3 } else { 1e-3..1e5 };
        if value != 0.0 && !plain.contains(&value.abs()) {
            return format!("{value:.0e}");
        }
        // Digits enough for a tick, no trailing zeros; -0 is 0.
        let text = format!("{:.3}", value + 0.0);
        let text = text.trim_end_matches('0').trim_end_matches('.');
        if text == "-0" { "0".into() } else { text.into() }
    }
}
