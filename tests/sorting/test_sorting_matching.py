"""Matching of districts: against loops, planted pairs, statsmodels; densities and tables."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from welfare_added.run.errors import UserError
from welfare_added.sorting.covariate_tables import covariate_densities, covariate_table
from welfare_added.sorting.matching import (
    district_means,
    match_mahalanobis,
    match_propensity,
    probit,
)
from welfare_added.sorting.randomisation import randomise_regimes

COVARIATES = ["enrolment", "urban", "salary"]


def districts(seed, treated=12, controls=15):
    rng = np.random.default_rng(seed)
    n = treated + controls
    size = np.exp(rng.normal(size=n))
    return pd.DataFrame(
        {
            "district_id": [f"d{k:02d}" for k in rng.permutation(n)],
            "regime": ["IS"] * treated + ["SS"] * controls,
            "enrolment": 1000 * size,
            "urban": (rng.random(n) < 0.3) * 1.0,
            "salary": 50_000 + 4_000 * rng.normal(size=n) + 1_000 * size,
        }
    )


@pytest.mark.parametrize("seed", range(5))
def test_nearest_by_loops(seed):
    means = districts(seed)
    made = match_mahalanobis(means, COVARIATES)
    values = means.set_index("district_id")[COVARIATES]
    inverse = np.linalg.inv(np.cov(values.to_numpy().T))
    controls = sorted(means.loc[means["regime"] == "SS", "district_id"])
    assert made.pairs["district_id"].tolist() == sorted(
        means.loc[means["regime"] == "IS", "district_id"]
    )
    for row in made.pairs.itertuples():
        gap = {c: values.loc[row.district_id] - values.loc[c] for c in controls}
        distance = {c: np.sqrt(gap[c] @ inverse @ gap[c]) for c in controls}
        nearest = min(controls, key=distance.get)
        assert row.matched_id == nearest
        assert row.distance == pytest.approx(distance[nearest], rel=1e-9)
        assert row.tied == 0


def test_units_of_covariates_change_nothing():
    means = districts(3)
    other = means.assign(enrolment=means["enrolment"] / 7, salary=means["salary"] * 1e-3 - 20)
    one, two = (match_mahalanobis(frame, COVARIATES).pairs for frame in (means, other))
    assert one["matched_id"].tolist() == two["matched_id"].tolist()
    np.testing.assert_allclose(one["distance"], two["distance"], rtol=1e-9)


def test_ties_go_to_the_first_district_and_are_counted():
    means = pd.DataFrame(
        {
            "district_id": ["a", "z", "y", "x", "w"],
            "regime": ["IS", "SS", "SS", "SS", "SS"],
            "size": [0.0, 1.0, -1.0, 1.0, 5.0],
        }
    )
    pairs = match_mahalanobis(means, ["size"]).pairs
    assert pairs["matched_id"].item() == "x" and pairs["tied"].item() == 2


def test_weights_of_the_sample():
    means = pd.DataFrame(
        {
            "district_id": ["a", "b", "c", "x", "y", "z"],
            "regime": ["IS"] * 3 + ["SS"] * 3,
            "size": [0.0, 0.1, 9.0, 0.2, 8.0, 30.0],
        }
    )
    made = match_mahalanobis(means, ["size"])
    assert made.sample("set") == {"a": 1, "b": 1, "c": 1, "x": 1, "y": 1}
    assert made.sample("frequency") == {"a": 1, "b": 1, "c": 1, "x": 2, "y": 1}
    with pytest.raises(UserError, match="want set, frequency"):
        made.sample("inverse")


def test_probit_recovers_its_coefficients():
    rng = np.random.default_rng(0)
    n = 20_000
    frame = pd.DataFrame(
        {"district_id": np.arange(n), "a": 2 + rng.normal(size=n), "b": 1e6 * rng.random(n)}
    )
    index = 0.5 - 0.4 * frame["a"] + 8e-7 * frame["b"]
    frame["regime"] = np.where(index + rng.normal(size=n) > 0, "IS", "SS")
    table, chance = probit(frame, ["a", "b"])
    table = table.set_index("term")
    for term, truth in {"constant": 0.5, "a": -0.4, "b": 8e-7}.items():
        row = table.loc[term]
        assert row["estimate"] == pytest.approx(truth, abs=4 * row["standard_error"])
        assert row["standard_error"] < 0.1
    chance = chance[frame["district_id"]].to_numpy()
    estimate = table["estimate"]
    index = estimate["constant"] + frame[["a", "b"]] @ estimate[["a", "b"]]
    np.testing.assert_allclose(chance, stats.norm.cdf(index), rtol=1e-9)
    # The score is zero at the maximum.
    y = (frame["regime"] == "IS").to_numpy(float)
    left = (y - chance) / (chance * (1 - chance)) * stats.norm.pdf(stats.norm.ppf(chance))
    assert abs(left.sum()) < 1e-6 * n and abs((left * frame["a"]).sum()) < 1e-6 * n


def test_propensity_matches_are_nearest_in_probability():
    means = districts(2, 30, 30)
    made = match_propensity(means, COVARIATES).pairs
    chance = probit(means, COVARIATES)[1]
    controls = means.loc[means["regime"] == "SS", "district_id"]
    for row in made.itertuples():
        gaps = (chance[controls] - chance[row.district_id]).abs()
        assert gaps[row.matched_id] == gaps.min() == pytest.approx(row.distance, abs=1e-15)


REFUSED = {
    "missing": (
        lambda m: m.assign(salary=m["salary"].where(m.index > 1)),
        COVARIATES,
        "salary: missing in 2",
    ),
    "constant": (lambda m: m.assign(urban=1.0), COVARIATES, "urban is the same in all districts"),
    "dependent": (
        lambda m: m.assign(twice=2 * m["salary"] + m["urban"]),
        [*COVARIATES, "twice"],
        "twice is a linear combination of enrolment, urban, salary",
    ),
    "no column": (lambda m: m, ["gone"], "no column gone"),
    "no regime": (lambda m: m.assign(regime="IS"), COVARIATES, "no district of regime SS"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals(case):
    change, covariates, message = REFUSED[case]
    with pytest.raises(UserError, match=message):
        match_mahalanobis(change(districts(0)), covariates)


def test_probit_that_separates_is_refused():
    means = districts(0)
    means = means.assign(size=(means["regime"] == "IS") + 0.01 * means["urban"])
    with pytest.raises(UserError, match="probit: size"):
        probit(means, ["size"])
    with pytest.raises(UserError, match="linearly dependent"):
        probit(means.assign(again=means["salary"] + 1), ["salary", "again"])


def test_means_of_districts():
    rows = pd.DataFrame(
        {
            "district_id": ["a", "a", "a", "b"],
            "year": [2004, 2005, 2006, 2005],
            "regime": ["IS", "IS", "IS", "SS"],
            "size": [100.0, 1.0, 3.0, np.nan],
        }
    )
    made = district_means(rows, ["size"], (2005, 2011)).set_index("district_id")
    assert made.loc["a", "size"] == 2 and np.isnan(made.loc["b", "size"])
    with pytest.raises(UserError, match="1 districts have two"):
        district_means(rows.assign(regime=["IS", "IS", "SS", "SS"]), ["size"], (2005, 2011))


def test_table_of_characteristics():
    means = districts(4)
    rows = pd.concat([means.assign(year=y, salary=means["salary"] + 100 * y) for y in (1, 2, 3)])
    own, other = (
        pd.Series(1.0, index=means.loc[means["regime"] == name, "district_id"])
        for name in ("IS", "SS")
    )
    made = covariate_table(rows, ["salary", "urban"], own, other).set_index("variable")
    a, b = (rows[rows["regime"] == name] for name in ("IS", "SS"))
    for name in ("salary", "urban"):
        row = made.loc[name]
        assert row["first_mean"] == pytest.approx(a[name].mean(), rel=1e-12)
        assert row["second_sd"] == pytest.approx(b[name].std(), rel=1e-12)
        assert row["difference"] == pytest.approx(a[name].mean() - b[name].mean(), rel=1e-9)
        peer = stats.ttest_ind(a[name], b[name])
        assert row["difference"] / row["standard_error_rows"] == pytest.approx(
            peer.statistic, rel=1e-9
        )
        assert row["rows_first"] == 36 and row["districts_second"] == 15
        # Three alike rows a district: errors by district are about root three times larger.
        assert 1.5 < row["standard_error"] / row["standard_error_rows"] < 2.0
    twice = covariate_table(rows, ["salary"], own, 2 * other).set_index("variable").loc["salary"]
    assert twice["second_mean"] == pytest.approx(b["salary"].mean(), rel=1e-12)
    with pytest.raises(UserError, match="12 districts are in both groups"):
        covariate_table(rows, ["salary"], own, own)


def test_densities_integrate_to_one():
    means = districts(1)
    groups = {
        name: pd.Series(1.0, index=means.loc[means["regime"] == name, "district_id"])
        for name in ("IS", "SS")
    }
    made = covariate_densities(means.assign(tight=means["salary"] / 1e3), ["tight"], groups, 400)
    for _, part in made.groupby("group"):
        assert 0.85 < np.trapezoid(part["density"], part["value"]) <= 1.0
    own = means.loc[means["regime"] == "IS", "salary"] / 1e3
    peer = stats.gaussian_kde(own)(made.loc[made["group"] == "IS", "value"])
    np.testing.assert_allclose(made.loc[made["group"] == "IS", "density"], peer, rtol=1e-9)
    with pytest.raises(UserError, match="fewer than two values in group IS"):
        covariate_densities(means.assign(urban=1.0), ["urban"], groups, 10)


def pairs():
    return match_mahalanobis(districts(6, 14, 14), ["enrolment", "salary"])


def test_randomisation_draws_one_schedule_a_set():
    made = pairs()
    seen = []

    def statistic(regimes):
        for control, part in made.pairs.groupby("matched_id"):
            members = [control, *part["district_id"]]
            assert sum(regimes[name] == "SS" for name in members) == 1
        seen.append(tuple(sorted(name for name, regime in regimes.items() if regime == "SS")))
        return float(hash(seen[-1]) % 1000)

    first = randomise_regimes(made, statistic, replications=30, seed=1)
    assert seen[0] == tuple(sorted(set(made.pairs["matched_id"])))
    assert first.sets == made.pairs["matched_id"].nunique() and len(set(seen)) > 20
    assert 1 / 31 <= first.p <= 1


def test_randomisation_p_is_uniform_without_an_effect_and_small_with_one():
    made = pairs()
    names = sorted({*made.pairs["district_id"], *made.pairs["matched_id"]})
    low = []
    for world in range(200):
        outcome = dict(
            zip(names, np.random.default_rng(world).normal(size=len(names)), strict=True)
        )
        # Under the hypothesis regimes are drawn as the test draws them.
        rng = np.random.default_rng(10_000 + world)
        control = {
            members[int(rng.integers(len(members)))]
            for members in (
                [c, *sorted(p["district_id"])] for c, p in made.pairs.groupby("matched_id")
            )
        }

        def statistic(regimes, outcome=outcome, swap=control):
            # The first call has the sample's own labels: those drawn for this world.
            own = swap if statistic.first else {n for n, r in regimes.items() if r == "SS"}
            statistic.first = False
            ss = [outcome[n] for n in names if n in own]
            return np.mean([outcome[n] for n in names if n not in own]) - np.mean(ss)

        statistic.first = True
        low.append(randomise_regimes(made, statistic, replications=39, seed=world).p <= 0.1)
    assert abs(np.mean(low) - 0.1) < 3 * np.sqrt(0.1 * 0.9 / 200)

    def strong(regimes):
        own = set(made.pairs["matched_id"])
        return np.mean([(n not in own) * 1.0 for n, r in regimes.items() if r == "IS"])

    assert randomise_regimes(made, strong, replications=199, seed=1).p < 0.02
    own = {control: "SS" for control in made.pairs["matched_id"]}

    def unlike_any_other(regimes):
        return float(all(regimes[name] == "SS" for name in own))

    # The sample itself counts as one of the draws.
    assert randomise_regimes(made, unlike_any_other, replications=19, seed=1).p == 1 / 20
    table = randomise_regimes(made, strong, replications=19, seed=1).tidy()
    assert table["replications"].item() == 19 and table["low"].item() <= table["high"].item()
    with pytest.raises(UserError, match="want one replication or more"):
        randomise_regimes(made, strong, replications=0, seed=1)
