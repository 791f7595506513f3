//! What was set is told by getters, kept by `owned`, and written and read by serde.

use gradstep::activation::{Relu, Sigmoid, Softplus, Tanh};
use gradstep::loss::{
    BinaryCrossEntropy, BinaryCrossEntropyWithLogits, CrossEntropy, Focal, Gamma, Huber,
    KlDivergence, L1, LogCosh, ModifiedHuber, Mse, Owned, Poisson, Quantile, SmoothL1,
    SquaredHinge, Tweedie,
};
use gradstep::penalty::{GroupPenalty, Penalty};
use gradstep::prox::{
    BoxConstraint, ElasticNet, GroupSoftThreshold, HardThreshold, NonnegativeSoftThreshold,
    SoftThreshold,
};
use gradstep::update::{
    Adagrad, Adam, AdamW, ClipGradNorm, Ftrl, Lion, Nadam, ProxAdamW, ProxMomentum, ProxSgd,
    RmsProp, Sgd, SgdMomentum,
};
use gradstep::{
    Dropout, EmptyMean, Error, Execution, Groups, Level, LogSoftmax, LogSumExp, Reduction, Softmax,
};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;

/// Written and read it is the same, down to every option.
#[track_caller]
fn returns<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: T) {
    let text = serde_json::to_string(&value).expect("can be written");
    let back: T = serde_json::from_str(&text).expect(&text);
    assert_eq!(back, value, "{text}");
}

/// Refused, as the constructor would say it.
#[track_caller]
fn refused<T: DeserializeOwned + Debug>(text: &str, reason: &str) {
    let error = serde_json::from_str::<T>(text).expect_err(text).to_string();
    assert!(error.contains(reason), "{error}");
}

fn run() -> Execution {
    let last = Level::available().last().expect("a level");
    Execution::new().level(last).sequential()
}

#[test]
fn losses() -> Result<(), Error> {
    macro_rules! each {
        ($($loss:expr;)*) => {$(
            returns($loss);
            returns($loss.reduction(Reduction::DivideBy(2.5)).execution(run()));
            returns($loss.weights(&[0.1, 0.2]).owned());
        )*};
    }
    each! {
        Mse::<f32>::new(); L1::<f64>::new(); LogCosh::<f32>::new(); SquaredHinge::<f32>::new();
        ModifiedHuber::<f64>::new(); Gamma::<f32>::new(); KlDivergence::<f64>::new();
        Poisson::<f32>::new(); Poisson::<f64>::new().full();
        SmoothL1::<f32>::new(0.0)?; SmoothL1::<f32>::new(0.1)?; Huber::<f32>::new(0.3)?;
        Tweedie::<f32>::new(1.7)?; Focal::<f32>::new(2.1)?; Focal::<f32>::new(0.1)?.alpha(0.3)?;
        Focal::<f64>::new(0.1)?.alpha(0.0)?;
        BinaryCrossEntropy::<f32>::new(); BinaryCrossEntropy::<f32>::new().clip(1e-5)?;
        Quantile::<f32>::new(0.9)?;
        BinaryCrossEntropyWithLogits::<f64>::new().pos_weight(3.3)?;
    }
    returns(Quantile::of_columns(&[0.1f32, 0.9])?.owned());
    returns(BinaryCrossEntropyWithLogits::new().pos_weights(&[1.0f64, 0.3])?.owned());
    Ok(())
}

#[test]
fn cross_entropy() -> Result<(), Error> {
    let ce = CrossEntropy::<f32>::new(3)?;
    returns(ce);
    let all = ce.label_smoothing(0.1)?.z_loss(1e-4)?.hessian_factor(2.0)?.ignore_index(-100);
    let all = all.reduction(Reduction::Sum).empty_mean(EmptyMean::Zero).execution(run());
    returns(all.logits_stride(5)?.grad_stride(4)?);
    returns(all.positions(7)?);
    returns(all.class_weights(&[0.1, 0.2, 0.3])?.row_weights(&[1.0])?.owned());
    let told = all.class_weights(&[0.1, 0.2, 0.3])?;
    assert_eq!((told.get_classes(), told.get_ignore_index()), (3, Some(-100)));
    assert_eq!(told.get_class_weights(), Some(&[0.1, 0.2, 0.3][..]));
    assert_eq!((told.get_row_weights(), told.get_reduction()), (None, Reduction::Sum));
    assert_eq!((told.get_label_smoothing(), told.get_z_loss()), (0.1, 1e-4));
    Ok(())
}

