"""Logits with effects of teachers and schools beside dummy variables, and choices given their number."""

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from preference_cases import choices_of, conditional_chance, derivative, world

from welfare_added.choice.binary_panel import binary_logit
from welfare_added.choice.draws import gauss_hermite
from welfare_added.market import features
from welfare_added.market.conditional import conditional_model
from welfare_added.market.fixed_effects import fixed_effects_logit
from welfare_added.market.intercepts import Block, intercept_logit
from welfare_added.market.teacher_variants import EFFECTS, estimate_variant
from welfare_added.run.errors import UserError

ROWS, TEACHERS, SCHOOLS = 900, 40, 7


@pytest.fixture(scope="module")
def panel():
    """Covariates, choices, trials, teachers, schools; both have effects."""
    rng = np.random.default_rng(4)
    teacher, school = rng.integers(0, TEACHERS, ROWS), rng.integers(0, SCHOOLS, ROWS)
    x = rng.standard_normal((ROWS, 2))
    utility = (
        x @ [0.6, -1.0] + rng.normal(size=TEACHERS)[teacher] + rng.normal(size=SCHOOLS)[school] - 1
    )
    trials = rng.integers(1, 3, ROWS)
    taken = rng.binomial(trials, 1 / (1 + np.exp(-utility)))
    return x, taken.astype(float), trials.astype(float), teacher, school


def dummies(*codes):
    parts = [(code[:, None] == np.unique(code)).astype(float) for code in codes]
    return np.hstack([parts[0], *(one[:, 1:] for one in parts[1:])])


@pytest.mark.parametrize("which", [("teacher",), ("school",), ("teacher", "school")])
def test_fixed_effects_are_those_of_dummy_variables(panel, which):
    x, taken, trials, teacher, school = panel
    codes = {
        name: code for name, code in (("teacher", teacher), ("school", school)) if name in which
    }
    found = fixed_effects_logit(x, taken, trials, **codes)
    used = found.used
    design = np.hstack([x, dummies(*codes.values())])[used]
    design = design[:, design.any(axis=0)]
    both = np.column_stack([taken, trials - taken])[used]
    other = sm.GLM(both, design, family=sm.families.Binomial()).fit(tol=1e-13)
    np.testing.assert_allclose(found.slopes, other.params[:2], atol=1e-7)
    np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), other.bse[:2], rtol=1e-6)


def test_teachers_who_chose_all_or_none_are_left_out(panel):
    x, taken, trials, teacher, _ = panel
    taken = np.where(teacher == 3, trials, np.where(teacher == 5, 0, taken))
    found = fixed_effects_logit(x, taken, trials, teacher=teacher)
    assert not found.used[(teacher == 3) | (teacher == 5)].any()
    assert np.isnan(found.teacher_effects[[3, 5]]).all()
    assert np.isfinite(np.delete(found.teacher_effects, [3, 5])).all()


def test_parts_that_share_no_teacher_are_counted(panel):
    x, taken, trials, teacher, school = panel
    apart = (teacher < 20) == (school < 4)
    found = fixed_effects_logit(
        x[apart], taken[apart], trials[apart], teacher=teacher[apart], school=school[apart]
    )
    assert found.parts == 2
    assert found.school_effects[0] == found.school_effects[4] == 0


def test_fixed_effects_refuse_what_does_not_vary(panel):
    x, taken, trials, teacher, _ = panel
    with pytest.raises(UserError, match="want codes of teachers, of schools, or of both"):
        fixed_effects_logit(x, taken, trials)
    with pytest.raises(UserError, match="do not vary within teachers or schools"):
        fixed_effects_logit(np.column_stack([x, teacher * 1.0]), taken, trials, teacher=teacher)
    with pytest.raises(UserError, match="chose all or none"):
        fixed_effects_logit(x, trials, trials, teacher=teacher)


def test_choices_given_their_number_are_those_of_all_ways():
    rng = np.random.default_rng(0)
    x = 2 * rng.standard_normal((11, 2))
    agent = np.array([0] * 5 + [1] * 3 + [2] * 3)
    trials = np.array([2, 1, 3, 1, 2, 1, 1, 1, 1, 1, 1.0])
    taken = np.array([1, 1, 0, 0, 2, 0, 1, 0, 0, 0, 0.0])  # the last agent chooses none
    model = conditional_model(x, taken, trials, agent, ["one", "two"])
    assert model.agents.tolist() == [0, 1]

    def slow(at):
        return sum(
            conditional_chance((x @ at)[agent == a], taken[agent == a], trials[agent == a])
            for a in (0, 1)
        )

    at = np.array([0.7, -1.1])
    value, score = model.evaluate(at)
    assert value.sum() == pytest.approx(slow(at), abs=1e-10)
    np.testing.assert_allclose(score.sum(axis=0), derivative(slow, at), atol=1e-7)


def test_choices_given_their_number_need_some_that_vary():
    with pytest.raises(UserError, match="every teacher chose all or none"):
        conditional_model(np.ones((2, 1)), np.zeros(2), np.ones(2), np.zeros(2, dtype=int), ["one"])


