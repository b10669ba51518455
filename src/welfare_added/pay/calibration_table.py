"""The synthetic state beside every number that the paper prints of its inputs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from welfare_added.pay.frames import PayRecords
from welfare_added.pay.state_facts import state_facts

DIGITS = 10
PAIR = ("mean", "sd")
# Parts of inputs.yaml that nothing of the world answers, by the beginning of their path.
NOT_COMPARED = {
    "counts.districts_by_regime.salary_schedule_matched": "an outcome of matching",
    "counts.districts_by_regime_elsewhere": "contradicts table 2",
    "counts.districts_without_handbook.table_a1": "contradicts 422 less 223",
    "counts.districts_in_matched": "an outcome of matching",
    "counts.teacher_years_log_salary.ss_matched": "an outcome of matching",
    "counts.teacher_years_with_va.ss_matched": "an outcome of matching",
    "counts.teacher_years_residual": "teachers with value added, of whom the estimator decides",
    "counts.cells_grade_school_year.matched": "an outcome of matching",
    "counts.cells_grade_school_year.with_value_added": "cells of whom the estimator decides",
    "counts.markets.left_out": "a choice of the estimation",
    "counts.share_of_enrolment_in_matched": "an outcome of matching",
    "institutions.act_10": "a date",
    "institutions.first_post_year": "a choice of the preparation",
    "institutions.years": "a choice of the preparation",
    "institutions.tested_grades.1999": "years before the panel",
    "institutions.salary_trim": "a choice of the preparation",
    "institutions.contract_days": "a choice of the preparation",
    "institutions.seniority": "a choice of the preparation",
    "institutions.extreme": "a choice of the estimation",
    "enrolment.mean": "contradicts the three groups of the same footnote",
    "enrolment.chippewa_falls_2012": "planted as printed",
    "teachers.post_2011": "after Act 10: an outcome",
    "teachers.total": "after Act 10: an outcome",
    "districts.regime_probit": "follows from the moments of table 2",
    "districts.individual_salary.value_added": "an estimate",
    "districts.salary_schedule.value_added": "an estimate",
    "districts.handbook_unavailable.value_added": "an estimate",
    "salary_schedule.racine_2016": "after Act 10; drawn in figure A1",
    "value_added.sd_without_shrinkage": "holds noise and colleagues",
    "value_added.new_york": "another city",
    "salary_equation.delta_post.individual_salary.sd": "holds sampling noise",
    "salary_equation.delta_post.individual_salary.mi": "one district's estimate",
    "salary_equation.delta_post.individual_salary.ma": "one district's estimate",
    "salary_equation.delta_post.salary_schedule.sd": "holds sampling noise",
    "salary_equation.delta_post.salary_schedule.mi": "one district's estimate",
    "salary_equation.delta_post.salary_schedule.ma": "one district's estimate",
    "structural.standard_errors": "an estimate",
    "structural.evaluated_at": "a choice of table 13",
    "counterfactual": "a choice of section 8",
}
# Likewise, by their whole path.
WHOLE = {
    f"value_added.sd_with_shrinkage.{one}": "pooled over subjects in a way that is not printed"
    for one in ("elementary", "secondary")
}
SOURCES = {
    "counts.districts_in_state": "footnote 8",
    "counts.districts": "section 3.3, table 2",
    "counts.teachers_ever": "table 1",
    "counts.teachers_by_year": "section 3.1",
    "counts.teachers_green": "section 4.1",
    "counts.teachers_chippewa": "section 8.1",
    "counts.teacher_years_with_va": "table 6",
    "counts.teacher_years_log": "table 7",
    "counts.teacher_years": "table 3",
    "counts.cells": "table A6",
    "counts.": "sections 3.3 and 7.2.1",
    "institutions.": "section 7.2.1, appendix D",
    "enrolment.": "footnote 9, section 4.1",
    "teachers.share": "appendix D",
    "teachers.": "table 1",
    "districts.handbook": "table A1",
    "districts.": "table 2",
    "salary_schedule.off": "figure A2, appendix B",
    "salary_schedule.": "figure 1, section 4.1",
    "value_added.": "table A7",
    "salary_equation.": "section 4.2, section 8.1",
    "structural.": "table 13",
}


@dataclass(frozen=True)
class Made:
    """What was made of a synthetic state, for comparison.

    Attributes
    ----------
    records
        From `prepare`.
    districts
        The raw table of districts.
    truth
        Of the synthetic state.

    """

    records: PayRecords = field(repr=False)
    districts: pd.DataFrame = field(repr=False)
    truth: Mapping[str, pd.DataFrame] = field(repr=False)


def printed(inputs: Mapping) -> dict[str, float]:
    """Every number of calibration/inputs.yaml by dotted path; pairs as mean and SD."""
    return dict(_lines(inputs, ""))


def _lines(content: Mapping, prefix: str) -> Iterator[tuple[str, float]]:
    for key, value in content.items():
        path = f"{prefix}{key}"
        if key == "not_for_tuning":
            continue
        if isinstance(value, Mapping):
            yield from _lines(value, f"{path}.")
        elif isinstance(value, list):
            names = PAIR if len(value) == len(PAIR) else range(1, len(value) + 1)
            numbers = [(name, one) for name, one in zip(names, value, strict=True)]
            yield from ((f"{path}.{name}", float(one)) for name, one in numbers)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield path, float(value)


def calibration_table(inputs: Mapping, made: Made) -> pd.DataFrame:
    """Compare a state with every number of calibration/inputs.yaml.

    Returns
    -------
    DataFrame
        quantity (dotted path), target, achieved, ratio (achieved over target; missing where the
        target is zero), source, reason (why a line is not compared; empty otherwise).

    Raises
    ------
    ValueError
        If inputs.yaml has a number that is neither answered nor excused, or one is both.

    """
    achieved = state_facts(made.records, made.districts, made.truth)
    lines = printed(inputs)
    reasons = {name: _reason(name, made.truth["parameters"]) for name in lines}
    wrong = [name for name in lines if (name in achieved) == bool(reasons[name])]
    if wrong:
        raise ValueError(f"inputs.yaml: neither compared nor excused, or both: {', '.join(wrong)}")
    rows = []
    for name, target in lines.items():
        value = float(f"{achieved.get(name, np.nan):.{DIGITS}g}")
        ratio = float(f"{value / target:.{DIGITS}g}") if target else np.nan
        source = next((text for start, text in SOURCES.items() if name.startswith(start)), "")
        rows.append((name, target, value, ratio, source, reasons[name]))
    columns = ["quantity", "target", "achieved", "ratio", "source", "reason"]
    return pd.DataFrame(rows, columns=columns)


def _reason(name: str, parameters: pd.DataFrame) -> str:
    """Why a line is not compared; empty if it is."""
    if name in WHOLE:
        return WHOLE[name]
    planted = (parameters["part"] == "structural").any()
    if name.startswith("structural.") and not planted:
        return "planted in world table_13 alone"
    return next((why for start, why in NOT_COMPARED.items() if name.startswith(start)), "")


def lines_within(table: pd.DataFrame, share: float) -> tuple[int, int]:
    """Lines of `calibration_table` within a share of the target, and all that have a ratio."""
    ratio = table["ratio"].dropna()
    return int(((ratio - 1).abs() <= share).sum()), len(ratio)
