"""Chains: continued byte for byte, kept draws, and what a schedule refuses."""

from dataclasses import fields

import numpy as np
import pytest
from selection_cases import INFORMATIVE, world

from welfare_added.run.errors import UserError
from welfare_added.selection.all_pairs import expected_matches, matches_of_all_pairs
from welfare_added.selection.chain import Schedule, advance, begin, generator
from welfare_added.selection.chain_files import (
    complete_chain,
    finished_chain,
    load_chain,
    save_chain,
)
from welfare_added.selection.model import state_model
from welfare_added.selection.parameters import parameter_names
from welfare_added.selection.simulate import draw_parameters, simulate

SCHEDULE = Schedule(
    plain=6, rounds=2, moves=4, burn=3, kept=6, thin=2, repeats=2, lists=2, effects=3
)


@pytest.fixture(scope="module")
def model():
    rng, setting = np.random.default_rng(3), world()
    system, _ = simulate(setting, draw_parameters(setting, INFORMATIVE, rng), "full", rng)
    return state_model(system, "full", INFORMATIVE)


def begun(model, number=0):
    return begin(model, INFORMATIVE, generator(9, number))


def run(model, number=0):
    return advance(model, begun(model, number), SCHEDULE, SCHEDULE.sweeps)


@pytest.mark.parametrize("stop", [3, 8, 16, 20])
def test_a_saved_chain_continues_byte_for_byte(model, tmp_path, stop):
    """Stopped before the pilot's rounds, within one, in the burn-in and among kept draws."""
    whole, path = run(model), tmp_path / "chain.npz"
    save_chain(path, advance(model, begun(model), SCHEDULE, stop))
    again = advance(model, load_chain(path), SCHEDULE, SCHEDULE.sweeps)
    for field in fields(whole.state):
        first, second = (getattr(c.state, field.name) for c in (whole, again))
        assert np.array_equal(first, second) if field.name != "scales" else first == second
    assert np.array_equal(whole.draws, again.draws)
    assert whole.rng.bit_generator.state == again.rng.bit_generator.state
    for name, chain in (("a", whole), ("b", again)):
        save_chain(tmp_path / name, chain)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_chain_is_completed_from_its_file(model, tmp_path):
    whole, path = run(model), tmp_path / "chain.npz"
    save_chain(path, advance(model, begun(model), SCHEDULE, 9), "digest")
    rest = model, SCHEDULE, INFORMATIVE, 9, 0
    completed = complete_chain(*rest, path, "digest", 5)
    assert np.array_equal(whole.draws, completed.draws)
    assert np.array_equal(load_chain(path, "digest").draws, whole.draws)
    anew = complete_chain(*rest, tmp_path / "other.npz", "digest", 7)
    assert np.array_equal(whole.draws, anew.draws)
    with pytest.raises(UserError, match="a chain of other data or choices; delete it"):
        complete_chain(*rest, path, "another", 5)


def test_kept_draws_and_effects(model):
    chain = run(model)
    assert chain.draws.shape == (SCHEDULE.kept, len(parameter_names(model)))
    assert chain.done == SCHEDULE.sweeps and len(chain.effects) == 3
    assert np.isfinite(chain.draws).all()
    kept = chain.draws[1::2, : len(model.names[0])]
    np.testing.assert_array_equal(kept, [state.outcome for state in chain.effects])


def test_chains_differ_and_do_not_depend_on_each_other(model):
    assert not np.array_equal(run(model, 0).draws, run(model, 1).draws)
    assert generator(9, 1).random() == generator(9, 1).random()


def test_decisions_are_respected_to_the_end(model):
    state, data = run(model).state, model.menus.data
    menu = np.repeat(np.arange(len(data.teacher)), np.diff(data.first))
    applied = data.applied.astype(bool)
    assert (state.utility[applied] >= state.fallback[menu][applied]).all()
    assert (state.utility[~applied] <= state.fallback[menu][~applied]).all()
    assert (data.offer > 0).any()
    for m in np.unique(menu[data.offer > 0]):
        rows = np.flatnonzero((menu == m) & (data.offer > 0))
        assert data.offer[rows[state.utility[rows].argmax()]] == 2


