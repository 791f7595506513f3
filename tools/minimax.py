#!/usr/bin/env python3
"""Derives the constants of kernels/src/math/constants.rs.

    pip install mpmath && python3 tools/minimax.py

Each polynomial minimises the largest relative error of the function it serves
(Remez exchange in 100 digits). Coefficients are rounded to the element type one
by one, lowest power first; after each rounding the others are fitted again, so
that they absorb it. The printed error is that of the rounded polynomial.
"""

from mpmath import exp, expm1, fabs, floor, frexp, inf, ldexp, ln, log1p, log, lu_solve, matrix
from mpmath import mp, mpf, nint, sqrt

mp.dps = 100
BITS = {"f32": 24, "f64": 53}


def rounded(x, bits):
    """x to the nearest number of `bits` significant bits."""
    if x == 0:
        return x
    exponent = frexp(x)[1]
    return ldexp(nint(ldexp(x, bits - exponent)), exponent - bits)


def fit(f, weight, points, degree):
    """Coefficients that minimise max |weight * (p - f)| over the points."""
    fs, ws = [f(x) for x in points], [weight(x) for x in points]
    size, count = degree + 2, len(points)
    at = [i * (count - 1) // (size - 1) for i in range(size)]
    for _ in range(40):
        rows = matrix(size, size)
        right = matrix(size, 1)
        for i, k in enumerate(at):
            for j in range(degree + 1):
                rows[i, j] = points[k] ** j
            rows[i, degree + 1] = (-1) ** i / ws[k]
            right[i] = fs[k]
        solution = lu_solve(rows, right)
        p = list(solution)[: degree + 1]
        errors = [w * (value(p, x) - y) for x, y, w in zip(points, fs, ws)]
        # The largest error of each run of one sign.
        peaks = []
        for k, e in enumerate(errors):
            if peaks and (errors[peaks[-1]] < 0) == (e < 0):
                if fabs(e) > fabs(errors[peaks[-1]]):
                    peaks[-1] = k
            else:
                peaks.append(k)
        height = lambda i: fabs(errors[peaks[i]])
        while len(peaks) > size:
            last = len(peaks) - 1
            least = min(range(last + 1), key=height)
            if len(peaks) == size + 1 or least in (0, last):
                peaks.pop(0 if height(0) < height(last) else last)
            else:
                # Two neighbours, so that signs still alternate.
                other = least + (1 if height(least + 1) < height(least - 1) else -1)
                for i in sorted((least, other), reverse=True):
                    peaks.pop(i)
        level = fabs(solution[degree + 1])
        if len(peaks) < size or max(map(fabs, errors)) < level * (1 + mpf(10) ** -4):
            break
        at = peaks
    return p


def value(p, x):
    total = mpf(0)
    for c in reversed(p):
        total = total * x + c
    return total


def minimax(f, weight, low, high, degree, bits):
    """Rounded coefficients, and the largest |weight * (p - f)|."""
    count = 60 * (degree + 2)
    middle, half = (low + high) / 2, (high - low) / 2
    points = [middle - half * mp.cos(mp.pi * i / count) for i in range(count + 1)]
    # Where the weight vanishes, any polynomial is right.
    points = [x for x in points if fabs(x) > mpf(2) ** -12]
    known = []
    for i in range(degree + 1):
        rest = lambda x, i=i, known=tuple(known): (f(x) - value(known, x)) / x**i
        p = fit(rest, lambda x, i=i: fabs(weight(x) * x**i), points, degree - i)
        known.append(rounded(p[0], bits))
    return known, max(fabs(weight(x) * (value(known, x) - f(x))) for x in points)


def shortest(x, kind):
    """Decimal that reads back as exactly x."""
    import struct

    x = float(x)
    for digits in range(1, 18):
        text = f"{x:.{digits - 1}e}"
        back = float(text)
        if kind == "f32":
            back = struct.unpack("f", struct.pack("f", back))[0]
        if back == x:
            mantissa, exponent = text.split("e")
            exponent = int(exponent)
            if -4 <= exponent < 3:
                plain = f"{float(text):.{max(digits - 1 - exponent, 1)}f}"
                return plain
            return f"{mantissa}e{exponent}"
    raise ValueError(x)


def show(name, kind, values):
    print(f"    {kind} {name}: [{', '.join(shortest(v, kind) for v in values)}]")


def polynomial(name, kind, f, weight, low, high, degree):
    p, error = minimax(f, weight, low, high, degree, BITS[kind])
    print(f"{kind} {name}: degree {degree}, error 2^{float(log(error, 2)):.2f}")
    show(name, kind, p)


def split(x, bits, kind):
    """x as a part of `bits` bits and the rest, rounded."""
    high = rounded(x, bits)
    return high, rounded(x - high, BITS[kind])


def exponential(kind, degree):
    # e^r = 1 + r + r^2 q(r); a little beyond ln 2 / 2, since n is rounded from
    # a rounded product.
    end = ln(2) / 2 * (1 + mpf(2) ** -10)
    polynomial("EXP", kind, lambda r: (expm1(r) - r) / r**2, lambda r: r**2 / exp(r), -end, end, degree)
    # e^r = 1 + r + r^2/2 + r^3 q(r), a degree longer for pairs.
    f = lambda r: (expm1(r) - r - r**2 / 2) / r**3
    polynomial("EXP_M1", kind, f, lambda r: fabs(r) ** 3 / exp(r), -end, end, degree)


def logarithm(kind, degree, unit_degree):
    # ln m = 2 s + s z p(z), z = s^2, s = (m - 1)/(m + 1), m in [sqrt(1/2), sqrt 2].
    def f(z):
        s = sqrt(z)
        return (log1p(s) - log1p(-s) - 2 * s) / (s * z)

    s = (sqrt(mpf(2)) - 1) / (sqrt(mpf(2)) + 1)
    polynomial("LN", kind, f, lambda z: z / 2, mpf(2) ** -11, s**2 * (1 + mpf(2) ** -20), degree)
    # The same for m in [3/4, 3/2].
    polynomial("LN_UNIT", kind, f, lambda z: z / 2, mpf(2) ** -11, mpf(1) / 25, unit_degree)


if __name__ == "__main__":
    for kind, exp_degree, ln_degrees, n_bits in (("f32", 4, (2, 2), 8), ("f64", 9, (6, 7), 11)):
        bits = BITS[kind]
        show("LOG2_E", kind, [rounded(1 / ln(2), bits)])
        # Products of the high part with the integers that occur are exact.
        show("LN_2", kind, split(ln(2), bits - n_bits, kind))
        exponential(kind, exp_degree)
        logarithm(kind, *ln_degrees)
