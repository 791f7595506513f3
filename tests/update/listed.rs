//! The updates of the catalogue.

// Proximal steps of plain gradients have no such option.
macro_rules! maximised {
    (ProxSgd [$n:literal]) => {};
    (ProxMomentum [$n:literal]) => {};
    (ProxAdamW [$n:literal]) => { maximised!(@ ProxAdamW [$n] adam.maximize); };
    ($update:ident [$n:literal]) => { maximised!(@ $update [$n] maximize); };
    (@ $update:ident [$n:literal] $($option:ident).+) => {
        fn to_maximise_negates_the_gradient<E: Number>() {
            super::super::to_maximise_negates_the_gradient::<E, $update, $n>(|mut entry| {
                entry.formula.$($option).+ = true;
                entry
            });
        }
        in_both_types! { to_maximise_negates_the_gradient }
    };
}

macro_rules! listed {
    ($($stem:ident $update:ident [$n:literal])*) => {$(
        mod $stem {
            use crate::numbers::Number;
            use crate::update::Elements;
            use gradstep_check::catalogue::{$update, UpdateEntry};

            fn all<E: Number>() -> Vec<Elements<$update, $n>> {
                let all = <$update as UpdateEntry<E, $n>>::all();
                all.into_iter().map(Elements).collect()
            }
            // Parameters change no path through a length.
            fn first<E: Number>() -> Vec<Elements<$update, $n>> {
                vec![Elements(<$update as UpdateEntry<E, $n>>::usual())]
            }
            crate::elementwise::tests!(all, lengths: first);

            fn values<E: Number>() {
                let holds = |one| crate::elementwise::values::<E, _>(one).unwrap();
                all::<E>().into_iter().for_each(holds);
            }
            fn trajectories_keep_close<E: Number>() {
                super::super::trajectories_keep_close::<E, $update, $n>();
            }
            fn lists_agree<E: Number>() {
                for Elements(one) in all::<E>() {
                    crate::update::lists_agree::<E, _, $n>(one).unwrap();
                }
            }
            in_both_types! { values trajectories_keep_close lists_agree }
            maximised!($update [$n]);
        }
    )*};
}
gradstep_check::updates!(listed);
