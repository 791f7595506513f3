//! Two numbers for each level of this machine, which stand for every bit of the results of
//! all operations and options in `f32` and `f64`: `cargo run --example digest`.
//!
//! The first, without exponential and logarithm, is the same on every level of every machine.
//! The second, of all the others, is the same on every level that fuses.
//!
//! `cargo run --example digest -- portable` is for that level alone, as an emulator takes long.

use gradstep::Level;
use gradstep_bits::digest;

fn main() {
    println!("{:10} {:6} {:18} {:18}", "level", "fused", "without exp or ln", "with exp or ln");
    let names: Vec<String> = std::env::args().skip(1).collect();
    let is_asked =
        |level: &Level| names.is_empty() || names.iter().any(|name| name == level.name());
    for level in Level::available().filter(is_asked) {
        let [f32, f64] = [digest::<f32>(level), digest::<f64>(level)];
        // One number for both types, and none in which equal halves cancel.
        let both = |k: usize| f32[k].rotate_left(1) ^ f64[k];
        let fused = if level.fused() { "yes" } else { "no" };
        println!("{:10} {fused:6} {:#018x} {:#018x}", level.name(), both(0), both(1));
    }
    println!("chosen: {}", Level::best().name());
}
