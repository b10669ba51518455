"""What may be published of confidential records of a state's teachers."""

from string import Formatter

import pandas as pd
import pytest
from biasi_tables import drawn, tables
from gate_checks import Gated

from welfare_added.exhibits.declarations import Study

CHOICES = {"district": {"source": "/tables", "name": "", "other_staff": "other.csv"}}
CONFIDENTIAL = Study(CHOICES, False, True, kept=frozenset({"other_staff"}))
PUBLIC = Study(CHOICES, False, False, kept=frozenset({"other_staff"}))
# Made of one's own records in a run, and in no exhibit.
NOT_DRAWN = {"salaries/deltas", "sorting/samples"}
OF_SINGLE = {"figure_01", "figure_a2", "figure_a4", "figure_a5", "figure_a8"}
OF_SINGLE |= {"table_shadow_prices", "figure_shadow_prices"}


def prepared() -> dict[str, pd.DataFrame]:
    """Tables as of one's own records, of which no truth is known."""
    made = tables()
    made["offers/estimates.csv"] = made["offers/estimates.csv"].assign(truth=float("nan"))
    return made


def everybody(declared: dict, made: dict[str, pd.DataFrame], number: float) -> pd.DataFrame:
    """As many persons behind every population that a declaration names."""
    names = {name for one in declared.values() for name in one.of}
    for name, one in declared.items():
        table = made.get(f"{name}.csv")
        if one.rows_of and table is not None:
            fields = {field for _, field, _, _ in Formatter().parse(one.rows_of) if field}
            rows = table[sorted(fields)].drop_duplicates().to_dict("records")
            names |= {one.rows_of.format(**row) for row in rows}
    return pd.DataFrame(
        {"population": sorted(names), "students": number, "students_sure": float(number)}
    )


EMPTY = pd.DataFrame(columns=["population", "students", "students_sure"])
DECLARED = Gated("biasi_2017", CONFIDENTIAL, prepared(), drawn, EMPTY).declared
PEOPLE = everybody(DECLARED, prepared(), 178)
PAPER = Gated("biasi_2017", CONFIDENTIAL, prepared(), drawn, PEOPLE)


def without(names: str | list[str]) -> pd.DataFrame:
    """All populations, of which those named have nine persons."""
    few = PEOPLE["population"].isin([names] if isinstance(names, str) else names)
    assert few.any()
    return PEOPLE.assign(students=PEOPLE["students"].where(~few, 9))


@pytest.mark.parametrize("name", [name for name in PAPER.names if f"{name}.csv" in tables()])
def test_tables_pass_the_gate_and_the_scan(name, tmp_path):
    PAPER.check_table(tmp_path, name)


def test_every_declared_table_is_tried():
    assert {name for name in PAPER.names if f"{name}.csv" not in tables()} == NOT_DRAWN


def test_exhibits_of_confidential_records_are_made_of_gated_tables():
    PAPER.check_sources()
    of_truth = set(PAPER.exhibits.skipped(PUBLIC))
    assert {"table_recovery", "table_laboratory", "table_measures"} <= of_truth
    assert set(PAPER.exhibits.skipped(CONFIDENTIAL)) == of_truth | OF_SINGLE


@pytest.mark.parametrize("exhibit", [one.name for one in PAPER.exhibits.made(CONFIDENTIAL)])
def test_data_of_exhibits_are_as_declared(exhibit, tmp_path):
    PAPER.check_data(tmp_path, exhibit)


@pytest.mark.parametrize("exhibit", [one.name for one in PAPER.exhibits.made(CONFIDENTIAL)])
def test_exhibits_of_tables_of_which_all_is_withheld_are_made_and_empty(exhibit, tmp_path):
    nobody = PEOPLE.assign(students=0, students_sure=0.0)
    paths = PAPER.exhibits.all[exhibit].tables(CONFIDENTIAL).values()
    shown = {path: PAPER.published(tmp_path, path.removesuffix(".csv"), nobody) for path in paths}
    data, made = PAPER.drawn(exhibit, "", shown)
    assert len(data) and made


