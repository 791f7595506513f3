"""Losses against their formulas in NumPy's longdouble."""

import gradstep
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from hypothesis.extra import numpy as hnp

BOTH = [np.float32, np.float64]
LD = np.longdouble
# Whole arrays are large draws, and take a while on a busy machine.
settings.register_profile(
    "here", deadline=None, max_examples=25,
    suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow],
)
settings.load_profile("here")


def pair(dtype, low=-30.0, high=30.0):
    """Two arrays of one shape."""
    elements = st.floats(low, high, width=32).map(float)
    arrays = lambda shape: st.tuples(*(hnp.arrays(dtype, shape, elements=elements) for _ in range(2)))
    return hnp.array_shapes(min_dims=1, max_dims=3, max_side=40).flatmap(arrays)


def mse(d):
    return d * d, 2 * d


def l1(d):
    return abs(d), np.sign(d)


def log_cosh(d):
    a = abs(d)
    near = np.log1p(2 * np.sinh(np.minimum(a, 1) / 2) ** 2)  # does not cancel
    return np.where(a < 1, near, a + np.log1p(np.exp(-2 * a)) - np.log(LD(2))), np.tanh(d)


def smooth_l1(beta):
    def formula(d):
        inside = abs(d) < beta
        value = np.where(inside, d * d / (2 * beta), abs(d) - LD(beta) / 2)
        return value, np.where(inside, d / beta, np.sign(d))

    return formula


def huber(delta):
    def formula(d):
        inside = abs(d) < delta
        value = np.where(inside, d * d / 2, delta * (abs(d) - LD(delta) / 2))
        return value, np.where(inside, d, delta * np.sign(d))

    return formula


OF_DIFFERENCES = {
    "mse": (gradstep.Mse, {}, mse),
    "l1": (gradstep.L1, {}, l1),
    "log_cosh": (gradstep.LogCosh, {}, log_cosh),
    "smooth_l1": (gradstep.SmoothL1, {"beta": 0.5}, smooth_l1(LD(0.5))),
    "huber": (gradstep.Huber, {"delta": 2.0}, huber(LD(2))),
}


def close(ours, exact, dtype, ulps=8.0, absolute=0.0):
    """Within some units in the last place of the exact value, or `absolute`."""
    ours, exact = np.asarray(ours, LD), np.asarray(exact, LD)
    info = np.finfo(dtype)
    unit = np.maximum(abs(exact), info.tiny) * LD(info.eps)
    wrong = abs(ours - exact) > np.maximum(ulps * unit, absolute)
    assert not wrong.any(), (ours[wrong], exact[wrong])


@pytest.mark.parametrize("dtype", BOTH)
@pytest.mark.parametrize("name", OF_DIFFERENCES)
def test_losses_of_differences(name, dtype):
    new, options, formula = OF_DIFFERENCES[name]

    @given(pair(dtype))
    def check(arrays):
        p, t = arrays
        # The difference that the element type has: what rounds it is no fault of the loss.
        value, slope = formula(LD(p - t))
        loss = new(**options)
        close(loss.losses(p, t), value, dtype)
        close(loss.loss(p, t), value.mean(), dtype, ulps=300)
        mean, grad = loss.loss_and_grad(p, t)
        close(mean, loss.loss(p, t), dtype)
        close(grad, slope / p.size, dtype)
        upstream = np.linspace(-2, 2, p.size, dtype=dtype).reshape(p.shape)
        close(loss.backward(p, t, upstream), LD(upstream) * slope, dtype)
        assert new(reduction="sum", **options).loss(p, t) == pytest.approx(float(value.sum()), rel=1e-4)
        w = abs(t)
        weighted = new(reduction=3.5, **options).loss(p, t, weights=w)
        assert weighted == pytest.approx(float((value * w).sum() / 3.5), rel=1e-4, abs=1e-30)
        # In place: the same bits.
        kept = p.copy()
        assert loss.loss_and_grad_in_place(kept, t) == mean
        assert np.array_equal(kept, grad)

    check()


