"""What is refused, with which text, and that nothing was written."""

import threading
import time

import gradstep
import numpy as np
import pytest

F32 = np.zeros(3, np.float32)


def refused(kind, text, call):
    with pytest.raises(kind) as caught:
        call()
    assert text in str(caught.value)


def test_types():
    mse = gradstep.Mse()
    refused(TypeError, "`prediction` must be a NumPy array of float32 or float64, not list", lambda: mse.loss([1.0], F32))
    refused(TypeError, "`prediction` must be a NumPy array of float32 or float64, not int64", lambda: mse.loss(np.arange(3), F32))
    refused(TypeError, "`target` must be a NumPy array of float32, not float64", lambda: mse.loss(F32, np.zeros(3)))
    refused(TypeError, "not float16", lambda: gradstep.soft_threshold(F32.astype(np.float16), 1.0))
    ce = gradstep.CrossEntropy()
    x = np.zeros((3, 2))
    refused(TypeError, "`targets` must be uint8, uint16", lambda: ce.loss(x, np.zeros(3, bool)))
    refused(TypeError, "`targets` must be a NumPy array, not list", lambda: ce.loss(x, [0, 1, 0]))
    refused(TypeError, "float64 as the logits", lambda: ce.loss(x, np.zeros((3, 2), np.float32)))
    big_endian = F32.astype(">f4")
    refused(TypeError, "float32 or float64", lambda: mse.loss(big_endian, F32))


def test_shapes():
    mse = gradstep.Mse()
    refused(ValueError, "`target` must have the shape [3], not [4]", lambda: mse.loss(F32, np.zeros(4, np.float32)))
    refused(ValueError, "`grad` must have the shape [3], not [1, 3]", lambda: mse.loss_and_grad(F32, F32, F32.reshape(1, 3)))
    x = np.zeros((3, 2))
    refused(ValueError, "`targets` must have the shape [3], not [2]", lambda: gradstep.CrossEntropy().loss(x, np.arange(2)))
    refused(ValueError, "`logits` must have an axis of classes", lambda: gradstep.CrossEntropy().loss(np.array(1.0), np.array(0)))
    refused(ValueError, "must have 2 elements, not 3", lambda: gradstep.CrossEntropy(class_weights=[1, 2, 3]).loss(x, np.arange(3) % 2))


def test_strides():
    wide = np.zeros((4, 6))
    mse = gradstep.Mse()
    refused(ValueError, "`prediction` must be C-contiguous; its shape [4, 3] has strides of [48, 16] bytes", lambda: mse.loss(wide[:, ::2], wide[:, ::2]))
    refused(ValueError, "`prediction` must be C-contiguous", lambda: mse.loss(wide.T, wide.T))
    refused(ValueError, "`w` must be C-contiguous", lambda: gradstep.Sgd(0.1).step(wide[:, 0], np.zeros(4)))


def test_memory():
    mse = gradstep.Mse()
    x, y = np.ones(3), np.zeros(3)
    refused(ValueError, "`grad` shares memory with another argument", lambda: mse.loss_and_grad(x, y, x))
    refused(ValueError, "`grad` shares memory with another argument", lambda: mse.loss_and_grad(x, y, y))
    w = np.ones(6)
    refused(ValueError, "shares memory", lambda: gradstep.Sgd(0.1).step(w[:4], w[2:]))
    x.flags.writeable = False
    refused(ValueError, "`x` is read-only", lambda: gradstep.soft_threshold(x, 1.0))
    assert np.array_equal(x, [1, 1, 1]) and np.array_equal(w, np.ones(6))


def test_parameters():
    refused(ValueError, "`beta` must be", lambda: gradstep.SmoothL1(-1.0))
    refused(ValueError, "`reduction` must be 'mean'", lambda: gradstep.Mse(reduction="none"))
    refused(ValueError, "`label_smoothing` must be", lambda: gradstep.CrossEntropy(label_smoothing=2))
    refused(ValueError, "`learning_rate` must be", lambda: gradstep.AdamW(-1.0))
    refused(ValueError, "`empty_mean` must be", lambda: gradstep.CrossEntropy(empty_mean="none"))


