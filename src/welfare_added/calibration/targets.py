"""Targets of the calibration: what the paper reports on the district before any reallocation."""

from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from welfare_added.district.vocabulary import SUBJECTS


def read_targets(path: Path | str) -> pd.DataFrame:
    """Read the calibration file as one row a number.

    Each bin becomes a row ``...bins.01`` with its mean; a row ``...bins.classes`` has the number of
    classes in all bins. Counts of teachers by years observed become shares of their sum, because
    they come from another draft with other totals.

    Returns
    -------
    DataFrame
        quantity (dotted path in the file), target, weight (classes in a bin, else missing).

    """
    content = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    counts = content["teacher_panel"]["years_observed_per_teacher"]
    total = sum(counts.values())
    content["teacher_panel"]["years_observed_per_teacher"] = {
        f"{years:02d}": number / total for years, number in counts.items()
    }
    content["counts"] = {
        name: value for name, value in content["counts"].items() if not isinstance(value, list)
    }
    content["class_size"] = {**content["class_size"], **_bins(content["class_size"].pop("bins"))}
    shares = content["share_of_class_lower_scoring"]
    binned = {subject: _bins(shares.pop(subject)) for subject in SUBJECTS}
    content["share_of_class_lower_scoring"] = {**shares, **binned}
    rows = list(_flatten(content, ""))
    return pd.DataFrame(rows, columns=["quantity", "target", "weight"])


def bin_counts(targets: pd.DataFrame) -> dict[str, np.ndarray]:
    """Number of classes in each published bin, for `moments`: class_size, ela, math."""
    starts = {
        "class_size": "class_size.bins.",
        **{s: f"share_of_class_lower_scoring.{s}.bins." for s in SUBJECTS},
    }
    return {
        name: targets.loc[
            targets["quantity"].str.startswith(start) & targets["weight"].notna(), "weight"
        ].to_numpy()
        for name, start in starts.items()
    }


def _bins(bins: list[list[float]]) -> dict:
    numbered = {f"{i:02d}": (mean, classes) for i, (mean, classes) in enumerate(bins, 1)}
    return {"bins": {**numbered, "classes": sum(classes for _, classes in bins)}}


def _flatten(content: dict, prefix: str):
    for name, value in content.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict):
            yield from _flatten(value, f"{path}.")
        elif isinstance(value, tuple):
            yield (path, float(value[0]), float(value[1]))
        else:
            yield (path, float(value), float("nan"))


def compare(
    targets: pd.DataFrame, moments: pd.Series, districts: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Compare achieved moments with their targets.

    Parameters
    ----------
    targets
        From `read_targets`.
    moments
        Of the district, by quantity.
    districts
        Mean and SD of the moments over other districts of the same law (`kept_districts`).

    Returns
    -------
    DataFrame
        quantity, target, achieved, ratio (achieved over target), mean, sd, districts (their
        number), mean_ratio (mean over target), source; without ``districts`` the four on other
        districts are empty.

    """
    names = targets["quantity"]
    achieved = moments.reindex(names).to_numpy()
    others = pd.DataFrame(columns=["mean", "sd", "districts"], dtype="float64")
    others = (others if districts is None else districts).reindex(names).reset_index(drop=True)
    return pd.DataFrame(
        {
            "quantity": names,
            "target": targets["target"],
            "achieved": achieved,
            "ratio": achieved / targets["target"],
            **others,
            "mean_ratio": others["mean"] / targets["target"],
            "source": names.map(source_of),
        }
    )


def source_of(quantity: str) -> str:
    """Section or figure of the paper that reports a target."""
    places = {
        "counts.teacher_years": "figure 2, number of marks",
        "counts.": "text, sections 3.1 and 3.3",
        "value_added.mean_abs_comparative_advantage_over": "text, section 3.3",
        "value_added.cross_subject": "text and figure A.1",
        "value_added.year_to_year": "figure D.6",
        "value_added.share_of_teachers": "text, section 3.3.1",
        "value_added.": "figure 2",
        "class_size.bins": "figure A.2",
        "class_size.": "table A.1",
        "share_of_class_lower_scoring.sd": "table A.1",
        "share_of_class_lower_scoring.": "figure 3",
        "status_quo_sorting.": "figures 3 and A.2",
        "baseline_gaps.": "text, section 4.3.1",
        "long_term_outcomes.": "text, appendix D",
        "teacher_panel.": "aggregates of the authors' simulation inputs",
    }
    return next(place for start, place in places.items() if quantity.startswith(start))
