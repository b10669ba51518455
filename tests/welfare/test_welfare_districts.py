"""Several districts side by side."""

import pandas as pd
import pytest

from welfare_added.welfare.districts import ALL, row, side_by_side


def published(student_years, gain, bonus):
    sample = pd.DataFrame(
        {
            "step": ["enrolled", "every control known"],
            "student_years": [9999, student_years],
            "students": [9999, student_years / 2],
            "classes": [99, 10],
            "teachers": [99, 5],
            "schools": [9, 2],
        }
    )
    rows = [
        (subject, scope, information, weight, gain * factor)
        for subject, scope, factor in [("ela", "district", 1), ("math", "school", 2)]
        for information, weight in [
            ("heterogeneous", 0.5),
            ("heterogeneous", 0.4),
            ("standard", 0.5),
        ]
    ]
    columns = ["subject", "scope", "information", "weight", "gain_mean"]
    frontiers = pd.DataFrame(rows, columns=columns)
    frontiers.loc[frontiers["weight"] == 0.4, "gain_mean"] = 99
    frontiers.loc[frontiers["information"] == "standard", "gain_mean"] = 99
    headlines = pd.DataFrame({"quantity": ["break_even_bonus_district"], "value": [bonus]})
    return sample, frontiers, headlines


def test_counts_add_up_and_gains_are_weighted_by_students():
    rows = [row("a", *published(100, 0.1, 10.0)), row("b", *published(300, 0.3, 50.0))]
    table = side_by_side(rows).set_index("district")
    assert table.loc["a", "gain_ela_district"] == 0.1
    assert table.loc["b", "gain_math_school"] == 0.6
    assert table.loc[ALL, "student_years"] == 400
    assert table.loc[ALL, "teachers"] == 10
    assert table.loc[ALL, "gain_ela_district"] == pytest.approx((100 * 0.1 + 300 * 0.3) / 400)
    assert table.loc[ALL, "break_even_bonus_district"] == pytest.approx(40)


def test_what_a_district_withholds_is_left_out_of_the_mean():
    rows = [row("a", *published(100, float("nan"), 10.0)), row("b", *published(300, 0.3, 50.0))]
    table = side_by_side(rows).set_index("district")
    assert pd.isna(table.loc["a", "gain_ela_district"])
    assert table.loc[ALL, "gain_ela_district"] == pytest.approx(0.3)
    assert table["break_even_bonus_school"].isna().all()
