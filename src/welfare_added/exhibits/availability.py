"""Which exhibits a study's tables allow, known from its configuration before anything runs."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from welfare_added.district.files import OPTIONAL_COLUMNS

OUTCOMES = OPTIONAL_COLUMNS["outcomes"]
EXHIBITS = (
    *(f"figure_{name}" for name in ("01", "02", "03", "04", "05", "06a", "06b", "07")),
    *(f"figure_{name}" for name in ("08a", "08b", "09a", "09b", "10")),
    *(f"figure_{name}" for name in ("a1", "a2", "a3", "a4a", "a4b", "a5", "d6", "d7")),
    "table_a1",
    "figure_bias",
    "figure_calibration",
)


def exhibit_files(results: str, exhibits: list[str]) -> list[str]:
    """List every file of some exhibits under a results folder."""
    figures = [name for name in exhibits if name.startswith("figure")]
    tables = [name for name in exhibits if name.startswith("table")]
    return [
        *(f"{results}/figures/{name}.{kind}" for name in figures for kind in ("pdf", "png", "csv")),
        *(f"{results}/tables/{name}.{kind}" for name in tables for kind in ("csv", "tex")),
    ]


def skipped_exhibits(
    source: str,
    size: str | None,
    estimator: str,
    absent: Mapping[str, Sequence[str]],
    restricted: bool = False,
) -> dict[str, str]:
    """Name the exhibits that a study cannot have, and why.

    Parameters
    ----------
    source
        ``synthetic`` or a folder of tables (config.yaml, district.source).
    size
        Of the synthetic district (district.size); not asked of a folder.
    estimator
        ``leave_year_out`` or ``empirical_bayes`` (value_added.estimator).
    absent
        Optional columns that the tables do not have, by table.
    restricted
        The records are confidential: reasons tell no folder.

    Returns
    -------
    dict
        Exhibit and reason, in the order of the paper; empty if all can be made.

    """
    reasons = {}
    if estimator == "empirical_bayes":
        reasons["figure_d6"] = (
            "the empirical Bayes estimator gives a teacher one estimate from one year, so nothing "
            "can be said of persistence from year to year"
        )
    if source != "synthetic":
        where = "the folder of the raw tables" if restricted else source
        if not has_outcomes(source):
            reasons["figure_d7"] = (
                f"{where} holds no outcomes.csv or outcomes.parquet, so later outcomes are unknown"
            )
        elif set(OUTCOMES) <= set(absent.get("outcomes", [])):
            reasons["figure_d7"] = f"the outcomes in {where} have none of {', '.join(OUTCOMES)}"
        if "ethnicity" in absent.get("enrolments", []):
            reasons["figure_08b"] = (
                f"the enrolments in {where} have no column ethnicity, so racial gaps are unknown"
            )
        reasons["figure_calibration"] = (
            "only the synthetic district is calibrated; these are the user's own tables"
        )
        reasons["figure_bias"] = (
            "only the synthetic district has a known true value added to be biased against"
        )
    elif restricted:
        for name in ("figure_calibration", "figure_bias"):
            reasons[name] = "it shows what a confidential district would not have: how it was made"
    elif size != "full":
        reasons["figure_calibration"] = (
            f"only the full synthetic district is calibrated; this one is {size}"
        )
    return reasons


def has_outcomes(source: str) -> bool:
    """Tell whether a folder of tables holds later outcomes."""
    return any(Path(source, f"outcomes.{kind}").is_file() for kind in ("csv", "parquet"))


def skipped_table(reasons: dict[str, str]) -> pd.DataFrame:
    """Lay out the reasons as a table of exhibit and reason."""
    return pd.DataFrame(list(reasons.items()), columns=["exhibit", "reason"])


def note(
    source: str, name: str | None, estimator: str, teacher_share: float, restricted: bool = False
) -> str:
    """Say in a line what every exhibit of the study must be read with; may be empty."""
    said = []
    if source == "synthetic":
        said.append("Synthetic district.")
    elif name:
        said.append(f"{name}.")
    if restricted:
        said.append("Confidential records: small cells are withheld, numbers rounded.")
    if estimator == "empirical_bayes":
        said.append(
            "One year a teacher: teacher and class shock cannot be separated; "
            f"{teacher_share:.0%} of the class-level variance is assumed to be the teacher's."
        )
    return " ".join(said)
