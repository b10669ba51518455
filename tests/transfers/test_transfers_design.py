"""The design gives back what the synthetic system decided on, and sums are those of its rows."""

import numpy as np
import pandas as pd
import pytest
from numpy.polynomial.hermite_e import hermegauss
from scipy.stats import norm
from transfers_world import INPUTS, PARAMETERS, STUDY, as_raw, design, truth, world

from welfare_added.run.errors import UserError
from welfare_added.transfers.design import build_design
from welfare_added.transfers.pairs import pair_regressors
from welfare_added.transfers.synthetic_system import synthesise_system

SEEDS = (1, 2, 3)


def utilities(seed: int, size: str) -> tuple[np.ndarray, np.ndarray]:
    """Mean utility of each row and each fallback at the planted values, from the design alone."""
    own, supply = design(size, seed), design(size, seed).system.supply
    right = truth(size, seed)
    effect, eta = right.attraction, right.eta_u
    person = supply.teacher[own.menu_rows["menu"]]
    rows = supply.regressors @ right.supply + effect[supply.school] + eta[person, supply.school]
    present = supply.own_regressors @ right.supply + effect[supply.own_school]
    present += eta[supply.teacher, supply.own_school] + right.spreads["inertia"]
    return rows, np.where(supply.displaced, 0.0, present)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_design_has_the_utilities_on_which_teachers_decided(seed):
    own, made = design(seed=seed), world(seed=seed)
    rows, fallback = utilities(seed, "tiny")
    menu = own.menu_rows["menu"].to_numpy()
    key = pd.MultiIndex.from_arrays(
        [
            made.tables["vacancies"]["vacancy_id"].to_numpy()[own.menu_rows["vacancy"]],
            own.records.teachers[own.system.supply.teacher[menu]],
        ]
    )
    decided = made.utilities.set_index(["vacancy_id", "teacher_id"])
    assert len(decided) == len(key) and key.is_unique
    decided = decided.reindex(key)
    assert np.abs(decided["utility"] - rows).max() < 1e-12
    assert np.abs(decided["fallback"] - fallback[menu]).max() < 1e-12


def scores(seed: int, size: str, displaced: bool) -> np.ndarray:
    """z of the applications' score in each coefficient, inertia or level, at the planted values.

    The errors of a menu's rows are integrated out given that of the fallback, and this one by
    quadrature: its density is normal, and rows are independent given it.
    """
    supply = design(size, seed).system.supply
    rows, fallback = utilities(seed, size)
    nodes, weights = hermegauss(24)
    menu = np.repeat(np.arange(len(fallback)), np.diff(supply.first))
    sign = np.where(supply.applied, 1.0, -1.0)
    gap = sign[:, None] * (rows[:, None] - fallback[menu][:, None] - nodes)
    log_chance = norm.logcdf(gap)
    hazard = sign[:, None] * np.exp(norm.logpdf(gap) - log_chance)
    total = np.add.reduceat(log_chance, supply.first[:-1])
    posterior = np.exp(total - total.max(axis=1, keepdims=True)) * weights
    posterior /= posterior.sum(axis=1, keepdims=True)
    of_row = (hazard * posterior[menu]).sum(axis=1)  # expected derivative in the row's mean
    of_own = -np.add.reduceat(of_row, supply.first[:-1])
    one = np.add.reduceat(of_row[:, None] * supply.regressors, supply.first[:-1])
    one += of_own[:, None] * supply.own_regressors
    level = np.where(supply.displaced, -of_own, 0.0)
    columns = np.column_stack([one, level if displaced else of_own])[supply.displaced == displaced]
    return columns.sum(axis=0) / np.sqrt((columns**2).sum(axis=0))


@pytest.mark.parametrize("displaced", [False, True])
def test_applications_are_those_of_the_model_at_the_planted_values(displaced):
    z = np.concatenate([scores(seed, "tiny", displaced) for seed in range(1, 13)])
    assert 0.75 < np.sqrt((z**2).mean()) < 1.25
    assert np.abs(z).max() < 4.0


def test_a_fallback_without_the_present_schools_match_is_seen(monkeypatch):
    """What the test above is to find: utilities of another fallback than the one decided on."""
    right = utilities

    def wrong(seed, size):
        rows, fallback = right(seed, size)
        return rows, np.where(fallback == 0.0, 0.0, fallback - 0.5)

    monkeypatch.setattr("test_transfers_design.utilities", wrong)
    z = np.concatenate([scores(seed, "tiny", False) for seed in range(1, 13)])
    assert np.sqrt((z**2).mean()) > 1.25


