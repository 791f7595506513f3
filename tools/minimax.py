#!/usr/bin/env python3
"""Derives the constants of kernels/src/math/constants.rs and prints them as they
stand there, with the error of each polynomial.

    pip install mpmath && python3 tools/minimax.py

Each polynomial minimises the largest relative error of the function it serves
(Remez exchange in 100 digits). Coefficients are rounded to the element type one
by one, lowest power first; after each rounding the others are fitted again, so
that they absorb it. The printed error is that of the rounded polynomial.
"""

import struct
from textwrap import fill

from mpmath import cos, exp, expm1, fabs, frexp, ldexp, ln, log, log1p, lu_solve, matrix
from mpmath import mp, mpf, nint, pi, sqrt

mp.dps = 100
BITS = {"f32": 24, "f64": 53}


def rounded(x, bits):
    """x to the nearest number of `bits` significant bits."""
    if x == 0:
        return x
    exponent = frexp(x)[1]
    return ldexp(nint(ldexp(x, bits - exponent)), exponent - bits)


def value(p, x):
    total = mpf(0)
    for c in reversed(p):
        total = total * x + c
    return total


def fit(f, weight, points, degree):
    """Coefficients that minimise max |weight * (p - f)| over the points."""
    fs, ws = [f(x) for x in points], [weight(x) for x in points]
    size, count = degree + 2, len(points)
    at = [i * (count - 1) // (size - 1) for i in range(size)]
    for _ in range(40):
        rows, right = matrix(size, size), matrix(size, 1)
        for i, k in enumerate(at):
            for j in range(degree + 1):
                rows[i, j] = points[k] ** j
            rows[i, degree + 1] = (-1) ** i / ws[k]
            right[i] = fs[k]
        solution = lu_solve(rows, right)
        p, level = list(solution)[: degree + 1], fabs(solution[degree + 1])
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
        if len(peaks) < size or max(map(fabs, errors)) < level * (1 + mpf(10) ** -4):
            break
        at = peaks
    return p


def minimax(f, weight, low, high, degree, bits):
    """Rounded coefficients, and the largest |weight * (p - f)|."""
    count = 60 * (degree + 2)
    middle, half = (low + high) / 2, (high - low) / 2
    points = [middle - half * cos(pi * i / count) for i in range(count + 1)]
    # Next to 0 functions here are quotients of two that vanish.
    points = [x for x in points if fabs(x) > mpf(2) ** -12]
    p = []
    for i in range(degree + 1):
        rest = lambda x: (f(x) - value(p, x)) / x**i
        scale = lambda x: fabs(weight(x) * x**i)
        p.append(rounded(fit(rest, scale, points, degree - i)[0], bits))
    return p, max(fabs(weight(x) * (value(p, x) - f(x))) for x in points)


def shortest(x, kind):
    """The shortest decimal that reads back as x."""
    x = float(x)
    for digits in range(1, 18):
        text = f"{x:.{digits - 1}e}"
        back = float(text)
        if kind == "f32":
            back = struct.unpack("f", struct.pack("f", back))[0]
        if back == x:
            mantissa, exponent = text.split("e")
            exponent = int(exponent)
            if -5 < exponent < 3:
                return f"{float(text):.{max(digits - 1 - exponent, 1)}f}"
            return f"{mantissa}e{exponent}"
    raise ValueError(x)


def show(declaration, kind, values):
    """`declaration` with the values in place of @."""
    line = "    " + declaration.replace("@", ", ".join(shortest(v, kind) for v in values))
    if len(line) > 100:
        head, tail = declaration.split("@")
        numbers = ", ".join(shortest(v, kind) for v in values)
        body = fill(numbers, 99, initial_indent=" " * 8, subsequent_indent=" " * 8)
        line = f"    {head}\n{body},\n    {tail}"
    print(line)


def slice_of(name, kind, f, weight, low, high, degree):
    p, error = minimax(f, weight, low, high, degree, BITS[kind])
    print(f"    // Degree {degree}, error 2^{float(log(error, 2)):.1f}.")
    show(f"const {name}: &'static [Self] = &[@];", kind, p)


def exponential(kind, degree, eighth_degree):
    # A little beyond ln 2 / 2, since n is rounded from a rounded product.
    end = ln(2) / 2 * (1 + mpf(2) ** -10)
    f = lambda r: (expm1(r) - r) / r**2
    slice_of("EXP", kind, f, lambda r: r**2 / exp(r), -end, end, degree)
    declaration = "const EXP_EIGHTHS: Option<([Self; 2], &'static [Self])> ="
    if eighth_degree:
        weight = lambda r: r**2 / exp(r)
        p, error = minimax(f, weight, -end / 8, end / 8, eighth_degree, BITS[kind])
        high = rounded(ln(2), BITS[kind])
        parts = [shortest(x, kind) for x in (high, rounded(ln(2) - high, BITS[kind]), *p)]
        print(f"    // Degree {eighth_degree}, error 2^{float(log(error, 2)):.1f}.")
        print(f"    {declaration}")
        print(f"        Some(([{parts[0]}, {parts[1]}], &[{', '.join(parts[2:])}]));")
    else:
        print(f"    {declaration} None;")
    f = lambda r: (expm1(r) - r - r**2 / 2) / r**3
    slice_of("EXP_M1", kind, f, lambda r: fabs(r) ** 3 / exp(r), -end, end, degree)


def logarithm(kind, degree, unit_degree, whole_degree):
    # ln m = 2 s + s z p(z), z = s^2
    def f(z):
        s = sqrt(z)
        return (log1p(s) - log1p(-s) - 2 * s) / (s * z)

    low, weight = mpf(2) ** -11, lambda z: z / 2
    s = (sqrt(mpf(2)) - 1) / (sqrt(mpf(2)) + 1)
    slice_of("LN", kind, f, weight, low, s**2 * (1 + mpf(2) ** -20), degree)
    slice_of("LN_UNIT", kind, f, weight, low, mpf(1) / 25, unit_degree)
    slice_of("LN_1P_UNIT", kind, f, weight, low, mpf(1) / 9, whole_degree)


if __name__ == "__main__":
    for kind, n_bits, exp_degree, eighth_degree, ln_degree, unit_degree, whole_degree in (
        ("f32", 8, 4, 1, 2, 2, 3),
        ("f64", 11, 9, 0, 6, 7, 9),
    ):
        print(kind)
        high = rounded(ln(2), BITS[kind] - n_bits)
        parts = [high, rounded(ln(2) - high, BITS[kind])]
        show("const LN_2: [Self; 2] = [@];", kind, parts)
        exponential(kind, exp_degree, eighth_degree)
        logarithm(kind, ln_degree, unit_degree, whole_degree)
