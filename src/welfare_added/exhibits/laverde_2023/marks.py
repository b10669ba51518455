"""Marks of parameters that the draws, or the data, do not tell well."""

from collections.abc import Iterable

import pandas as pd

FEW, PRIOR, BOUND = "$^a$", "$^b$", "$^c$"
LEGEND = {
    FEW: "a: too few effective draws.",
    PRIOR: "b: the interval is nearly as wide as the prior's.",
    BOUND: "c: not told from zero, so that the 95% quantile is a bound.",
}
NO_MARK = "none"
# An SD whose 5% quantile is less than this share of its 95% quantile is known from above alone.
FROM_ABOVE = 0.25


def marks(few: object, prior: object) -> str:
    """Marks of one parameter in LaTeX; what is withheld has none."""
    return FEW * int(few == 1) + PRIOR * int(prior == 1)


def bound(low: float, high: float) -> str:
    """Mark of an SD with these 5% and 95% quantiles."""
    return BOUND if low < FROM_ABOVE * high else ""


def in_words(parameters: pd.DataFrame) -> str:
    """Marks of what rests on several parameters, for a column of text.

    parameters: rows with parameter, q05, q95, few, prior. Of SDs alone there can be a bound.
    """
    sds = parameters[parameters["parameter"].str.startswith("sd ")]
    there = [name for name in ("few", "prior") if parameters[name].eq(True).any()]
    if any(bound(low, high) for low, high in zip(sds["q05"], sds["q95"], strict=True)):
        there.append("bound")
    return " and ".join(there) or NO_MARK


def from_words(words: str) -> str:
    """The same in LaTeX."""
    return marks("few" in words, "prior" in words) + BOUND * int("bound" in words)


def with_legend(note: str, cells: Iterable[str]) -> str:
    """Small print, and what the marks in some cells mean."""
    text = " ".join(cells)
    return " ".join([note, *(words for mark, words in LEGEND.items() if mark in text)]).strip()
