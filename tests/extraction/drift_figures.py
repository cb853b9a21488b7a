#!/usr/bin/env python3
"""Prints the reference figures of drift_test.cpp: scipy's Manhattan distance and Wilson interval, and the 99.9 % quantile of the
distance of two samples of one source, by simulation with numpy.

Neither package is a dependency of the project; the figures are from scipy 1.17.1 and numpy 2.4.6.
"""
import numpy
import scipy.spatial.distance
import scipy.stats

print("numpy", numpy.__version__, "scipy", scipy.__version__)

for before, after in [((5000, 5000), (8000, 2000)), ((700, 200, 100, 0), (600, 200, 150, 50))]:
    before, after = numpy.array(before), numpy.array(after)
    distance = scipy.spatial.distance.cityblock(before / before.sum(), after / after.sum()) / 2
    print("distance", before, after, f"{distance:.10f}")

for count, rows in [(0, 1000), (50, 1000), (20, 1000)]:
    # One-sided bounds at 0.999 are two-sided ones at 0.998.
    interval = scipy.stats.binomtest(count, rows).proportion_ci(confidence_level=0.998, method="wilson")
    print("wilson", count, rows, f"{interval.low:.7f} {interval.high:.7f}")

random = numpy.random.default_rng(20261121)
for rows_before, rows_after, shares in [(200, 200, [0.25] * 4), (100, 5000, [0.7, 0.3]), (50000, 50000, [0.4, 0.3, 0.2, 0.1]),
                                        (2000, 1500, [0.9] + [0.01] * 10)]:
    samples = [random.multinomial(rows, shares, size=400_000) / rows for rows in (rows_before, rows_after)]
    distances = numpy.abs(samples[0] - samples[1]).sum(axis=1) / 2
    print("noise", rows_before, rows_after, shares, f"{numpy.quantile(distances, 0.999):.6f}")
