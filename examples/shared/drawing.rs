//! How panels become an SVG.

use super::super::Outcome;
use super::{COLOURS, LEFT, MARGIN, Mark, Panel, Series, TEXT};
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor;
use std::ops::Range;

const WIDTH: u32 = 1600;
const HEIGHT: u32 = 620;
/// Of a line of the legend.
const LINE: u32 = 36;

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
