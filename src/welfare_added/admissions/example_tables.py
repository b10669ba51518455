"""Plans of the example of appendix A.2, and tables of what they bring about."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

import pandas as pd

from welfare_added.admissions.example import (
    Index,
    Model,
    Outcome,
    Plan,
    Population,
    Range,
    Tier,
    admit,
    solve,
    theta_sum,
)

Number = Fraction | float | int | str


def exact(value: Number) -> Fraction:
    """Return a number as the fraction that it is written as: 0.1 is a tenth, "2/3" two thirds."""
    return value if isinstance(value, Fraction) else Fraction(str(value))


def theta_plan(model: Model) -> Plan:
    """Admit the students with the highest θ."""
    return Plan("theta", (Tier(None, model.seats),))


def income_tiers(number: int, model: Model) -> Plan:
    """Admit the students with the highest θ of each of some tiers of income of one size."""
    cuts = [model.income_quantile(Fraction(one, number)) for one in range(1, number)]
    tiers = tuple(Tier(cut, model.seats) for cut in [*cuts, None])
    return Plan("income_tiers", tiers, Fraction(number))


def two_tiers(cut: Number, model: Model) -> Plan:
    """Admit by θ from two tiers of income divided at ``cut`` (footnote 3)."""
    tiers = (Tier(exact(cut), model.seats), Tier(None, model.seats))
    return Plan("two_tiers", tiers, exact(cut))


def low_income_bonus(alpha: Number, model: Model) -> Plan:
    """Admit by θ + α(1 - income).

    For α from 2/3 to below 1 nobody of population u is admitted. At α = 1, which the paper
    includes, the index of all of population o is the same and the plan does not say whom of them it
    admits.

    """
    index = Index(income=-exact(alpha), constant=exact(alpha))
    return Plan("low_income_bonus", (Tier(None, model.seats, index),), exact(alpha))


def high_income_bonus(beta: Number, model: Model) -> Plan:
    """Admit by θ + β income (footnote 4).

    The same students as under a bonus of 0.1 β / (1 + β) for population u are admitted: the optimal
    plan for a share of population u between 1/4 and 3/8, without the use of x.

    """
    return Plan(
        "high_income_bonus", (Tier(None, model.seats, Index(income=exact(beta))),), exact(beta)
    )


def population_bonus(bonus: Number, model: Model) -> Plan:
    """Admit by θ + a bonus for members of population u: optimal for the share that it reaches."""
    index = Index(bonus_u=exact(bonus))
    return Plan("population_bonus", (Tier(None, model.seats, index),), exact(bonus))


def optimal_outcome(share_u: Number, model: Model) -> Outcome:
    """Outcome of the plan of highest mean θ among those with a share of population u.

    It admits the highest θ of each population; its cutoffs of θ are those of u and o, missing the
    one of whom nobody is admitted. Up to a share of 1/2, no plan has higher welfare either. Beyond,
    a school for the LOWEST θ of each population would have, by welfare with d = 0, which does not
    know that the school is an elite school.

    """
    shares = {"u": exact(share_u), "o": 1 - exact(share_u)}
    admissions = [
        admit((one,), Index(), shares[one.population.name] * model.seats)
        for one in model.segments
        if shares[one.population.name]
    ]
    mean_theta = sum(theta_sum(one.admitted) for one in admissions) / model.seats
    return Outcome(
        Plan("optimal", (), shares["u"]),
        tuple(one.cutoff for one in admissions),
        *(Range(one, one) for one in (shares["u"], mean_theta, model.welfare(mean_theta))),
    )


def example_model(
    seats: Number, advantage: Number, incomes_u: Sequence[Number], incomes_o: Sequence[Number]
) -> Model:
    """Two populations of one size; incomes: lowest and highest; advantage: of o in θ."""
    half, nothing = Fraction(1, 2), Fraction(0)
    return Model(
        (
            Population("u", *map(exact, incomes_u), half, nothing),
            Population("o", *map(exact, incomes_o), half, exact(advantage)),
        ),
        exact(seats),
    )


def plans_of_the_text(plans: Mapping, model: Model) -> list[Plan]:
    """Every plan that appendix A.2 names, with some of the bonuses that it leaves open.

    plans: bonuses (for u), tiers (number), low_income (values of α), two_tiers (income at which
    they divide), high_income (β).
    """
    return [
        theta_plan(model),
        *(population_bonus(bonus, model) for bonus in plans["bonuses"]),
        income_tiers(plans["tiers"], model),
        *(low_income_bonus(alpha, model) for alpha in plans["low_income"]),
        two_tiers(plans["two_tiers"], model),
        high_income_bonus(plans["high_income"], model),
    ]


def example_table(plans: Mapping, model: Model) -> pd.DataFrame:
    """Outcomes of the plans of appendix A.2; plans: see `plans_of_the_text`.

    Returns
    -------
    DataFrame
        Columns plan, parameter (the bonus, the number of tiers, the income at which two tiers
        divide; missing for the plan by θ), cutoff_1 to cutoff_4 (of the index, by tier from the
        lowest income), then share_u (share of population u among the admitted), mean_theta (of the
        admitted) and welfare (over k, with d = 0), each followed by its lowest and highest value
        over all ways of breaking ties and missing itself where they differ, and undetermined
        (whether any does).

    """
    return _table([solve(plan, model) for plan in plans_of_the_text(plans, model)], cutoffs=4)


def frontier_table(
    model: Model,
    bonuses: Sequence[Number] | None = None,
    alphas: Sequence[Number] | None = None,
    shares: Sequence[Number] | None = None,
) -> pd.DataFrame:
    """Share of population u against mean θ and welfare, by plan.

    Parameters
    ----------
    bonuses
        For members of population u; from 0 to 0.6, which admits only them, if not given.
    alphas
        Bonuses for low and, as β, for high income; from 0 to 1 if not given.
    shares
        Of population u among the admitted, for the optimal plan; from 0 to 1 if not given.

    Returns
    -------
    DataFrame
        Columns as of `example_table` without cutoffs; plan is population_bonus, low_income_bonus,
        high_income_bonus, income_tiers (from 1 to 10 tiers) or optimal, whose parameter is share_u.

    """
    hundredths = [Fraction(one, 100) for one in range(101)]
    alphas = hundredths if alphas is None else alphas
    grids: list[tuple[Callable[..., Plan], Sequence[Number]]] = [
        (population_bonus, hundredths[:61] if bonuses is None else bonuses),
        (low_income_bonus, alphas),
        (high_income_bonus, alphas),
        (income_tiers, range(1, 11)),
    ]
    outcomes = [solve(make(one, model), model) for make, grid in grids for one in grid]
    shares = hundredths if shares is None else shares
    return _table([*outcomes, *(optimal_outcome(one, model) for one in shares)])


def _table(outcomes: list[Outcome], cutoffs: int = 0) -> pd.DataFrame:
    return pd.DataFrame([_row(one, cutoffs) for one in outcomes])


def _row(outcome: Outcome, cutoffs: int) -> dict[str, object]:
    row: dict[str, object] = {
        "plan": outcome.plan.name,
        "parameter": _number(outcome.plan.parameter),
    }
    for tier in range(cutoffs):
        last = tier >= len(outcome.cutoffs)
        row[f"cutoff_{tier + 1}"] = _number(None if last else outcome.cutoffs[tier])
    for name in ("share_u", "mean_theta", "welfare"):
        values = getattr(outcome, name)
        row[name] = _number(values.value)
        row[f"{name}_lowest"] = _number(values.lowest)
        row[f"{name}_highest"] = _number(values.highest)
    return row | {"undetermined": outcome.undetermined}


def _number(value: Fraction | None) -> float:
    return float("nan") if value is None else float(value)
