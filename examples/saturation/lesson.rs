//! One sigmoid unit with input 1 and target 0 that starts out badly wrong.

use gradstep::Error;
use gradstep::activation::Sigmoid;
use gradstep::loss::{BinaryCrossEntropyWithLogits, Mse};
use gradstep::update::Sgd;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cost {
    SquaredError,
    CrossEntropy,
}

/// The unit's output before each step, and the slope of the cost along its logit.
pub struct Course {
    pub outputs: Vec<f64>,
    pub slopes: Vec<f64>,
}

/// Trains weight and bias, both `start` at first.
pub fn train(cost: Cost, start: f64, learning_rate: f64, steps: usize) -> Result<Course, Error> {
    let sgd = Sgd::new(learning_rate)?;
    let mut parameters = [start, start]; // weight, bias
    let mut course = Course { outputs: Vec::new(), slopes: Vec::new() };
    for _ in 0..steps {
        let logit = [parameters[0] + parameters[1]];
        let mut output = logit;
        Sigmoid::new().apply(&mut output)?;
        let mut slope = [0.0];
        match cost {
            Cost::SquaredError => {
                let mut upstream = [0.0];
                Mse::new().loss_and_grad(&output, &[0.0], &mut upstream)?;
                Sigmoid::new().backward(&output, &upstream, &mut slope)?;
            }
            Cost::CrossEntropy => {
                BinaryCrossEntropyWithLogits::new().loss_and_grad(&logit, &[0.0], &mut slope)?;
            }
        }
        course.outputs.push(output[0]);
        course.slopes.push(slope[0]);
        sgd.step(&mut parameters, &[slope[0], slope[0]])?; // the input is 1
    }
    Ok(course)
}
