//! The losses of the catalogue.

macro_rules! listed {
    ($($stem:ident $loss:ident [$($E:ident)?])*) => {$(
        mod $stem {
            use crate::numbers::Number;
            use gradstep_check::catalogue::{$loss, LossEntry};

            fn all<E: Number>() -> Vec<$loss $(<$E>)?> {
                <$loss $(<$E>)? as LossEntry<E>>::all()
            }

            crate::pointwise::tests!(all);
        }
    )*};
}
gradstep_check::losses!(listed);

macro_rules! curved {
    ($($stem:ident $loss:ident [$($E:ident)?])*) => {
        mod curved {$(
            mod $stem {
                use crate::numbers::Number;
                use gradstep_check::catalogue::{$loss, LossEntry};

                fn all<E: Number>() -> Vec<$loss $(<$E>)?> {
                    <$loss $(<$E>)? as LossEntry<E>>::all()
                }

                crate::pointwise::tests!(curved all);
            }
        )*}
    };
}
gradstep_check::curved_losses!(curved);
