"""Active windows and choice sets: by hand, and against a slow second way."""

import numpy as np
import pandas as pd
import pytest
from small_world import CHOICES, as_raw, forecasts, platform_world, records, start

from welfare_added.market.platform import Choices, base, platform
from welfare_added.market.windows import Windows, overlapping, true_windows, windows
from welfare_added.run.errors import UserError

# Applicants 0, 1, 2 and positions 0, 1, 2; nobody applies to 2, and 2 never applies.
MADE = pd.DataFrame({"applicant": [0, 0, 1, 1], "position": [0, 1, 0, 1], "day": [10, 20, 12, 12]})
POSITIONS = pd.DataFrame({"posted": [5, 11, 0], "closed": [np.nan, 30.0, 40.0]})


def of(kind, buffer_days=0):
    found = windows(kind, MADE, POSITIONS, 3, buffer_days)
    return [getattr(found, name).tolist() for name in vars(found)]


def test_observed_windows_go_from_first_to_last_application():
    first, last, opens, closes = of("observed")
    assert first[:2] == [10, 12] and last[:2] == [20, 12]
    assert opens[:2] == [10, 12] and closes[:2] == [12, 20]
    assert np.isnan([first[2], last[2], opens[2], closes[2]]).all()


def test_posted_windows_go_from_posting_to_closing_or_last_application():
    first, last, opens, closes = of("posted")
    assert first[:2] == [10, 12] and last[:2] == [20, 12]
    assert opens == [5, 11, 0] and closes == [12, 30, 40]


def test_a_buffer_lengthens_applicants_windows_alone():
    first, last, _, closes = of("observed", 7)
    assert first[:2] == [10, 12] and last[:2] == [27, 19] and closes[:2] == [12, 20]


def test_the_first_day_alone():
    first, last, _, closes = of("first_day")
    assert first[:2] == last[:2] == [10, 12] and closes[:2] == [12, 20]


def test_another_kind_is_named():
    with pytest.raises(UserError, match=r"platform\.window is 'all'; choose one of observed, post"):
        of("all")


def test_choice_sets_by_hand():
    year = np.full(3, 2016)
    pairs = overlapping(windows("observed", MADE, POSITIONS, 3), year, year)
    assert list(zip(pairs.applicant, pairs.position, strict=True)) == [
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 1),
    ]
    pairs = overlapping(windows("posted", MADE, POSITIONS, 3), year, year)
    assert pairs.position.tolist() == [0, 1, 2, 0, 1, 2]
    pairs = overlapping(windows("first_day", MADE, POSITIONS, 3), year, year)
    assert list(zip(pairs.applicant, pairs.position, strict=True)) == [(0, 0), (1, 0), (1, 1)]


def test_a_slow_second_way_gives_the_same_pairs():
    rng = np.random.default_rng(0)
    of_applicants, of_positions = (np.sort(rng.integers(2010, 2014, n)) for n in (60, 40))
    first, opens = rng.integers(0, 100, 60), rng.integers(0, 100, 40)
    window = Windows(
        first.astype(float),
        first + rng.integers(0, 30, 60).astype(float),
        opens.astype(float),
        opens + rng.integers(0, 30, 40).astype(float),
    )
    window.applicant_first[rng.random(60) < 0.1] = np.nan
    pairs = overlapping(window, of_applicants, of_positions)
    slow = [
        (a, p)
        for a in range(60)
        for p in range(40)
        if of_applicants[a] == of_positions[p]
        and any(
            window.applicant_first[a] <= day <= window.applicant_last[a]
            and window.position_first[p] <= day <= window.position_last[p]
            for day in range(200)
        )
    ]
    assert list(zip(pairs.applicant.tolist(), pairs.position.tolist(), strict=True)) == slow
    assert pairs.applicant.dtype == pairs.position.dtype == np.int32


def test_nobody_meets_in_other_cycles():
    day = np.zeros(1)
    pairs = overlapping(Windows(day, day, day, day), np.array([2015]), np.array([2016]))
    assert len(pairs.applicant) == 0


