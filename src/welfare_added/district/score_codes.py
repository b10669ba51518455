"""Check for codes among the scores: values of students who were not tested, and ceilings."""

import numpy as np
import pandas as pd

from welfare_added.district.improbable import Improbable
from welfare_added.district.studied import SCORES, Studied

WINDOW = 30  # students with another score, nearest on each side, who should resemble a value's
UNLIKE, ERRORS, ENOUGH_UNLIKE = 0.15, 6.0, 8  # mean rank away, in standard errors, students
RANK_SD = 0.29  # standard deviation of ranks from 0 to 1
NEAR = 8  # distinct values on each side that surround a value
HEAP, OTHERS, ENOUGH_HEAPED = 1.7, 1.7, 10  # times the neighbours, times other heaps, scores
END_HEAP, END_SHARE = 3.0, 0.01  # times the scores within half an SD, share of all scores
APART, FAR_APART, REPEATED = 1.0, 2.5, 3  # gap to all others [SD]: repeated values, any value
CLUSTER = 3  # different codes at one end of the scale
HALF_OF_ALL = 0.5
CEILING = 0.2  # share of a year's and grade's scores at one end of the scale


def check_codes(studied: Studied) -> list[Improbable]:
    """Scores of one value that are out of all proportion, or of students unlike their neighbours.

    A value is improbable if its students' scores of last year (or next, if there is none) are far
    from those of students who score just above and below; if it is repeated and far from all
    other scores; or if it is far more frequent than its neighbours.
    """
    found = []
    for column in SCORES:
        table = _values(studied, column)
        if table.empty:
            continue
        codes = _unlike(table) | _apart(table) | _heaped(table) | _end_heaped(table)
        values = table.loc[codes, "value"].unique()
        if len(values):
            found.append(_warning(studied, column, table, np.sort(values)))
    return found


def check_ceiling(studied: Studied) -> list[Improbable]:
    """A large share of a year's and grade's scores at the top or the bottom of the scale."""
    found = []
    for column in SCORES:
        table = _values(studied, column)
        ends = table[(table["top"] | table["bottom"])]
        ends = ends[(ends["share"] > CEILING) & (ends["distinct"] > NEAR) & (ends["number"] >= 10)]
        if len(ends):
            what = "many scores are at one end of the scale: the test hardly tells them apart"
            lines = tuple(
                f"{one.year}, grade {one.grade}: {one.share:.0%} of the scores are {one.value:g}"
                for one in ends.sort_values(["year", "grade"]).head(6).itertuples()
            )
            remedy = "look whether the scale was cut off, or whether it is a code"
            more = {"rows": int(ends["number"].sum()), "examples": lines}
            found.append(
                studied.warning("score_ceiling", "enrolments", column, what, remedy, **more)
            )
    return found


def _values(studied: Studied, column: str) -> pd.DataFrame:
    """One row a year, grade and value of a score, ordered; see the columns below.

    cell, year, grade, value; number (of scores), share (of the cell's), scores, distinct (values
    of the cell); top and bottom (whether it is the cell's largest, smallest); compared (students
    with a score of last or next year), other (sum of its ranks).
    """
    scores = studied.enrolments[column].to_numpy()
    other = _other_rank(studied, column)
    there = ~np.isnan(scores)
    frame = pd.DataFrame({"cell": studied.cell[there], "value": scores[there]})
    frame["other"] = other[there]
    table = frame.groupby(["cell", "value"])["other"].agg(["size", "count", "sum"]).reset_index()
    table.columns = ["cell", "value", "number", "compared", "other"]
    of_cell = table.groupby("cell")
    table["scores"] = of_cell["number"].transform("sum")
    table["distinct"] = of_cell["value"].transform("size")
    table["share"] = table["number"] / table["scores"]
    table["bottom"] = ~table["cell"].duplicated()
    table["top"] = ~table["cell"].duplicated(keep="last")
    places = studied.cells.iloc[table["cell"]].reset_index(drop=True)
    return pd.concat([table, places], axis=1)


