//! The same losses and gradients as burn's own.

use burn::nn::loss::{
    BinaryCrossEntropyLossConfig, CrossEntropyLossConfig, HuberLossConfig, MseLoss,
    PoissonNllLossConfig, Reduction,
};
use burn::tensor::{Device, Distribution, Int, Tensor, TensorData};
use gradstep_burn::{CrossEntropy, Error, Pointwise};

fn device() -> Device {
    Device::flex().autodiff()
}

/// The loss and its gradient, of a fraction of the loss, so that something comes from above.
fn both<const D: usize>(
    x: &Tensor<D>,
    loss: impl Fn(Tensor<D>) -> Tensor<1>,
) -> (TensorData, TensorData) {
    let x = x.clone().detach().require_grad();
    let loss = loss(x.clone());
    let grads = (loss.clone() * 0.375).backward();
    (loss.into_data(), x.grad(&grads).expect("a gradient").into_data())
}

fn near(ours: &TensorData, theirs: &TensorData) {
    assert_eq!(ours.shape(), theirs.shape());
    let (a, b) = (ours.as_slice::<f32>().expect("f32"), theirs.as_slice::<f32>().expect("f32"));
    let most = b.iter().fold(0.0, |most: f32, x| most.max(x.abs()));
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        assert!((a - b).abs() <= 2e-6 * most, "{i}: {a} and {b}");
    }
}

fn same<const D: usize>(
    x: &Tensor<D>,
    ours: impl Fn(Tensor<D>) -> Result<Tensor<1>, Error>,
    theirs: impl Fn(Tensor<D>) -> Tensor<1>,
) {
    let ours = both(x, |x| ours(x).expect("not refused"));
    let theirs = both(x, theirs);
    near(&ours.0, &theirs.0);
    near(&ours.1, &theirs.1);
}

#[test]
fn pointwise() {
    let device = device();
    let normal = || Tensor::<2>::random([37, 11], Distribution::Normal(0.0, 2.0), &device);
    let (x, y) = (normal(), normal());
    let labels = y.clone().greater_elem(0.0);
    same(
        &x,
        |x| Pointwise::Mse.forward(x, y.clone()),
        |x| MseLoss::new().forward(x, y.clone(), Reduction::Mean),
    );
    let huber = HuberLossConfig::new(0.7).init();
    same(
        &x,
        |x| Pointwise::Huber { delta: 0.7 }.forward(x, y.clone()),
        |x| huber.forward(x, y.clone(), Reduction::Mean),
    );
    let counts = y.clone().abs().round();
    let poisson = PoissonNllLossConfig::new().init();
    same(
        &x,
        |x| Pointwise::Poisson.forward(x, counts.clone()),
        |x| poisson.forward(x, counts.clone(), Reduction::Mean),
    );
    let bce = BinaryCrossEntropyLossConfig::new().with_logits(true).init(&device);
    let pos_weight = 1.0;
    same(
        &x,
        |x| {
            Pointwise::BinaryCrossEntropyWithLogits { pos_weight }
                .forward(x, labels.clone().float())
        },
        |x| bce.forward(x, labels.clone().int()),
    );
}

#[test]
fn cross_entropy() {
    let device = device();
    let x = Tensor::<2>::random([50, 7], Distribution::Normal(0.0, 2.0), &device);
    let classes: Vec<i64> = (0..50).map(|r| r * 31 % 7).collect();
    let y = Tensor::<1, Int>::from_data(TensorData::new(classes, [50]), &device);
    let plain = CrossEntropyLossConfig::new().init(&device);
    same(&x, |x| CrossEntropy::default().forward(x, y.clone()), |x| plain.forward(x, y.clone()));
    let weights = vec![0.5f32, 1.0, 2.0, 0.1, 1.0, 3.0, 0.7];
    let weighted = CrossEntropyLossConfig::new().with_weights(Some(weights.clone())).init(&device);
    let ours = CrossEntropy::default().class_weights(weights.into_iter().map(f64::from).collect());
    same(&x, |x| ours.clone().forward(x, y.clone()), |x| weighted.forward(x, y.clone()));
    let smooth = CrossEntropyLossConfig::new().with_smoothing(Some(0.1)).init(&device);
    same(
        &x,
        |x| CrossEntropy::default().label_smoothing(0.1).forward(x, y.clone()),
        |x| smooth.forward(x, y.clone()),
    );
}

/// A view that is not contiguous, and no gradient asked for.
#[test]
fn views_and_values() {
    let device = device();
    let x = Tensor::<2>::random([9, 6], Distribution::Normal(0.0, 2.0), &device);
    let y = Tensor::<2>::random([6, 9], Distribution::Normal(0.0, 2.0), &device);
    same(
        &x,
        |x| Pointwise::Mse.forward(x.transpose(), y.clone()),
        |x| MseLoss::new().forward(x.transpose(), y.clone(), Reduction::Mean),
    );
    let inner = Tensor::<1>::from_floats([1.0, 3.0], &Device::flex());
    let loss = Pointwise::Mse.forward(inner.clone(), inner.zeros_like()).expect("not refused");
    assert_eq!(loss.into_data().as_slice::<f32>().expect("f32"), [5.0]);
}

#[test]
fn what_is_refused() {
    let device = device();
    let x = Tensor::<2>::zeros([3, 2], &device).require_grad();
    let other = Tensor::<2>::zeros([2, 3], &device);
    let text = Pointwise::Mse.forward(x.clone(), other).unwrap_err().to_string();
    assert!(text.contains("must have the shape [3, 2], not [2, 3]"), "{text}");
    let huber = Pointwise::Huber { delta: -1.0 }.forward(x.clone(), x.clone());
    assert!(huber.unwrap_err().to_string().contains("`delta` must be"));
    let y = Tensor::<1, Int>::from_ints([0, 1, 2], &device);
    let text = CrossEntropy::default().forward(x.clone(), y).unwrap_err().to_string();
    assert!(text.contains('2'), "{text}");
    let y = Tensor::<1, Int>::from_ints([0, 1], &device);
    let text = CrossEntropy::default().forward(x, y).unwrap_err().to_string();
    assert!(text.contains("must have the shape [3], not [2]"), "{text}");
}