#[test]
fn operators_penalties_and_rows() -> Result<(), Error> {
    let groups = Groups::of_length(3)?;
    returns(SoftThreshold::<f32>::new(0.1)?.execution(run()));
    returns(NonnegativeSoftThreshold::<f32>::new(0.1)?);
    returns(HardThreshold::<f64>::new(0.1)?);
    returns(ElasticNet::<f32>::new(0.1, 0.3)?);
    returns(BoxConstraint::<f32>::new(-0.1, 0.7)?);
    returns(GroupSoftThreshold::<f32>::new(0.1, groups)?.execution(run()));
    returns(GroupPenalty::new(0.1, groups)?.execution(run()));
    returns(Penalty::new().l1(1e-40)?.l2(0.3)?.execution(run()));
    returns(Dropout::new(0.1)?.seed(u64::MAX).offset(3).execution(run()));
    returns(Softmax::new(3)?.execution(run()));
    returns(LogSoftmax::new(4)?);
    returns(LogSumExp::new(5)?.execution(run()));
    returns(Sigmoid::new().execution(run()));
    returns(Tanh::new());
    returns(Relu::new());
    returns(Softplus::new());
    returns(ClipGradNorm::new(5.0)?.scale_non_finite().execution(run()));

    let net = ElasticNet::<f32>::new(0.1, 0.3)?;
    assert_eq!((net.get_l1(), net.get_l2()), (f64::from(0.1f32), f64::from(0.3f32)));
    let offsets = [0, 2, 3];
    let borrowed = GroupPenalty::new(0.1, Groups::by_offsets(&offsets)?)?;
    let error = serde_json::to_string(&borrowed).expect_err("offsets").to_string();
    assert!(error.contains("`offsets`"), "{error}");
    Ok(())
}