def _other_rank(studied: Studied, column: str) -> np.ndarray:
    """Rank of the same student last year, else next year; nan if there is none.

    Also where both years have the same score, as a code recurs; but not if it is a common one.
    """
    ranks, scores = studied.ranks[column], studied.enrolments[column].to_numpy()
    rare = ~studied.common[column]
    again = rare & (studied.of_last_year(scores) == scores)
    last = np.where(again, np.nan, studied.of_last_year(ranks))
    following = np.full(len(ranks), np.nan)
    linked = np.flatnonzero(studied.last_year >= 0)
    following[studied.last_year[linked]] = np.where(again[linked], np.nan, ranks[linked])
    return np.where(np.isnan(last), following, last)


def _unlike(table: pd.DataFrame) -> np.ndarray:
    """Whether a value's students were far from those who score nearest to it."""
    compared = table["compared"].to_numpy()
    low, high = (np.where(compared > 0, one, 0) for one in _surroundings(table))
    sums = pd.DataFrame(
        {
            "value": table["value"],
            "compared": compared,
            "other": table["other"],
            "low": low * compared,
            "high": high * compared,
        }
    )
    pooled = sums.groupby("value").sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        mean, low, high = (pooled[name] / pooled["compared"] for name in ("other", "low", "high"))
        away = np.maximum(low - mean, mean - high)
        errors = away * np.sqrt(pooled["compared"]) / RANK_SD
    wrong = (pooled["compared"] >= ENOUGH_UNLIKE) & (away > UNLIKE) & (errors > ERRORS)
    return table["value"].isin(wrong.index[wrong]).to_numpy()


