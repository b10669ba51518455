"""The synthetic state as the files that a user would hold: staff, districts, handbooks."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from welfare_added.pay.frames import DEGREES
from welfare_added.pay.synthetic_districts import Districts
from welfare_added.pay.synthetic_schools import GRADES, Schools
from welfare_added.pay.synthetic_teachers import teacher_ids

# Footnote 8: three pairs of districts became one, and one became independent of another.
FOOTNOTE_8 = (("pair", 2007), ("pair", 2010), ("pair", 2011), ("divided", 2008))


@dataclass(frozen=True)
class Consolidated:
    """Districts that were others before.

    Attributes
    ----------
    table
        As raw_tables.yaml declares consolidations.
    label
        By (district, year before which it holds): names of its first and its other schools.
    merged_into
        Of the district that became independent: the number of the one that it was part of.

    """

    table: pd.DataFrame
    label: Mapping[int, tuple[int, str, str]] = field(repr=False)

    def of_schools(self, districts: Districts, schools: Schools, year: int) -> np.ndarray:
        """Names of the schools' districts in a year, (S,)."""
        made = districts.ids[schools.district].astype(object)
        for district, (since, one, two) in self.label.items():
            if year < since:
                rows = np.flatnonzero(schools.district == district)
                made[rows] = np.where(np.arange(len(rows)) % 2 == 0, one, two)
        return made


def consolidated(districts: Districts, schools: Schools, first: int) -> Consolidated:
    """Consolidations and the separation of footnote 8, of rural districts without a handbook.

    A small state that lacks such districts has fewer of them.
    """
    rural = (districts.regime == "none") & (districts.location == "rural")
    rows = np.flatnonzero(rural).tolist()
    label, pairs = {}, []
    for place, (kind, year) in enumerate(FOOTNOTE_8):
        if place + 1 >= len(rows) or year <= first:
            break
        own = rows[place]
        if kind == "pair":
            old = f"{districts.ids[own]}a", f"{districts.ids[own]}b"
            pairs += [(one, districts.ids[own], year) for one in old]
            label[own] = (year, *old)
        else:
            parent = districts.ids[rows[place + 1]]
            label[own] = (year, parent, parent)
    table = pd.DataFrame(pairs, columns=["old_district", "new_district", "year"])
    return Consolidated(table, label)


def staff_table(years: pd.DataFrame, state, changed: Consolidated, rng) -> pd.DataFrame:
    """The staff file: assignments of teachers, of substitutes, and of who does not teach."""
    people, posts, own = state.teachers, state.posts, state.parameters["teachers"]
    who, post = years["teacher"].to_numpy(), years["post"].to_numpy()
    year, school = years["year"].to_numpy(), posts.school[post]
    days = np.array(state.parameters["salaries"]["days"], float)
    days = days[np.arange(len(state.districts.ids)) % len(days)][years["district"]]
    full_time = _recorded(years, state, rng)
    names = {one: changed.of_schools(state.districts, state.schools, one) for one in set(year)}
    label = np.empty(len(years), object)
    for one, of_school in names.items():
        label[year == one] = of_school[school[year == one]]
    months = people.odd_months[who] + 10 * years["seniority"].to_numpy()
    fte, subjects = people.fte[who], np.array(state.subjects)
    made = pd.DataFrame(
        {
            "teacher_id": teacher_ids(np.arange(len(people)))[who],
            "year": year,
            "assignment_no": 1,
            "district_id": label,
            "school_id": state.schools.label[school],
            "position": "teacher",
            "substitute": 0.0,
            "subject": subjects[posts.subject[post]],
            "grade_low": posts.low[post],
            "grade_high": posts.high[post],
            "fte": fte,
            "salary": (full_time * fte * days / 180).round(2),
            "contract_days": days,
            "seniority_months": months.astype(float),
            "degree": np.array(DEGREES)[years["degree"]],
            "gender": np.where(people.female[who], "female", "male"),
            "race": np.array(list(own["race"]))[people.race[who]],
            "birth_year": people.birth_year[who].astype(float),
        }
    )
    second = _second_assignments(made, school, state, names, rng)
    rows = pd.concat([made, second, _others(made, own, rng)], ignore_index=True)
    rows = rows.sort_values(["year", "teacher_id", "assignment_no"], ignore_index=True)
    texts = ("teacher_id", "district_id", "school_id", "position", "subject", "degree", "gender")
    return rows.astype({name: "str" for name in (*texts, "race")})


