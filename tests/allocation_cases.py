"""Small slots and problems for the tests of this folder."""

import numpy as np
import pandas as pd

from welfare_added.assignment.problem import Problem

ESTIMATES = [f"va_{k}_{s}" for s in ("ela", "math") for k in ("standard", "lower", "higher")]


def make_slots(seed=5, cells=3, size=14, schools=4):
    """A small table of slots with the columns of the contract."""
    rng = np.random.default_rng(seed)
    n = cells * size
    students = rng.integers(12, 35, n)
    base = rng.normal(0, 0.12, n)
    table = pd.DataFrame(
        {
            "slot": np.arange(n),
            "cell": np.repeat(np.arange(cells), size),
            "year": 2003 + np.repeat(np.arange(cells), size),
            "grade": 3,
            "school_id": [f"s{school}" for school in rng.integers(0, schools, n)],
            "class_id": [f"c{i:03d}" for i in range(n)],
            "teacher_id": [f"t{i:03d}" for i in range(n)],
            "students": students,
        }
    )
    for subject in ("ela", "math"):
        lower = rng.binomial(students, rng.uniform(0.1, 0.9, n))
        table[f"lower_{subject}"] = lower
        table[f"higher_{subject}"] = students - lower
    for column in ESTIMATES:
        table[column] = (base + rng.normal(0, 0.08, n)).round(8)  # as value added is kept
    return table


def random_problem(seed, n, k, layers, spread, school):
    """Coarse integer factors, so that ties, equal classes and empty groups abound."""
    rng = np.random.default_rng(seed)
    teachers = rng.integers(-spread, spread + 1, (n, k)) / 8
    classes = rng.integers(0, spread + 1, (layers, n, k)).astype(float)
    classes[:, rng.integers(0, n, n // 2)] = classes[:, rng.integers(0, n, n // 2)]
    classes[rng.integers(0, layers), :, rng.integers(0, k)] = 0
    blocks = rng.integers(0, max(1, n // 3), n) if school else np.zeros(n, dtype=int)
    ties = {0: classes[-1], layers - 1: classes[0]} if seed % 2 else {}
    return Problem(teachers, classes, blocks, ties, name=f"seed {seed}")


def doubled(slots):
    """The same slots with twice as many tested students as there are in the sample."""
    names = [f"{group}_{subject}" for group in ("lower", "higher") for subject in ("ela", "math")]
    counts = {name: 2.0 * slots[name] for name in names}
    return slots.assign(students=2 * slots["students"], sample_students=slots["students"], **counts)
