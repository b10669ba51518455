"""The benchmark of the market: stable matchings, optima, and reallocation with several seats."""

from welfare_added.benchmark.comparison import Comparison

# Most teachers with whom each method is timed, and how often in a round.
MOST = {
    ("stable", "ours"): (2000, 20),
    ("stable", "ours_seats"): (2000, 20),
    ("stable", "python_loop"): (2000, 3),
    ("stable", "matching"): (500, 1),
    ("best_stable", "ours"): (2000, 20),
    ("best_stable", "highs"): (50, 1),
    ("optimum", "ours"): (2000, 10),
    ("optimum", "scipy"): (2000, 10),
    ("optimum", "lapx"): (2000, 10),
    ("reallocation", "ours"): (2000, 10),
    ("reallocation", "ours_network"): (2000, 10),
    ("reallocation", "scipy"): (2000, 3),
}
TOLERANCE = 1e-6  # relative, of values: scores of our network simplex are rounded to 27 bits
COMPARISON = Comparison("market", "teachers", MOST, TOLERANCE)
