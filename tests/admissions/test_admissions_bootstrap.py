"""Efficiencies of all plans, their spread over draws, and how applicants are drawn again."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
from admissions_cases import random_pool

from welfare_added.admissions.bootstrap import bootstrap_efficiency, efficiency_draws, spread
from welfare_added.admissions.classes import class_statistics
from welfare_added.admissions.comparison import efficiencies
from welfare_added.admissions.efficiency import efficiency
from welfare_added.admissions.local_ranks import local_rank
from welfare_added.admissions.plans import Setting, current_class, outcome, wanted_class
from welfare_added.admissions.pool import members
from welfare_added.admissions.resampling import Resampled, Source
from welfare_added.admissions.two_weights import composition
from welfare_added.run.errors import UserError

TIERS = {"open_share": 0.3, "open_first": True, "rounding": "down"}
SCHOOLS = {"first": 0, "second": 1}


def source_of(seed, n=400):
    """Twenty-four tracts in four communities; the tract tells something about its applicants."""
    pool = random_pool(seed, n=n, seats=n // 10)
    rng = np.random.default_rng(seed)
    tract = rng.integers(0, 12, n) + 12 * (rng.random(n) < 0.2 + 0.6 * pool.minority)
    community, eighth_graders = tract % 4, 10.0 + tract
    by_community = np.bincount(np.arange(24) % 4, 10.0 + np.arange(24))
    of_tract = np.random.default_rng(0).random(24)
    index = np.clip(0.4 * (tract >= 12) + 0.6 * of_tract[tract], 0, 1)
    return Source(
        replace(
            pool,
            scores=np.rint(9 * pool.scores) / 9,
            tier=1 + (index < 0.2) + (index < 0.4) + (index < 0.6),
        ),
        pd.DataFrame(index=range(n)),
        {"unweighted": index, "lasso_frpl": 0.5 * index + 0.5 * pool.frpl},
        tract,
        community,
        eighth_graders,
        by_community[community],
        TIERS,
    )


def as_they_are(source):
    n = len(source.pool)
    place = np.argsort(np.argsort(source.pool.keys))
    return source.setting(np.arange(n), np.zeros(n, dtype=int), place)


def test_everybody_once_is_the_pool_itself():
    source = source_of(1)
    setting = as_they_are(source)
    assert np.array_equal(np.argsort(setting.pool.keys), np.argsort(source.pool.keys))
    keys = setting.pool.keys
    by_tract = local_rank(keys, source.tract, source.eighth_graders)
    by_community = local_rank(keys, source.community, source.community_eighth_graders)
    assert np.array_equal(setting.ranks["top_tracts"], by_tract)
    assert np.array_equal(setting.ranks["top_communities"], by_community)


def test_efficiencies_are_those_of_the_formula():
    setting = as_they_are(source_of(1))
    table = efficiencies(setting, SCHOOLS)
    pool, target = setting.pool, current_class(setting, 0)

    def statistics(one):
        return class_statistics(pool, members(one.placement, pool.lists, 0))

    score, plan = (statistics(outcome(name, setting, 0, target)) for name in ("score", "tiers"))
    benchmark = statistics(outcome("race_only", setting, 0, target))
    at = table.set_index(["plan", "school", "measure", "target"])["value"]
    for measure in ("sd", "mean"):
        expected = efficiency(score, plan, benchmark, measure)
        assert at["tiers", "first", measure, "minority_only"] == pytest.approx(expected, abs=1e-9)
        assert at["benchmark", "first", measure, "overall"] == 1
    assert set(table["plan"]) == set(setting.names()) - {"score"}
    assert (table["missing"] == "").equals(table["value"].notna())


def test_what_is_missing_says_why():
    """All applicants alike in score: no plan has a cost; and no minority student, none to bring."""
    source = source_of(3)
    pool = replace(source.pool, scores=np.full(400, 90.0))
    alike = replace(source, pool=pool, indices={"unweighted": np.zeros(400)})
    table = efficiencies(as_they_are(alike), {"first": 0})
    by_plan = table.groupby("plan")["missing"].unique().map(list)
    assert by_plan["tiers"] == by_plan["race_only"] == ["undefined"]
    assert by_plan["unweighted"] == ["unreachable"]
    assert table["value"].isna().all()


def test_classes_of_equal_scores_cost_nothing():
    """Sums of the same scores in another order differ by rounding, which is no distortion."""
    rng = np.random.default_rng(1)
    scores = rng.integers(800, 900, 60) / 9
    pool = random_pool(1, n=120)
    pool = replace(pool, scores=np.concatenate([scores, rng.permutation(scores)]))
    one, other = (class_statistics(pool, np.arange(120) // 60 == half) for half in (0, 1))
    assert one["mean"] == pytest.approx(other["mean"], abs=1e-12)
    worse = {**other, "sd": other["sd"] + 1e-12, "mean": other["mean"] - 1e-12}
    for measure in ("sd", "mean"):
        assert np.isnan(efficiency(one, worse, {"sd": 5.0, "mean": 80.0}, measure))


def test_repeated_applicants_have_keys_of_their_own():
    source = source_of(4)
    setting = Resampled(source)(np.random.SeedSequence(1))
    pool = setting.pool
    assert len(pool) == len(source.pool)
    assert len(np.unique(pool.keys)) == len(pool)
    assert len(np.unique(pool.scores)) < len(np.unique(source.pool.scores))
    assert np.array_equal(np.sort(pool.scores), pool.scores[np.argsort(pool.keys)])
    assert np.array_equal(pool.seats, source.pool.seats)


def test_tracts_are_drawn_as_a_whole():
    source = source_of(5)
    numbered = replace(source, indices={"unweighted": np.arange(400) / 400})
    setting = Resampled(numbered, "tracts")(np.random.SeedSequence(3))
    rows = np.rint(400 * setting.indices["unweighted"]).astype(int)
    times = np.bincount(rows, minlength=400)
    per_tract = [set(times[source.tract == tract]) for tract in range(24)]
    assert all(len(one) == 1 for one in per_tract)
    drawn = np.array([one.pop() for one in per_tract])
    assert drawn.sum() == 24 and drawn.max() > 1
    ranks = setting.ranks["top_tracts"] * (10 + source.tract[rows])
    for tract in np.flatnonzero(drawn):
        size = (source.tract == tract).sum()
        assert np.sort(ranks[source.tract[rows] == tract]) == pytest.approx(
            np.repeat(np.arange(1, size + 1), drawn[tract])
        )
    children = np.bincount(np.arange(24) % 4, drawn * (10.0 + np.arange(24)))
    first = setting.ranks["top_communities"] * children[source.community[rows]]
    assert first == pytest.approx(np.rint(first), abs=1e-9)


def test_the_same_bytes_for_any_number_of_processes():
    source = source_of(6)
    tables = [
        bootstrap_efficiency(source, SCHOOLS, 5, 11, "tracts", processes) for processes in (1, 2)
    ]
    assert tables[0].to_csv() == tables[1].to_csv()
    assert (tables[0]["standard_error"] > 0).any()


def test_a_bootstrap_is_of_the_targets_given():
    source = source_of(6)
    target = {0: {"minority": wanted_class(as_they_are(source), 0)[0] + 1}}
    found = bootstrap_efficiency(replace(source, targets=target), {"first": 0}, 2, 11)
    wanted = efficiencies(replace(as_they_are(source), targets=target), {"first": 0})["value"]
    assert found["estimate"].equals(wanted)
    assert not wanted.equals(efficiencies(as_they_are(source), {"first": 0})["value"])
    drawn = Resampled(replace(source, targets=target))(np.random.SeedSequence(1))
    assert drawn.targets == target


def test_a_draw_does_not_depend_on_how_many_there_are():
    resampled = Resampled(source_of(7))
    few, more = (efficiency_draws(resampled, {"first": 0}, draws, 2) for draws in (2, 4))
    assert few.equals(more[more["draw"] < 2])
    other = efficiency_draws(resampled, {"first": 0}, 2, 3)
    assert not few["value"].equals(other["value"])
    assert few["draw"].nunique() == 2


def test_spread_by_hand():
    values = [0.2, 0.4, 0.9, np.nan, np.nan]
    missing = ["", "", "", "undefined", "unreachable"]
    draws = pd.DataFrame({"value": values, "missing": missing}).assign(
        draw=range(5), plan="p", school="s", measure="sd", target="overall"
    )
    [row] = spread(draws).itertuples()
    assert (row.draws, row.undefined, row.unreachable) == (5, 0.2, 0.2)
    assert row.mean == 0.5
    assert row.standard_error == pytest.approx(np.sqrt((0.09 + 0.01 + 0.16) / 2))
    assert (row.low, row.high) == pytest.approx((0.22, 0.85))
    [none] = spread(draws.assign(value=np.nan, missing="undefined")).itertuples()
    assert none.undefined == 1 and np.isnan(none.mean) and np.isnan(none.low)


@dataclass(frozen=True)
class FreshPools:
    """A pool of its own for every seed, as a synthetic world gives."""

    def __call__(self, seed) -> Setting:
        return as_they_are(source_of(int(seed.generate_state(1)[0])))


def test_the_bootstrap_tells_how_much_fresh_pools_differ():
    """Standard errors of the tier plan's efficiency, from resampling and from fresh pools."""
    fresh = spread(efficiency_draws(FreshPools(), {"first": 0}, 40, 1))
    across = fresh[is_overall_of_tiers(fresh)]["standard_error"].item()
    tables = [
        bootstrap_efficiency(source_of(seed), {"first": 0}, 15, seed) for seed in (21, 22, 23)
    ]
    within = [one[is_overall_of_tiers(one)]["standard_error"].item() for one in tables]
    assert 0.6 < np.mean(within) / across < 1.6


def is_overall_of_tiers(table):
    return table["plan"].eq("tiers") & table["measure"].eq("sd") & table["target"].eq("overall")


def test_what_is_refused():
    source = source_of(8)
    with pytest.raises(UserError, match="by: 'schools' cannot be drawn; use applicants or tracts"):
        Resampled(source, "schools")
    with pytest.raises(UserError, match="draws: 1 cannot tell"):
        bootstrap_efficiency(source, SCHOOLS, 1, 1)
    with pytest.raises(UserError, match="processes: 0"):
        efficiency_draws(Resampled(source), SCHOOLS, 2, 1, 0)


def test_target_of_a_draw_is_that_of_its_own_applicants():
    source = source_of(9)
    targets = set()
    for seed in np.random.SeedSequence(1).spawn(4):
        setting = Resampled(source)(seed)
        target = current_class(setting, 0)
        one = outcome("benchmark", setting, 0, target)
        assert composition(setting.pool, members(one.placement, setting.pool.lists, 0)) == target
        targets.add(target)
    assert len(targets) > 1
