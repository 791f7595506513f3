//! The proximal operators of the catalogue.

macro_rules! listed {
    ($($stem:ident $operator:ident [$E:ident])*) => {$(
        mod $stem {
            use crate::numbers::Number;
            use gradstep_check::catalogue::{$operator, OperatorEntry};

            fn all<E: Number>() -> Vec<$operator<E>> {
                OperatorEntry::all()
            }

            crate::proximal::tests!(all);
        }
    )*};
}
gradstep_check::operators!(listed);
