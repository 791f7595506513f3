"""The lasso by coordinate descent on the same arrays: gradstep's sweeps and scikit-learn's `Lasso`.

    python bench/lasso.py

Prints a table of milliseconds on one thread: of fits that take turns the fastest of each, which
other programs disturb least. All stop at the same duality gap, and their objectives are compared
before anything is timed.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ[name] = "1"

import time

import gradstep
import numpy as np
from sklearn.linear_model import Lasso

TOLERANCE = 1e-8  # of the mean square of y
SECONDS = 3.0


def problem(rows, features, seed=0):
    """Columns in Fortran order, centred and of variance 1; 20 of them matter."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(features, rows)).T
    x -= x.mean(axis=0)
    x /= x.std(axis=0)
    w = np.where(np.arange(features) % (features // 20) == 0, 3.0, 0.0)
    y = x @ w + rng.normal(size=rows)
    return np.asfortranarray(x), y - y.mean()


def by_gradstep(x, y, l1):
    """Sweeps over all columns, between them over those in use, until the duality gap is small."""
    columns, rows = x.T, len(y)
    penalty = gradstep.Penalty(l1=l1)
    norms = gradstep.squared_norms(columns)
    w, residual = np.zeros(len(columns)), y.copy()
    enough = TOLERANCE * (y @ y) / rows
    while True:
        # Weights in use rest when they move by a share of what all did: more would be for nothing,
        # as all move again.
        rest = 0.03 * penalty.coordinate_descent(columns, norms, rows, w, residual)
        while penalty.coordinate_descent(columns, norms, rows, w, residual, nonzero_only=True) > rest:
            pass
        if penalty.duality_gap(w, residual, columns @ residual, y, rows) <= enough:
            return w


def by_sklearn(x, y, l1):
    model = Lasso(l1, fit_intercept=False, copy_X=False, tol=TOLERANCE, max_iter=100_000)
    return model.fit(x, y).coef_


def objective(x, y, l1, w):
    r = y - x @ w
    return r @ r / (2 * len(y)) + l1 * np.abs(w).sum()


def fastest_times(calls):
    times = [[] for _ in calls]
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        for own, call in zip(times, calls):
            start = time.perf_counter()
            call()
            own.append(time.perf_counter() - start)
    return [min(own) * 1e3 for own in times]


def main():
    print("| rows x columns | l1 | not 0 | gradstep, ms | scikit-learn, ms |")
    print("|---|---|---|---|---|")
    for rows, features in ((1000, 200), (500, 2000)):
        x, y = problem(rows, features)
        for l1 in (0.02, 0.1, 0.5):
            ours, theirs = by_gradstep(x, y, l1), by_sklearn(x, y, l1)
            a, b = (objective(x, y, l1, w) for w in (ours, theirs))
            assert abs(a - b) <= 2 * TOLERANCE * (y @ y) / rows, (a, b)
            here, there = fastest_times([lambda: by_gradstep(x, y, l1), lambda: by_sklearn(x, y, l1)])
            cell = f"{there:.2f} ({there / here:.1f}x)"
            print(f"| {rows} x {features} | {l1} | {np.count_nonzero(ours)} | {here:.2f} | {cell} |", flush=True)


main()
