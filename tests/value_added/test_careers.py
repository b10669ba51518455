"""Experience by teacher and year, from records with gaps."""

import numpy as np
import pandas as pd

from welfare_added.value_added.careers import careers_of


def test_experience_is_that_of_the_last_known_year():
    classes = pd.DataFrame(
        {
            "teacher_id": ["a", "a", "b", "c"],
            "year": [2003, 2006, 2004, 2004],
            "school_id": ["y", "x", "x", "z"],
        }
    )
    teachers = pd.DataFrame(
        [("d", 2003, 9), ("a", 2006, 4), ("a", 2003, 2), ("b", 2004, None), ("b", 2006, 1),
         ("c", 2004, None)],
        columns=["teacher_id", "year", "experience"],
    )  # fmt: skip
    found = careers_of(classes, teachers)
    assert found.teacher_ids.tolist() == ["a", "b", "c"]
    assert found.school.tolist() == [1, 0, 0, 2]
    np.testing.assert_array_equal(found.experience, [2, 4, np.nan, np.nan])
    # Between 2003 and 2006 a gained two years of experience only: 2006 is as recorded.
    of_a = found.experience_in(np.zeros(5, dtype=int), np.array([2002, 2003, 2005, 2006, 2009]))
    np.testing.assert_array_equal(of_a, [1, 2, 4, 4, 7])
    of_b = found.experience_in(np.ones(3, dtype=int), np.array([2004, 2005, 2007]))
    np.testing.assert_array_equal(of_b, [0, 0, 2])
    assert np.isnan(found.experience_in(np.array([2]), np.array([2005]))).all()


def test_no_known_experience_is_missing_everywhere():
    classes = pd.DataFrame({"teacher_id": ["a"], "year": [2003], "school_id": ["y"]})
    teachers = pd.DataFrame({"teacher_id": ["a"], "year": [2003], "experience": [np.nan]})
    found = careers_of(classes, teachers)
    assert np.isnan(found.experience).all()
    assert np.isnan(found.experience_in(np.array([0]), np.array([2004]))).all()
