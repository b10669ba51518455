"""Value added from tables of grade means, by subject and level (Biasi 2017, appendix D)."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from welfare_added.grade_means.attenuation import expected_covariance
from welfare_added.grade_means.cells import SHARES, teacher_shares
from welfare_added.grade_means.checks import check_grade_means
from welfare_added.grade_means.identified import identified
from welfare_added.grade_means.joint import joint_estimates
from welfare_added.grade_means.moments import NOISE
from welfare_added.grade_means.printed import PrintedChoices, printed_estimates
from welfare_added.grade_means.samples import Sample, check_levels, sample_of
from welfare_added.grade_means.tables import sample_row, standard_deviations, value_added_table
from welfare_added.run.errors import UserError

DECIMALS = 8  # further digits depend on the machine's BLAS
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class EstimationChoices:
    """What to estimate, and how.

    Attributes
    ----------
    subjects, levels
        Subjects, and grades of each level; a teacher has an estimate for each in which she teaches.
    years
        First and last year used.
    share
        See `teacher_shares`; of the joint estimator.
    noise
        See `estimate_variances`; of the joint estimator.
    printed
        Errata of the printed estimator.

    """

    subjects: Sequence[str]
    levels: Mapping[str, Sequence[int]]
    years: tuple[int, int]
    share: str = "given"
    noise: str = "pupils"
    printed: PrintedChoices = field(default_factory=PrintedChoices)

    def __post_init__(self) -> None:
        """Refuse unknown choices."""
        check_levels(self.levels)
        for name, allowed in (("share", SHARES), ("noise", NOISE)):
            if getattr(self, name) not in allowed:
                raise UserError(
                    f"grade_means.{name} in config.yaml: {getattr(self, name)!r} is unknown; want "
                    f"{', '.join(allowed)}."
                )


@dataclass(frozen=True)
class GradeMeansEstimates:
    """Value added from grade means.

    Attributes
    ----------
    value_added
        teacher_id, subject, level; va_printed, va_unshrunk, shrinkage (printed estimator: step 5,
        step 4, and their ratio); va_joint, se_joint (best linear prediction, SD of the effect
        around it) [score units]; component (number within subject and level; estimates are
        comparable within); team_size (teachers with the same shares of the same cells, who have the
        same estimate), compared (whether her cells ever differ from the rest of her school-year;
        if not, va_joint is 0 and se_joint the SD of effects), years, cells.
    standard_deviations
        level, subject (or ``all``), teachers; sd_shrunk, sd_unshrunk (SD over teachers of
        va_printed and va_unshrunk, table A7); sd_printed, sd_joint (square root of the variances
        of true effects estimated), sd_va_joint (SD over teachers of va_joint).
    components
        subject, level, component, teachers, rank (identified contrasts between them, before
        composition and grade effects).
    samples
        One row a subject and level: cells, cells_without_teachers, school_years, teachers, pairs
        (of consecutive years); printed_* and joint_* variances of teachers' effects, of cells
        and of pupils, and printed_expected_share, the part of the true variance of effects that
        the printed covariance has in expectation (`ExpectedCovariance`); components, identified
        (dimension in all), lost_to_controls, unclear, never_compared, teams, in_teams (teachers
        in teams of two or more).

    """

    value_added: pd.DataFrame
    standard_deviations: pd.DataFrame
    components: pd.DataFrame
    samples: pd.DataFrame

    def to_keep(self) -> "GradeMeansEstimates":
        """The same, rounded to 1e-8, so that all machines write the same."""
        tables = (self.value_added, self.standard_deviations, self.components, self.samples)
        return GradeMeansEstimates(*(table.round(DECIMALS) for table in tables))


def estimate_grade_means(
    cells: pd.DataFrame,
    composition: pd.DataFrame,
    links: pd.DataFrame,
    choices: EstimationChoices,
) -> GradeMeansEstimates:
    """Estimate value added by the printed and by the joint estimator.

    Parameters
    ----------
    cells
        school_id, grade, year, subject; n_pupils (0 where the score is suppressed), mean_score, in
        the units in which value added is wanted.
    composition
        school_id, grade, year and shares and means of pupils, columns share_* and mean_*, all of
        which are controls.
    links
        teacher_id, school_id, grade, year, subject, and share (not needed unless shares are given):
        the teacher's part of the cell. Those of cells without scores are not used.
    choices
        What to estimate, and how.

    Raises
    ------
    UserError
        If the tables cannot be used: see `check_grade_means` and `sample_of`.

    """
    check_grade_means(cells, composition, links, choices.share)
    parts: dict[str, list[pd.DataFrame]] = {"value_added": [], "components": [], "samples": []}
    for level, grades in choices.levels.items():
        for subject in choices.subjects:
            sample = sample_of(
                *(cells, composition, links),
                subject=subject,
                grades=grades,
                years=choices.years,
            )
            label = {"subject": subject, "level": level}
            for name, table in _tables(sample, choices, label).items():
                parts[name].append(table)
    joined = {name: pd.concat(tables, ignore_index=True) for name, tables in parts.items()}
    spreads = standard_deviations(joined["value_added"], joined["samples"])
    return GradeMeansEstimates(
        joined["value_added"], spreads, joined["components"], joined["samples"]
    )


def _tables(
    sample: Sample, choices: EstimationChoices, label: dict[str, str]
) -> dict[str, pd.DataFrame]:
    cells = sample.cells
    shares = teacher_shares(cells, choices.share)
    printed = printed_estimates(cells, choices.printed)
    joint = joint_estimates(cells, shares, choices.noise)
    contrasts, expected = identified(cells, shares), expected_covariance(cells, shares)
    for name, variance in (
        ("printed", printed.teacher_variance),
        ("joint", joint.variances.teacher),
    ):
        if not variance > 0:
            log.warning(
                "%s, %s: the %s estimator finds no variance of teachers' effects (%.3g), so its "
                "value added is missing",
                *(label["subject"], label["level"], name, variance),
            )
    return {
        "value_added": value_added_table(sample, printed, joint, contrasts, label),
        "components": pd.DataFrame(
            {
                **label,
                "component": np.arange(len(contrasts.ranks)),
                "teachers": np.bincount(contrasts.component),
                "rank": contrasts.ranks,
            }
        ),
        "samples": sample_row(sample, printed, joint, contrasts, expected, label),
    }
