//! A network that learns 100 digits by heart: with more digits, and with the same ones
//! shifted by a pixel.

use crate::shared::matrix::Matrix;
use crate::shared::network::{Network, Part};
use crate::shared::random::Random;
use crate::shared::table::Table;
use gradstep::Error;
use gradstep::update::Adam;

const WIDTH: usize = 8;

/// The first `rows` of a thousand digits to train on, and the others.
pub fn data(rows: usize) -> [Part; 2] {
    let table = Table::digits();
    let order = Random(12).order(table.targets.len());
    let (training, others) = order.split_at(1000);
    [&training[..rows], others].map(|rows| Part::digits(&table, rows))
}

/// Each picture, and the same one pixel up, down, left and right: it still shows what it did.
pub fn with_shifts(part: &Part) -> Part {
    let mut all = Part { x: Matrix::zeros(0, WIDTH * WIDTH), labels: Vec::new() };
    for (down, right) in [(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)] {
        for (picture, label) in part.x.values.chunks_exact(WIDTH * WIDTH).zip(&part.labels) {
            all.x.values.extend(shifted(picture, down, right));
            all.labels.push(*label);
        }
    }
    all.x = Matrix::new(WIDTH * WIDTH, all.x.values);
    all
}

/// What comes in from the border is blank.
pub fn shifted(picture: &[f32], down: isize, right: isize) -> Vec<f32> {
    let mut out = vec![0.0; picture.len()];
    for y in 0..WIDTH {
        for x in 0..WIDTH {
            let from = (y.checked_add_signed(-down), x.checked_add_signed(-right));
            if let (Some(y0), Some(x0)) = from
                && y0 < WIDTH
                && x0 < WIDTH
            {
                out[WIDTH * y + x] = picture[WIDTH * y0 + x0];
            }
        }
    }
    out
}

/// Loss on the training rows and loss and share right on the others, after each step.
pub struct Course {
    pub training: Vec<f64>,
    pub others: Vec<f64>,
    pub right: f64,
}

pub fn train(training: &Part, others: &Part, hidden: usize, steps: u64) -> Result<Course, Error> {
    let adam = Adam::new(1e-2)?;
    let mut network = Network::new(&[WIDTH * WIDTH, hidden, 10], &mut Random(13));
    let mut course = Course { training: Vec::new(), others: Vec::new(), right: 0.0 };
    for t in 1..=steps {
        course.training.push(network.step(training, &adam, 0.0, t)?);
        let (loss, right) = network.evaluate(others)?;
        course.others.push(loss);
        course.right = right;
    }
    Ok(course)
}
