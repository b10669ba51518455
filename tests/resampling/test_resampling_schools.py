"""Schools drawn with replacement: which rows, which copies, what stays as it was."""

import numpy as np
import pandas as pd
import pytest

from welfare_added.resampling.quantities import KEY, quantities
from welfare_added.resampling.replications import replicated
from welfare_added.resampling.schools import IDS, resampled, times_drawn
from welfare_added.run.errors import UserError

# School A twice, B not, C once. Teacher u moved from A to C, teacher v from A to B.
STUDENTS = pd.DataFrame(
    {
        "student_id": list("abcdef"),
        "school_id": ["A", "A", "A", "B", "C", "C"],
        "class_id": ["1", "1", "2", "3", "1", "4"],
        "teacher_id": ["u", "u", "v", "v", "u", "w"],
        "ela": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
    }
)


def test_a_worked_example():
    drawn = resampled(STUDENTS, np.array([2, 0, 1]))
    assert drawn["student_id"].tolist() == list("aabbccef")
    assert drawn["ela"].tolist() == [0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.5, 0.6]
    assert drawn["school_id"].tolist() == [0, 1, 0, 1, 0, 1, 4, 4]
    assert drawn["class_id"].tolist() == [0, 1, 0, 1, 2, 3, 0, 6]
    # u of the first copy of A is u of the only copy of C; v has lost B.
    assert drawn["teacher_id"].tolist() == [0, 1, 0, 1, 2, 3, 0, 4]


def test_no_two_copies_share_a_school_or_a_class():
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"school_id": rng.integers(0, 9, 300).astype(str)})
    rows["class_id"] = rows["school_id"] + rng.integers(0, 4, 300).astype(str)
    rows["teacher_id"] = rng.integers(0, 20, 300).astype(str)
    times = np.array([3, 0, 1, 2, 0, 1, 1, 1, 0])
    drawn = resampled(rows, times)
    sizes = rows["school_id"].value_counts().sort_index()
    assert len(drawn) == (sizes.to_numpy() * times).sum()
    assert drawn["school_id"].nunique() == times.sum()
    assert (drawn.groupby("class_id")["school_id"].nunique() == 1).all()
    classes = rows.groupby("school_id")["class_id"].nunique()
    assert drawn["class_id"].nunique() == (classes.to_numpy() * times).sum()


def test_draws_depend_on_seed_and_number_alone_and_are_as_many_as_the_schools():
    draws = np.array([times_drawn(40, 5, number) for number in range(400)])
    assert (draws.sum(axis=1) == 40).all()
    assert (draws[7] == times_drawn(40, 5, 7)).all()
    assert (draws[7] != times_drawn(40, 6, 7)).any() and (draws[7] != draws[8]).any()
    # Every school is as likely as any other: 400 x 40 draws, so counts of 400 with an SD of 19.7.
    counts = draws.sum(axis=0)
    assert abs(counts.mean() - 400) < 1e-9 and np.abs(counts - 400).max() < 4.5 * 19.75
    # With replacement: a school is left out with probability (1 - 1/40)^40.
    missed = (draws == 0).mean()
    assert missed == pytest.approx((1 - 1 / 40) ** 40, abs=0.01)


def test_every_school_once_is_the_district_itself(sample, choices, estimates):
    once = resampled(sample.students, np.ones(sample.students["school_id"].nunique(), dtype=int))
    assert once[IDS[0]].dtype.kind == "i"
    again = quantities(once, choices)
    pd.testing.assert_frame_equal(again[KEY], estimates[KEY])
    np.testing.assert_allclose(again["value"], estimates["value"], rtol=1e-6, atol=1e-7)


def test_every_school_twice_has_the_same_gains_within_schools(sample, choices, estimates):
    """Copies are schools of their own, so no teacher moves between them within schools."""
    schools = sample.students["school_id"].nunique()
    twice = quantities(resampled(sample.students, np.full(schools, 2)), choices)
    both = estimates.merge(twice, on=KEY, suffixes=("", "_twice")).set_index("quantity")
    ratio = (both["value_twice"] / both["value"])[both["scope"] == "school"]
    # Pairs of classes are in another order, which moves c0 and thereby estimates a little.
    assert ratio["gain_mean"].between(0.8, 1.2).all()
    assert ratio["gain_mean"].mean() == pytest.approx(1, abs=0.04)
    assert ratio["break_even_bonus"].mean() == pytest.approx(1, abs=0.06)
    assert ratio["total_per_year"].mean() == pytest.approx(2, abs=0.12)


def test_replications_do_not_depend_on_their_batch(sample, choices):
    together = replicated(sample.students, choices, 3, [0, 1])
    alone = replicated(sample.students, choices, 3, [1])
    second = together[together["replication"] == 1].reset_index(drop=True)
    pd.testing.assert_frame_equal(second, alone)
    first = together[together["replication"] == 0].reset_index(drop=True)
    assert not np.allclose(first["value"], second["value"])


def test_what_cannot_be_replicated_says_why(sample, choices):
    one = sample.students[sample.students["school_id"] == sample.students["school_id"].iloc[0]]
    with pytest.raises(UserError, match="one school"):
        replicated(one, choices, 1, [0])
    one_year = sample.students[sample.students["year"] == sample.students["year"].iloc[0]]
    with pytest.raises(UserError, match=r"replication 4 cannot be estimated.*few schools \(6 here"):
        replicated(one_year, choices, 1, [4])
