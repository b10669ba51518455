"""Preferences as the tables that are written: estimates, covariance, effects, coefficients."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.market import features
from welfare_added.market.estimates import Estimates, covariance_table, estimates_table
from welfare_added.market.principals import estimate_principals, estimate_rankings, principal_model
from welfare_added.market.ratings import chosen_among, ratings
from welfare_added.market.teacher_choices import TeacherChoices, teacher_choices
from welfare_added.market.teacher_model import teacher_model
from welfare_added.market.teacher_variants import estimate_variant
from welfare_added.market.teachers import coefficients_table, estimate_teachers
from welfare_added.run.errors import UserError

log = logging.getLogger(__name__)
MIXED = "mixed"
DECIMALS = 3  # of log-likelihoods


@dataclass(frozen=True)
class PreferenceTables:
    """What estimation writes.

    Attributes
    ----------
    estimates
        parameter, estimate, standard_error.
    covariance
        parameter, and a column a parameter.
    numbers
        name, value: log-likelihood and sizes.
    coefficients
        Of teachers: applicant, applicant_id, year, kind and a column for each of
        `features.RANDOM`; no rows where no coefficient is random.
    school_effects
        Of teachers: school_id, effect; no rows in models without schools' effects.
    evaluations
        Of the likelihood.

    """

    estimates: pd.DataFrame
    covariance: pd.DataFrame
    numbers: pd.DataFrame
    coefficients: pd.DataFrame
    school_effects: pd.DataFrame
    evaluations: int


def attempted(estimate: Callable[[], PreferenceTables], may_fail: bool) -> PreferenceTables:
    """Estimate; where a variant may fail and does, tables without parameters and with the reason.

    Small samples do not tell every variant of table 7 apart; its row is then empty, with a note.
    The tables of estimates have a column note, by which `read_estimates` knows them.
    """
    try:
        return estimate()
    except UserError as error:
        if not may_fail:
            raise
        log.warning("not estimated: %s", error)
        row = {"parameter": "", "estimate": np.nan, "standard_error": np.nan, "note": str(error)}
        return PreferenceTables(
            estimates=pd.DataFrame([row]),
            covariance=pd.DataFrame({"parameter": []}),
            numbers=pd.DataFrame({"name": [], "value": []}),
            coefficients=_no_coefficients(),
            school_effects=_no_effects(),
            evaluations=0,
        )


def teacher_tables(
    applicants: pd.DataFrame,
    positions: pd.DataFrame,
    pairs: pd.DataFrame,
    schools: pd.DataFrame,
    *,
    model: str = MIXED,
    advantage: str = "per_student",
    single: str = "keep",
    without_value_added: str = "keep",
    class_size: str = "own",
    cycles: tuple[int, int] | None = None,
    separated: str = "refuse",
    at_least: int = 1,
    integrator: str = "adaptive",
    draws: int = 128,
    correlated: Sequence[str] = (),
    outside: str = "per_position",
    inference: str = "scores",
    replications: int = 50,
    seed: int = 1,
    threads: int = 1,
) -> PreferenceTables:
    """Estimate teachers' preferences from the platform's tables.

    Parameters
    ----------
    applicants, positions, pairs, schools
        As `teacher_choices`.
    model
        ``mixed``, or one of `teacher_variants.EFFECTS`.
    advantage
        As `teacher_choices`.
    single, without_value_added
        ``keep`` or ``drop`` applicants with one application, and those without value added.
    class_size
        ``own`` of each school, or ``constant``: the mean over positions.
    cycles
        First and last cycle whose applicants are used; None: all.
    separated, at_least, integrator, draws, correlated, outside, threads
        As `teacher_model`.
    inference, replications
        As `estimate_teachers`.
    seed
        Of all draws.

    """
    if class_size == "constant":
        size = float(positions["class_size"].mean())
        positions, schools = (one.assign(class_size=size) for one in (positions, schools))
    if cycles is not None:
        of_cycles = applicants["year"].between(*cycles).to_numpy()
        pairs = pairs[of_cycles[pairs["applicant"].to_numpy()]].reset_index(drop=True)
    choices = teacher_choices(applicants, positions, pairs, schools, advantage=advantage)
    choices = choices.only(_kept(choices, single, without_value_added))
    if model != MIXED:
        found = estimate_variant(choices, model, separated=separated, at_least=at_least)
        effects = pd.DataFrame({"school_id": found.school_ids, "effect": found.school_effects})
        has = "school" in model  # names of the models say whose effects they have
        return _tables(found.estimates, choices, effects.iloc[: None if has else 0])
    stated = teacher_model(
        choices,
        integrator,
        draws,
        seed,
        correlated=correlated,
        outside=outside,
        separated=separated,
        at_least=at_least,
        threads=threads,
    )
    found = estimate_teachers(stated, inference=inference, replications=replications, seed=seed)
    coefficients = coefficients_table(found)
    person = applicants.iloc[coefficients["applicant"]]
    for place, name in enumerate(("applicant_id", "year"), start=1):
        coefficients.insert(place, name, person[name].to_numpy())
    return _tables(found.estimates, choices, None, coefficients)


def principal_tables(
    applicants: pd.DataFrame,
    positions: pd.DataFrame,
    applications: pd.DataFrame,
    *,
    model: str = "binary",
    sample: str = "all",
    days: int = 14,
    declined_positive: bool = False,
    hired_only: bool = False,
    order: Mapping[str, int] | None = None,
    class_size: str = "own",
    separated: str = "refuse",
    at_least: int = 1,
    integrator: str = "adaptive",
    nodes: int = 15,
    seed: int = 1,
    inference: str = "scores",
) -> PreferenceTables:
    """Estimate principals' preferences from the platform's tables.

    Parameters
    ----------
    applicants, positions, applications
        As `ratings`.
    model
        ``binary``: a logit of positive answers; ``ranked``: a rank-ordered logit of outcomes.
    sample, days
        As `chosen_among`.
    declined_positive, hired_only
        As `Ratings.positive`.
    order
        Place of each outcome, of the rank-ordered logit.
    class_size
        As `teacher_tables`.
    separated, at_least, integrator, nodes, seed
        As `principal_model`.
    inference
        As `estimate_principals`.

    """
    if class_size == "constant":
        positions = positions.assign(class_size=float(positions["class_size"].mean()))
    rated = ratings(applicants, positions, applications)
    rated = chosen_among(rated, positions, sample, days)
    thin = {"separated": separated, "at_least": at_least}
    if model == "ranked":
        return _tables(estimate_rankings(rated, order or {}, inference=inference, **thin))
    positive = rated.positive(declined_positive, hired_only)
    stated = principal_model(rated, positive, integrator=integrator, nodes=nodes, seed=seed, **thin)
    return _tables(estimate_principals(stated, inference))


def _kept(choices: TeacherChoices, single: str, without_value_added: str) -> np.ndarray:
    taken = np.add.reduceat(choices.taken, choices.first[:-1])
    missing = choices.teacher[:, features.TEACHER.index("va_missing")] == 1
    keep = np.ones(len(taken), dtype=bool)
    if single == "drop":
        keep &= taken != 1
    if without_value_added == "drop":
        keep &= ~missing
    return keep


def _tables(
    estimates: Estimates,
    choices: TeacherChoices | None = None,
    effects: pd.DataFrame | None = None,
    coefficients: pd.DataFrame | None = None,
) -> PreferenceTables:
    side = "principals" if choices is None else "teachers"
    numbers = {
        f"{side}_log_likelihood": round(estimates.log_likelihood, DECIMALS),
        "positions" if choices is None else "teacher_years": estimates.agents,
        "applications" if choices is None else "pairs": estimates.choices,
    }
    if choices is not None:
        numbers["application_rate"] = round(choices.taken.sum() / choices.trials.sum(), 6)
    effects = _no_effects() if effects is None else effects
    coefficients = _no_coefficients() if coefficients is None else coefficients
    return PreferenceTables(
        estimates=estimates_table(estimates),
        covariance=covariance_table(estimates),
        numbers=pd.DataFrame({"name": list(numbers), "value": list(numbers.values())}),
        coefficients=coefficients,
        school_effects=effects.round(6),
        evaluations=estimates.evaluations,
    )


def _no_effects() -> pd.DataFrame:
    return pd.DataFrame({"school_id": pd.Series(dtype=str), "effect": []})


def _no_coefficients() -> pd.DataFrame:
    names = ["applicant", "applicant_id", "year", "kind", *features.RANDOM]
    return pd.DataFrame({name: [] for name in names})


def recovery_table(truth: pd.Series, estimates: pd.DataFrame, side: str) -> pd.DataFrame:
    """Planted and estimated parameters: side, parameter, truth, estimate, standard_error.

    Parameters not among the planted ones, such as indicators of missing traits, are zero there.
    """
    table = estimates.copy()
    table.insert(1, "truth", table["parameter"].map(truth).fillna(0.0))
    table.insert(0, "side", side)
    return table


def choice_set_tables(
    truth: pd.Series, by_set: Mapping[str, tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Estimates from each definition of choice sets beside the truth, and sizes of the sets.

    Parameters
    ----------
    truth
        Planted value by parameter.
    by_set
        Estimates, applicants (with column applications) and pairs of each definition.

    Returns
    -------
    tuple
        choice_set, parameter, truth, estimate, standard_error; and choice_set, applicants, pairs,
        application_rate, single (share of applicants with one application).

    """
    estimates, sizes = [], []
    for name, (table, applicants, pairs) in by_set.items():
        own = recovery_table(truth, table, name).rename(columns={"side": "choice_set"})
        estimates.append(own)
        made = np.bincount(pairs["applicant"], pairs["applied"], len(applicants))
        sizes.append(
            {
                "choice_set": name,
                "applicants": pairs["applicant"].nunique(),
                "pairs": len(pairs),
                "application_rate": round(float(pairs["applied"].mean()), 6),
                "single": round(float((made == 1).sum() / pairs["applicant"].nunique()), 6),
            }
        )
    return pd.concat(estimates, ignore_index=True), pd.DataFrame(sizes)
