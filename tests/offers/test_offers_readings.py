"""Quality pay by every reading of section 8, beside what the paper states of it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from offers_cases import RULES, TRUTH

from welfare_added.offers.laboratory import Laboratory, laboratory_markets
from welfare_added.offers.scheme_outcomes import SCOPES, scheme_outcomes
from welfare_added.offers.scheme_readings import (
    BILL,
    NO_EQUILIBRIUM,
    SHOWN,
    UNPAYABLE,
    beside_published,
    claim_names,
    scheme_readings,
)
from welfare_added.offers.schemes import BALANCES, SHAPES, Scheme, UnpayableError
from welfare_added.run.choices import read_yaml
from welfare_added.run.errors import UserError

CLAIMS = read_yaml(Path(__file__).parents[2] / "workflow/papers/biasi_2017/claims.yaml")["claims"]
DELTAS = (0.0, 1000.0, 4000.0)
CURRENT = np.array([0.0, 500.0, -200.0, 0.0, 100.0])
KEYS = ["scope", "shape", "balance", "outcome", "quartile"]


@pytest.fixture(scope="module")
def market():
    design = Laboratory(markets=1, teachers=300, districts=5, without_value_added=0.3)
    return laboratory_markets(design, TRUTH, RULES, 31)[0]


@pytest.fixture(scope="module")
def readings(market):
    return scheme_readings(market, 1, CURRENT, DELTAS, {"published": TRUTH}, RULES)


def test_each_reading_has_the_outcomes_of_its_scheme(market, readings):
    made = readings.set_index(KEYS).sort_index()
    assert len(readings) == 2 * 2 * 2 * (len(SHOWN) + 1)
    for shape in SHAPES:
        table = scheme_outcomes(market, 1, CURRENT, DELTAS, Scheme(shape), TRUTH, RULES)
        table = table.set_index(["delta", "scope", "outcome", "quartile"])
        for scope in SCOPES:
            for key in SHOWN:
                own = made.loc[(scope, shape, "mean", *key)]
                assert own["before"] == table.loc[(0.0, scope, *key), "value"]
                assert own["after"] == table.loc[(4000.0, scope, *key), "value"]
                assert own["percent"] == table.loc[(4000.0, scope, *key), "percent"]
                assert own["reason"] == ""


def test_the_wage_bill_stays_by_the_mean_and_not_as_printed(market, readings):
    """As printed it rises by the change of delta times the sum of f, times teachers plus one."""
    bills = readings[readings["outcome"] == BILL].set_index(["scope", "shape", "balance"])
    one, every = market.origin == 1, market.origin >= 0
    for scope, who in (("one", one), ("all", every)):
        today = market.salary[who, market.origin[who]].sum() / 1000
        for shape in SHAPES:
            own = bills.loc[(scope, shape, "mean")]
            assert own["before"] == pytest.approx(today) == own["after"]
    quality = Scheme("logistic").quality(market.value_added[one])
    rises = np.nanmean(quality) * one.sum() * (one.sum() + 1)
    own = bills.loc[("one", "logistic", "printed")]
    assert own["after"] - own["before"] == pytest.approx(4 * rises / 1000)
    assert own["percent"] == pytest.approx(100 * 4 * rises / 1000 / own["before"])


def test_a_reading_that_cannot_be_paid_has_its_wage_bill_and_no_outcomes(market):
    poor = replace(market, value_added=market.value_added - 3.0)
    made = scheme_readings(poor, 1, CURRENT, DELTAS, {"published": TRUTH}, RULES)
    refused = made.set_index(["shape", "balance"]).loc[("linear", "printed")]
    outcomes = refused[refused["outcome"] != BILL]
    assert set(outcomes["reason"]) == {UNPAYABLE}
    assert outcomes[["before", "after", "percent"]].isna().all(axis=None)
    bills = refused[refused["outcome"] == BILL].set_index("scope")
    assert bills.loc["one", "after"] < 0 and (bills["reason"] == "").all()
    others = made[(made["shape"] != "linear") | (made["balance"] != "printed")]
    assert (others["reason"] == "").all()


def test_whom_nobody_hires_has_no_mean_and_not_that_of_before(market):
    """Everybody's pay rises so much that nobody moves or leaves."""
    made = scheme_readings(market, 1, CURRENT, (0.0, 30_000.0), {"published": TRUTH}, RULES)
    own = made.set_index(KEYS).sort_index().loc[("one", "logistic", "printed")]
    assert own.loc[("move out", 4), "after"] < 1e-12
    gone = own.loc[("movers out", 0)]
    assert np.isfinite(gone["before"]) and np.isnan(gone["after"]) and np.isnan(gone["percent"])


def test_without_an_equilibrium_there_is_no_outcome(market, monkeypatch):
    def lost(*given, **more):
        return scheme_outcomes(*given, **more).assign(converged=False)

    monkeypatch.setattr("welfare_added.offers.scheme_readings.scheme_outcomes", lost)
    made = scheme_readings(market, 1, CURRENT, (0.0, 100.0), {"published": TRUTH}, RULES)
    outcomes = made[made["outcome"] != BILL]
    assert set(outcomes["reason"]) == {NO_EQUILIBRIUM} and outcomes["after"].isna().all()


def test_other_errors_than_of_pay_are_raised(market):
    with pytest.raises(UserError, match="no district 9"):
        scheme_readings(market, 9, CURRENT, DELTAS, {"published": TRUTH}, RULES)
    assert issubclass(UnpayableError, UserError)


def test_what_the_paper_states_stands_beside_every_reading(readings):
    made = beside_published(readings, CLAIMS).set_index(KEYS)
    for shape in SHAPES:
        for balance in BALANCES:
            of = made.xs((shape, balance), level=("shape", "balance"))["published"]
            assert of["one", "move in", 1] == -37.8 and of["one", "exit", 4] == -1.29
            assert of["all", "move out", 4] == 39 and of["all", "workforce", 0] == 1.1
            assert of["one", "movers out", 0] == -1300 and of["all", "movers out", 0] == 3000
            assert np.isnan(of["one", BILL, 0])
    with pytest.raises(UserError, match=r"claims\.yaml, exit_one_top: no such claim"):
        beside_published(readings, [one for one in CLAIMS if one["id"] != "exit_one_top"])
    other = [{**one, "unit": "$"} if one["id"] == "exit_one_top" else one for one in CLAIMS]
    with pytest.raises(UserError, match="want it in percent or times"):
        beside_published(readings, other)


def test_claims_are_those_of_the_same_outcome_quartile_and_scope():
    of = {one["id"]: str(one["answer"]) for one in CLAIMS}
    figures = {"one": ("figure_09", "figure_10"), "all": ("figure_11", "figure_12")}
    for (scope, outcome, quartile), name in claim_names().items():
        assert f"'outcome': '{outcome}'" in of[name]
        assert f"figures/{figures[scope][quartile == 0]}.csv" in of[name]
        assert quartile == 0 or f"'quartile': {quartile}" in of[name]
