"""Vacancies left over on the menus of displaced teachers, from raw tables."""

import logging

import numpy as np
import pandas as pd
import pytest
from transfers_world import STUDY, as_raw, design, world

from welfare_added.run.errors import UserError
from welfare_added.transfers import supply as menus
from welfare_added.transfers.design import build_design


def test_left_over_is_what_nobody_took(caplog):
    with caplog.at_level(logging.WARNING):
        own = build_design(as_raw(world().tables), STUDY, fallback="leftover")
    made, supply = world().tables, own.system.supply
    offers, vacancies = made["offers"], made["vacancies"]
    taken = set(offers.loc[offers["accepted"] == 1, "vacancy_id"])
    assert 0 < len(taken) < len(vacancies)
    ids = vacancies["vacancy_id"].to_numpy()[own.menu_rows["vacancy"]]
    rows = pd.DataFrame({"menu": own.menu_rows["menu"], "left": [one not in taken for one in ids]})
    some = rows.groupby("menu")["left"].transform("any").to_numpy()
    displaced = supply.displaced[rows["menu"]]
    nothing = displaced & ~some
    assert (supply.left_over == (rows["left"].to_numpy() | nothing)).all()
    menus = rows.loc[nothing, "menu"].nunique()
    told = f"of {supply.displaced.sum()} displaced menus, {menus} without a vacancy left over"
    assert (told in caplog.text) == (menus > 0)


def test_a_menu_of_which_everything_was_taken_has_the_mean_of_all(caplog):
    own = design()
    supply, raw = own.system.supply, as_raw(world().tables)
    menu = np.flatnonzero(supply.displaced)[0]
    rows = np.flatnonzero(own.menu_rows["menu"] == menu)
    ids = raw.tables["vacancies"]["vacancy_id"].to_numpy()[own.menu_rows["vacancy"].iloc[rows]]
    offers = raw.tables["offers"]
    taken = offers.loc[offers["accepted"] == 1, "vacancy_id"]
    extra = pd.DataFrame(
        {"vacancy_id": [one for one in ids if one not in set(taken)], "teacher_id": "nobody"}
    ).assign(step=1, accepted=1)
    raw.tables["offers"] = pd.concat([offers, extra], ignore_index=True)
    joined = {"vacancy": own.menu_rows["vacancy"].to_numpy(), "displaced": supply.displaced}
    with caplog.at_level(logging.WARNING):
        left = menus._left_over(raw, joined, own.menu_rows["menu"].to_numpy())
    assert left[rows].all()
    assert "without a vacancy left over; their fallback is the mean of all" in caplog.text


def test_constant_is_the_default_and_others_are_refused():
    assert len(design().system.supply.left_over) == 0
    with pytest.raises(UserError, match=r"selection.fallback: 'scramble'; want constant, leftover"):
        build_design(as_raw(world().tables), STUDY, fallback="scramble")
