//! The laws, one by one, each for what a trait describes.
//!
//! * [`elementwise`]: for every operation whose elements do not know each other
//! * [`pointwise`]: for losses of one prediction and one target
//! * [`proximal`]: for proximal operators of single elements
//! * [`update`]: for updates

pub mod elementwise;
pub mod pointwise;
pub mod proximal;
pub(crate) mod slope;
pub(crate) mod smallest;
pub mod update;

use crate::{Failure, Outcome};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{
    Config, Reason, RngAlgorithm, TestCaseResult, TestError, TestRng, TestRunner,
};
use std::fmt;

/// Checks a law on the same cases in every run; `PROPTEST_CASES` asks for more. Of a case
/// that breaks it, proptest finds the smallest that does, which the failure prints.
///
/// ```
/// use gradstep_check::laws::law;
/// use proptest::prop_assert;
///
/// let positive = |x: i32| {
///     prop_assert!(x < 40, "{x} is not below 40");
///     Ok(())
/// };
/// let failure = law("numbers are below 40", &(0..1000), positive).unwrap_err();
/// assert!(failure.to_string().ends_with("smallest input: 40"), "{failure}");
/// ```
pub fn law<S: Strategy<Tree: 'static>>(
    name: &'static str,
    strategy: &S,
    holds: impl Fn(S::Value) -> TestCaseResult,
) -> Outcome {
    let boxed = |runner: &mut TestRunner| strategy.new_tree(runner).map(|tree| Box::new(tree) as _);
    holds_for(name, &Cases(&boxed), &holds)
}

/// A strategy without its type: what runs it is compiled once for all cases of one type.
struct Cases<'s, T>(&'s dyn Fn(&mut TestRunner) -> Result<Tree<T>, Reason>);

type Tree<T> = Box<dyn ValueTree<Value = T>>;

impl<T> fmt::Debug for Cases<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cases")
    }
}

impl<T: fmt::Debug> Strategy for Cases<'_, T> {
    type Tree = Tree<T>;
    type Value = T;

    fn new_tree(&self, runner: &mut TestRunner) -> Result<Tree<T>, Reason> {
        (self.0)(runner)
    }
}

fn holds_for<T: fmt::Debug>(
    name: &'static str,
    strategy: &Cases<'_, T>,
    holds: &dyn Fn(T) -> TestCaseResult,
) -> Outcome {
    let config = Config { failure_persistence: None, ..Config::default() };
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(config, random).run(strategy, holds).map_err(|error| match error {
        TestError::Fail(reason, input) => {
            Failure::new(name, format!("{}; smallest input: {input:?}", reason.message()))
        }
        TestError::Abort(reason) => Failure::new(name, reason.message()),
    })
}