def test_a_wrong_class_leaves_everything_as_it_was():
    x, grad = np.ones((2, 3)), np.full((2, 3), 7.0)
    ce = gradstep.CrossEntropy()
    text = "`targets[1]` must be a class below 3, not 3"
    refused(ValueError, text, lambda: ce.loss_and_grad(x, np.array([0, 3]), grad))
    refused(ValueError, text, lambda: ce.loss_and_grad_in_place(x, np.array([0, 3])))
    assert np.all(grad == 7) and np.all(x == 1)


def test_nothing_is_copied():
    import tracemalloc

    x, y, grad = (np.ones(1 << 20) for _ in range(3))
    tracemalloc.start()
    gradstep.Mse().loss_and_grad(x, y, grad)
    gradstep.AdamW().step(x, y, grad, np.ones_like(x), 1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.1 * x.nbytes  # the one array that the test made


def test_others_run_meanwhile():
    """While one thread is in a call, another counts."""
    x, y, grad = (np.ones(1 << 24) for _ in range(3))
    during = []
    done = threading.Event()

    def call():
        for _ in range(20):
            gradstep.BinaryCrossEntropyWithLogits().loss_and_grad(x, y, grad)
        done.set()

    start = time.perf_counter()
    thread = threading.Thread(target=call)
    thread.start()
    while not done.is_set():
        during.append(time.perf_counter())
        time.sleep(1e-3)
    thread.join()
    # Without the release there are 20 moments between calls at most.
    assert len(during) > 40, (len(during), time.perf_counter() - start)


def test_penalties():
    penalty = gradstep.Penalty(l1=1.0)
    refused(ValueError, "`l1` must be", lambda: gradstep.Penalty(l1=-1.0))
    columns, norms, w, r = np.ones((2, 3)), np.ones(2), np.zeros(2), np.ones(3)
    refused(ValueError, "`columns` must have two axes, not the shape [3]", lambda: gradstep.squared_norms(r))
    refused(ValueError, "`columns` must be C-contiguous", lambda: gradstep.squared_norms(np.ones((3, 2)).T))
    sweep = penalty.coordinate_descent
    refused(ValueError, "`w` must have the shape [2], not [3]", lambda: sweep(columns, norms, 3.0, r, r))
    refused(ValueError, "`residual` must have the shape [3], not [2]", lambda: sweep(columns, norms, 3.0, w, np.ones(2)))
    refused(ValueError, "`denominator` must be", lambda: sweep(columns, norms, 0.0, w, r))
    refused(TypeError, "`w` must be a NumPy array of float64, not float32", lambda: sweep(columns, norms, 3.0, F32[:2], r))
    refused(ValueError, "`y` must have the shape [3], not [2]", lambda: penalty.duality_gap(w, r, w, np.ones(2), 3.0))
    assert np.array_equal(w, [0, 0]) and np.array_equal(r, [1, 1, 1])


def test_second_derivatives():
    x = np.zeros(3)
    refused(ValueError, "no second derivative", lambda: gradstep.L1().grad_hess(x, x))
    refused(ValueError, "`weight` must have the shape [3], not [2]", lambda: gradstep.Poisson().irls(x, x, x[:2]))
    ce, logits = gradstep.CrossEntropy(), np.zeros((3, 2))
    refused(TypeError, "int32 or int64, not float64", lambda: ce.grad_hess(logits, logits))
    refused(ValueError, "`hessian_factor` must be", lambda: ce.grad_hess(logits, np.arange(3) % 2, hessian_factor=0.0))


def test_state():
    w, g = np.zeros(3), np.ones(3)
    update = gradstep.RmsProp(0.1, centered=True)
    refused(ValueError, "`v`, then `mean` if centred", lambda: update.step(w, g, np.zeros(3)))
    refused(ValueError, "one to three arrays", lambda: update.step(w, g))
    refused(ValueError, "`state` must have the shape [3], not [2]", lambda: update.step(w, g, np.zeros(3), np.zeros(2)))
    assert not w.any()