def test_nothing_of_single_districts_or_schools_is_published():
    never = {"state/schedules", "state/schedule_gaps", "state/against_schedule", "state/facts"}
    never |= {"sorting/densities", "sorting/matches", "sorting/district_years", "records/panel"}
    never |= {"salaries/delta_density", "salaries/delta_districts", "offers/shadow_prices"}
    assert not never & set(PAPER.declared)


def test_a_coefficient_that_rests_on_nine_movers_is_withheld_and_the_others_shown(tmp_path):
    shown = PAPER.published(tmp_path, "sorting/movers", without(["movers_1", "movers_2"]))
    hidden = ["estimate", "standard_error", "p", "low", "high", "n", "clusters", "mean"]
    few = shown["column"].isin(["1", "2"])
    assert shown.loc[few, hidden].isna().all(axis=None)
    assert shown.loc[~few, hidden].notna().all(axis=None)
    assert PAPER.published(tmp_path, "sorting/exiters", without("movers_1")).notna().any(axis=None)


def test_a_regression_of_two_districts_is_withheld(tmp_path):
    made = prepared()
    made["sorting/movers.csv"].loc[0, "clusters"] = 2
    shown = Gated(*("biasi_2017", CONFIDENTIAL, made, drawn, PEOPLE)).published(
        tmp_path, "sorting/movers"
    )
    assert shown["estimate"].isna().tolist() == [True] + [False] * (len(shown) - 1)


def test_a_share_of_few_movers_is_withheld_with_their_number(tmp_path):
    made = prepared()
    moves = made["sorting/moving_shares.csv"]
    moves.loc[0, ["movers", "share"]] = [9, 9 / moves.loc[0, "teachers"]]
    shown = Gated(*("biasi_2017", CONFIDENTIAL, made, drawn, PEOPLE)).published(
        tmp_path, "sorting/moving_shares"
    )
    assert shown.loc[0, ["movers", "share"]].isna().all() and shown.loc[1:, "share"].notna().all()
    # Two digits of a share tell the number of movers no better than its rounding does.
    told = (shown["share"] * shown["teachers"] - shown["movers"]).abs()
    assert told.max() <= 0.05 * shown["movers"].max() + 5


def test_estimates_of_a_model_that_nine_movers_identify_are_withheld(tmp_path):
    for name in ("estimates", "elasticities", "moments", "schemes", "readings"):
        shown = PAPER.published(tmp_path, f"offers/{name}", without("choices"))
        wanted = ("estimate", "elasticity", "data", "value", "before", "percent")
        columns = [one for one in wanted if one in shown]
        assert columns and shown[columns].isna().all(axis=None)


def test_the_lowest_and_highest_delta_and_their_districts_are_never_shown(tmp_path):
    row = {"period": "after", "regime": "IS", "districts": 101, "mean": 33.0}
    row |= {"standard_error": 126.0, "standard_deviation": 1400.0, "spread": 1000.0}
    row |= {"lowest": -5447.7, "lowest_district": "d081", "not_identified": 1}
    row |= {"highest": 8378.2, "highest_district": "d091"}
    made = prepared() | {"salaries/deltas.csv": pd.DataFrame([row])}
    people = pd.concat([PEOPLE, PEOPLE.iloc[[0]].assign(population="line_after_IS")])
    people = people.drop_duplicates("population", ignore_index=True)
    paper = Gated("biasi_2017", CONFIDENTIAL, made, drawn, people)
    paper.check_table(tmp_path, "salaries/deltas")
    shown = paper.published(tmp_path, "salaries/deltas").iloc[0]
    hidden = ["lowest", "lowest_district", "highest", "highest_district", "not_identified"]
    assert shown[hidden].isna().all() and shown["mean"] == 33.0