def _surroundings(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest mean rank that fit a value: of the students nearest below and above.

    Beside the largest value anything higher fits, beside the smallest anything lower.
    """
    number = np.r_[0, np.cumsum(table["compared"].to_numpy())]
    total = np.r_[0, np.cumsum(table["other"].to_numpy())]
    cell = table["cell"].to_numpy()
    starts = np.searchsorted(cell, cell, side="left")
    ends = np.searchsorted(cell, cell, side="right")
    row = np.arange(len(table))
    first = np.searchsorted(number, number[row] - WINDOW, side="right") - 1
    first = np.maximum(np.maximum(first, 0), starts)
    last = np.minimum(np.searchsorted(number, number[row + 1] + WINDOW, side="left"), ends)
    with np.errstate(invalid="ignore", divide="ignore"):
        below = (total[row] - total[first]) / (number[row] - number[first])
        above = (total[last] - total[row + 1]) / (number[last] - number[row + 1])
    low = np.fmin(below, above)
    high = np.fmax(below, above)
    return np.where(np.isnan(below), -np.inf, low), np.where(np.isnan(above), np.inf, high)


def _apart(table: pd.DataFrame) -> np.ndarray:
    """Whether a value is at an end of the scale, far from all other scores."""
    isolated = np.zeros(len(table))  # gap [SD] of those at an end that are apart
    for _, rows in table.groupby("cell").indices.items():
        values, numbers = table["value"].to_numpy()[rows], table["number"].to_numpy()[rows]
        spread = _bulk_spread(values, numbers)
        if len(values) > 2 * CLUSTER and spread > 0:
            isolated[rows] = np.maximum(
                _gaps_at_end(values / spread), _gaps_at_end(-values[::-1] / spread)[::-1]
            )
    apart = table.assign(gap=isolated)[isolated > APART]
    counts = apart.groupby("value")["number"].sum()
    repeated = counts.index[counts >= REPEATED]
    return (isolated > FAR_APART) | ((isolated > APART) & table["value"].isin(repeated).to_numpy())


def _bulk_spread(values: np.ndarray, numbers: np.ndarray) -> float:
    """Standard deviation by the 5th or 95th percentile, whichever is farther from the median."""
    share = np.cumsum(numbers) / numbers.sum()
    low, middle, high = values[np.searchsorted(share, [0.05, 0.5, 0.95])]
    return max(high - middle, middle - low) / 1.645


def _gaps_at_end(values: np.ndarray) -> np.ndarray:
    """Gap above which the largest values lie, if it exceeds the span of the values beside it."""
    gaps = np.zeros(len(values))
    for size in range(1, CLUSTER + 1):
        gap = values[-size] - values[-size - 1]
        beside = values[-size - 1] - values[max(-size - 6, -len(values))]
        if gap > max(APART, beside, 3 * (values[-1] - values[-size])):
            gaps[-size:] = gap
    return gaps


def _heaped(table: pd.DataFrame) -> np.ndarray:
    """Whether a value within the scale is far more frequent than the values around it."""
    inner = table[~table["top"] & ~table["bottom"] & (table["distinct"] > 2 * NEAR)]
    around = _mean_around(table)[inner.index]
    pooled = pd.DataFrame({"number": inner["number"], "around": around})
    pooled = pooled.groupby(inner["value"]).sum()
    ratio = (pooled["number"] + 0.5) / (pooled["around"] + 0.5)
    usual = ratio.quantile(0.95) if len(ratio) else np.nan
    surplus = pooled["number"] - pooled["around"]
    wrong = (pooled["number"] >= ENOUGH_HEAPED) & (surplus > 6 * np.sqrt(pooled["around"] + 1))
    wrong &= (ratio > HEAP) & (ratio > OTHERS * usual)
    return table["value"].isin(wrong.index[wrong]).to_numpy()


def _mean_around(table: pd.DataFrame) -> np.ndarray:
    """Mean number of scores of the nearest values of the cell, those at its ends left out."""
    ends = table["top"].to_numpy() | table["bottom"].to_numpy()
    number = np.r_[0, np.cumsum(np.where(ends, 0, table["number"]))]
    counted = np.r_[0, np.cumsum(~ends)]
    cell, row = table["cell"].to_numpy(), np.arange(len(table))
    first = np.maximum(row - NEAR, np.searchsorted(cell, cell, side="left"))
    last = np.minimum(row + NEAR + 1, np.searchsorted(cell, cell, side="right"))
    own = np.where(ends, 0, table["number"])
    others = counted[last] - counted[first] - ~ends
    return (number[last] - number[first] - own) / np.maximum(others, 1)


def _end_heaped(table: pd.DataFrame) -> np.ndarray:
    """Whether a value at an end of the scale is too frequent for scores that were cut off there.

    Only where too few of its students have another score that could tell (`_unlike`).
    """
    heaped = np.zeros(len(table), bool)
    compared = table.groupby("value")["compared"].transform("sum").to_numpy()
    for _, rows in table.groupby("cell").indices.items():
        values, numbers = table["value"].to_numpy()[rows], table["number"].to_numpy()[rows]
        spread = _bulk_spread(values, numbers)
        for end in (0, -1):
            near = np.abs(values - values[end]) <= spread / 2
            beside = numbers[near].sum() - numbers[end]
            share = numbers[end] / numbers.sum()
            heaped[rows[end]] = (
                len(values) > 2 * NEAR
                and END_SHARE <= share <= HALF_OF_ALL
                and numbers[end] >= ENOUGH_HEAPED
                and numbers[end] > END_HEAP * beside
                and compared[rows[end]] < WINDOW
            )
    return heaped


def _warning(studied: Studied, column: str, table: pd.DataFrame, values: np.ndarray) -> Improbable:
    rows = table[table["value"].isin(values)]
    lines = []
    for value, group in rows.groupby("value"):
        years = sorted(group["year"].unique())
        span = f"{years[0]} to {years[-1]}" if len(years) > 1 else f"{years[0]}"
        rest = table[(table["value"] != value) & table["cell"].isin(group["cell"])]
        near = rest.iloc[(rest["value"] - value).abs().argsort().iloc[:6]]["value"]
        compared = group["compared"].sum()
        unlike = f"; the year before their mean rank was {group['other'].sum() / compared:.2f}"
        lines.append(
            f"{value:g}: {group['number'].sum()} scores, {span}; nearest other scores "
            f"{near.min():g} to {near.max():g}{unlike if compared else ''}"
        )
    what = f"codes among the scores: {', '.join(f'{value:g}' for value in values[:6])}"
    remedy = "leave a score empty where a student was not tested"
    more = {"rows": int(rows["number"].sum()), "examples": tuple(lines[:6])}
    return studied.warning("score_codes", "enrolments", column, what, remedy, **more)
