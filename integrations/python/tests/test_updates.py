"""Updates and proximal operators against their formulas in NumPy's longdouble."""

import gradstep
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from hypothesis.extra import numpy as hnp

BOTH = [np.float32, np.float64]
LD = np.longdouble
STEPS = 5
# Whole arrays are large draws, and take a while on a busy machine.
settings.register_profile(
    "here", deadline=None, max_examples=25,
    suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow],
)
settings.load_profile("here")


def soft(x, lam):
    return np.sign(x) * np.maximum(abs(x) - lam, 0)


def sgd(w, g, s, t):
    return w * (1 - LD("0.01") * LD("0.1")) - LD("0.01") * g


def momentum(w, g, s, t):
    g = g + LD("0.1") * w
    s[0] = g if t == 1 else LD("0.9") * s[0] + LD("0.5") * g
    return w - LD("0.01") * s[0]


def moments(g, s, t):
    s[0] = s[0] + LD("0.1") * (g - s[0])
    s[1] = LD("0.999") * s[1] + LD("0.001") * g * g
    root = np.sqrt(s[1] / (1 - LD("0.999") ** t)) + LD("1e-8")
    return s[0] / (1 - LD("0.9") ** t), root


def adam(w, g, s, t):
    m, root = moments(g + LD("0.1") * w, s, t)
    return w - LD("0.01") * m / root


def adam_w(w, g, s, t):
    m, root = moments(g, s, t)
    return w * (1 - LD("0.01") * LD("0.1")) - LD("0.01") * m / root


def nadam(w, g, s, t):
    mu = lambda t: LD("0.9") * (1 - LD("0.5") * LD("0.96") ** (t * LD("0.004")))
    product = np.prod([mu(i) for i in range(1, t + 1)])
    m, root = moments(g, s, t)
    m = m * (1 - LD("0.9") ** t)
    d = (1 - mu(t)) / (1 - product) * g + mu(t + 1) / (1 - product * mu(t + 1)) * m
    return w - LD("0.01") * d / root


def adagrad(w, g, s, t):
    s[0] = s[0] + g * g
    rate = LD("0.01") / (1 + (t - 1) * LD("0.1"))
    return w - rate * g / (np.sqrt(s[0]) + LD("1e-10"))


def rms_prop(w, g, s, t):
    s[0] = LD("0.99") * s[0] + LD("0.01") * g * g
    s[1] = LD("0.9") * s[1] + g / (np.sqrt(s[0]) + LD("1e-8"))
    return w - LD("0.01") * s[1]


def ftrl(w, g, s, t):
    s[0] = s[0] + g - (np.sqrt(s[1] + g * g) - np.sqrt(s[1])) / LD("0.1") * w
    s[1] = s[1] + g * g
    return -soft(s[0], LD("0.5")) / ((1 + np.sqrt(s[1])) / LD("0.1") + LD("0.2"))


def lion(w, g, s, t):
    u = np.sign(LD("0.9") * s[0] + LD("0.1") * g)
    s[0] = LD("0.99") * s[0] + LD("0.01") * g
    return w - LD("0.01") * (u + LD("0.1") * w)


def prox_sgd(w, g, s, t):
    return soft(w - LD("0.01") * g, LD("0.01") * LD("0.5")) / (1 + LD("0.01") * LD("0.2"))


def prox_adam_w(w, g, s, t):
    m, root = moments(g, s, t)
    return soft(w * (1 - LD("0.01") * LD("0.1")) - LD("0.01") * m / root, LD("0.01") * LD("0.5"))


UPDATES = {
    "sgd": (gradstep.Sgd(0.01, weight_decay=0.1), 0, False, sgd),
    "momentum": (gradstep.SgdMomentum(0.01, 0.9, dampening=0.5, weight_decay=0.1), 1, True, momentum),
    "adam": (gradstep.Adam(0.01, weight_decay=0.1), 2, True, adam),
    "adam_w": (gradstep.AdamW(0.01, weight_decay=0.1), 2, True, adam_w),
    "nadam": (gradstep.Nadam(0.01), 2, True, nadam),
    "adagrad": (gradstep.Adagrad(0.01, learning_rate_decay=0.1), 1, True, adagrad),
    "rms_prop": (gradstep.RmsProp(0.01, momentum=0.9), 2, False, rms_prop),
    "ftrl": (gradstep.Ftrl(0.1, l1=0.5, l2=0.2), 2, False, ftrl),
    "lion": (gradstep.Lion(0.01, weight_decay=0.1), 1, False, lion),
    "prox_sgd": (gradstep.ProxSgd(0.01, l1=0.5, l2=0.2), 0, False, prox_sgd),
    "prox_adam_w": (
        gradstep.ProxAdamW(0.01, l1=0.5, weight_decay=0.1, isotropic=True), 2, True, prox_adam_w,
    ),
}