@pytest.mark.parametrize("dtype", BOTH)
def test_binary_cross_entropy_with_logits(dtype):
    @given(pair(dtype, -80, 80))
    def check(arrays):
        x, y = arrays[0], (arrays[1] > 0).astype(dtype)
        # Of labels 0 and 1, one exponential: nothing cancels.
        towards = np.where(y == 1, -LD(x), LD(x))
        value = np.maximum(towards, 0) + np.log1p(np.exp(-abs(towards)))
        sigmoid = np.where(towards > 0, 1 / (1 + np.exp(-towards)), np.exp(towards) / (1 + np.exp(towards)))
        slope = np.where(y == 1, -1, 1) * sigmoid
        tiny = np.finfo(dtype).tiny
        bce = gradstep.BinaryCrossEntropyWithLogits()
        close(bce.losses(x, y), value, dtype, absolute=tiny)
        close(bce.loss_and_grad(x, y)[1], slope / x.size, dtype, absolute=tiny)
        weighted = gradstep.BinaryCrossEntropyWithLogits(pos_weight=3.0)
        close(weighted.losses(x, y), np.where(y == 1, 3, 1) * value, dtype, absolute=tiny)

    check()


@pytest.mark.parametrize("dtype", BOTH)
def test_binary_cross_entropy_of_probabilities(dtype):
    @given(pair(dtype, 0, 1))
    def check(arrays):
        p, y = arrays
        with np.errstate(divide="ignore"):
            value = -(LD(y) * np.maximum(np.log(LD(p)), -100) + (1 - LD(y)) * np.maximum(np.log1p(-LD(p)), -100))
        close(gradstep.BinaryCrossEntropy().losses(p, y), value, dtype)

    check()


def logits_and_classes(dtype, targets):
    def of(shape):
        logits = hnp.arrays(dtype, shape, elements=st.floats(-50, 50, width=32).map(float))
        return st.tuples(logits, hnp.arrays(targets, shape[0], elements=st.integers(0, shape[1] - 1)))

    return st.tuples(st.integers(1, 40), st.integers(1, 130)).flatmap(of)


@pytest.mark.parametrize("targets", [np.uint8, np.uint16, np.uint32, np.uint64, np.int32, np.int64])
@pytest.mark.parametrize("dtype", BOTH)
def test_cross_entropy_of_classes(dtype, targets):
    @given(logits_and_classes(dtype, targets), st.floats(0, 1), st.floats(0, 0.1))
    def check(arrays, smoothing, z):
        x, y = arrays
        rows, classes = x.shape
        w = np.linspace(0.5, 2, classes)
        e = np.exp(LD(x) - x.max(1, keepdims=True))
        lse = x.max(1) + np.log(e.sum(1))
        k = w * ((1 - LD(smoothing)) * np.eye(classes, dtype=LD)[y] + LD(smoothing) / classes)
        value = (k * (lse[:, None] - x)).sum(1) + LD(z) * lse**2
        p = e / e.sum(1, keepdims=True)
        slope = p * (k.sum(1, keepdims=True) + 2 * LD(z) * lse[:, None]) - k
        # A logarithm that cancels has the error of its larger term.
        unit = LD(np.finfo(dtype).eps) * 200
        ce = gradstep.CrossEntropy(class_weights=w, label_smoothing=smoothing, z_loss=z)
        close(ce.losses(x, y), value, dtype, ulps=64, absolute=unit)
        loss, grad = ce.loss_and_grad(x, y)
        denominator = w[y].sum()
        close(loss, value.sum() / denominator, dtype, ulps=300, absolute=unit)
        close(grad, slope / denominator, dtype, ulps=64, absolute=unit)
        upstream = np.linspace(-1, 1, rows, dtype=dtype)
        close(ce.backward(x, y, upstream), LD(upstream)[:, None] * slope, dtype, 64, absolute=unit)
        kept = x.copy()
        assert ce.loss_and_grad_in_place(kept, y) == loss
        assert np.array_equal(kept, grad)
        # The same k as probabilities, without weights.
        q = k.astype(dtype)
        by_probabilities = gradstep.CrossEntropy(z_loss=z).losses(x, q)
        close(by_probabilities, value, dtype, ulps=512, absolute=4 * unit)

    check()


