"""A district of its own with a hiring platform: raw tables as an office might export them.

Drawn with numpy alone, not by the package. Own names of columns and own codes, school years such as
2015-16, days as Excel and as a database write them, identifiers that can be recognised wherever
they turn up, no commutes, no closing days, and few of the columns that may be missing.
"""

from pathlib import Path

import numpy as np
import pandas as pd

YEARS, CYCLES = range(2013, 2021), range(2016, 2021)
SCHOOLS, SECTIONS, CLASS = 30, 2, 20
POSITIONS = {2017: 35}  # of a cycle with fewer than the 60 teachers who apply; 90 in all others
CANARY = "canary"
RACES = {"W": "white", "A": "asian", "B": "black", "H": "hispanic", "O": "other"}
OUTCOMES = {
    **{"Accepted offer": "hired", "Placed at other site": "hired_elsewhere"},
    **{"Accepted, never came": "hired_out", "Declined offer": "declined"},
    **{"Interviewed": "interview", "Recommended": "positive", "Maybe": "middle"},
    **{"Not recommended": "negative", "Withdrawn": "withdrew", "": "none"},
}
COLUMNS = {
    "enrolments": {
        **{"student_id": "PupilNumber", "year": "SchoolYear", "grade": "Grade"},
        **{"school_id": "SchoolCode", "class_id": "SectionCode", "math_score": "MathScale"},
        **{"economically_disadvantaged": "LunchProgram", "ethnicity": "RaceCode"},
    },
    "classes": {
        **{"class_id": "SectionCode", "year": "SchoolYear", "grade": "Grade"},
        **{"school_id": "SchoolCode", "teacher_id": "StaffNumber"},
    },
    "teachers": {
        **{"teacher_id": "StaffNumber", "first_year": "HiredIn", "ethnicity": "RaceCode"},
    },
    "schools": {
        **{"school_id": "SchoolCode", "year": "SchoolYear", "title1": "TitleOneFlag"},
        **{"latitude": "SiteLatitude", "longitude": "SiteLongitude"},
    },
    "vacancies": {
        **{"position_id": "RequisitionNo", "cycle": "JobSchoolYear", "school_id": "SchoolCode"},
        "posted": "PostedOnDay",
    },
    "applicants": {
        **{"applicant_id": "CandidateNo", "cycle": "JobSchoolYear", "teacher_id": "StaffNumber"},
        **{"latitude": "HomeLatitude", "longitude": "HomeLongitude", "ethnicity": "RaceCode"},
        "current_position": "PresentSchoolCode",
    },
    "applications": {
        **{"applicant_id": "CandidateNo", "position_id": "RequisitionNo"},
        **{"applied": "AppliedOnDay", "outcome": "Disposition"},
    },
}
YES = {"Y": 1, "N": 0}
RECODE = {
    "enrolments": {"economically_disadvantaged": YES, "ethnicity": RACES},
    "teachers": {"ethnicity": RACES},
    "schools": {"title1": YES},
    "applicants": {"ethnicity": RACES},
    "applications": {"outcome": OUTCOMES},
}
# What a user changes in the paper's choices; the rest keeps a run short.
CHOICES = {
    "district": {
        **{"columns": COLUMNS, "recode": RECODE, "name": "Springfield"},
        **{"years": [2014, 2020], "market": None},
    },
    "value_added": {"draws": 20, "simulations": 5},
    "preferences": {"draws": 64},
    "market": {"cycle": 2019, "other_cycles": [2017, 2018], "runs": 5, "frontier_points": 5},
    "match_effects": {"sds": [0, 0.05], "draws": 1},
}


def own_tables(seed: int = 5) -> dict[str, pd.DataFrame]:
    """Tables by name, columns and codes as in the package."""
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    schools = pd.DataFrame(
        {
            "school_id": [f"{CANARY} school {place:03d}" for place in range(SCHOOLS)],
            "poor": rng.uniform(0.15, 0.95, SCHOOLS),
            "latitude": (35.2 + rng.normal(0, 0.08, SCHOOLS)).round(5),
            "longitude": (-80.8 + rng.normal(0, 0.08, SCHOOLS)).round(5),
        }
    )
    schools["title1"] = (schools["poor"] > 0.55).astype(int)
    classes, effects = _classes(rng, schools)
    teachers = classes.dropna(subset=["teacher_id"]).groupby("teacher_id")["year"].min()
    teachers = teachers.rename("first_year").reset_index()
    teachers["ethnicity"] = rng.choice(
        [*RACES.values()], len(teachers), p=[0.6, 0.05, 0.25, 0.05, 0.05]
    )
    tables = {
        "enrolments": _enrolments(rng, schools, classes, effects),
        "classes": classes,
        "teachers": teachers,
        "schools": schools.drop(columns="poor").merge(pd.DataFrame({"year": YEARS}), how="cross"),
    }
    parts = [_cycle(rng, cycle, schools, classes, teachers, effects) for cycle in CYCLES]
    return tables | {
        name: pd.concat([part[name] for part in parts], ignore_index=True) for name in parts[0]
    }


