//! The picture of coefficients along a penalty.

use super::Panel;

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
