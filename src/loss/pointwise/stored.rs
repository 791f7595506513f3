//! How the losses of one prediction and one target are written and read.

use super::Loss;
use crate::Error;
use crate::loss::owned::unweighted;

impl<E, P> Loss<'_, E, P> {
    /// Itself, unless it has weights: those are not its own.
    pub(in crate::loss) fn unweighted(&self) -> Result<&Self, Error> {
        unweighted(self, self.weights.is_some() || self.columns.is_some())
    }
}

/// A loss as the options of its `formula`, its reduction and how to run. `columns` says which
/// parameters of columns it takes, if it takes any.
macro_rules! stored_loss {
    ($loss:ident, |$formula:ident| { $($option:ident: $type:ty = $get:expr),* } => $make:expr) => {
        $crate::loss::pointwise::stored_loss!(
            $loss, |$formula| { $($option: $type = $get),* } => $make,
            columns |_| Err($crate::Error::Conflict {
                option: "columns",
                reason: "this loss has no parameter of columns",
            })
        );
    };
    (
        $loss:ident, |$formula:ident| { $($option:ident: $type:ty = $get:expr),* } => $make:expr,
        columns |$x:pat_param| $columns:expr
    ) => {
        $crate::settings::stored!([E: Element] $loss<'_, E>, |this| {
            $($option: $type = {
                let $formula = this.formula;
                $get
            },)*
            #[serde(default)]
            reduction: $crate::Reduction = this.unweighted()?.reduction,
            #[serde(default)]
            execution: $crate::Execution = this.execution,
        } => Ok($make.reduction(reduction).execution(execution)));

        impl<E: Element> $crate::loss::owned::Restore for $loss<'static, E> {
            fn check([_, columns]: [Option<&[E]>; 2], _: &Self) -> Result<(), $crate::Error> {
                let check = |$x: &[E]| $columns;
                columns.map_or(Ok(()), check)
            }
        }
    };
}
pub(in crate::loss) use stored_loss;
