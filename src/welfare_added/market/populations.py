"""Count the teachers and applicants behind published numbers, for the disclosure gate."""

import numpy as np
import pandas as pd

from welfare_added.disclosure.populations import fewest, persons, population_table
from welfare_added.market.samples import sample_values
from welfare_added.market.timing import value_added_ranks

TOP = 0.9  # place by value added from which an applicant is of the top decile
SHARES = ("experienced", "black")  # panels of figure 6 that show shares of teachers
DATA = "data"  # source of all teachers of the district; the others are of the market
Counts = dict[str, dict[str, float]]


def populations(
    applicants: pd.DataFrame,
    positions: pd.DataFrame,
    teachers: pd.DataFrame,
    schools: pd.DataFrame,
    *,
    forecasts: pd.DataFrame,
    district: pd.DataFrame,
    market: pd.DataFrame,
    fit: pd.DataFrame,
) -> pd.DataFrame:
    """Count every population behind a published table.

    Parameters
    ----------
    applicants, positions
        Of the platform.
    teachers, schools
        Of the records.
    forecasts
        teacher_id: a row for each forecast.
    district
        teacher_id of the teachers who are reallocated.
    market
        A row for each teacher of the market.
    fit
        panel, source, bin, value, teachers: bins of figure 6.

    Returns
    -------
    DataFrame
        population; students (persons: teachers or applicants; of the sample positions, positions);
        students_sure, a lower bound for shares (see `persons`). Populations: state, district,
        applicants, with_value_added, top_decile, market; samples_<sample>_<variable>, rows of table
        A1; fit_<panel>_<source>_<bin> and line_<panel>_<source>, of figure 6. Where a number is a
        share of persons, they are the fewest of those who count and those who do not.

    """
    who = applicants["applicant_id"]
    rank = value_added_ranks(applicants, schools)
    counts = {
        "state": persons(forecasts["teacher_id"]),
        "district": persons(district["teacher_id"]),
        "applicants": persons(who),
        "with_value_added": persons(who[rank.notna()]),
        "top_decile": persons(who[rank > TOP]),
        "market": _number(len(market)),
    }
    for sample, (ids, values) in sample_values(applicants, positions, teachers, schools).items():
        for variable, of_each in values.items():
            counts[f"samples_{sample}_{variable}"] = _of_variable(ids, of_each)
    return population_table(counts | _of_fit(fit, counts))


def _of_variable(ids: np.ndarray, values: np.ndarray) -> dict[str, float]:
    """Persons behind a mean: of a share, the fewest of those with 1 and those with 0."""
    known = ~np.isnan(values)
    shares = np.isin(values[known], (0, 1)).all()
    groups = [values == 0, values == 1] if shares else [known]
    return fewest([persons(pd.Series(ids[group])) for group in groups])


def _of_fit(fit: pd.DataFrame, counts: Counts) -> Counts:
    """Of every bin and line of figure 6."""
    found = {}
    for (panel, source), rows in fit.groupby(["panel", "source"], sort=False):
        everybody = counts["district" if source == DATA else "market"]
        yes = rows["value"] * rows["teachers"]
        both = pd.concat([yes, rows["teachers"] - yes], axis=1)
        of_shares = panel in SHARES
        found[f"line_{panel}_{source}"] = _number(both.sum().min()) if of_shares else everybody
        for number, least in zip(rows["bin"], both.min(axis=1), strict=True):
            found[f"fit_{panel}_{source}_{number}"] = _number(least) if of_shares else everybody
    return found


def _number(of_persons: float) -> dict[str, float]:
    """Counts of different persons that were counted before."""
    return {"students": of_persons, "students_sure": of_persons}