def test_cross_entropy_without_options_is_relatively_exact():
    x = np.array([[30.0, 0.0]], np.float32)
    loss, grad = gradstep.CrossEntropy().loss_and_grad(x, np.array([0]))
    exact = np.log1p(np.exp(LD(-30)))
    close(loss, exact, np.float32)
    close(grad, [[-exact, exact]], np.float32)


def test_ignored_rows_are_not_read():
    x = np.array([[0, 0], [np.nan, np.nan]])
    loss, grad = gradstep.CrossEntropy(ignore_index=-100).loss_and_grad(x, np.array([1, -100]))
    assert loss == np.log(2) and np.array_equal(grad, [[0.5, -0.5], [0, 0]])
    none = np.array([-100, -100])
    assert np.isnan(gradstep.CrossEntropy(ignore_index=-100).loss(x, none))
    assert gradstep.CrossEntropy(ignore_index=-100, empty_mean="zero").loss(x, none) == 0
    with pytest.raises(ValueError, match="the mean of no elements does not exist"):
        gradstep.CrossEntropy(ignore_index=-100, empty_mean="error").loss(x, none)


def test_more_axes():
    x = np.random.default_rng(1).normal(size=(3, 4, 5))
    y = np.arange(12).reshape(3, 4) % 5
    ce = gradstep.CrossEntropy()
    assert ce.losses(x, y).shape == (3, 4)
    assert ce.loss(x, y) == ce.loss(x.reshape(12, 5), y.ravel())


# Value, first and second derivative, and targets from numbers in -4..4.
TWICE = {
    "mse": (gradstep.Mse(), lambda x, y: ((x - y) ** 2, 2 * (x - y), 2 + 0 * x), lambda y: y),
    "log_cosh": (
        gradstep.LogCosh(),
        lambda x, y: (*log_cosh(x - y), 1 / np.cosh(x - y) ** 2),
        lambda y: y,
    ),
    "bce": (
        gradstep.BinaryCrossEntropyWithLogits(),
        lambda x, y: (
            np.log1p(np.exp(x)) - y * x, 1 / (1 + np.exp(-x)) - y, 1 / (2 + np.exp(x) + np.exp(-x)),
        ),
        lambda y: (y > 0).astype(y.dtype),
    ),
    "squared_hinge": (
        gradstep.SquaredHinge(),
        lambda x, y: (
            np.maximum(1 - y * x, 0) ** 2, -2 * y * np.maximum(1 - y * x, 0), 2.0 * (y * x < 1),
        ),
        lambda y: np.where(y > 0, 1, -1).astype(y.dtype),
    ),
    "poisson": (
        gradstep.Poisson(),
        lambda x, y: (np.exp(x) - y * x, np.exp(x) - y, np.exp(x)),
        lambda y: np.floor(abs(y)),
    ),
    "gamma": (
        gradstep.Gamma(),
        lambda x, y: (x + y * np.exp(-x), 1 - y * np.exp(-x), y * np.exp(-x)),
        lambda y: abs(y) + 1,
    ),
    "tweedie": (
        gradstep.Tweedie(1.5),
        lambda x, y: (
            2 * y * np.exp(-x / 2) + 2 * np.exp(x / 2),
            np.exp(x / 2) - y * np.exp(-x / 2),
            (np.exp(x / 2) + y * np.exp(-x / 2)) / 2,
        ),
        lambda y: abs(y),
    ),
}


