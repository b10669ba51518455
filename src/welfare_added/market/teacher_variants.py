"""Teachers' preferences by binary logits with effects of teachers and schools (table 7, part 4)."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from welfare_added.choice.maximum import covariance as covariance_of
from welfare_added.choice.maximum import maximise
from welfare_added.market import features
from welfare_added.market.columns import usable
from welfare_added.market.conditional import conditional_model
from welfare_added.market.estimates import Estimates
from welfare_added.market.fixed_effects import fixed_effects_logit
from welfare_added.market.intercepts import SPREAD, Block, InterceptLogit, intercept_logit
from welfare_added.market.plain_logit import plain_logit
from welfare_added.market.polish import polished
from welfare_added.market.teacher_choices import TeacherChoices
from welfare_added.market.teacher_model import estimable
from welfare_added.run.errors import UserError

log = logging.getLogger(__name__)
WHAT = "teachers' applications"
SCHOOL_SPREAD = "school_effect_sd"
# By name: who has fixed effects, who has a random intercept.
EFFECTS = {
    "no_effects": ((), None),
    "school_fe": (("school",), None),
    "school_re": ((), "school"),
    "teacher_fe": (("teacher",), None),
    "teacher_re": ((), "teacher"),
    "teacher_re_school_fe": (("school",), "teacher"),
    "teacher_fe_school_fe": (("teacher", "school"), None),
    "teacher_conditional": (("teacher",), None),
}
PASSES = 60  # of taking means within teachers and schools in turn
WITHIN = 1e-6  # share of a column's squared length that effects leave


@dataclass(frozen=True)
class TeacherVariant:
    """Estimates of one variant.

    Attributes
    ----------
    estimates
        Coefficients of `features` names; standard deviations where there are random intercepts.
    school_ids, school_effects
        (S,) identifiers, and effects on utility; zero in models without schools' effects.

    """

    estimates: Estimates
    school_ids: np.ndarray = field(repr=False)
    school_effects: np.ndarray = field(repr=False)


def estimate_variant(
    choices: TeacherChoices, kind: str, *, separated: str = "refuse", at_least: int = 1
) -> TeacherVariant:
    """Estimate a binary logit of applications with effects of teachers, schools or both.

    Present positions do not enter: with teachers' fixed effects they make no difference, and the
    text calls the other variants plain logits too. ``teacher_conditional`` is the likelihood given
    each teacher's number of applications, which is free of the bias that fixed effects of teachers
    with few choices have.

    Parameters
    ----------
    choices
        Choice sets as arrays.
    kind
        One of `EFFECTS`.
    separated, at_least
        As `teacher_model`.

    Raises
    ------
    UserError
        If the kind is another, or there is no maximum.

    """
    if kind not in EFFECTS:
        raise UserError(f"teachers' model {kind!r}: want one of {', '.join(EFFECTS)}")
    fixed, random = EFFECTS[kind]
    if kind == "teacher_conditional":
        return _conditional(choices)
    if "teacher" in fixed or (fixed and random is None):
        return _fixed(choices, fixed, (separated, at_least))
    return _with_intercepts(choices, bool(fixed), random, (separated, at_least))


def _fixed(choices, fixed, rare) -> TeacherVariant:
    codes = {"teacher": choices.agent, "school": choices.schools}
    codes = {name: codes[name] for name in fixed}
    pair, own, (pair_names, own_names) = estimable(choices, *rare)
    columns, names = pair, pair_names
    if "teacher" not in fixed:
        columns = np.column_stack([pair, own[choices.agent]])
        names = [*pair_names, *own_names]
    columns, names = varying_within(columns, names, choices.trials, list(codes.values()))
    found = fixed_effects_logit(columns, choices.taken, choices.trials, **codes)
    estimates = Estimates(
        names=tuple(names),
        parameters=found.slopes,
        covariance=found.covariance,
        log_likelihood=found.log_likelihood,
        agents=len(np.unique(choices.agent[found.used])),
        choices=int(choices.trials[found.used].sum()),
        evaluations=found.steps,
        message=f"{found.steps} Newton steps, {found.parts} connected parts",
        left_out=_left_out(names),
    )
    effects = np.zeros(len(choices.school_ids))
    if found.school_effects is not None:
        effects = _completed(found.school_effects, len(effects))
    return TeacherVariant(estimates, choices.school_ids, effects)


def _with_intercepts(choices, school_dummies, random, rare) -> TeacherVariant:
    pair, own, (pair_names, own_names) = estimable(choices, *rare)
    blocks = [Block(choices.agent, own, tuple(own_names))]
    count = len(choices.school_ids)
    if school_dummies:
        every = np.column_stack([pair, own[choices.agent]])
        _, names = varying_within(
            every, [*pair_names, *own_names], choices.trials, [choices.schools]
        )
        pair = pair[:, [pair_names.index(name) for name in pair_names if name in names]]
        own = own[:, [own_names.index(name) for name in own_names if name in names]]
        pair_names = [name for name in pair_names if name in names]
        own_names = [name for name in own_names if name in names]
        blocks = [Block(choices.agent, own, tuple(own_names)), _schools(choices)]
    agent = choices.schools if random == "school" else choices.agent
    model = intercept_logit(
        pair,
        choices.taken,
        choices.trials,
        agent,
        names=pair_names,
        blocks=blocks,
        random=random is not None,
        score_codes=choices.agent,
    )
    start = _start(model, choices, pair, own)
    if random is not None and _slope_at_zero(model, start) <= 0:
        log.info("%s: effects of each %s vary no more than chance does", WHAT, random)
        plain = _with_intercepts(choices, school_dummies, None, rare)
        return replace(plain, estimates=plain.estimates.with_zero(*_renamed([SPREAD], random)))
    found = polished(model, maximise(model, start))
    found.require_converged()
    kind, clusters = ("hessian", None) if random == "school" else ("scores", choices.people)
    covariance = covariance_of(model, found, kind, clusters)
    effects = np.zeros(count)
    if school_dummies:
        first = len(pair_names) + len(own_names)
        effects[1:] = found.parameters[first : first + count - 1]
    if random == "school":
        effects = _school_means(model, found.parameters, choices, count)
    sign = np.ones(len(model.names))
    if random is not None and found.parameters[-1] < 0:  # a standard deviation's sign is free
        sign[-1] = -1.0
    covariance = covariance * np.multiply.outer(sign, sign)
    kept = [name for name in model.names if not name.startswith("school ")]
    keep = np.array([name in kept for name in model.names])
    return TeacherVariant(
        Estimates(
            names=tuple(_renamed(kept, random)),
            parameters=(found.parameters * sign)[keep],
            covariance=covariance[np.ix_(keep, keep)],
            log_likelihood=found.log_likelihood,
            agents=len(choices.applicants),
            choices=int(choices.trials.sum()),
            evaluations=found.evaluations,
            message=found.message,
            left_out=_left_out(kept),
        ),
        choices.school_ids,
        effects,
    )


def _start(model, choices, pair, own) -> np.ndarray:
    """Coefficients of the logit without effects; half a standard deviation of effects."""
    start = model.start()
    plain = plain_logit(pair, own, choices.taken, choices.trials, choices.first)
    start[: len(plain)] = plain
    return start


def _slope_at_zero(model: InterceptLogit, start) -> float:
    """Derivative of the log-likelihood by the variance of intercepts where this is zero."""
    index, _ = model.index(start)
    chance = 1 / (1 + np.exp(-index))
    left = np.add.reduceat(model.taken - model.trials * chance, model.first[:-1])
    weight = model.trials * chance * (1 - chance)
    return float(0.5 * ((left**2).sum() - weight.sum()))


def _conditional(choices) -> TeacherVariant:
    columns, names = varying_within(
        choices.pair, list(features.PAIR), choices.trials, [choices.agent]
    )
    model = conditional_model(columns, choices.taken, choices.trials, choices.agent, names)
    found = polished(model, maximise(model, np.zeros(len(names))))
    covariance = covariance_of(model, found, "scores", choices.people[model.agents])
    estimates = Estimates(
        names=tuple(names),
        parameters=found.parameters,
        covariance=covariance,
        log_likelihood=found.log_likelihood,
        agents=len(model.agents),
        choices=int(model.trials.sum()),
        evaluations=found.evaluations,
        message=found.message,
        left_out=_left_out(names),
    )
    effects = np.zeros(len(choices.school_ids))
    return TeacherVariant(estimates, choices.school_ids, effects)


def varying_within(
    columns: np.ndarray, names: Sequence[str], weight: np.ndarray, codes: Sequence[np.ndarray]
) -> tuple[np.ndarray, list[str]]:
    """Columns (N, P) that vary within teachers and schools, and can be told apart there."""
    left = columns - np.average(columns, axis=0, weights=weight)
    before = (weight[:, None] * left**2).sum(axis=0)
    for _ in range(PASSES if len(codes) > 1 else 1):
        for code in codes:
            size = np.bincount(code, weight)
            size[size == 0] = 1.0
            for column in left.T:
                column -= (np.bincount(code, weight * column) / size)[code]
    gone = (weight[:, None] * left**2).sum(axis=0) <= WITHIN * before
    left[:, gone] = 0.0
    keep = usable(left.T @ (left * weight[:, None]), names, f"{WHAT}, within their effects")
    return columns[:, keep], [name for name, one in zip(names, keep, strict=True) if one]


def _schools(choices) -> Block:
    count = len(choices.school_ids)
    names = tuple(f"school {number}" for number in range(1, count))
    return Block(choices.schools, np.eye(count)[:, 1:], names)


def _school_means(model: InterceptLogit, parameters, choices, count) -> np.ndarray:
    """Mean effect of each school given all choices; zero of schools without any.

    It is the variance times the sum of mean residuals, by integration by parts of the normal law.
    """
    index, spread = model.index(parameters)
    _, mean, _ = model.integrated(index, spread)
    return spread**2 * np.bincount(choices.schools[model.order], mean, count)


def _completed(effects, count) -> np.ndarray:
    """Effects (S,) in which schools to which none or all applied have the least or largest one."""
    out = np.full(count, np.nan)
    out[: len(effects)] = effects
    return np.where(np.isnan(out), np.nanmin(out), out)


def _renamed(names, random) -> list[str]:
    if random == "school":
        return [SCHOOL_SPREAD if name == SPREAD else name for name in names]
    return list(names)


def _left_out(names) -> tuple[str, ...]:
    every = (*features.PAIR, *features.TEACHER, *features.MEANS)
    return tuple(name for name in every if name not in names)
