//! What this machine has, and what gradstep chose: `cargo run --example levels`.

use gradstep::Level;

fn main() {
    let best = Level::best();
    println!("{:10} {:8} fused multiply-add", "level", "chosen");
    for level in Level::available() {
        let chosen = if level == best { "yes" } else { "" };
        println!("{:10} {:8} {}", level.name(), chosen, if level.fused() { "yes" } else { "no" });
    }
    match std::env::var("GRADSTEP_MAX_LEVEL") {
        Ok(cap) => println!("GRADSTEP_MAX_LEVEL={cap}"),
        Err(_) => println!("GRADSTEP_MAX_LEVEL is not set"),
    }
}
