"""Loss and gradient on the same arrays: gradstep, scikit-learn's Cython, torch's autograd.

    python bench/beside.py [threads]

Prints a table of nanoseconds per element, medians of calls that take turns. All compute the
same sum of losses and its gradient, which is checked before anything is timed. What is not installed
is left out.
"""

import os
import sys
import time

THREADS = int(sys.argv[1]) if len(sys.argv) > 1 else 1
os.environ["RAYON_NUM_THREADS"] = str(THREADS)

import gradstep
import numpy as np

try:
    from sklearn._loss import loss as sk
except ImportError:
    sk = None
try:
    import torch
    import torch.nn.functional as F

    torch.set_num_threads(THREADS)
except ImportError:
    torch = None

SECONDS = 0.3


def with_gradstep(loss, x, y):
    grad = np.empty_like(x)
    return lambda: loss.loss_and_grad(x, y, grad)


def with_sklearn(loss, x, y):
    """`loss` writes the loss of each element, and leaves the sum to others: it is not timed."""
    out, grad = np.empty(len(y), x.dtype), np.empty_like(x)
    y = y.astype(x.dtype)
    return lambda: loss.loss_gradient(y, x, loss_out=out, gradient_out=grad, n_threads=THREADS)


def with_torch(loss, x, y):
    p = torch.from_numpy(x.copy()).requires_grad_()
    y = torch.from_numpy(y)

    def call():
        p.grad = None
        value = loss(p, y, reduction="sum")
        value.backward()
        return value, p.grad

    return call


def cases(dtype):
    rng = np.random.default_rng(0)
    for n in (4096, 1 << 20):
        x = rng.normal(0, 3, n).astype(dtype)
        y = (rng.random(n) < 0.5).astype(dtype)
        yield f"binary cross-entropy of logits, {n}", n, [
            with_gradstep(gradstep.BinaryCrossEntropyWithLogits(reduction="sum"), x, y),
            sk and with_sklearn(sk.HalfBinomialLoss(), x, y),
            torch and with_torch(F.binary_cross_entropy_with_logits, x, y),
        ]
        y = rng.normal(0, 3, n).astype(dtype)
        yield f"Huber, {n}", n, [
            with_gradstep(gradstep.Huber(1.0, reduction="sum"), x, y),
            sk and with_sklearn(sk.HuberLoss(delta=1.0), x, y),
            torch and with_torch(F.huber_loss, x, y),
        ]
        if hasattr(gradstep, "Poisson"):
            y = rng.poisson(2, n).astype(dtype)
            yield f"Poisson, log link, {n}", n, [
                with_gradstep(gradstep.Poisson(reduction="sum"), x, y),
                sk and with_sklearn(sk.HalfPoissonLoss(), x, y),
                torch and with_torch(F.poisson_nll_loss, x, y),
            ]
    for rows, classes in ((16384, 10), (256, 1000)):
        x = rng.normal(0, 3, (rows, classes)).astype(dtype)
        y = rng.integers(0, classes, rows)
        yield f"cross-entropy, {rows} x {classes}", x.size, [
            with_gradstep(gradstep.CrossEntropy(reduction="sum"), x, y),
            sk and with_sklearn(sk.HalfMultinomialLoss(n_classes=classes), x, y),
            torch and with_torch(F.cross_entropy, x, y),
        ]


def check(name, calls, dtype):
    """All compute the same."""
    tolerance = 1e-4 if dtype == np.float32 else 1e-10
    loss, grad = calls[0]()
    for call in calls[1:]:
        if call:
            other_loss, other_grad = (np.asarray(a.detach() if hasattr(a, "detach") else a) for a in call())
            other_loss = other_loss.sum(dtype=np.float64)
            assert abs(other_loss - loss) <= tolerance * abs(loss), (name, loss, other_loss)
            assert np.abs(other_grad - grad).max() <= tolerance * np.abs(grad).max(), name


def median_times(calls):
    times = [[] for _ in calls]
    end = time.perf_counter() + SECONDS * sum(call is not None and call is not False for call in calls)
    while time.perf_counter() < end or len(times[0]) < 5:
        for own, call in zip(times, calls):
            if call:
                start = time.perf_counter()
                call()
                own.append(time.perf_counter() - start)
    return [np.median(own) if own else None for own in times]


def main():
    print(f"| ns per element, {THREADS} thread{'s' * (THREADS > 1)} | gradstep | scikit-learn | torch |")
    print("|---|---|---|---|")
    for dtype in (np.float32, np.float64):
        for name, n, calls in cases(dtype):
            check(name, calls, dtype)
            ours, *others = (t and t * 1e9 / n for t in median_times(calls))
            cells = [f"{t:.2f} ({t / ours:.1f}x)" if t else "" for t in others]
            print(f"| {name}, {dtype.__name__} | {ours:.2f} | {cells[0]} | {cells[1]} |", flush=True)


main()
