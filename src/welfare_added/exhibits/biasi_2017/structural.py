"""Tables 13, 14, and ours: recovery in a laboratory, compensating salaries, likelihoods."""

import pandas as pd

from welfare_added.exhibits.biasi_2017.cells import count, in_parentheses
from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.output import Drawn, choose, pick

NOT_IDENTIFIED = "not identified"
PARAMETERS = {
    "salary": "Salary, \\$1,000",
    "distance": "Distance, miles",
    "incumbent": "Incumbent",
    "poor": "Poor students, %",
    "urban": "Urban",
    "outside": "Outside option",
    "value_added": "Value added, SD",
    "seniority": "Seniority, years",
    "master": "Master",
    "sigma": "SD of shock (normalised)",
}
SIDES = {"teacher": "Teachers", "district": "Districts, SDs of the shock"}
COLUMNS = ["parameter", "estimate", "standard_error", "truth", "side", "identified", "reason"]


def table_13(estimates: pd.DataFrame, elasticities: pd.DataFrame, *, note: str) -> Drawn:
    """Estimates of the two-sided model, planted values, elasticities.

    Data: parameter, estimate, standard_error (both missing where not identified), truth, side,
    identified, reason, elasticity, elasticity_se.
    """
    data = _estimates(estimates).merge(
        pick(elasticities, ["parameter", "elasticity", "elasticity_se"]), on="parameter", how="left"
    )
    parts = {}
    for side, title in SIDES.items():
        rows = []
        for row in data[data["side"] == side].itertuples():
            own = [number(row.elasticity, 4, undefined="")]
            rows.append([PARAMETERS[row.parameter], *_shown(row), *own])
            errors = ["", _error(row), "", in_parentheses(row.elasticity_se, 4)]
            rows += [errors] if any(errors) else []
        parts[title] = rows
    return data, tabular(["", "Estimate", "Planted", "Elasticity"], parts, _with_reason(note, data))


def table_laboratory(laboratory: pd.DataFrame, *, note: str) -> Drawn:
    """The same in a world whose constraints bind.

    Data: columns of `table_13` without elasticities, and distance (estimate less planted value in
    standard errors).
    """
    data = _estimates(laboratory)
    error = data["standard_error"].where(data["standard_error"] > 0)
    data["distance"] = (data["estimate"] - data["truth"]) / error
    parts = {
        title: [
            [
                PARAMETERS[row.parameter],
                *_shown(row),
                _error(row),
                number(row.distance, 2, undefined=""),
            ]
            for row in data[data["side"] == side].itertuples()
        ]
        for side, title in SIDES.items()
    }
    heads = ["", "Estimate", "Planted", "Standard error", "Distance in errors"]
    return data, tabular(heads, parts, _with_reason(note, data))


def _estimates(table: pd.DataFrame) -> pd.DataFrame:
    """Rows in the order of print; neither estimate nor error of what is not identified.

    reason: why there is no estimate, or no error.
    """
    there = [name for name in PARAMETERS if name != "sigma" or (table["parameter"] == name).any()]
    rows = pick(choose(table, parameter=there), COLUMNS)
    data = rows.set_index("parameter").loc[there].reset_index()
    known = data["identified"].astype(str).eq("True")
    data["identified"] = known
    data["reason"] = data["reason"].fillna("")
    for name in ("estimate", "standard_error"):
        data[name] = data[name].where(known)
    return data


def _shown(row) -> list[str]:
    estimate = number(row.estimate, 5) if row.identified else NOT_IDENTIFIED
    return [estimate, number(row.truth, 5, undefined="")]


def _error(row) -> str:
    return in_parentheses(row.standard_error, 5) if row.identified else ""


def _with_reason(note: str, data: pd.DataFrame) -> str:
    """Small print, and why parameters have no estimate or no error."""
    reasons = dict.fromkeys(one for one in data["reason"] if one)
    said = [f"{one[0].upper()}{one[1:]}." for one in reasons]
    return " ".join([note, *said]).strip()


MOMENTS = {"move": "Share moving", "exit": "Share leaving"}
GROUPS = {
    "all": "All",
    "VA > 0": "Value added above 0",
    "VA < 0": "Value added below 0",
    "without VA": "Without value added",
}


def table_14(moments: pd.DataFrame, *, note: str) -> Drawn:
    """Shares moving and leaving by model and data.

    Data: year, moment (move, exit), group (all, VA > 0, VA < 0, without VA), model, data, teachers.
    """
    rows = choose(moments, moment=list(MOMENTS), group=list(GROUPS))
    data = pick(rows, ["year", "moment", "group", "model", "data", "teachers"])
    years = sorted(data["year"].unique(), reverse=True)
    wide = data.set_index(["moment", "group", "year"])
    parts = {
        title: [
            [
                label,
                *(
                    number(wide.loc[(moment, group, year), side], 4)
                    for year in years
                    for side in ("model", "data")
                ),
            ]
            for group, label in GROUPS.items()
        ]
        for moment, title in MOMENTS.items()
    }
    heads = ["", *(f"{year} {side}" for year in years for side in ("model", "data"))]
    return data, tabular(heads, parts, note)


def table_compensating(elasticities: pd.DataFrame, *, note: str) -> Drawn:
    """What a unit of each characteristic is worth in salary, by ratios of coefficients.

    Data: parameter, coefficient, elasticity, compensating_salary [$1,000 a unit], and their _se.
    """
    columns = ["parameter", "coefficient", "elasticity", "elasticity_se"]
    rows = pick(elasticities, [*columns, "compensating_salary", "compensating_se"])
    data = rows[rows["parameter"] != "salary"].reset_index(drop=True)
    cells = [
        [
            PARAMETERS[row.parameter],
            number(row.coefficient, 4),
            number(row.elasticity, 4),
            number(row.compensating_salary, 2),
            in_parentheses(row.compensating_se, 2),
        ]
        for row in data.itertuples()
    ]
    heads = ["", "Coefficient", "Elasticity", "Salary, \\$1,000 a unit", "Standard error"]
    return data, tabular(heads, {"": cells}, note)


LIKELIHOODS = {
    "literal": "Eq. 17 as printed (no likelihood)",
    "simulated": "Simulated offers",
    "threshold": "Independent offers given prices",
}
OFFERS = {
    "all": "All districts offer to all",
    "equilibrium": "Offers of the equilibrium",
    "half of equilibrium": "Half of these",
    "none": "Standing offers alone",
}
NUMBERS = {"simulated": "Offers in {} draws", "threshold": "Chances of offers to {} teachers"}


def table_likelihoods(likelihoods: pd.DataFrame, *, note: str) -> Drawn:
    """Three sums that have been maximised, at the planted parameters.

    Data: likelihood (literal, simulated, threshold), offers (of the literal one: whose), number (of
    offers, of draws, or of teachers), value.
    """
    columns = ["likelihood", "offers", "number", "value"]
    data = pick(choose(likelihoods, likelihood=list(LIKELIHOODS)), columns)
    parts = {
        title: [
            [_of_what(row), number(row.value, 1)]
            for row in data[data["likelihood"] == name].itertuples()
        ]
        for name, title in LIKELIHOODS.items()
    }
    return data, tabular(["", "Sum of logs over teachers"], parts, note)


def _of_what(row) -> str:
    """Whose offers a sum is of and how many, or of how many draws or teachers."""
    if row.likelihood in NUMBERS:
        return NUMBERS[row.likelihood].format(count(row.number))
    return f"{OFFERS[row.offers]} ({count(row.number)})"
