//! The levels of this machine: none that its CPU reports may be missing, and
//! `GRADSTEP_MAX_LEVEL` caps the best one.

use crate::numbers::{Number, bits};
use gradstep::Level;
use gradstep_kernels::sweep::{self, Stream};
use gradstep_kernels::{InOut, Isa, Kernel, Lanes, select};
use std::panic::catch_unwind;
use std::process::Command;

fn names() -> Vec<&'static str> {
    Level::available().map(Level::name).collect()
}

/// What the CPU reports, by the standard library's own detection.
#[cfg(target_arch = "x86_64")]
fn expected() -> Vec<&'static str> {
    use std::is_x86_feature_detected as has;
    let mut levels = Vec::new();
    if has!("avx512f") && has!("avx512vl") && has!("avx512dq") && has!("avx512bw") {
        levels.push("avx512");
    }
    if has!("avx2") && has!("fma") {
        levels.push("avx2");
    }
    levels.extend(["portable", "scalar"]);
    levels
}

#[cfg(not(target_arch = "x86_64"))]
fn expected() -> Vec<&'static str> {
    vec!["portable", "scalar"]
}

/// All levels that there are, best first.
const ALL: [&str; 4] = ["avx512", "avx2", "portable", "scalar"];

/// Says what was tested, so that a log shows what was not.
#[test]
fn no_level_is_missing() {
    let available = names();
    let absent: Vec<_> = ALL.iter().filter(|name| !available.contains(name)).collect();
    let tier = std::env::var("TEST_TIER").unwrap_or_else(|_| "not set".into());
    println!("levels tested: {available:?}; absent on this machine: {absent:?}; TEST_TIER: {tier}");
    assert_eq!(available, expected(), "levels of this machine, best first");
}

/// A tier that names a level is for machines that have it.
#[test]
fn the_tier_has_its_level() {
    if let Ok(tier) = std::env::var("TEST_TIER")
        && ALL.contains(&tier.as_str())
    {
        assert!(names().contains(&tier.as_str()), "TEST_TIER is {tier}, levels are {:?}", names());
    }
}

#[test]
fn fused_levels() {
    for level in Level::available() {
        let fuses = match level.name() {
            "portable" => cfg!(any(
                all(target_arch = "x86_64", target_feature = "fma"),
                all(target_arch = "aarch64", target_feature = "neon")
            )),
            _ => true,
        };
        assert_eq!(level.fused(), fuses, "{level:?}");
        assert_eq!(format!("{level:?}"), level.name());
    }
}

/// Prints the best level: run in a process of its own by the test below.
#[test]
#[ignore = "a helper that other tests start with the environment that they need"]
fn print_the_best_level() {
    println!("best level: {}.", Level::best().name());
}

/// The best level of a process with this environment.
fn best(cap: Option<&str>) -> String {
    let mut command = Command::new(std::env::current_exe().expect("the test binary"));
    command.args(["--exact", "levels::print_the_best_level", "--ignored", "--nocapture"]);
    command.env_remove("GRADSTEP_MAX_LEVEL");
    if let Some(cap) = cap {
        command.env("GRADSTEP_MAX_LEVEL", cap);
    }
    let output = command.output().expect("the test binary runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let name = text.split_once("best level: ").and_then(|(_, rest)| rest.split_once('.'));
    name.unwrap_or_else(|| panic!("no level in {text:?}, {:?}", output.status)).0.to_owned()
}

#[test]
fn the_environment_caps_the_best_level() {
    let available = names();
    for cap in ALL {
        let place = ALL.iter().position(|name| *name == cap);
        let below = ALL.iter().skip(place.unwrap_or(0));
        let expected = below.into_iter().find(|name| available.contains(name));
        assert_eq!(Some(&best(Some(cap)).as_str()), expected, "GRADSTEP_MAX_LEVEL={cap}");
    }
    for unknown in ["", "sse9", "AVX2", "scalar ", "0", "scalar,avx2"] {
        assert_eq!(best(Some(unknown)), available[0], "GRADSTEP_MAX_LEVEL={unknown:?}");
    }
    assert_eq!(best(None), available[0], "GRADSTEP_MAX_LEVEL not set");
}

/// A call runs on the level it was given, whatever the best one is: the portable
/// level's results differ from those of fused levels on plain x86-64.
#[test]
fn a_call_runs_on_the_level_that_it_was_given() {
    use gradstep::{Execution, Reduction, loss::BinaryCrossEntropyWithLogits};
    let logits: Vec<f32> = (0..2000).map(|i| (i - 1000) as f32 * 0.0123).collect();
    let targets = vec![0.0f32; 2000];
    let sums = |execution| {
        let mut out = vec![0.0; 2000];
        let bce = BinaryCrossEntropyWithLogits::new().reduction(Reduction::Sum);
        bce.execution(execution).losses(&logits, &targets, &mut out).expect("losses");
        out
    };
    let of = |level| sums(Execution::new().level(level));
    let scalar = Level::available().last().expect("scalar");
    for level in Level::available() {
        assert_eq!(of(level) == of(scalar), level.fused(), "{level:?}");
    }
    assert_eq!(sums(Execution::new()), of(Level::best()));
    assert_eq!(sums(Execution::default().sequential()), of(Level::best()));
}

/// Powers of 2 by the table of eighths, and 1 where the sign is negative, else 0: in single
/// registers and, where a level has them, in those that are two or four in one.
struct OfPatterns<'a, E, const LONG: bool, const VERY_LONG: bool> {
    x: &'a [E],
    powers: &'a mut [E],
    signs: &'a mut [E],
}

