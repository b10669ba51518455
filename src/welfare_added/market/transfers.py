"""Teachers who change schools: before and after (Bates et al. 2022, section 3.3, figure A.3)."""

import numpy as np
import pandas as pd

from welfare_added.market.clustered import Regression, regress
from welfare_added.value_added.two_way import TwoWay

EVENTS = (-4, 4)  # first and last year around a transfer; earlier and later ones are counted there
BEFORE = -1  # the year to which others are compared


def histories(teachers: pd.DataFrame) -> pd.DataFrame:
    """Where teachers have been.

    Parameters
    ----------
    teachers
        teacher_id, year, school_id; one row a teacher and year.

    Returns
    -------
    DataFrame
        teacher_id, year, school_id, seen (whether in an earlier year), moved (0 or 1, whether in
        another school than in the last year before), post_transfer (0 or 1, whether ever moved by
        this year), first_move (year of the first move, missing without one); sorted.

    """
    rows = teachers[["teacher_id", "year", "school_id"]].sort_values(
        ["teacher_id", "year"], ignore_index=True
    )
    seen = rows["teacher_id"].duplicated()
    moved = (seen & (rows["school_id"] != rows["school_id"].shift())).astype(int)
    post = moved.groupby(rows["teacher_id"]).cummax()
    first = rows["year"].where(moved == 1).groupby(rows["teacher_id"]).transform("min")
    return rows.assign(seen=seen, moved=moved, post_transfer=post, first_move=first)


def event_study(teacher_years: pd.DataFrame, teachers: pd.DataFrame) -> pd.DataFrame:
    """Mean residuals by year around a teacher's first transfer (figure A.3).

    Teacher-years' mean residuals are regressed on the years around the first transfer, the year
    before it left out, with teacher and year effects; teachers who never move help with the years.
    The specification is Jackson's (2013), as far as the main text defines it.

    Parameters
    ----------
    teacher_years
        teacher_id, year, mean_residual.
    teachers
        See `histories`.

    Returns
    -------
    DataFrame
        event_year (at its ends also what is before or after), estimate, standard_error (clustered
        by teacher) [student SD], teacher_years. Years that cannot be told apart are left out.

    """
    keys = ["teacher_id", "year"]
    table = teacher_years[[*keys, "mean_residual"]].merge(
        histories(teachers)[[*keys, "first_move"]], on=keys
    )
    event = (table["year"] - table["first_move"]).clip(*EVENTS).to_numpy()
    teacher = pd.factorize(table["teacher_id"], sort=True)[0]
    year = pd.factorize(table["year"], sort=True)[0]
    counts = {at: int((event == at).sum()) for at in range(EVENTS[0], EVENTS[1] + 1)}
    used = [at for at, count in counts.items() if count and at != BEFORE]
    columns = np.column_stack(
        [table["mean_residual"], *((event == at).astype(float) for at in used)]
    )
    inner = TwoWay(teacher, year, np.ones(len(table))).residuals(columns)
    used, inner = _varying(used, columns, inner)
    rows = {BEFORE: (0.0, np.nan)}
    if used:
        regressors = {str(at): column for at, column in zip(used, inner[:, 1:].T, strict=True)}
        found = regress(inner[:, 0], regressors, teacher)
        rows |= {at: found.of(str(at)) for at in used}
    return pd.DataFrame(
        [(at, *rows[at], counts[at]) for at in sorted(rows)],
        columns=["event_year", "estimate", "standard_error", "teacher_years"],
    )


def _varying(
    used: list[int], columns: np.ndarray, inner: np.ndarray
) -> tuple[list[int], np.ndarray]:
    """Years of the event that vary within teachers and years, and the columns of these."""
    share = (inner[:, 1:] ** 2).sum(axis=0) / (columns[:, 1:] ** 2).sum(axis=0)
    kept = np.flatnonzero(share > 1e-10)
    return [used[j] for j in kept], inner[:, [0, *(1 + kept)]]


def mover_gain(teacher_years: pd.DataFrame, teachers: pd.DataFrame) -> pd.DataFrame:
    """Do teachers gain when they move to the students with whom they are stronger?

    Of teachers in a new school: the change of their mean residual since the year before, on the
    change of the share of type 1 times their forecast comparative advantage mu_1 - mu_0, and on
    both alone. The forecast is that for the year before, which uses neither of the two years: an
    unbiased one has a coefficient of one. The appendix that defines the test is not in the stored
    text; the form is ours.

    Parameters
    ----------
    teacher_years
        teacher_id, year, mean_residual, share_1, mu_0, mu_1.
    teachers
        See `histories`.

    Returns
    -------
    DataFrame
        sample (all movers; stronger: with comparative advantage on type 1; weaker: on type 0),
        estimate, standard_error (clustered by teacher), transfers.

    """
    keys = ["teacher_id", "year"]
    wanted = [*keys, "mean_residual", "share_1", "mu_0", "mu_1"]
    now = teacher_years[wanted].merge(histories(teachers)[[*keys, "moved"]], on=keys)
    before = teacher_years[wanted].assign(year=teacher_years["year"] + 1)
    pairs = now[now["moved"] == 1].merge(before, on=keys, suffixes=("", "_before"))
    pairs = pairs.assign(advantage=pairs["mu_1_before"] - pairs["mu_0_before"])
    pairs = pairs.dropna(subset=["advantage"])
    samples = {
        "all": pairs,
        "stronger": pairs[pairs["advantage"] > 0],
        "weaker": pairs[pairs["advantage"] < 0],
    }
    rows = []
    for name, sample in samples.items():
        estimate, error = _gain(sample).of("gain")
        rows.append((name, estimate, error, len(sample)))
    return pd.DataFrame(rows, columns=["sample", "estimate", "standard_error", "transfers"])


def _gain(pairs: pd.DataFrame) -> Regression:
    change = (pairs["share_1"] - pairs["share_1_before"]).to_numpy()
    advantage = pairs["advantage"].to_numpy()
    regressors = {
        "gain": change * advantage,
        "change": change,
        "advantage": advantage,
        "constant": np.ones(len(pairs)),
    }
    outcome = (pairs["mean_residual"] - pairs["mean_residual_before"]).to_numpy()
    return regress(outcome, regressors, pairs["teacher_id"].to_numpy())