@pytest.mark.parametrize("kind", ["observed", "posted"])
def test_every_application_is_in_the_choice_sets(kind):
    made = platform(start(), Choices(**{**vars(CHOICES), "window": kind}))
    assert made.pairs["applied"].sum() == len(made.applications) == len(start().applications)
    chosen = made.pairs[made.pairs["applied"] == 1]
    assert np.array_equal(chosen["applicant"], made.applications["applicant"])
    assert np.array_equal(chosen["position"], made.applications["position"])


def test_true_windows_hold_all_applications_and_all_applicants():
    truth = platform_world().truth
    made = platform(start(), CHOICES, true_windows(truth["applicants"], truth["positions"]))
    assert len(made.applicants) == len(start().applicants)
    assert made.pairs["applied"].sum() == len(start().applications)
    observed = platform(start(), CHOICES)
    assert len(observed.pairs) < len(made.pairs)
    assert len(observed.applicants) == start().applications["applicant"].nunique()
    day = made.applications["day"]
    rows = made.applicants.iloc[made.applications["applicant"]]
    assert (day.to_numpy() >= rows["first_day"].to_numpy()).all()
    assert (day.to_numpy() <= rows["last_day"].to_numpy()).all()


def test_codes_number_the_tables():
    made = platform(start(), CHOICES)
    assert np.array_equal(made.applicants["applicant"], np.arange(len(made.applicants)))
    assert np.array_equal(made.positions["position"], np.arange(len(made.positions)))
    assert made.pairs["applicant"].max() == len(made.applicants) - 1
    own = made.applications.groupby("applicant").size()
    assert np.array_equal(own, made.applicants["applications"])
    years = made.applicants["year"].to_numpy()[made.pairs["applicant"]]
    assert np.array_equal(years, made.positions["year"].to_numpy()[made.pairs["position"]])
    ordered = made.pairs.sort_values(["applicant", "position"])
    assert ordered.index.equals(made.pairs.index)
    assert not made.pairs.duplicated(["applicant", "position"]).any()
    assert made.pairs.dtypes.astype(str).tolist() == ["int32", "int32", "int8", "float32", "int8"]


def test_steps_count_applicants_positions_and_pairs():
    made = platform(start(), CHOICES)
    steps = made.steps.set_index("step")
    assert steps.loc["in the tables", "applicants"] == len(start().applicants)
    assert steps.loc["ever active", "applicants"] == len(made.applicants)
    assert steps.loc["with a choice set", "pairs"] == len(made.pairs)


def test_a_declined_offer_counts_as_positive_if_so_chosen():
    raw, made = as_raw(platform_world().tables).tables, records()
    raw["applications"].loc[:2, "outcome"] = ["declined", "withdrew", "interview"]
    both = [
        base(
            *(raw, made.schools, made.traits, forecasts()),
            Choices(**{**vars(CHOICES), "declined_positive": chosen}),
        ).applications
        for chosen in (True, False)
    ]
    kinds = ["hired", "hired_elsewhere", "hired_out", "interview", "positive"]
    for found, counted in zip(both, ([*kinds, "declined"], kinds), strict=True):
        assert np.array_equal(found["positive"] == 1, found["outcome"].isin(counted))
    assert both[0]["positive"].sum() > both[1]["positive"].sum() > 0


def test_commutes_are_missing_without_a_home_or_a_place():
    made = platform(start(), CHOICES)
    rows = made.applicants.iloc[made.pairs["applicant"]]
    places = records().schools.drop_duplicates("school_id").set_index("school_id")["latitude"]
    school = made.positions["school_id"].to_numpy()[made.pairs["position"]]
    unknown = rows["latitude"].isna().to_numpy() | places.reindex(school).isna().to_numpy()
    given = pd.MultiIndex.from_frame(
        platform_world().tables["commutes"][["applicant_id", "cycle", "school_id"]]
    )
    own = pd.MultiIndex.from_arrays([rows["applicant_id"], rows["year"], school])
    unknown &= given.get_indexer(own) < 0
    assert np.array_equal(made.pairs["commute_missing"] == 1, unknown) and unknown.any()
    assert (made.pairs["minutes"][unknown] == 0).all()
    assert made.pairs["minutes"][~unknown].min() >= CHOICES.at_least