def _classes(rng, schools) -> tuple[pd.DataFrame, np.ndarray]:
    """A row a class, and its teacher's effects on both types of students, in student SD.

    Each year some leave, and some of those who stay exchange classes, mostly between schools.
    """
    rooms = [
        (place, grade, section)
        for place in range(SCHOOLS)
        for grade in (4, 5)
        for section in range(SECTIONS)
    ]
    teacher, hired, rows = np.arange(len(rooms)), len(rooms), []
    for year in YEARS[1:]:
        leaves = np.flatnonzero(rng.random(len(rooms)) < 0.08)
        teacher[leaves] = hired + np.arange(len(leaves))
        hired += len(leaves)
        moves = rng.choice(len(rooms), len(rooms) // 8, replace=False)
        teacher[moves] = teacher[np.roll(moves, 1)]
        for (place, grade, section), one in zip(rooms, teacher, strict=True):
            known = f"{CANARY}staff{1000 + 7 * one}" if rng.random() > 0.01 else None
            name = f"{CANARY}-{place:02d}-{grade}{section}"
            rows.append((name, year, grade, schools["school_id"][place], known, one))
    columns = ["class_id", "year", "grade", "school_id", "teacher_id", "number"]
    classes = pd.DataFrame(rows, columns=columns)
    of_teacher = rng.multivariate_normal([0, 0], [[0.05, 0.04], [0.04, 0.05]], size=hired)
    return classes[columns[:-1]], of_teacher[classes["number"]]


def _enrolments(rng, schools, classes, effects) -> pd.DataFrame:
    """Cohorts that stay in their schools from grade 3 to 5; last year's classes are not kept."""
    number = SCHOOLS * SECTIONS * CLASS
    place = np.repeat(np.arange(SCHOOLS), SECTIONS * CLASS)
    class_row = {
        key: rows for key, rows in classes.groupby(["year", "grade", "school_id"]).indices.items()
    }
    names, parts = schools["school_id"].to_numpy(), []
    for first in range(YEARS[0] - 2, YEARS[-1] + 1):  # spring in grade 3
        poor = rng.random(number) < schools["poor"].to_numpy()[place]
        ability = rng.normal(0, 0.8, number) - 0.5 * poor
        races = rng.choice([*RACES.values()], number, p=[0.4, 0.05, 0.35, 0.15, 0.05])
        ids = [f"{CANARY}pupil{first}{one:05d}" for one in range(number)]
        for year in range(max(first, YEARS[0]), min(first + 3, YEARS[-1] + 1)):
            grade, score = year - first + 3, ability + rng.normal(0, 0.4, number)
            of_class = np.full(number, None, object)
            if grade > 3 and year > YEARS[0]:
                row = np.concatenate([
                    class_row[(year, grade, school)][rng.permutation(SECTIONS * CLASS) % SECTIONS]
                    for school in names
                ])  # fmt: skip
                shock = rng.normal(0, 0.1, len(classes))
                score += effects[row, poor.astype(int)] + shock[row]
                of_class = classes["class_id"].to_numpy()[row]
            scaled = np.round(500 + 60 * score)
            scaled[rng.random(number) < 0.03] = np.nan
            parts.append(
                pd.DataFrame(
                    {
                        **{"student_id": ids, "year": year, "grade": grade},
                        **{"school_id": names[place], "class_id": of_class, "math_score": scaled},
                        "economically_disadvantaged": poor.astype(int),
                        "ethnicity": races,
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def _cycle(rng, cycle, schools, classes, teachers, effects) -> dict[str, pd.DataFrame]:
    """Positions, applicants and applications of jobs that begin in the autumn before ``cycle``."""
    present = classes[(classes["year"] == cycle - 1) & classes["teacher_id"].notna()]
    movers = present.iloc[rng.permutation(len(present))[:60]]
    applicants, own_effects = _applicants(rng, cycle, movers, teachers, effects[movers.index])
    positions = POSITIONS.get(cycle, 90)
    place = rng.integers(0, SCHOOLS, positions)
    posted = rng.integers(0, 110, positions)
    closes = posted + rng.integers(15, 50, positions)
    vacancies = pd.DataFrame(
        {
            "position_id": [f"{CANARY}req{cycle}{one:04d}" for one in range(positions)],
            "cycle": cycle,
            "school_id": schools["school_id"].to_numpy()[place],
            "posted": _day(cycle, posted),
        }
    )
    starts = rng.integers(0, 90, len(applicants))
    ends = starts + rng.exponential(35, len(applicants)).astype(int)
    opens = np.maximum(starts[:, None], posted)
    closed = np.minimum(ends[:, None], closes)
    poor = schools["poor"].to_numpy()[place]
    output = CLASS * (own_effects[:, :1] * (1 - poor) + own_effects[:, 1:] * poor)
    utility = 0.5 - 0.12 * _minutes(applicants, schools.iloc[place]) + 0.1 * output - poor
    utility += rng.logistic(size=utility.shape) + rng.normal(size=(len(applicants), 1))
    who, where = np.nonzero((opens <= closed) & (utility > 0))
    day = opens[who, where] + (rng.random(len(who)) * (closed - opens + 1)[who, where]).astype(int)
    applications = pd.DataFrame(
        {
            "applicant_id": applicants["applicant_id"].to_numpy()[who],
            "position_id": vacancies["position_id"].to_numpy()[where],
            "applied": _day(cycle, day),
            "outcome": _outcomes(rng, who, where, 0.1 * output[who, where]),
        }
    )
    return {"vacancies": vacancies, "applicants": applicants, "applications": applications}


def _applicants(rng, cycle, movers, teachers, of_movers) -> tuple[pd.DataFrame, np.ndarray]:
    """Teachers of the district, and 190 others, of whom nobody knows value added."""
    others = 190
    number = len(movers) + others
    race = teachers.set_index("teacher_id")["ethnicity"].reindex(movers["teacher_id"]).to_numpy()
    drawn = rng.choice([*RACES.values(), None], others, p=[0.5, 0.05, 0.25, 0.1, 0.05, 0.05])
    table = pd.DataFrame(
        {
            "applicant_id": [f"{CANARY}candidate{cycle}{one:04d}" for one in range(number)],
            "cycle": cycle,
            "teacher_id": [*movers["teacher_id"], *[None] * others],
            "latitude": (35.2 + rng.normal(0, 0.1, number)).round(5),
            "longitude": (-80.8 + rng.normal(0, 0.1, number)).round(5),
            "current_position": [*movers["school_id"], *[None] * others],
            "ethnicity": [*race, *drawn],
        }
    )
    # The district's own keep their number from cycle to cycle.
    own = [f"{CANARY}candidate{one.removeprefix(CANARY)}" for one in movers["teacher_id"]]
    table.loc[: len(movers) - 1, "applicant_id"] = own
    table.loc[rng.choice(number, 8, replace=False), ["latitude", "longitude"]] = np.nan
    return table, np.concatenate([of_movers, rng.normal(0, 0.2, (others, 2))])


def _minutes(applicants, places) -> np.ndarray:
    """Some 1.4 minutes a kilometre as the crow flies; 20 where the home is unknown."""
    north = 111 * np.subtract.outer(*(one["latitude"].to_numpy() for one in (applicants, places)))
    east = 91 * np.subtract.outer(*(one["longitude"].to_numpy() for one in (applicants, places)))
    return np.nan_to_num(1.4 * np.hypot(north, east), nan=20.0)


def _outcomes(rng, who, where, worth) -> np.ndarray:
    """The best of a position's applicants whom nobody has hired yet is hired; some are rated."""
    rated = ["declined", "interview", "positive", "middle", "negative", "withdrew", "none"]
    outcome = rng.choice(rated, len(who), p=[0.02, 0.06, 0.05, 0.03, 0.06, 0.03, 0.75]).astype(
        object
    )
    value, taken = worth + rng.logistic(size=len(who)), set()
    for position in np.unique(where):
        there = np.flatnonzero(where == position)
        free = [row for row in there[np.argsort(-value[there])] if who[row] not in taken]
        if free and rng.random() < 0.8:
            taken.add(who[free[0]])
            kinds = ["hired", "hired_elsewhere", "hired_out"]
            outcome[free[0]] = rng.choice(kinds, p=[0.8, 0.1, 0.1])
    return outcome


def _day(cycle: int, days: np.ndarray) -> pd.DatetimeIndex:
    """Days of the season, counted from 1 April of the year before the cycle."""
    return pd.Timestamp(cycle - 1, 4, 1) + pd.to_timedelta(days, unit="D")


def write_tables(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write tables with the user's own names, codes and school years; vacancies as Excel."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        coded = table.copy()
        for column, codes in RECODE.get(name, {}).items():
            coded[column] = coded[column].map({value: code for code, value in codes.items()})
        for column in {"year", "cycle"} & {*coded} - {"first_year"}:
            coded[column] = [f"{year - 1}-{year % 100:02d}" for year in coded[column]]
        named = coded.rename(columns=COLUMNS[name])
        if name == "vacancies":
            named.to_excel(folder / "vacancies.xlsx", index=False)
        else:  # a database writes the time of day, too
            named.to_csv(folder / f"{name}.csv", index=False, date_format="%Y-%m-%d %H:%M:%S")
