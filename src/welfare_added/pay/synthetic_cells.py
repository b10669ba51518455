"""Pupils and mean scores of the synthetic state's schools, by grade, year and subject."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from welfare_added.pay.frames import COMPOSITION, SUBJECTS
from welfare_added.pay.links import CELL, teacher_links
from welfare_added.pay.synthetic_districts import GROUPS, Districts
from welfare_added.pay.synthetic_schools import GRADES, TESTED, Schools

SHARES = tuple(name for name in COMPOSITION if name.startswith("share_"))


@dataclass(frozen=True)
class Cells:
    """Composition of tested grades, the cells of their scores, and the parts of these scores.

    Attributes
    ----------
    composition, cells
        As raw_tables.yaml declares them.
    truth
        Keys of cells; teachers: what their teachers add to the mean [pupil SD], missing where
        there is none; effort.

    """

    composition: pd.DataFrame = field(repr=False)
    cells: pd.DataFrame = field(repr=False)
    truth: pd.DataFrame = field(repr=False)


def draw_cells(
    districts: Districts,
    schools: Schools,
    staff: pd.DataFrame,
    effects: pd.DataFrame,
    effort: Mapping,
    inputs: Mapping,
    parameters: Mapping,
    rng: np.random.Generator,
) -> Cells:
    """Draw pupils, and mean scores that follow appendix D's equation, with means of teachers.

    Parameters
    ----------
    staff
        Assignments of teachers as in raw_tables.yaml.
    effects
        teacher_id, math, reading [pupil SD].
    effort
        Rise of scores in districts of individual salaries after Act 10, by subject [pupil SD].

    """
    own = parameters["scores"]
    first, last = inputs["institutions"]["years"]["panel"]
    rows = _grades(schools, np.arange(first, last + 1))
    pupils = _pupils(rows, districts, schools, own, rng)
    shares, deviations = _composition(rows, pupils, districts, schools, own, rng)
    composition = pd.DataFrame(
        {
            "school_id": schools.label[rows["school"]],
            "grade": rows["grade"],
            "year": rows["year"],
            "enrolment": pupils,
            **{name: shares[name.removeprefix("share_")] for name in SHARES},
        }
    )
    tested = rng.binomial(pupils, own["tested"])
    level = _levels(districts, inputs, own, rng)
    school_year = rows["school"] * (last - first + 1) + rows["year"] - first
    school_effect = own["school_sd"] * rng.standard_normal(len(schools.kind))
    parts = []
    for number, subject in enumerate(SUBJECTS):
        alike = "math" if subject == "math" else "reading"
        there = tested > 0
        if subject == "ela":
            there &= np.isin(rows["grade"], own["ela_grades"])
        at = np.flatnonzero(there)
        district = schools.district[rows["school"][at]]
        pupils_part = sum(
            deviations[name][at] * one[alike] for name, one in own["composition"].items()
        )
        of_year = own["school_year_sd"] * rng.standard_normal(school_year.max() + 1)
        noise = np.hypot(own["cell_sd"], own["within_sd"] / np.sqrt(tested[at]))
        steps = own["grade_step"] * (rows["grade"][at] - np.mean(TESTED))
        treated = districts.regime[district] == "IS"
        treated &= rows["year"][at] >= inputs["institutions"]["first_post_year"]
        parts.append(
            pd.DataFrame(
                {
                    **{name: composition[name].to_numpy()[at] for name in CELL[:3]},
                    "subject": subject,
                    "n_pupils": tested[at],
                    "base": level[min(number, 1)][district]
                    + school_effect[rows["school"][at]]
                    + pupils_part
                    + of_year[school_year[at]]
                    + steps
                    + noise * rng.standard_normal(len(at)),
                    "effort": effort.get(subject, 0.0) * treated,
                    "spread": own["within_sd"] * np.exp(0.05 * rng.standard_normal(len(at))),
                }
            )
        )
    return _scored(pd.concat(parts, ignore_index=True), composition, staff, effects, own["scale"])


def _scored(cells, composition, staff, effects, scale) -> Cells:
    """Add teachers' effects, and bring scores to their scale."""
    links = teacher_links(staff, cells)
    own = effects.set_index("teacher_id").loc[links["teacher_id"]]
    effect = np.where(links["subject"] == "math", own["math"], own["reading"])
    taught = (links["share"] * effect).groupby([links[name] for name in CELL]).sum()
    keys = pd.MultiIndex.from_frame(cells[CELL])
    teachers = taught.reindex(keys).to_numpy()
    score = cells["base"] + np.nan_to_num(teachers) + cells["effort"]
    made = cells[[*CELL, "n_pupils"]].assign(
        mean_score=(scale["mean"] + scale["sd"] * score).round(3),
        sd_score=(scale["sd"] * cells["spread"]).round(2),
    )
    truth = cells[CELL].assign(teachers=teachers.round(8), effort=cells["effort"])
    return Cells(composition, made, truth)


def _grades(schools: Schools, years: np.ndarray) -> dict[str, np.ndarray]:
    """Tested grades of each school and year."""
    ends = np.array(GRADES)[schools.kind]
    grade, school = np.meshgrid(TESTED, np.arange(len(ends)))
    held = (grade >= ends[school, 0]) & (grade <= ends[school, 1])
    school, grade = school[held], grade[held]
    return {
        "school": np.tile(school, len(years)),
        "grade": np.tile(grade, len(years)),
        "year": np.repeat(years, len(school)),
    }


def _pupils(rows, districts, schools, own, rng) -> np.ndarray:
    cohort = schools.cohort(districts.pupils)[rows["school"]]
    return np.maximum(
        np.round(cohort * np.exp(own["cohort_sd"] * rng.standard_normal(len(cohort)))), 1
    ).astype(int)


def _composition(rows, pupils, districts, schools, own, rng):
    """Shares of pupils, and their deviations from the district's expected shares."""
    district = schools.district[rows["school"]]
    shares, deviations = {}, {}
    for name, one in own["composition"].items():
        given = {"black": districts.black, "low_income": districts.disadvantaged}.get(name)
        mean = one["mean"] if given is None else given[district]
        mean = np.clip(mean, 0.001, 0.97)
        odds = np.log(mean / (1 - mean))
        if name != "female":
            sd = own["school_composition_sd"]
            odds = odds + sd * rng.standard_normal(len(schools.kind))[rows["school"]]
        shares[name] = rng.binomial(pupils, 1 / (1 + np.exp(-odds))) / pupils
        deviations[name] = shares[name] - mean
    races = ("black", "hispanic", "asian", "native")
    total = np.maximum(sum(shares[name] for name in races), 1.0)
    for name in races:
        shares[name] = shares[name] / total
    return {name: value.round(4) for name, value in shares.items()}, deviations


def _levels(districts, inputs, own, rng) -> np.ndarray:
    """Districts' means in mathematics and reading [pupil SD], (2, J)."""
    draw = rng.standard_normal((2, len(districts.ids)))
    correlation = own["subjects_correlation"]
    draw[1] = correlation * draw[0] + np.sqrt(1 - correlation**2) * draw[1]
    made = np.array([[own["district_sd"]["math"]], [own["district_sd"]["reading"]]]) * draw
    for number, subject in enumerate(("math", "reading")):
        for regime, group in GROUPS.items():
            mean = inputs["districts"][group][subject][0] - own["scale"]["mean"]
            made[number, districts.regime == regime] += mean / own["scale"]["sd"]
    return made