@pytest.mark.parametrize("dtype", BOTH)
@pytest.mark.parametrize("name", UPDATES)
def test_updates(name, dtype):
    update, states, counts, formula = UPDATES[name]
    # Gradients that round to nothing beside eps are no test of the others.
    numbers = st.floats(-4, 4, width=32).map(float).filter(lambda x: x == 0 or abs(x) > 1e-3)
    shapes = hnp.array_shapes(max_dims=2, max_side=40)
    arrays = shapes.flatmap(lambda s: st.tuples(*(hnp.arrays(dtype, s, elements=numbers) for _ in range(2))))

    @given(arrays)
    def check(arrays):
        w, g = arrays
        state = [np.zeros_like(w) for _ in range(states)]
        exact, exact_state = LD(w), [LD(s) for s in state]
        for t in range(1, STEPS + 1):
            update.step(w, g, *state, *([t] if counts else []))
            exact = formula(exact, LD(g), exact_state, t)
        # A step near a jump (the sign of an average near 0) is excluded by the choice of g.
        largest = np.finfo(dtype).eps * 8 * STEPS
        assert np.all(abs(w - exact) <= largest), (w, exact)
        for ours, theirs in zip(state, exact_state):
            assert np.all(abs(ours - theirs) <= 4 * largest * np.maximum(1, abs(theirs)))

    check()


def test_fista():
    update = gradstep.ProxMomentum(0.1, 0.5, l1=1.0)
    w, y, g = np.array([1.0, 0.05]), np.array([1.0, 0.05]), np.array([2.0, 0.0])
    update.step(w, g, y)
    new = soft(np.array([0.8, 0.05]), 0.1)
    assert np.allclose(w, new) and w[1] == 0
    assert np.allclose(y, new + 0.5 * (new - [1.0, 0.05]))


OPERATORS = {
    "soft_threshold": ((0.75,), lambda x: soft(x, LD(0.75))),
    "nonnegative_soft_threshold": ((0.75,), lambda x: np.maximum(x - LD(0.75), 0)),
    "elastic_net": ((0.75, 0.5), lambda x: soft(x, LD(0.75)) / LD(1.5)),
    "box_constraint": ((-1.0, 2.0), lambda x: np.clip(x, -1, 2)),
    "hard_threshold": ((0.75,), lambda x: np.where(abs(x) > LD(0.75), x, 0)),
}


@pytest.mark.parametrize("dtype", BOTH)
@pytest.mark.parametrize("name", OPERATORS)
def test_proximal_operators(name, dtype):
    parameters, formula = OPERATORS[name]

    @given(hnp.arrays(dtype, hnp.array_shapes(max_side=70), elements=st.floats(-9, 9, width=32).map(float)))
    def check(x):
        exact = formula(LD(x))
        zeros = getattr(gradstep, name)(x, *parameters)
        assert np.all(abs(x - exact) <= np.finfo(dtype).eps * np.maximum(abs(exact), 1))
        assert zeros == np.count_nonzero(x == 0) == np.count_nonzero(exact == 0)
        assert not np.any(np.signbit(x[x == 0]))

    check()


def test_thresholds_of_elements_and_of_groups():
    x, lam = np.array([3.0, -0.5, -2.0]), np.array([1.0, 1.0, 0.5])
    assert gradstep.weighted_soft_threshold(x, lam) == 1
    assert np.array_equal(x, [2, 0, -1.5])
    x = np.array([3.0, 4.0, 0.3, 0.4])
    assert gradstep.group_soft_threshold(x, 1.0, 2) == 2
    assert np.allclose(x, [2.4, 3.2, 0, 0])
