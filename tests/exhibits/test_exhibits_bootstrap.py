"""Bands of frontiers and the table of standard errors, by hand."""

import numpy as np
import pandas as pd
import pytest
from exhibits_cases import standard_errors

from welfare_added.exhibits.eastmond_2024 import bootstrap
from welfare_added.run.errors import UserError


def test_bands_move_the_frontier_where_the_planner_looks():
    data = bootstrap.bands_data(standard_errors())
    assert list(data)[:5] == ["subject", "scope", "weight", "gain_higher", "gain_lower"]
    assert len(data) == 2 * 2 * 7
    keys = ["subject", "scope", "weight"]
    errors = standard_errors()
    index = errors[(errors["quantity"] == "index") & (errors["information"] == "heterogeneous")]
    index = data[keys].merge(index, on=keys)
    weight = data["weight"]
    for end, column in (("inner", "low"), ("outer", "high")):
        moved = weight * data[f"{end}_lower"] + (1 - weight) * data[f"{end}_higher"]
        np.testing.assert_allclose(moved, index[column], rtol=1e-12)
        # Only in the direction of the weights.
        across = (data[f"{end}_lower"] - data["gain_lower"]) * (1 - weight)
        up = (data[f"{end}_higher"] - data["gain_higher"]) * weight
        np.testing.assert_allclose(across, up, atol=1e-15)
    assert (data.loc[weight == 1, "outer_higher"] == data.loc[weight == 1, "gain_higher"]).all()


def test_what_the_year_left_out_says_is_beside_the_frontier_if_there_is_one():
    data = bootstrap.bands_data(standard_errors())
    np.testing.assert_allclose(data["held_out_lower"], 0.7 * data["gain_lower"])
    np.testing.assert_allclose(data["held_out_higher"], 0.7 * data["gain_higher"])
    without = bootstrap.bands_data(standard_errors(held_out=False))
    assert without["held_out_lower"].isna().all() and without["inner_lower"].notna().all()
    assert bootstrap.draw_bands(without, "note").axes


def test_bands_need_both_scopes():
    errors = standard_errors()
    with pytest.raises(UserError, match="no row where scope is school"):
        bootstrap.bands_data(errors[errors["scope"] == "district"])


def test_the_table_has_the_headline_in_its_units():
    data, tex = bootstrap.table_standard_errors(standard_errors(), note="A note.")
    assert set(data["panel"]) == set(bootstrap.PANELS)
    percent = data[data["quantity"] == "over_standard"]
    np.testing.assert_allclose(percent["estimate"], 100 * 2 / 3)
    np.testing.assert_allclose(percent["standard_error"], 4.0)
    gains = data[data["quantity"] == "gain_mean"]
    assert len(gains) == 3 * 2 * 2
    assert (data["low"] < data["estimate"]).all() and (data["estimate"] < data["high"]).all()
    assert r"Both subjects, within-school, by group & 1234 & 74 & 1111 & 1419 & 0 \\" in tex
    assert "ELA, district-wide, estimates & 66.7" in tex and "A note." in tex
    assert tex.count(r"\textit{") == len(bootstrap.PANELS)


def test_without_a_year_left_out_its_panels_are_left_out():
    data, tex = bootstrap.table_standard_errors(standard_errors(held_out=False), note="")
    assert "leave out" not in tex and "Mean gain at equal weights" in tex
    assert not data["quantity"].str.contains("held_out").any()
    assert isinstance(data, pd.DataFrame) and not data.duplicated().any()
