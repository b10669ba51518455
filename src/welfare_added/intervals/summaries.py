"""Summaries over worlds: intervals of claims, and shares of their variance by drawn parameter."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from welfare_added.intervals.declaration import IntervalsError
from welfare_added.value_added.significant import significant

QUANTILES = {"q05": 0.05, "q50": 0.5, "q95": 0.95}
FEWEST = 2  # worlds of a summary
DIGITS = 6  # significant digits that are kept
REST = "seeds"
KEYS = ["name", "end"]
SHARES = ["id", "end", "parameter", "share", "standard_error"]
FURTHER_WORLDS = 3  # worlds of a regression beyond the number of drawn parameters, at least


def intervals_table(worlds: Mapping[str, Sequence[pd.DataFrame]]) -> pd.DataFrame:
    """Mean, spread and quantiles of every claim, by reading.

    Parameters
    ----------
    worlds
        Answers of each world, as `world_answers` returns them, by reading.

    Returns
    -------
    DataFrame
        id, end (low or high of a range, else empty), reading, mean, sd, q05, q50, q95, worlds (in
        which the claim has an answer).

    Raises
    ------
    IntervalsError
        If a reading has fewer than two worlds.

    """
    parts = []
    for reading, answers in worlds.items():
        _require_several(reading, answers)
        values = _answered(answers)
        grouped = values.groupby(KEYS, sort=False, dropna=False)["value"]
        table = pd.DataFrame({"mean": grouped.mean(), "sd": grouped.std(ddof=1)})
        for name, level in QUANTILES.items():
            table[name] = grouped.quantile(level)
        table["worlds"] = grouped.count()
        parts.append(table.reset_index().rename(columns={"name": "id"}).assign(reading=reading))
    table = pd.concat(parts, ignore_index=True)
    return rounded(table[["id", "end", "reading", "mean", "sd", *QUANTILES, "worlds"]])


def _require_several(what: str, answers: Sequence[pd.DataFrame]) -> None:
    if len(answers) < FEWEST:
        raise IntervalsError(f"{what}: {len(answers)} worlds; {FEWEST} or more are needed")


def _answered(answers: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Answers of all worlds; of claims that a world cannot answer, no row."""
    table = pd.concat([one.assign(world=number) for number, one in enumerate(answers)])
    claims = table[table["kind"] != "drawn"].copy()
    claims["value"] = pd.to_numeric(claims["value"])
    claims["end"] = claims["end"].fillna("")
    return claims.dropna(subset=["value"])


def shares_table(answers: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Share of the variance of every claim over the worlds that each drawn parameter explains.

    A regression of the claim on all drawn parameters at once, a word being a dummy: the share is
    the parameter's squared coefficient times its variance over the variance of the claim, less
    what noise alone would give, and at least zero. ``seeds`` is the residual variance over that of
    the claim: other seeds, and what is not linear.

    Returns
    -------
    DataFrame
        id, end, parameter, share, standard_error (of the share, by the delta method; missing for
        seeds).

    Raises
    ------
    IntervalsError
        If there are not at least `FURTHER_WORLDS` more worlds than drawn parameters.

    """
    drawn = _drawn(answers)
    fewest = drawn.shape[1] + FURTHER_WORLDS
    if len(drawn) < fewest:
        raise IntervalsError(
            f"{len(drawn)} worlds are too few for {drawn.shape[1]} drawn parameters; draw "
            f"{fewest} or more"
        )
    parts = []
    for (name, end), rows in _answered(answers).groupby(KEYS, sort=False):
        if len(rows) == len(drawn) and rows["value"].std() > 0:
            shares = _shares(rows["value"].to_numpy(), drawn.to_numpy())
            table = pd.DataFrame(shares, columns=["share", "standard_error"])
            parts.append(table.assign(id=name, end=end, parameter=[*drawn.columns, REST]))
    table = pd.concat(parts, ignore_index=True)
    return rounded(table[SHARES], 3)


def _drawn(answers: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Drawn values as numbers (worlds, parameters); of two words, one is 0 and the other 1."""
    rows = [
        one[one["kind"] == "drawn"].set_index("name")["value"].rename(number)
        for number, one in enumerate(answers)
    ]
    table = pd.DataFrame(rows)
    for name in table:
        numbers = pd.to_numeric(table[name], errors="coerce")
        table[name] = numbers if numbers.notna().all() else pd.factorize(table[name], sort=True)[0]
    return table.astype(float)


def _shares(value: np.ndarray, drawn: np.ndarray) -> list[tuple[float, float]]:
    """Share and standard error of each column of ``drawn`` (worlds, parameters), then the rest."""
    centred = drawn - drawn.mean(axis=0)
    spread = value.var(ddof=1)
    inverse = np.linalg.pinv(centred.T @ centred)
    slopes = inverse @ (centred.T @ (value - value.mean()))
    residual = value - value.mean() - centred @ slopes
    noise = (residual**2).sum() / (len(value) - drawn.shape[1] - 1)
    errors = noise * np.diag(inverse)
    variance = centred.var(axis=0, ddof=1)
    shares = np.maximum(slopes**2 - errors, 0.0) * variance / spread
    deltas = 2 * np.abs(slopes) * np.sqrt(errors) * variance / spread
    return [*zip(shares, deltas, strict=True), (min(noise / spread, 1.0), np.nan)]


def rounded(table: pd.DataFrame, digits: int = DIGITS) -> pd.DataFrame:
    """A table with its real numbers rounded to significant digits."""
    real = table.select_dtypes("floating").columns
    return table.assign(**{name: significant(table[name], digits) for name in real})
