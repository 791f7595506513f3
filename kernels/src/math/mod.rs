//! Exponentials and logarithms on lanes.
