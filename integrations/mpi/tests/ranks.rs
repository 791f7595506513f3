//! `mpirun` on this host, with more ranks than cores.

use std::process::{Command, Output};
use std::time::{Duration, Instant};

fn train(ranks: usize, arguments: &[&str]) -> Output {
    let mut command = Command::new("mpirun");
    command.args(["-n", &ranks.to_string(), "--oversubscribe"]);
    // A container's only user is root; Open MPI wants to be told that this is meant.
    command.env("OMPI_ALLOW_RUN_AS_ROOT", "1").env("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
    command.arg(env!("CARGO_BIN_EXE_train")).args(arguments);
    command.output().expect("mpirun: apt-get install openmpi-bin libopenmpi-dev")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn any_number_of_ranks_gives_the_same_bits() {
    let of = |ranks| {
        let output = train(ranks, &["--steps", "100"]);
        assert!(output.status.success(), "{ranks} ranks: {}", text(&output.stderr));
        text(&output.stdout)
    };
    let one = of(1);
    assert!(one.contains("step  100") && one.contains("weights "), "{one}");
    for ranks in [2, 4, 8] {
        assert_eq!(one, of(ranks), "{ranks} ranks");
    }
}

#[test]
fn a_rank_that_dies_ends_the_job() {
    let start = Instant::now();
    let output = train(4, &["--die", "2"]);
    assert!(!output.status.success() && start.elapsed() < Duration::from_secs(30));
    let told = text(&output.stderr);
    assert!(told.contains("rank 2") && told.contains("signal"), "{told}");
}

#[test]
fn a_rank_that_hangs_ends_the_job_after_the_patience() {
    let start = Instant::now();
    let output = train(4, &["--hang", "1", "--patience", "2"]);
    assert_eq!(output.status.code(), Some(gradstep_mpi::ABORTED), "{}", text(&output.stderr));
    assert!(start.elapsed() < Duration::from_secs(30));
    let told = text(&output.stderr);
    assert!(told.contains("no answer from another rank for 2s"), "{told}");
}

#[test]
fn three_ranks_are_refused() {
    let output = train(3, &[]);
    assert!(!output.status.success());
    assert!(text(&output.stderr).contains("3 ranks: must be 1, 2, 4, .. or 16"));
}
