//! The lessons: their mathematics, one module each, and what they share. A picture and
//! a conclusion in words are the example's own.

#[path = "blurry_mean/lesson.rs"]
pub mod blurry_mean;
#[path = "boosting/lesson.rs"]
pub mod boosting;
#[path = "choose_lambda/lesson.rs"]
pub mod choose_lambda;
#[path = "clip_epsilon/lesson.rs"]
pub mod clip_epsilon;
#[path = "decay_factor/lesson.rs"]
pub mod decay_factor;
#[path = "dropout_network/lesson.rs"]
pub mod dropout_network;
#[path = "exploding_gradients/lesson.rs"]
pub mod exploding_gradients;
#[path = "gradient_descent/lesson.rs"]
pub mod gradient_descent;
#[path = "lasso_path/lesson.rs"]
pub mod lasso_path;
#[path = "loss_shapes/lesson.rs"]
pub mod loss_shapes;
#[path = "penalty_contours/lesson.rs"]
pub mod penalty_contours;
#[path = "polynomial_degree/lesson.rs"]
pub mod polynomial_degree;
#[path = "ridge_path/lesson.rs"]
pub mod ridge_path;
#[path = "saturation/lesson.rs"]
pub mod saturation;
pub mod shared;
#[path = "two_layer_network/lesson.rs"]
pub mod two_layer_network;
#[path = "zero_condition/lesson.rs"]
pub mod zero_condition;