#[test]
fn updates() -> Result<(), Error> {
    returns(Sgd::new(0.1)?.weight_decay(0.2)?.grad_scale(-0.5)?.maximize().execution(run()));
    let momentum = SgdMomentum::new(0.1, 0.9)?.weight_decay(0.2)?.grad_scale(3.0)?.maximize();
    returns(momentum.dampening(0.3)?.decoupled());
    returns(momentum.nesterov()?.execution(run()));
    returns(ProxSgd::new(0.1)?.l1(0.2)?.l2(0.3)?.grad_scale(3.0)?);
    returns(ProxMomentum::new(0.1, 0.9)?.l1(0.2)?.l2(0.3)?.grad_scale(3.0)?);
    returns(Adam::new(0.1)?.betas(0.8, 0.9)?.eps(1e-6)?.weight_decay(0.2)?.maximize());
    returns(AdamW::new(0.1)?.betas(0.8, 0.9)?.eps(1e-6)?.weight_decay(0.0)?.grad_scale(2.0)?);
    let nadam = Nadam::new(0.1)?.momentum_decay(0.2)?.decoupled().betas(0.8, 0.9)?;
    returns(nadam.eps(1e-6)?.weight_decay(0.2)?.grad_scale(3.0)?.maximize());
    returns(Adagrad::new(0.1)?.learning_rate_decay(0.2)?.eps(1e-6)?.weight_decay(0.2)?);
    returns(RmsProp::new(0.1)?.alpha(0.9)?.momentum(0.2)?.centered().eps(1e-6)?);
    returns(Lion::new(0.1)?.betas(0.8, 0.9)?.weight_decay(0.2)?);
    returns(ProxAdamW::new(0.1)?.l1(0.2)?.isotropic().betas(0.8, 0.9)?.weight_decay(0.2)?);
    returns(Ftrl::new(0.1)?.beta(0.2)?.l1(0.3)?.l2(0.4)?.grad_scale(5.0)?.maximize());
    // What is left out is the rule, which AdamW has of its own.
    let read: AdamW = serde_json::from_str(r#"{"learning_rate": 0.1}"#).expect("a rate");
    assert_eq!(read, AdamW::new(0.1)?);
    Ok(())
}

/// What the constructors refuse.
#[test]
fn nothing_comes_in_that_is_refused() {
    refused::<Huber<f32>>(r#"{"delta": 0.0}"#, "`delta` must be finite and > 0");
    refused::<Huber<f32>>(r#"{"delta": 1e39}"#, "`delta` must be finite in the element type");
    refused::<Huber<f32>>(r#"{"delta": 1, "weights": [1]}"#, "unknown field");
    refused::<Huber<f32>>("{}", "missing field `delta`");
    refused::<SoftThreshold<f64>>(r#"{"lambda": -1.0}"#, "`lambda` must be a number >= 0");
    refused::<BoxConstraint<f64>>(r#"{"low": 1, "high": 0}"#, "`high` must be no smaller");
    refused::<GroupPenalty>(r#"{"lambda": 1, "groups": {"length": 0}}"#, "`length` must be");
    refused::<Dropout>(r#"{"p": 1.5, "seed": 0, "offset": 0}"#, "`p` must be from 0 to 1");
    refused::<Softmax>(r#"{"classes": 0}"#, "`classes` must be at least 1");
    refused::<Sgd>(r#"{"learning_rate": -1}"#, "`learning_rate` must be");
    refused::<Adam>(r#"{"learning_rate": 1, "beta2": 1}"#, "`beta2` must be >= 0 and < 1");
    let both = r#"{"learning_rate": 1, "momentum": 0, "nesterov": true}"#;
    refused::<SgdMomentum>(both, "`nesterov` can't be combined");
    refused::<CrossEntropy<f32>>(r#"{"classes": 3, "logits_stride": 2}"#, "`logits_stride` must");
    refused::<Execution>(r#"{"level": "abacus"}"#, "`level` can't be combined");

    refused::<Owned<CrossEntropy<f32>>>(
        r#"{"loss": {"classes": 2}, "weights": null, "columns": [1, -1]}"#,
        "`class_weights[1]` must be",
    );
    refused::<Owned<Quantile<f32>>>(
        r#"{"loss": {"quantile": 0.5}, "weights": null, "columns": [0.5, 1e-50]}"#,
        "`quantiles[1]` must be above 0 and below 1",
    );
    refused::<Owned<Mse<f32>>>(
        r#"{"loss": {}, "weights": null, "columns": [1.0]}"#,
        "no parameter of columns",
    );
    refused::<Owned<Mse<f32>>>(r#"{"loss": {}, "weights": [1e39], "columns": null}"#, "finite");
}

/// Borrowed weights are not written silently away.
#[test]
fn borrowed_weights_are_written_by_owned_alone() {
    let weighted = Mse::new().weights(&[1.0f32]);
    let error = serde_json::to_string(&weighted).expect_err("weights").to_string();
    assert!(error.contains("`weights`"), "{error}");
    assert_eq!(weighted.get_weights(), Some(&[1.0][..]));
    assert_eq!(weighted.get_reduction(), Reduction::Mean);
    assert_ne!(weighted, Mse::new());
    let ce = CrossEntropy::new(1).and_then(|ce| ce.row_weights(&[1.0f32])).expect("weights");
    assert!(serde_json::to_string(&ce).is_err());
}

/// A struct keeps it, and each call gets the loss with the weights.
#[test]
fn a_struct_keeps_a_loss_with_weights() -> Result<(), Error> {
    struct Model {
        loss: Owned<Quantile<'static, f64>>,
    }
    let model = {
        let quantiles = vec![0.25, 0.75];
        Model { loss: Quantile::of_columns(&quantiles)?.reduction(Reduction::Sum).owned() }
    };
    let mut grad = [0.0; 4];
    model.loss.get().loss_and_grad(&[1.0, 1.0, 3.0, 3.0], &[2.0; 4], &mut grad)?;
    assert_eq!(grad, [-0.25, -0.75, 0.75, 0.25]);
    assert_eq!(model.loss.clone(), model.loss);
    Ok(())
}
