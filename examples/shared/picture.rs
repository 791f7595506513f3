//! Pictures of panels side by side, two or three to a row, as one SVG.
//!
//! Drawn twice as large as a README shows them, because plotters writes whole
//! pixels: curves stay smooth and text readable at half the size.

use super::Outcome;
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::{RGBColor, text_anchor};
use std::ops::Range;

const WIDTH: u32 = 1600;
const HEIGHT: u32 = 620;
const TEXT: i32 = 26;
const MARGIN: u32 = 16;
/// Of the plot, for numbers and the name of the axis.
const LEFT: u32 = 112;
/// Of a line of the legend.
const LINE: u32 = 36;

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

/// The whole picture.
pub fn svg(panels: &[Panel]) -> Outcome<String> {
    let alike = panels.chunk_by(|a, b| a.across == b.across);
    let rows: Vec<&[Panel]> = alike.flat_map(|panels| panels.chunks(panels[0].across)).collect();
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT * rows.len() as u32))
            .into_drawing_area();
        root.fill(&WHITE)?;
        for (area, row) in root.split_evenly((rows.len(), 1)).iter().zip(rows) {
            let width = WIDTH / row.len() as u32;
            let lines = row.iter().map(|panel| panel.legend(width).len()).max().unwrap_or(0);
            for (area, panel) in area.split_evenly((1, row.len())).iter().zip(row) {
                let (above, area) = area
                    .margin(10, 0, 0, 0)
                    .titled(&panel.title, ("sans-serif", TEXT + 6))?
                    .split_vertically(MARGIN + LINE * lines as u32);
                draw_legend(&above, &panel.legend(width))?;
                draw(&area, panel)?;
            }
        }
        root.present()?;
    }
    Ok(svg)
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

fn draw(area: &Area<'_>, panel: &Panel) -> Outcome<()> {
    let points = || panel.series.iter().flat_map(|series| &series.points);
    let x = panel.x.limits(points().map(|point| point.0));
    let y = panel.y.limits(points().map(|point| point.1));
    let mut chart = ChartBuilder::on(area)
        .margin(MARGIN)
        .margin_top(4)
        .margin_right(36)
        .x_label_area_size(76)
        .y_label_area_size(panel.left())
        .build_cartesian_2d(x.clone(), y.clone())?;
    chart
        .configure_mesh()
        .x_desc(&panel.x.name)
        .y_desc(&panel.y.name)
        .label_style(("sans-serif", TEXT))
        .axis_desc_style(("sans-serif", TEXT))
        .x_labels(panel.x.ticks(&x))
        .y_labels(panel.y.ticks(&y))
        .x_label_formatter(&|place| panel.x.tick(*place))
        .y_label_formatter(&|place| panel.y.tick(*place))
        .max_light_lines(0)
        .bold_line_style(RGBColor(225, 225, 225))
        .draw()?;
    for series in &panel.series {
        draw_series(&mut chart, panel, series, &x, &y)?;
    }
    let style = TextStyle::from(("sans-serif", TEXT).into_font());
    let anchor = text_anchor::Pos::new(text_anchor::HPos::Left, text_anchor::VPos::Center);
    chart.draw_series(panel.notes.iter().map(|(x, y, text, colour)| {
        let style = style.color(&COLOURS[colour % COLOURS.len()]).pos(anchor);
        Text::new(text.clone(), (panel.x.place(*x), panel.y.place(*y)), style)
    }))?;
    Ok(())
}

/// Signs and names of series, above the plot, where no curve is.
fn draw_legend(area: &Area<'_>, lines: &[Vec<&Series>]) -> Outcome<()> {
    let anchor = text_anchor::Pos::new(text_anchor::HPos::Left, text_anchor::VPos::Center);
    let style = TextStyle::from(("sans-serif", TEXT).into_font()).pos(anchor);
    let mut y = (MARGIN + LINE / 2) as i32;
    for line in lines {
        let mut x = (LEFT + MARGIN) as i32;
        for series in line {
            let colour = series.colour();
            let stroke =
                |from, to| PathElement::new(vec![(from, y), (to, y)], colour.stroke_width(4));
            match series.mark {
                Mark::Line => area.draw(&stroke(x, x + 34))?,
                Mark::Dashes => {
                    area.draw(&stroke(x, x + 14))?;
                    area.draw(&stroke(x + 20, x + 34))?;
                }
                Mark::Dots => area.draw(&Circle::new((x + 17, y), 8, colour.filled()))?,
                Mark::Columns(_) => {
                    area.draw(&Rectangle::new([(x, y - 9), (x + 34, y + 9)], series.fill()))?;
                }
            }
            area.draw(&Text::new(series.name.clone(), (x + 44, y), style.clone()))?;
            x += series.legend_width() as i32;
        }
        y += LINE as i32;
    }
    Ok(())
}