@pytest.mark.parametrize("dtype", BOTH)
@pytest.mark.parametrize("name", TWICE)
def test_second_derivatives(name, dtype):
    loss, formula, targets = TWICE[name]

    @given(pair(dtype, -4, 4))
    def check(arrays):
        x, y = arrays[0], targets(arrays[1])
        value, slope, curvature = formula(LD(x), LD(y))
        # Differences have the error of their larger term, which is below 200.
        unit = 64 * LD(np.finfo(dtype).eps)
        mean, grad, hess = loss.loss_grad_hess(x, y)
        assert abs(mean - value.mean()) <= 32 * unit * max(1, abs(value).max())
        assert np.all(abs(grad - slope) <= unit * np.maximum(1, abs(slope)) + 200 * LD(np.finfo(dtype).eps))
        # A kink may fall on either side.
        wrong = abs(hess - curvature) > unit * np.maximum(1, abs(curvature))
        assert not np.any(wrong) or name == "squared_hinge" and np.all(abs(1 - y * x)[wrong] < 1e-6)
        for other, same in zip(loss.grad_hess(x, y), (grad, hess)):
            assert np.array_equal(other, same)
        weight, response = loss.irls(x, y)
        flat = hess == 0
        assert np.array_equal(weight[~flat], hess[~flat])
        assert np.array_equal(response[~flat], (x - grad / np.where(flat, 1, hess))[~flat])

    check()


def test_what_has_no_second_derivative_says_so():
    x = np.ones(3)
    for loss in (gradstep.L1(), gradstep.Quantile(0.3), gradstep.Focal(), gradstep.KlDivergence()):
        with pytest.raises(ValueError, match="has no second derivative"):
            loss.loss_grad_hess(x, x)


def test_other_losses():
    x, y = np.array([0.5, -2.0]), np.array([1.0, 0.0])
    assert np.allclose(gradstep.Quantile(0.3).losses(x, np.zeros(2)), [0.35, 0.6])
    p = 1 / (1 + np.exp(-np.where(y == 1, x, -x)))
    assert np.allclose(gradstep.Focal(2.0, alpha=0.25).losses(x, y), [0.25, 0.75] * (1 - p) ** 2 * -np.log(p))
    q = np.array([0.25, 0.75])
    assert np.allclose(gradstep.KlDivergence().losses(np.log([0.5, 0.5]), q), q * np.log(q / 0.5))
    assert np.allclose(gradstep.ModifiedHuber().losses(np.array([-2.0, 0.5]), np.ones(2)), [8, 0.25])


def test_hessians_of_softmax():
    rng = np.random.default_rng(1)
    x, y = rng.normal(0, 3, (50, 7)), rng.integers(0, 7, 50)
    p = np.exp(LD(x) - LD(x).max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    for targets in (y, y.astype(np.uint8)):
        grad, hess = gradstep.CrossEntropy().grad_hess(x, targets, hessian_factor=1.25)
        assert np.allclose(np.float64(grad - (p - np.eye(7)[y])), 0, atol=1e-15)
        assert np.allclose(np.float64(hess / (1.25 * p * (1 - p))), 1, atol=1e-13)


def test_the_lasso():
    rng = np.random.default_rng(2)
    x = np.asfortranarray(rng.normal(size=(60, 8)))
    y = x @ [2.0, 0, 0, -1, 0, 0, 0, 0.5] + rng.normal(size=60)
    for dtype in BOTH:
        columns, target = np.ascontiguousarray(x.T, dtype), y.astype(dtype)
        norms, w, residual = gradstep.squared_norms(columns), np.zeros(8, dtype), target.copy()
        assert np.allclose(norms, (x * x).sum(0))
        penalty = gradstep.Penalty(l1=0.3)
        while penalty.coordinate_descent(columns, norms, 60.0, w, residual) > 1e-6:
            while penalty.coordinate_descent(columns, norms, 60.0, w, residual, nonzero_only=True) > 1e-6:
                pass
        gap = penalty.duality_gap(w, residual, columns @ residual, target, 60.0)
        assert abs(gap) < 1e-5 and 0 < np.count_nonzero(w) < 8
        assert np.allclose(residual, y - x @ w, atol=1e-4)