def test_files_and_schedules_that_are_refused(tmp_path):
    path = tmp_path / "chain.npz"
    with pytest.raises(UserError, match="not a saved chain"):
        load_chain(path)
    path.write_bytes(b"PK")
    with pytest.raises(UserError, match="delete it to start anew"):
        load_chain(path)
    with pytest.raises(UserError, match=r"schedule.plain: 1, want 2 or more"):
        Schedule(plain=1, rounds=0, moves=1, burn=0, kept=1)
    with pytest.raises(UserError, match=r"schedule.effects: 9, want at most kept \(3\)"):
        Schedule(plain=2, rounds=0, moves=1, burn=0, kept=3, effects=9)


def test_matches_of_all_pairs_keep_what_is_known(model):
    state, rng = run(model).state, np.random.default_rng(1)
    drawn, pairs = matches_of_all_pairs(model, state, rng), model.pairs
    for one in (drawn, expected_matches(model, state)):
        at = pairs.teacher, pairs.school
        assert one.eta_y.shape == one.eta_v.shape == (model.teachers, model.schools)
        np.testing.assert_array_equal(one.eta_u[at], state.eta_u)
        np.testing.assert_array_equal(one.eta_v[at][pairs.listed], state.eta_v)
        cells = pairs.of_cell
        np.testing.assert_array_equal(
            one.eta_y[pairs.teacher[cells], pairs.school[cells]], state.eta_y
        )


def test_expected_matches_are_the_means_of_drawn_ones(model):
    state, rng = run(model).state, np.random.default_rng(2)
    drawn = [matches_of_all_pairs(model, state, rng) for _ in range(4000)]
    for name in ("eta_y", "eta_u", "eta_v"):
        values = np.array([getattr(one, name) for one in drawn])
        error = values.std(axis=0) / np.sqrt(len(drawn)) + 1e-12
        z = (values.mean(axis=0) - getattr(expected_matches(model, state), name)) / error
        assert np.abs(z).max() < 4.5 and z.std() < 1.3


def test_a_finished_chain_stands_at_its_path_and_goes_on_from_its_unfinished_file(model, tmp_path):
    rest, path = (model, SCHEDULE, INFORMATIVE, 9, 0), tmp_path / "0.npz"
    unfinished = tmp_path / "0.unfinished.npz"
    half = advance(model, begin(model, INFORMATIVE, generator(9, 0)), SCHEDULE, 12)
    save_chain(unfinished, half, "digest")
    whole = finished_chain(*rest, path, "digest", 5)
    assert path.exists() and not unfinished.exists()
    assert np.array_equal(load_chain(path).draws, whole.draws)
    assert len(whole.early) == SCHEDULE.pilot + SCHEDULE.burn
    straight = finished_chain(*rest, tmp_path / "1.npz", "digest", 50)
    np.testing.assert_array_equal(straight.draws, whole.draws)
    np.testing.assert_array_equal(straight.early, whole.early)


def test_an_unfinished_chain_of_other_choices_is_begun_anew(model, tmp_path, caplog):
    rest, path = (model, SCHEDULE, INFORMATIVE, 9, 0), tmp_path / "0.npz"
    other = advance(model, begin(model, INFORMATIVE, generator(8, 0)), SCHEDULE, 12)
    save_chain(tmp_path / "0.unfinished.npz", other, "another")
    made = finished_chain(*rest, path, "digest", 50)
    assert "of other data or choices, begun anew" in caplog.text
    straight = finished_chain(*rest, tmp_path / "1.npz", "digest", 50)
    np.testing.assert_array_equal(made.draws, straight.draws)
    (tmp_path / "2.unfinished.npz").write_bytes(b"PK")
    with pytest.raises(UserError, match="not a saved chain"):
        finished_chain(*rest, tmp_path / "2.npz", "digest", 50)
