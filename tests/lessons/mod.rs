//! The claims of the lessons under `examples/`, each by its own mathematics.

#![allow(dead_code, reason = "the pictures have more uses")]

#[path = "../../examples/shared/mod.rs"]
mod shared;

mod blurry_mean;
mod choose_lambda;
mod clip_epsilon;
mod decay_factor;
mod exploding_gradients;
mod gradient_descent;
mod lasso_path;
mod loss_shapes;
mod ridge_path;
mod saturation;
mod two_layer_network;
mod zero_condition;