impl<E: Number, const LONG: bool, const VERY_LONG: bool> Kernel
    for OfPatterns<'_, E, LONG, VERY_LONG>
{
    type Out = ();
    const LONG: bool = LONG;
    const VERY_LONG: bool = VERY_LONG;
    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        sweep::map(
            isa,
            self.x,
            (self.powers, self.signs),
            #[inline(always)]
            |x| {
                let sign = select(x.is_negative(), x.splat(E::ONE), x.splat(E::ZERO));
                ((x + E::EIGHTHS_MAGIC).pow2_eighths(), sign)
            },
        );
    }
}

fn patterns<E: Number, const LONG: bool, const VERY_LONG: bool>(
    level: Level,
    x: &[E],
) -> [Vec<E>; 2] {
    let mut out = [vec![E::NAN; x.len()], vec![E::NAN; x.len()]];
    let [powers, signs] = &mut out;
    level.dispatch(OfPatterns::<E, LONG, VERY_LONG> { x, powers, signs });
    out
}

#[test]
fn eighths_and_signs_are_the_same_everywhere() {
    fn check<E: Number>() {
        let mut x: Vec<E> = (-801..=801).map(|k| E::from_f64(f64::from(k) / 8.0)).collect();
        x.extend([E::ZERO, -E::ZERO, E::INFINITY, -E::INFINITY, E::NAN, -E::NAN]);
        for level in Level::available() {
            for [powers, signs] in [
                patterns::<E, false, false>(level, &x),
                patterns::<E, true, false>(level, &x),
                patterns::<E, true, true>(level, &x),
            ] {
                for ((x, power), sign) in x.iter().zip(powers).zip(signs) {
                    let negative = x.to_f64().is_sign_negative();
                    assert_eq!(sign == E::ONE, negative, "{x:?} on {level:?}");
                    let exact = x.to_f64().exp2();
                    if x.finite() {
                        assert_eq!(bits(power), bits(E::from_f64(exact)), "2^{x:?} on {level:?}");
                    }
                }
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

/// Asks for groups of registers of a slice that holds less than one.
struct GroupsThatAreNotThere(usize);

impl Kernel for GroupsThatAreNotThere {
    type Out = ();
    #[inline(always)]
    fn run<I: Isa>(self, _: I) {
        let slice = &mut [0.0f32; 3][..];
        let _ = Stream::<f32, I>::groups(InOut::from(slice), self.0);
    }
}

/// Also where the number of their elements is too large for a `usize`, so that it wraps.
#[test]
fn groups_that_are_not_there_are_refused() {
    for level in Level::available() {
        level.dispatch(GroupsThatAreNotThere(0));
        for count in [1, usize::MAX / 2 + 1, usize::MAX] {
            let refused = catch_unwind(|| level.dispatch(GroupsThatAreNotThere(count)));
            let message = refused.expect_err("a panic").downcast::<&str>().expect("its message");
            assert_eq!(*message, "more groups than there are", "{level:?}, {count}");
        }
    }
}
