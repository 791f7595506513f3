//! What a framework reads from an update, and the rate that a schedule sets.

use gradstep::Error;
use gradstep::update::{
    Adagrad, Adam, AdamW, Ftrl, Lion, Nadam, ProxAdamW, ProxMomentum, ProxSgd, RmsProp, Sgd,
    SgdMomentum,
};

/// Every option of every update, set to a number of its own, by its name.
#[test]
fn hyper_parameters_are_what_was_set() -> Result<(), Error> {
    let sgd = Sgd::new(0.5)?.weight_decay(0.25)?.grad_scale(-2.0)?.maximize();
    let expected =
        [("learning_rate", 0.5), ("weight_decay", 0.25), ("grad_scale", -2.0), ("maximize", 1.0)];
    assert_eq!(sgd.hyper_parameters().collect::<Vec<_>>(), expected);

    let prox = ProxSgd::new(0.5)?.l1(0.25)?.l2(0.125)?.grad_scale(-2.0)?;
    let expected = [("learning_rate", 0.5), ("l1", 0.25), ("l2", 0.125), ("grad_scale", -2.0)];
    assert_eq!(prox.hyper_parameters().collect::<Vec<_>>(), expected);

    let fista = ProxMomentum::new(0.5, 0.75)?.l1(0.25)?.l2(0.125)?.grad_scale(-2.0)?;
    let all = fista.hyper_parameters().collect::<Vec<_>>();
    assert_eq!(all[..2], [("learning_rate", 0.5), ("momentum", 0.75)]);
    assert_eq!(all[2..], expected[1..]);

    let momentum = SgdMomentum::new(0.5, 0.75)?.dampening(0.25)?.weight_decay(0.125)?;
    let expected = [
        ("learning_rate", 0.5),
        ("momentum", 0.75),
        ("dampening", 0.25),
        ("nesterov", 0.0),
        ("weight_decay", 0.125),
        ("decoupled", 1.0),
        ("grad_scale", 1.0),
        ("maximize", 0.0),
    ];
    assert_eq!(momentum.decoupled().hyper_parameters().collect::<Vec<_>>(), expected);
    let nesterov = SgdMomentum::new(0.5, 0.75)?.nesterov()?.hyper_parameters().collect::<Vec<_>>();
    assert_eq!(nesterov[3], ("nesterov", 1.0));

    let averages = [
        ("beta1", 0.5),
        ("beta2", 0.75),
        ("weight_decay", 0.125),
        ("grad_scale", -2.0),
        ("maximize", 1.0),
    ];
    macro_rules! averages {
        ($($update:expr, $count:literal;)*) => {$(
            let update = $update.betas(0.5, 0.75)?.weight_decay(0.125)?.grad_scale(-2.0)?;
            let all = update.maximize().hyper_parameters().collect::<Vec<_>>();
            assert_eq!(all[0], ("learning_rate", 0.5));
            assert_eq!(all[$count..], averages);
        )*};
    }
    averages! {
        Lion::new(0.5)?, 1;
        Adam::new(0.5)?.eps(0.25)?, 2;
        AdamW::new(0.5)?.eps(0.25)?, 2;
        ProxAdamW::new(0.5)?.eps(0.25)?.l1(0.0625)?.isotropic(), 4;
    }
    assert_eq!(Adam::new(0.5)?.eps(0.25)?.hyper_parameters().nth(1).expect("eps"), ("eps", 0.25));
    assert_eq!(AdamW::new(0.5)?.eps(0.25)?.hyper_parameters().nth(1).expect("eps"), ("eps", 0.25));
    let prox = ProxAdamW::new(0.5)?
        .eps(0.25)?
        .l1(0.0625)?
        .isotropic()
        .hyper_parameters()
        .collect::<Vec<_>>();
    assert_eq!(prox[1..4], [("l1", 0.0625), ("isotropic", 1.0), ("eps", 0.25)]);

    let adagrad = Adagrad::new(0.5)?.learning_rate_decay(0.25)?.eps(0.125)?.weight_decay(0.0625)?;
    let expected = [
        ("learning_rate", 0.5),
        ("learning_rate_decay", 0.25),
        ("eps", 0.125),
        ("weight_decay", 0.0625),
        ("grad_scale", -2.0),
        ("maximize", 1.0),
    ];
    assert_eq!(
        adagrad.grad_scale(-2.0)?.maximize().hyper_parameters().collect::<Vec<_>>(),
        expected
    );

    let rms_prop = RmsProp::new(0.5)?.alpha(0.75)?.momentum(0.25)?.centered().eps(0.125)?;
    let rms_prop = rms_prop.weight_decay(0.0625)?.grad_scale(-2.0)?.maximize();
    let expected = [
        ("learning_rate", 0.5),
        ("alpha", 0.75),
        ("momentum", 0.25),
        ("centered", 1.0),
        ("eps", 0.125),
        ("weight_decay", 0.0625),
        ("grad_scale", -2.0),
        ("maximize", 1.0),
    ];
    assert_eq!(rms_prop.hyper_parameters().collect::<Vec<_>>(), expected);

    let nadam = Nadam::new(0.5)?.momentum_decay(0.25)?.eps(0.125)?.betas(0.75, 0.375)?;
    let nadam = nadam.weight_decay(0.0625)?.decoupled().grad_scale(-2.0)?.maximize();
    let expected = [
        ("learning_rate", 0.5),
        ("momentum_decay", 0.25),
        ("eps", 0.125),
        ("beta1", 0.75),
        ("beta2", 0.375),
        ("weight_decay", 0.0625),
        ("decoupled", 1.0),
        ("grad_scale", -2.0),
        ("maximize", 1.0),
    ];
    assert_eq!(nadam.hyper_parameters().collect::<Vec<_>>(), expected);

    let ftrl = Ftrl::new(0.5)?.beta(0.25)?.l1(0.125)?.l2(0.0625)?.grad_scale(-2.0)?.maximize();
    let expected = [
        ("learning_rate", 0.5),
        ("beta", 0.25),
        ("l1", 0.125),
        ("l2", 0.0625),
        ("grad_scale", -2.0),
        ("maximize", 1.0),
    ];
    assert_eq!(ftrl.hyper_parameters().collect::<Vec<_>>(), expected);
    Ok(())
}

/// Another learning rate changes nothing else, and is checked like the first.
#[test]
fn a_schedule_sets_the_learning_rate_alone() {
    macro_rules! each {
        ($($update:ident($($rest:literal)?);)*) => {$(
            let of = |rate| $update::new(rate $(, $rest)?).and_then(|u| u.grad_scale(0.5));
            let first = of(0.25).expect("options");
            assert_eq!(first.learning_rate(0.125), of(0.125));
            assert_eq!(first.get_learning_rate(), 0.25);
            for bad in [-1.0, f64::NAN, f64::INFINITY] {
                let refused = format!("{:?}", first.learning_rate(bad));
                assert_eq!(refused, format!("{:?}", $update::new(bad $(, $rest)?)));
                assert!(refused.contains("learning_rate"));
            }
        )*};
    }
    each! {
        Sgd(); SgdMomentum(0.9); ProxSgd(); ProxMomentum(0.9);
        Adam(); AdamW(); Lion(); ProxAdamW();
        Adagrad(); RmsProp(); Nadam(); Ftrl();
    }
}
