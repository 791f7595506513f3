"""Losses, gradients and Hessians on the same arrays: gradstep, scikit-learn's Cython, torch's autograd.

    python bench/beside.py [threads]

Prints a table of nanoseconds per element: of calls that take turns the fastest of each, which
other programs disturb least. All compute the same numbers, which is checked before anything is timed. What is not installed is left out.
"""

import itertools
import os
import sys
import time
from dataclasses import dataclass

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


def loss_and_grad(case):
    """The sum of the losses and its gradient."""
    x, y = case.x, case.y
    grad = np.empty_like(x)
    yield lambda: (case.ours.loss_and_grad(x, y, grad)[0], grad)
    if sk:
        # It writes the loss of each element, and leaves the sum to others: it is not timed.
        out, g, target = np.empty(len(y), x.dtype), np.empty_like(x), y.astype(x.dtype)
        arrays = dict(loss_out=out, gradient_out=g, n_threads=THREADS)
        yield lambda: case.sklearn.loss_gradient(target, x, **arrays)
    else:
        yield None
    if torch:
        p, t = torch.from_numpy(x.copy()).requires_grad_(), torch.from_numpy(y)

        def call():
            p.grad = None
            value = case.torch(p, t, reduction="sum")
            value.backward()
            return value, p.grad

        yield call


def losses(case):
    """The loss of each element or row."""
    x, y = case.x, case.y
    out = np.empty(len(y), x.dtype)
    yield lambda: (case.ours.losses(x, y, out),)
    if sk:
        own, target = np.empty(len(y), x.dtype), y.astype(x.dtype)
        yield lambda: (case.sklearn.loss(target, x, loss_out=own, n_threads=THREADS),)
    else:
        yield None
    if torch:
        p, t = torch.from_numpy(x), torch.from_numpy(y)

        def call():
            with torch.no_grad():
                return (case.torch(p, t, reduction="none"),)

        yield call


def grad_hess(case):
    """First and second derivatives; torch has none but through its graph, twice."""
    x, y = case.x, case.y
    if x.ndim == 2 and x.shape[1] > 256:
        return  # more classes than gradstep has Hessians for
    grad, hess = np.empty_like(x), np.empty_like(x)
    yield lambda: case.ours.grad_hess(x, y, grad, hess)
    if sk and case.has_hessian:
        g, h, target = np.empty_like(x), np.empty_like(x), y.astype(x.dtype)
        arrays = dict(gradient_out=g, hessian_out=h, n_threads=THREADS)
        yield lambda: case.sklearn.gradient_hessian(target, x, **arrays)


TASKS = {"loss and gradient": loss_and_grad, "losses": losses, "gradient and Hessian": grad_hess}


@dataclass
class Case:
    name: str
    x: np.ndarray
    y: np.ndarray
    ours: object
    sklearn: object
    torch: object
    has_hessian: bool = True


def cases(dtype):
    rng = np.random.default_rng(0)
    for n in (4096, 1 << 20):
        x = rng.normal(0, 3, n).astype(dtype)
        y = (rng.random(n) < 0.5).astype(dtype)
        ours = gradstep.BinaryCrossEntropyWithLogits(reduction="sum")
        theirs = sk and sk.HalfBinomialLoss(), torch and F.binary_cross_entropy_with_logits
        yield Case(f"binary cross-entropy of logits, {n}", x, y, ours, *theirs)
        y = rng.normal(0, 3, n).astype(dtype)
        theirs = sk and sk.HuberLoss(delta=1.0), torch and F.huber_loss
        # scikit-learn has a Hessian of ones for it.
        yield Case(f"Huber, {n}", x, y, gradstep.Huber(1.0, reduction="sum"), *theirs, False)
        y = rng.poisson(2, n).astype(dtype)
        theirs = sk and sk.HalfPoissonLoss(), torch and F.poisson_nll_loss
        yield Case(f"Poisson, log link, {n}", x, y, gradstep.Poisson(reduction="sum"), *theirs)
    for rows, classes in ((16384, 10), (256, 1000)):
        x = rng.normal(0, 3, (rows, classes)).astype(dtype)
        y = rng.integers(0, classes, rows)
        theirs = sk and sk.HalfMultinomialLoss(n_classes=classes), torch and F.cross_entropy
        ours = gradstep.CrossEntropy(reduction="sum")
        yield Case(f"cross-entropy, {rows} x {classes}", x, y, ours, *theirs)


def check(name, calls, dtype):
    """All compute the same: a sum of losses, or numbers of elements."""
    tolerance = 1e-4 if dtype == np.float32 else 1e-10
    array = lambda a: np.asarray(a.detach() if hasattr(a, "detach") else a, np.float64)
    first = [array(a) for a in calls[0]()]
    for call in calls[1:]:
        for ours, theirs in zip(first, map(array, call()) if call else ()):
            theirs = theirs.sum() if ours.ndim == 0 else theirs
            assert np.abs(theirs - ours).max() <= tolerance * np.abs(ours).max(), name


def fastest_times(calls):
    times = [[] for _ in calls]
    end = time.perf_counter() + SECONDS * sum(call is not None and call is not False for call in calls)
    while time.perf_counter() < end or len(times[0]) < 5:
        for own, call in zip(times, calls):
            if call:
                start = time.perf_counter()
                call()
                own.append(time.perf_counter() - start)
    return [min(own) if own else None for own in times]


def main():
    print(f"| ns per element, {THREADS} thread{'s' * (THREADS > 1)} | gradstep | scikit-learn | torch |")
    print("|---|---|---|---|")
    for (task, make), dtype in itertools.product(TASKS.items(), (np.float32, np.float64)):
        for case in cases(dtype):
            calls = list(make(case))
            if not calls:
                continue
            check(case.name, calls, dtype)
            times = [t and t * 1e9 / case.x.size for t in fastest_times(calls)] + [None] * 2
            cells = [f"{t:.2f} ({t / times[0]:.1f}x)" if t else "" for t in times[1:3]]
            name = f"{task}: {case.name}, {dtype.__name__}"
            print(f"| {name} | {times[0]:.2f} | {cells[0]} | {cells[1]} |", flush=True)


main()
