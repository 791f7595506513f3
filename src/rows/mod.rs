//! Functions of rows: softmax, its logarithm, and the logarithm of the sum of exponentials.

mod log_softmax;
mod logsumexp;
mod softmax;

pub use log_softmax::LogSoftmax;
pub use logsumexp::LogSumExp;
pub use softmax::{AnySoftmax, Softmax};
