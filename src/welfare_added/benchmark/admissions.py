"""The benchmark of admissions: placing applicants, and the best class of a wanted composition."""

from welfare_added.benchmark.comparison import Comparison

# Most applicants with whom each method is timed, and how often in a round: the first run of
# milliseconds is not representative.
MOST = {
    ("placement", "ours"): (1_000_000, 20),
    ("placement", "ours_acceptance"): (1_000_000, 20),
    ("placement", "python_loop"): (150_000, 3),
    ("placement", "matching"): (15_000, 1),
    ("quota", "ours"): (1_000_000, 20),
    ("quota", "highs_linear"): (15_000, 1),
    ("quota", "highs_integer"): (15_000, 1),
}
TOLERANCE = 1e-9  # relative, of values of HiGHS, which are not whole numbers
COMPARISON = Comparison("admissions", "applicants", MOST, TOLERANCE)
