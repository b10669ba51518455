"""Tables of value added, standard deviations and samples, from the arrays of estimates."""

import numpy as np
import pandas as pd

from welfare_added.grade_means.attenuation import ExpectedCovariance
from welfare_added.grade_means.identified import Identified
from welfare_added.grade_means.joint import JointEstimates
from welfare_added.grade_means.printed import PrintedEstimates
from welfare_added.grade_means.samples import Sample

OVERALL = "all"  # subjects together, in the table of standard deviations


def value_added_table(
    sample: Sample,
    printed: PrintedEstimates,
    joint: JointEstimates,
    contrasts: Identified,
    label: dict[str, str],
) -> pd.DataFrame:
    """One row a teacher; see `GradeMeansEstimates.value_added`. label: subject and level."""
    cells = sample.cells
    taught = pd.DataFrame({"teacher": cells.teacher, "year": cells.year[cells.cell]})
    by_teacher = taught.groupby("teacher")["year"]
    return pd.DataFrame(
        {
            "teacher_id": sample.teacher_id,
            **label,
            "va_printed": printed.estimate,
            "va_unshrunk": printed.unshrunk,
            "shrinkage": printed.shrinkage,
            "va_joint": joint.estimate,
            "se_joint": np.sqrt(joint.variance),
            "component": contrasts.component,
            "team_size": np.bincount(contrasts.team)[contrasts.team],
            "compared": ~contrasts.never_compared,
            "years": by_teacher.nunique().to_numpy(),
            "cells": by_teacher.size().to_numpy(),
        }
    )


def sample_row(
    sample: Sample,
    printed: PrintedEstimates,
    joint: JointEstimates,
    contrasts: Identified,
    expected: ExpectedCovariance,
    label: dict[str, str],
) -> pd.DataFrame:
    """One row of `GradeMeansEstimates.samples`. label: subject and level."""
    cells = sample.cells
    teams = np.bincount(contrasts.team)
    row = {
        **label,
        "cells": len(cells.mean_score),
        "cells_without_teachers": sample.without_teachers,
        "school_years": int(cells.school_year.max()) + 1,
        "teachers": cells.teachers,
        "pairs": printed.pairs,
        "printed_teacher_variance": printed.teacher_variance,
        "printed_expected_share": expected.teacher,
        "printed_cell_variance": printed.cell_variance,
        "printed_pupil_variance": printed.pupil_variance,
        "joint_teacher_variance": joint.variances.teacher,
        "joint_cell_variance": joint.variances.cell,
        "joint_pupil_variance": joint.variances.pupil,
        "components": len(contrasts.ranks),
        "identified": contrasts.rank,
        "lost_to_controls": contrasts.lost,
        "unclear": contrasts.unclear,
        "never_compared": int(contrasts.never_compared.sum()),
        "teams": int((teams > 1).sum()),
        "in_teams": int(teams[teams > 1].sum()),
    }
    return pd.DataFrame([row])


def standard_deviations(value_added: pd.DataFrame, samples: pd.DataFrame) -> pd.DataFrame:
    """Standard deviations of effects by level, of all subjects and of each (table A7).

    value_added, samples: as in `GradeMeansEstimates`. The variances of true effects of all
    subjects are means over teachers of the subjects'.
    """
    variance = samples.set_index(["level", "subject"])[
        ["printed_teacher_variance", "joint_teacher_variance"]
    ]
    own = value_added.join(variance, on=["level", "subject"])
    rows = []
    for level, of_level in own.groupby("level", sort=False):
        groups = [(OVERALL, of_level), *of_level.groupby("subject", sort=False)]
        for subject, group in groups:
            spread = group[["va_printed", "va_unshrunk", "va_joint"]].std()
            true = group[list(variance)].mean().where(lambda mean: mean > 0) ** 0.5
            rows.append((level, subject, len(group), *spread.iloc[:2], *true, spread.iloc[2]))
    names = ["sd_shrunk", "sd_unshrunk", "sd_printed", "sd_joint", "sd_va_joint"]
    return pd.DataFrame(rows, columns=["level", "subject", "teachers", *names])
