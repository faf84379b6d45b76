"""Medians with intervals of confidence.

What is resampled is the ratios of whole alternations: what disturbs a machine disturbs the engines of
one alternation alike, and the rounds within a process are not independent of each other. Intervals are
percentile bootstraps of 95 %, with a fixed seed: the same samples give the same interval. With five
alternations or fewer they come close to the range of the samples, which is what so few can tell.
"""

import math
import random
import statistics

RESAMPLES = 2000
CONFIDENCE = 0.95


def geomean(values):
    return math.exp(sum(map(math.log, values)) / len(values)) if values else None


def median_interval(values, seed):
    """{"median", "low", "high", "samples"} of the median of `values`."""
    source = random.Random(f"linden {seed}")
    medians = [_resampled_median(values, source) for _ in range(RESAMPLES)]
    return _interval(statistics.median(values), medians, len(values))


def geomean_interval(samples, seed):
    """The geometric mean of the medians of several lists of values, each resampled by itself."""
    source = random.Random(f"linden {seed}")
    means = [geomean([_resampled_median(values, source) for values in samples])
             for _ in range(RESAMPLES)]
    return _interval(geomean([statistics.median(values) for values in samples]), means,
                     min(map(len, samples)))


def disjoint(a, b):
    """Whether two intervals have no value in common."""
    return a["high"] < b["low"] or b["high"] < a["low"]


def _resampled_median(values, source):
    return statistics.median(source.choices(values, k=len(values)))


def _interval(middle, resampled, samples):
    resampled.sort()
    outside = (1 - CONFIDENCE) / 2
    last = len(resampled) - 1
    return {"median": middle, "low": resampled[round(outside * last)],
            "high": resampled[round((1 - outside) * last)], "samples": samples}
