//! Any bits for one of the proximal operators, those of the catalogue and those of other shapes, on every level.

#![no_main]

gradstep_fuzz::target! {
    prox::operators,
    prox::weighted_soft_threshold,
    regularisers::group_soft_threshold,
}