def _recorded(years: pd.DataFrame, state, rng) -> np.ndarray:
    """Salaries of full time as the file has them: some with wrong days or hours."""
    own, salary = state.parameters["salaries"], years["salary"].to_numpy()
    wrong = rng.random(len(salary)) < own["errors"]["share"]
    error = np.exp(own["errors"]["sd"] * rng.standard_normal(len(salary)))
    salary = np.where(wrong, salary * error, salary)
    kenosha = np.flatnonzero(state.districts.name == "kenosha")[0]
    there = (years["district"] == kenosha) & (years["year"] == own["kenosha_error"]["year"])
    return np.where(there, salary * own["kenosha_error"]["factor"], salary)


def _second_assignments(made, school, state, names, rng) -> pd.DataFrame:
    """Second assignments of some teachers, in another school of the district if it has one."""
    own, schools = state.parameters["teachers"]["second_assignment"], state.schools
    rows = np.flatnonzero(rng.random(len(made)) < own["share"])
    first = schools.first[schools.district[school[rows]], 0]
    number = schools.number[schools.district[school[rows]]].sum(axis=1)
    step = 1 + rng.integers(0, np.maximum(number - 1, 1))
    other = first + (school[rows] - first + step) % number
    ends = np.array(GRADES)[schools.kind[other]]
    second = made.iloc[rows].assign(
        assignment_no=2,
        school_id=schools.label[other],
        subject="other",
        grade_low=ends[:, 0],
        grade_high=ends[:, 1],
        fte=own["fte"],
    )
    year = second["year"].to_numpy()
    district = np.array([names[y][s] for y, s in zip(year, other, strict=True)], dtype=object)
    alike = district == second["district_id"].to_numpy()  # not across a later consolidation
    first_fte = made["fte"].to_numpy().copy()
    first_fte[rows[alike]] -= own["fte"]
    made["fte"] = first_fte.round(6)
    return second[alike]


def _others(made: pd.DataFrame, own: Mapping, rng) -> pd.DataFrame:
    """Rows of substitutes and of staff who do not teach, copied from teachers' places."""
    parts = []
    for name, share in (("substitute", own["substitutes"]), ("other", own["other_staff"])):
        rows = np.sort(rng.choice(len(made), round(share * len(made)), replace=False))
        ids = np.array([f"{name[0]}{one:06d}" for one in range(len(rows))], dtype=object)
        copied = made.iloc[rows].assign(teacher_id=ids, fte=1.0)
        if name == "substitute":
            parts.append(copied.assign(substitute=1.0, subject="other"))
        else:
            parts.append(copied.assign(position="other", subject="other"))
    return pd.concat(parts)


def district_table(
    districts: Districts,
    schools: Schools,
    changed: Consolidated,
    years: tuple[int, int],
    parameters: Mapping,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """The table of districts; pupils of consolidated ones are divided as their schools are."""
    number, parts = len(districts.ids), []
    level = schools.cohort(districts.pupils)
    for year in range(years[0], years[1] + 1):
        drift = np.exp(parameters["districts"]["yearly_sd"] * rng.standard_normal(number))
        label = changed.of_schools(districts, schools, year)
        pupils = level * np.diff(np.array(GRADES), axis=1)[schools.kind, 0] + level
        names, first, place = np.unique(label.astype(str), return_index=True, return_inverse=True)
        total = np.bincount(place, weights=pupils * drift[schools.district])
        own = np.array(
            [
                _own(name, districts.ids, schools.district[at])
                for name, at in zip(names, first, strict=True)
            ]
        )
        parts.append(
            pd.DataFrame(
                {
                    "district_id": names,
                    "year": year,
                    "cesa": districts.market[own],
                    "location": districts.location[own],
                    "latitude": districts.latitude[own],
                    "longitude": districts.longitude[own],
                    "enrolment": np.maximum(np.round(total), 1).astype(int),
                    "property_value_per_pupil": districts.property_value[own],
                    "share_disadvantaged": districts.disadvantaged[own],
                    "share_black": districts.black[own],
                    "wage_bill": np.nan,
                }
            )
        )
    made = pd.concat(parts, ignore_index=True)
    return made.astype({"district_id": "str", "location": "str"})


def _own(name: str, ids: np.ndarray, district: int) -> int:
    """Number of the district whose traits a name has: its own, or that of its first school."""
    found = np.flatnonzero(ids == name)
    return int(found[0]) if len(found) else int(district)


def handbook_table(districts: Districts) -> pd.DataFrame:
    """Handbooks: individual salaries are those without a schedule, or with a mention of merit."""
    rows = np.flatnonzero(districts.regime != "none")
    individual = districts.regime[rows] == "IS"
    keeps = individual & (np.arange(len(rows)) % 3 == 0)  # a schedule beside bonuses
    return pd.DataFrame(
        {
            "district_id": districts.ids[rows],
            "regime": pd.Series([None] * len(rows), dtype="str"),
            "has_schedule": np.where(individual, keeps.astype(float), 1.0),
            "mentions_merit": individual.astype(float),
        }
    ).astype({"district_id": "str"})