def test_first_posts_do_not_depend_on_unobserved_matches():
    z = []
    for seed in range(1, 13):
        records, eta = design(seed=seed).records, truth(seed=seed).eta_u
        first = records.teacher_years[records.teacher_years["year"] == records.years[0]]
        first = first[first["own_school"] >= 0]
        own = eta[first["teacher"], first["own_school"]]
        z.append(own.mean() / truth(seed=seed).spreads["sd_eta_u"] * np.sqrt(len(own)))
    assert abs(np.mean(z)) * np.sqrt(len(z)) < 3.5


def dense(seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Regressors by row, scores, teacher and school of all pairs."""
    own = design(seed=seed)
    records, pairs, names = own.records, own.pairs, own.system.outcomes.names
    position = records.positions.iloc[pairs.position]
    year = position["year"].to_numpy()
    school = position["school"].to_numpy()
    blocks = [pair_regressors(records, pairs, np.flatnonzero(year == one)) for one in records.years]
    order = np.concatenate([np.flatnonzero(year == one) for one in records.years])
    table = np.empty((len(order), blocks[0].shape[1]))
    table[order] = np.vstack(blocks)
    columns = [np.ones(len(order)), *table.T]
    columns += [(school == one).astype(float) for one in range(1, len(records.schools))]
    columns += [(year == one).astype(float) for one in records.years[1:]]
    assert len(columns) == len(names)
    teacher = records.teacher_years["teacher"].to_numpy()[position["teacher_year"]]
    return np.column_stack(columns), pairs.score, teacher, school


def test_sums_are_those_of_the_rows():
    rows, score, teacher, school = dense()
    sums = design().system.outcomes
    np.testing.assert_allclose(sums.cross, rows.T @ rows, rtol=1e-9, atol=1e-7)
    np.testing.assert_allclose(sums.moment, rows.T @ score, rtol=1e-9, atol=1e-7)
    assert sums.square == pytest.approx(score @ score)
    for cell in (0, 7, len(sums.teacher) - 1):
        own = (teacher == sums.teacher[cell]) & (school == sums.school[cell])
        assert sums.rows[cell] == own.sum() > 0
        np.testing.assert_allclose(sums.regressor_sum[cell], rows[own].sum(axis=0), atol=1e-8)
        assert sums.score_sum[cell] == pytest.approx(score[own].sum(), abs=1e-9)
    assert sums.rows.sum() == len(score)


def test_scores_are_the_planted_ones_but_for_their_errors():
    errors, z = [], []
    for seed in SEEDS:
        rows, score, teacher, school = dense(seed)
        right = truth(seed=seed)
        expected = rows @ right.outcomes + (right.theta[:, None] + right.eta_y)[teacher, school]
        error = score - expected
        errors.append(error)
        slope = rows[:, 1:34].T @ error
        z.append(slope / np.sqrt((rows[:, 1:34] ** 2).sum(axis=0)) / 0.57)
    assert np.concatenate(errors).std() == pytest.approx(0.57, rel=0.02)
    z = np.concatenate(z)
    assert 0.75 < np.sqrt((z**2).mean()) < 1.25


def test_ranks_are_those_of_the_model_at_the_planted_values():
    """Of lists that are not cut off: who is ranked, against the chance that her v is positive."""
    z = []
    for seed in range(1, 13):
        demand, right = design(seed=seed).system.demand, truth(seed=seed)
        size = np.diff(demand.first)
        short = np.repeat(size <= demand.most_ranked, size)
        mean = demand.regressors @ right.demand + right.phi[demand.teacher]
        mean = (mean + right.eta_v[demand.teacher, demand.school])[short]
        chance, ranked = norm.cdf(mean), demand.rank[short] > 0
        column = demand.regressors[short] * (norm.pdf(mean) / (chance * (1 - chance)))[:, None]
        score = column * (ranked - chance)[:, None]
        spread = np.sqrt((column**2 * (chance * (1 - chance))[:, None]).sum(axis=0))
        z.append(score.sum(axis=0)[spread > 0] / spread[spread > 0])
    z = np.concatenate(z)
    assert 0.7 < np.sqrt((z**2).mean()) < 1.3
    assert len(z) > 150


def none_applied(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Chance that nothing on a menu is applied to, at the planted values; and whether displaced."""
    supply = design(seed=seed).system.supply
    rows, fallback = utilities(seed, "tiny")
    nodes, weights = hermegauss(40)
    gap = np.repeat(fallback, np.diff(supply.first))[:, None] + nodes - rows[:, None]
    none = np.exp(np.add.reduceat(norm.logcdf(gap), supply.first[:-1]))
    return none @ weights / weights.sum(), supply.displaced


def test_as_many_teachers_search_as_the_planted_values_imply():
    """The published inertia and menus imply more searching teachers than table 1 counts."""
    z = []
    for seed in range(1, 13):
        supply = design(seed=seed).system.supply
        searching = np.add.reduceat(supply.applied.astype(int), supply.first[:-1]) > 0
        none, displaced = none_applied(seed)
        for group in (displaced, ~displaced):
            chance = 1.0 - none[group]
            spread = np.sqrt((chance * (1 - chance)).sum())
            z.append((searching[group].sum() - chance.sum()) / spread)
    assert 0.6 < np.sqrt(np.mean(np.square(z))) < 1.4


def test_lists_have_the_ranked_first_and_all_who_were_interviewed():
    tables, demand = world().tables, design().system.demand
    interviewed = tables["interviews"]["interviewed"].sum()
    assert len(demand.teacher) == interviewed
    assert (demand.rank > 0).sum() == len(tables["rankings"])
    assert demand.names[0] == "constant"
    assert design(rankings="positive").system.demand.names[0] == "male"


def test_a_regressor_that_is_the_same_in_every_list_is_left_out_of_the_order(caplog):
    raw = as_raw(world().tables)
    raw.tables["teacher_years"]["gender"] = "female"
    names = build_design(raw, STUDY, rankings="order").system.demand.names
    assert "male" not in names and "education" in names
    assert "the same within all lists, so not identified by their order: male" in caplog.text


def test_offers_held_together_are_compared():
    supply = design("small").system.supply
    menus = np.repeat(np.arange(len(supply.teacher)), np.diff(supply.first))
    accepted, declined = (np.bincount(menus, supply.offer == kind) for kind in (2, 1))
    assert accepted.max() == 1 and ((accepted > 0) == (declined > 0)).all()
    offers = world("small").tables["offers"]
    held = offers.merge(world("small").tables["vacancies"], on="vacancy_id")
    size = held.groupby(["teacher_id", "year", "round", "step"]).size()
    assert accepted.sum() == (size > 1).sum() > 0
    assert declined.sum() == (size[size > 1] - 1).sum()


def test_vacancies_below_half_time_are_left_out():
    raw, own = as_raw(world("small").tables), design("small")
    offers = raw.tables["offers"].merge(raw.tables["vacancies"], on="vacancy_id")
    held = offers.groupby(["teacher_id", "year", "round", "step"])["accepted"].transform("size")
    one = offers.loc[(held > 1) & (offers["accepted"] == 1), "vacancy_id"].iloc[0]
    small = raw.tables["vacancies"]["vacancy_id"] == one
    raw.tables["vacancies"].loc[small, "fte"] = 0.4
    made = build_design(raw, STUDY)
    gone = np.flatnonzero(small)[0]
    assert len(made.menu_rows) == len(own.menu_rows) - (own.menu_rows["vacancy"] == gone).sum()
    assert gone not in set(made.menu_rows["vacancy"]) | set(made.list_rows["vacancy"])
    assert (made.system.supply.offer == 2).sum() == (own.system.supply.offer == 2).sum() - 1
    assert len(made.menus) == len(own.menus)  # who accepted it has no later menu all the same


def test_order_of_rows_in_the_files_does_not_matter():
    raw = as_raw(world().tables)
    for name, rows in raw.tables.items():
        raw.tables[name] = rows.sample(frac=1.0, random_state=3).reset_index(drop=True)
    mixed, own = build_design(raw, STUDY).system, design().system
    np.testing.assert_array_equal(mixed.supply.regressors, own.supply.regressors)
    np.testing.assert_array_equal(mixed.supply.applied, own.supply.applied)
    np.testing.assert_array_equal(mixed.outcomes.cross, own.outcomes.cross)
    np.testing.assert_array_equal(mixed.demand.rank, own.demand.rank)


def test_a_menu_without_an_application_and_one_applied_to_in_full_are_taken():
    raw = as_raw(world().tables)
    made = raw.tables["applications"]
    one = made["teacher_id"].iloc[0]
    for name in ("applications", "interviews", "rankings", "offers"):
        rows = raw.tables[name]
        raw.tables[name] = rows[rows["teacher_id"] != one].reset_index(drop=True)
    raw.tables["rankings"]["rank"] = raw.tables["rankings"].groupby("vacancy_id").cumcount() + 1
    assert len(build_design(raw, STUDY).system.supply.applied) == len(
        design().system.supply.applied
    )


def test_unknown_words_are_refused():
    with pytest.raises(UserError, match=r"selection.rankings: 'all'; want positive, order, full"):
        build_design(as_raw(world().tables), STUDY, rankings="all")
    with pytest.raises(
        UserError, match=r"district.size is 'huge'; choose one of full, small, tiny"
    ):
        synthesise_system(INPUTS, PARAMETERS, size="huge", scenario="published", seed=1)