fn draw_series(
    chart: &mut Chart<'_, '_>,
    panel: &Panel,
    series: &Series,
    x: &Range<f64>,
    y: &Range<f64>,
) -> Outcome<()> {
    let colour = series.colour();
    let places = series.points.iter().map(|point| (panel.x.place(point.0), panel.y.place(point.1)));
    let inside = |&(px, py): &(f64, f64)| x.contains(&px) && y.contains(&py);
    match series.mark {
        Mark::Line | Mark::Dashes => {
            let style = colour.stroke_width(4);
            for part in clipped(places, x, y) {
                if series.mark == Mark::Line {
                    chart.draw_series(LineSeries::new(part, style))?;
                } else {
                    chart.draw_series(DashedLineSeries::new(part, 14, 10, style))?;
                }
            }
        }
        Mark::Dots => {
            let dots = places.filter(inside).map(|place| Circle::new(place, 8, colour.filled()));
            chart.draw_series(dots)?;
        }
        Mark::Columns(width) => {
            let columns = places.map(|(px, py)| {
                let (low, high) = (py.min(0.0).max(y.start), py.max(0.0).min(y.end));
                Rectangle::new([(px - width / 2.0, low), (px + width / 2.0, high)], series.fill())
            });
            chart.draw_series(columns)?;
        }
    }
    Ok(())
}

/// The parts of a curve inside the axes; plotters would draw over its neighbours.
fn clipped(
    places: impl Iterator<Item = (f64, f64)>,
    x: &Range<f64>,
    y: &Range<f64>,
) -> Vec<Vec<(f64, f64)>> {
    let places: Vec<_> = places.collect();
    let mut parts: Vec<Vec<(f64, f64)>> = Vec::new();
    for pair in places.windows(2) {
        let [from, to] = [pair[0], pair[1]];
        // The shares of the way at which it is inside (Liang and Barsky, 1984).
        let (mut begin, mut end) = (0.0f64, 1.0f64);
        for (at, step, limits) in [(from.0, to.0 - from.0, x), (from.1, to.1 - from.1, y)] {
            let shares = [(limits.start - at) / step, (limits.end - at) / step];
            if step == 0.0 {
                end = if limits.contains(&at) { end } else { -1.0 };
            } else {
                begin = begin.max(shares[0].min(shares[1]));
                end = end.min(shares[0].max(shares[1]));
            }
        }
        let finite = [from.0, from.1, to.0, to.1].iter().all(|place| place.is_finite());
        if !finite || begin > end {
            continue;
        }
        let at = |share: f64| match share {
            1.0 => to, // not what rounding makes of it: parts join where they are equal
            _ => (from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1)),
        };
        match parts.last_mut().filter(|part| begin == 0.0 && part.last() == Some(&from)) {
            Some(part) => part.push(at(end)),
            None => parts.push(vec![at(begin), at(end)]),
        }
    }
    parts
}

/// One curve for each coefficient over the penalty, its name where it ends at the
/// smallest one: a legend of ten could not be told apart.
pub fn names_at_the_end(
    title: &str,
    names: &[String],
    lambdas: &[f64],
    weights: &[Vec<f64>],
) -> Panel {
    let mut panel = Panel::new(title, "lambda", "coefficient").log_x();
    let last = lambdas.len() - 1;
    // A ninth of the axis, which is logarithmic, for the names.
    let beyond = |share: f64| lambdas[last] * (lambdas[last] / lambdas[0]).powf(share);
    let mut ends: Vec<usize> = (0..names.len()).collect();
    ends.sort_by(|&a, &b| weights[last][a].total_cmp(&weights[last][b]));
    let (low, high) = weights
        .iter()
        .flatten()
        .fold((0.0f64, 0.0f64), |(low, high), &w| (low.min(w), high.max(w)));
    // A name needs a 22nd of the height.
    let places: Vec<f64> = ends.iter().map(|&j| weights[last][j]).collect();
    let places = apart(&places, (high - low) / 22.0);
    for (rank, &j) in ends.iter().enumerate() {
        let curve = lambdas.iter().zip(weights).map(|(&lambda, w)| (lambda, w[j]));
        panel = panel.line("", curve).colour(rank).name(beyond(0.105), places[rank], &names[j]);
    }
    panel.x_range(beyond(0.115), lambdas[0])
}

/// Rising places, moved as little as may be (in squares) so that each is `gap` above the one
/// before: neighbours that are too close move apart around their middle.
fn apart(places: &[f64], gap: f64) -> Vec<f64> {
    // Without the gaps, groups of one place each; how many belong to it, and their sum.
    let mut groups: Vec<(usize, f64)> = Vec::new();
    for (i, place) in places.iter().enumerate() {
        let mut group = (1, place - gap * i as f64);
        while let Some(&(count, sum)) = groups.last()
            && sum / count as f64 > group.1 / group.0 as f64
        {
            group = (group.0 + count, group.1 + sum);
            groups.pop();
        }
        groups.push(group);
    }
    let middles =
        groups.iter().flat_map(|&(count, sum)| std::iter::repeat_n(sum / count as f64, count));
    middles.enumerate().map(|(i, middle)| middle + gap * i as f64).collect()
}