def test_random_intercepts_are_those_of_the_choice_package(panel):
    x, taken, trials, teacher, _ = panel
    own = np.random.default_rng(1).standard_normal((TEACHERS, 2))
    model = intercept_logit(
        x, taken, trials, teacher, names=["a", "b"], blocks=[Block(teacher, own, ("c", "d"))]
    )
    other = binary_logit(
        np.column_stack([x, own[teacher]]),
        taken,
        teacher,
        random=np.ones((ROWS, 1)),
        trials=trials,
        nodes=gauss_hermite(31),
        at_modes=True,
    )
    at = np.array([0.5, -0.8, 0.2, -0.1, 0.9])
    value, score = model.evaluate(at)
    wanted = other.evaluate(at)
    np.testing.assert_allclose(value, wanted[0], atol=1e-9)
    np.testing.assert_allclose(score, wanted[1], atol=1e-6)


def test_random_intercepts_of_many_trials_and_of_parts_of_one_are_those_of_an_integral():
    rng = np.random.default_rng(2)
    agent, trials = (
        np.repeat([0, 1, 2], 4),
        np.array([1.0, 3, 2.5, 300, 400, 7, 600, 1, 1, 1, 2, 1]),
    )
    x, taken = rng.standard_normal((12, 1)), np.floor(trials * rng.random(12))
    model = intercept_logit(x, taken, trials, agent, names=["a"], blocks=[])
    at = np.array([0.4, 0.8])
    line = np.linspace(-8, 8, 200_001)
    wanted = []
    for a in range(3):
        of = agent == a
        utility = (x[of] @ at[:1])[:, None] + at[1] * line
        height = (taken[of, None] * utility - trials[of, None] * np.logaddexp(0, utility)).sum(0)
        height -= line**2 / 2
        mass = np.exp(height - height.max()).sum() * (line[1] - line[0]) / np.sqrt(2 * np.pi)
        wanted.append(height.max() + np.log(mass))
    np.testing.assert_allclose(model.evaluate(at)[0], wanted, atol=1e-7)
    slope = derivative(lambda one: model.evaluate(one)[0].sum(), at)
    np.testing.assert_allclose(model.evaluate(at)[1].sum(axis=0), slope, rtol=1e-5, atol=1e-4)


def test_scores_of_intercepts_of_schools_by_teacher_sum_to_the_slope(panel):
    x, taken, trials, teacher, school = panel
    model = intercept_logit(
        x, taken, trials, school, names=["a", "b"], score_codes=teacher,
        blocks=[Block(teacher, np.eye(TEACHERS)[:, 1:4], ("c", "d", "e"))],
    )  # fmt: skip
    at = np.array([0.5, -0.8, 0.2, -0.1, 0.3, 0.9])
    value, score = model.evaluate(at)
    assert value.shape == (SCHOOLS,) and score.shape == (TEACHERS, 6)
    slope = derivative(lambda one: model.evaluate(one)[0].sum(), at)
    np.testing.assert_allclose(score.sum(axis=0), slope, rtol=1e-5, atol=1e-4)


@pytest.fixture(scope="module")
def choices():
    return choices_of(world(applicants=500, positions=800))


@pytest.fixture(scope="module")
def variants(choices):
    return {kind: estimate_variant(choices, kind, separated="drop") for kind in EFFECTS}


def test_every_variant_finds_that_commutes_are_disliked(variants):
    for kind, found in variants.items():
        commute = found.estimates.values(["commute"])[0]
        assert -0.1 < commute < -0.04, kind


def test_fixed_effects_of_teachers_exaggerate_what_the_conditional_logit_finds(variants):
    fixed, conditional, random = (
        variants[kind].estimates.values(["commute"])[0]
        for kind in ("teacher_fe", "teacher_conditional", "teacher_re")
    )
    assert abs(fixed) > abs(conditional)
    error = variants["teacher_conditional"].estimates.standard_errors[0]
    assert abs(conditional - random) < 2 * error


def test_school_effects_are_of_models_that_have_them(variants):
    for kind, found in variants.items():
        assert (found.school_effects.std() > 0) == ("school" in kind and kind != "school_re") or (
            kind == "school_re"
        ), kind
    # Dummies of schools and Newton's method of fixed effects: the same model but for the intercept.
    assert (
        np.corrcoef(
            variants["school_fe"].school_effects, variants["teacher_re_school_fe"].school_effects
        )[0, 1]
        > 0.5
    )


def test_schools_that_matter_have_a_spread(choices):
    effect = np.random.default_rng(2).normal(0, 1.5, len(choices.school_ids))
    chance = 1 / (1 + np.exp(2 - effect[choices.schools]))
    taken = np.random.default_rng(3).binomial(choices.trials.astype(int), chance).astype(float)
    found = estimate_variant(replace(choices, taken=taken), "school_re", separated="drop")
    assert found.estimates.values(["school_effect_sd"])[0] == pytest.approx(1.5, abs=0.3)
    assert np.corrcoef(found.school_effects, effect)[0, 1] > 0.9
    assert found.school_effects.std() == pytest.approx(effect.std(), rel=0.2)


def test_left_out_covariates_of_fixed_effects_are_named(variants):
    assert set(variants["teacher_fe"].estimates.left_out) >= {*features.TEACHER, *features.MEANS}


def test_unknown_variant_is_refused(choices):
    with pytest.raises(UserError, match="want one of no_effects, school_fe"):
        estimate_variant(choices, "probit")
