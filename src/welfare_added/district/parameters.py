"""Parameters of the synthetic district, as found by the calibration."""

from dataclasses import dataclass, fields
from pathlib import Path

import yaml

DIMENSIONS = ("ela_lower", "ela_higher", "math_lower", "math_higher")
SCHOOLS = {"full": 127, "small": 24, "tiny": 6}
TEACHERS = {"full": 1816, "small": 343, "tiny": 86}


@dataclass(frozen=True)
class TeacherParameters:
    """How long teachers are seen, and how much they move.

    Attributes
    ----------
    years_observed
        Share of teachers seen in 1, 2, ... 11 years.
    gap_probability
        Chance that a possible break in a career happens.
    same_school, same_grade
        Chance of staying, from one year to the next.
    second_class, fragment
        Chance, in a year, of a second full class in the same grade, and of a few students of
        another grade (a combination class).

    """

    years_observed: dict[int, float]
    gap_probability: float
    same_school: float
    same_grade: float
    second_class: float
    fragment: float


@dataclass(frozen=True)
class ClassParameters:
    """Class sizes: a grade mean, a school-grade-year part and a class part [students].

    Attributes
    ----------
    mean_size, sd_cell, sd_class
        Mean by grade (third grades were kept small), SD of the two parts.
    small_share, small_by
        Share of school-grade-years with markedly smaller classes, and by how many students on
        average (uniform between half and one and a half of that).
    cap
        Third grade only: what is left of a class's excess over the mean size, since the state
        paid for classes of up to 20.
    size_on_achievement
        Correlation of the school-grade-year part with the school's mean achievement: larger
        classes are in more affluent schools (section 3.4).

    """

    mean_size: dict[str, float]
    sd_cell: float
    sd_class: float
    small_share: float
    small_by: float
    cap: float
    size_on_achievement: float


@dataclass(frozen=True)
class StudentParameters:
    """Who comes and goes, and how scores follow from last year's scores [student SD].

    Attributes
    ----------
    exit, unlinked, untested
        Yearly chance to leave the district; spare share of seats outside the studied classes;
        chance to miss the tests of a year.
    persistence, cross_persistence, school_mean
        Coefficients on last year's score in the subject, in the other subject, and on the
        school-grade mean of last year's score.
    ethnic_gap, school_sd
        White and Asian over Black and Hispanic students, and between schools, on entry.
    tracking
        Weight of last year's scores when a grade is parted into classes, 0 (random) to 1.

    """

    exit: float
    unlinked: float
    untested: float
    persistence: dict[str, float]
    cross_persistence: float
    school_mean: float
    ethnic_gap: dict[str, float]
    school_sd: dict[str, float]
    tracking: float


@dataclass(frozen=True)
class EffectParameters:
    """Teachers' value added on lower- and higher-scoring students, and shocks [student SD].

    Attributes
    ----------
    sd, drift
        Standard deviation and year-to-year autocorrelation of each of the four dimensions.
    correlation
        Between the groups within ELA, within math, and between the subjects.
    sorting_on_achievement, sorting_on_size
        Shift of each dimension per SD of the school's mean achievement, and per 25 students.
    class_shock, group_shock
        SD of the shock common to a class, and of the one to each group of it.

    """

    sd: dict[str, float]
    correlation: dict[str, float]
    drift: dict[str, float]
    sorting_on_achievement: dict[str, float]
    sorting_on_size: dict[str, float]
    class_shock: dict[str, float]
    group_shock: dict[str, float]


@dataclass(frozen=True)
class OutcomeParameters:
    """Later outcomes: the share who graduate from high school."""

    graduation: float


@dataclass(frozen=True)
class Parameters:
    """All parameters of the synthetic district."""

    teachers: TeacherParameters
    classes: ClassParameters
    students: StudentParameters
    effects: EffectParameters
    outcomes: OutcomeParameters


def from_dict(content: dict) -> Parameters:
    """Build parameters from nested dictionaries, section by section."""
    return Parameters(**{f.name: f.type(**content[f.name]) for f in fields(Parameters)})


def load(path: Path | str) -> Parameters:
    """Read parameters from a YAML file."""
    return from_dict(yaml.safe_load(Path(path).read_text(encoding="utf-8")))
