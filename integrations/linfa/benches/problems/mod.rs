//! The problems of the bench and the tests.

use linfa::Dataset;
use ndarray::{Array1, Array2, Axis, Ix1, ShapeBuilder};

/// 442 x 10, columns centred and of variance 1; column after column, as linfa's coordinate
/// descent reads it.
pub(crate) fn diabetes() -> Dataset<f64, f64, Ix1> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/diabetes.csv");
    let text = std::fs::read_to_string(path).expect("the repository's data");
    let numbers = text.lines().skip(1).flat_map(|line| line.split(','));
    let numbers: Vec<f64> = numbers.map(|x| x.parse().expect("a number")).collect();
    let table = Array2::from_shape_vec((numbers.len() / 11, 11), numbers).expect("eleven columns");
    let (x, y) = table.view().split_at(Axis(1), 10);
    dataset(x.to_owned(), y.index_axis(Axis(1), 0).to_owned())
}

/// Normal numbers; 20 of the columns matter.
pub(crate) fn wide(rows: usize, columns: usize) -> Dataset<f64, f64, Ix1> {
    let mut state = 1u64;
    let mut uniform = move || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 40) as f64 / (1u64 << 24) as f64
    };
    // Twelve uniform numbers are nearly a normal one.
    let mut normal = move || (0..12).map(|_| uniform()).sum::<f64>() - 6.0;
    let x = Array2::from_shape_simple_fn((rows, columns), &mut normal);
    let w = Array1::from_shape_fn(columns, |j| if j % (columns / 20) == 0 { 3.0 } else { 0.0 });
    let noise = Array1::from_shape_simple_fn(rows, &mut normal);
    let y = x.dot(&w) + noise;
    dataset(x, y)
}

fn dataset(mut x: Array2<f64>, y: Array1<f64>) -> Dataset<f64, f64, Ix1> {
    for mut column in x.columns_mut() {
        let mean = column.mean().expect("rows");
        column -= mean;
        let deviation = (column.dot(&column) / column.len() as f64).sqrt();
        column /= deviation;
    }
    let mut by_columns = Array2::zeros(x.raw_dim().f());
    by_columns.assign(&x);
    Dataset::new(by_columns, y)
}
