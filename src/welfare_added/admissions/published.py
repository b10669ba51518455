"""What the paper says of its applicants, line by line: content of calibration/inputs.yaml."""

from collections.abc import Iterator, Mapping
from numbers import Real

import pandas as pd

# What is said of each of the other schools' classes, in the order of inputs.yaml.
OTHER_SCHOOLS = ("sd", "minority", "frpl")
# Sources by beginning of a line's name; the first that fits.
SOURCES = {
    "counts.applicants_2013_14": "not stated",
    "counts.applicants": "table A.1",
    "counts.seats_other_schools": "not stated",
    "counts.seats": "inferred from table A.6",
    "counts.": "text, Data Appendix",
    "score.points": "rule of the Chicago Public Schools",
    "score.share": "table A.1",
    "score.": "text, Data Appendix",
    "plan_in_force.": "rule of the Chicago Public Schools",
    "tiers.children": "tracts",
    "tiers.tracts": "tracts",
    "tiers.score_cuts": "tracts",
    "tiers.": "table A.3",
    "minority_": "table A.1",
    "current_classes.": "table A.6",
    "current_counts.": "inferred from table A.6",
    "current_other_schools.": "table A.2",
    "residence.children": "tracts",
    "residence.grade_7": "table A.3",
    "residence.grade_9": "table A.4",
}
# Lines with a number that the world has nothing to compare with.
NOT_COMPARED = {
    "counts.schools_ranked": "the text says nine, table A.2 has ten schools and so has the world",
    "score.range.1": "the lower end of the scale is nought, which has no ratio",
}


def published(inputs: Mapping) -> pd.DataFrame:
    """The numeric lines of inputs.yaml, one row a number.

    Returns
    -------
    DataFrame
        quantity (dotted path; members of a list are numbered from 1), target (missing where nothing
        is stated), source, reason (why a line is not compared; empty otherwise).

    """
    rows = [
        (name, value, source_of(name), _reason(name, value)) for name, value in _lines(inputs, "")
    ]
    return pd.DataFrame(rows, columns=["quantity", "target", "source", "reason"]).astype(
        {"target": float}
    )


def source_of(quantity: str) -> str:
    """Where a line is from."""
    return next(source for start, source in SOURCES.items() if quantity.startswith(start))


def _reason(name: str, value: Real | None) -> str:
    return "not stated in the appendix" if value is None else NOT_COMPARED.get(name, "")


def _lines(content: Mapping, prefix: str) -> Iterator[tuple[str, Real | None]]:
    """Numbers and empty lines; names, texts and true or false are no numbers."""
    for key, value in content.items():
        path = f"{prefix}{key}"
        if isinstance(value, list):
            named = prefix.startswith("current_other_schools.")
            keys = OTHER_SCHOOLS if named else range(1, len(value) + 1)
            value = dict(zip(keys, value, strict=True))
        if isinstance(value, Mapping):
            yield from _lines(value, f"{path}.")
        elif value is None or (isinstance(value, Real) and not isinstance(value, bool)):
            yield path, value
