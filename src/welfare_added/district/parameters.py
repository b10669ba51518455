"""Parameters of the synthetic district, chosen by the calibration."""

from dataclasses import dataclass, fields
from pathlib import Path

import yaml

DIMENSIONS = ("ela_lower", "ela_higher", "math_lower", "math_higher")
SCHOOLS = {"full": 127, "small": 24, "tiny": 6}
TEACHERS = {"full": 1816, "small": 343, "tiny": 86}


@dataclass(frozen=True)
class SchoolParameters:
    """Schools.

    Attributes
    ----------
    open
        Number open in a year, of the published number over all years; the same share in districts
        of other sizes.

    """

    open: int


@dataclass(frozen=True)
class TeacherParameters:
    """Teachers' careers and moves.

    Attributes
    ----------
    years_observed
        Share of teachers observed in 1, 2, ... 11 years.
    gap_probability
        Probability that a possible gap year in a career occurs.
    same_school, same_grade
        Probability of staying in the school, and in the grade, from one year to the next.
    second_class, fragment
        Yearly probability of a second full class in the same grade, and of a combination class:
        a few students of another grade.

    """

    years_observed: dict[int, float]
    gap_probability: float
    same_school: float
    same_grade: float
    second_class: float
    fragment: float


@dataclass(frozen=True)
class ClassParameters:
    """Class sizes: a grade mean, a school-grade-year component and a class component [students].

    Attributes
    ----------
    mean_size, sd_cell, sd_class
        Mean by grade (third grades were kept small), SD of the two components.
    small_share, small_by
        Share of school-grade-years with markedly smaller classes, and by how many students on
        average (uniform between half and one and a half of that).
    cap
        Third grade only: factor on a class's excess over the mean size, since the state paid for
        classes of up to 20.
    size_on_achievement
        Correlation of the school-grade-year component with the school's mean achievement: larger
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
    """Students' entry, exit and test scores [student SD].

    Attributes
    ----------
    exit, unlinked, untested
        Yearly probability of leaving the district; share of a school's students outside the
        studied classes; yearly probability of missing the tests.
    persistence, cross_persistence, school_mean
        Coefficients on last year's score in the subject, in the other subject, and on the
        school-grade mean of last year's score.
    ethnic_gap, school_sd
        On entry: mean score of white and Asian minus Black and Hispanic students, and SD between
        schools.
    score_step
        Distance of neighbouring values of a test's score: SD over the number of items per SD.
    tracking, tracking_range, tracking_on_ela
        Weight of last year's scores in assigning a grade's students to classes, 0 (random) to 1;
        range of schools' weights, as a share of their mean, to either side of it; weight of ELA
        among these scores, 0 (math alone) to 1.

    """

    exit: float
    unlinked: float
    untested: float
    persistence: dict[str, float]
    cross_persistence: float
    school_mean: float
    ethnic_gap: dict[str, float]
    school_sd: dict[str, float]
    score_step: float
    tracking: float
    tracking_range: float
    tracking_on_ela: float


@dataclass(frozen=True)
class EffectParameters:
    """Teachers' value added on lower- and higher-scoring students, and shocks [student SD].

    Attributes
    ----------
    sd, drift
        SD and year-to-year autocorrelation of each of the four dimensions (subject by group).
    correlation
        Between the groups within ELA, within math, and between the subjects.
    sorting_on_achievement, sorting_on_size
        Slope of each dimension on the school's mean achievement [per SD], were no teachers sorted
        within schools, and on class size [per 25 students].
    within_school_share
        Share of the covariance of value added and a class's composition that lies within schools,
        grades and years, 0 to 1; ``proportional``: as of the variance of composition.
    class_shock, group_shock
        SD of the shock common to a class, and of the shock to each of its two groups.

    """

    sd: dict[str, float]
    correlation: dict[str, float]
    drift: dict[str, float]
    sorting_on_achievement: dict[str, float]
    sorting_on_size: dict[str, float]
    within_school_share: float | str
    class_shock: dict[str, float]
    group_shock: dict[str, float]


@dataclass(frozen=True)
class OutcomeParameters:
    """Later outcomes: the share who graduate from high school."""

    graduation: float


@dataclass(frozen=True)
class Parameters:
    """All parameters of the synthetic district."""

    schools: SchoolParameters
    teachers: TeacherParameters
    classes: ClassParameters
    students: StudentParameters
    effects: EffectParameters
    outcomes: OutcomeParameters


def from_dict(content: dict) -> Parameters:
    """Build parameters from nested dictionaries, one a section of the parameter file."""
    return Parameters(**{f.name: f.type(**content[f.name]) for f in fields(Parameters)})


def load(path: Path | str) -> Parameters:
    """Read parameters from a YAML file."""
    return from_dict(yaml.safe_load(Path(path).read_text(encoding="utf-8")))
