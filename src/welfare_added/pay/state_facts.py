"""Descriptive facts of a prepared state, under the names that inputs.yaml has for them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from welfare_added.pay.district_facts import REFORM, facts_by_regime
from welfare_added.pay.frames import PayRecords
from welfare_added.pay.synthetic_districts import GROUPS

VALUE_ADDED_YEARS = (2006, 2011)
SHARE_YEARS = (2008, 2010, 2012, 2014)
DISTRICT_SIDE = ("value_added_sd", "seniority_year", "master", "sigma")
FIGURE_1 = ((2007, 2011), {"years_5_6": (5, 7), "years_29_30": (29, 31)})


def state_facts(
    records: PayRecords, districts: pd.DataFrame, truth: Mapping[str, pd.DataFrame]
) -> dict[str, float]:
    """Facts by dotted path.

    Parameters
    ----------
    records
        From `prepare`.
    districts
        The raw table of districts, before consolidation.
    truth
        Of the synthetic state.

    """
    people = records.teacher_years
    linked = with_value_added(records)
    named = truth["districts"].set_index("name")["district_id"]
    return {
        **_counts(records, districts, named, linked),
        **_enrolment(records, districts, named),
        **_teachers(people, "pre_2011"),
        **_shares_with_value_added(people, linked),
        **facts_by_regime(records),
        **_schedules(people, truth, named),
        **_planted(records, truth),
        "institutions.within_cesa_share_of_moves": _within(records),
        **_grades(records),
    }


def with_value_added(records: PayRecords) -> np.ndarray:
    """Whether each teacher-year is of a teacher linked to a cell of 2006 to 2011, (n,) bool."""
    links = records.links
    own = links["year"].between(*VALUE_ADDED_YEARS) & (links["subject"] != "ela")
    return records.teacher_years["teacher_id"].isin(links.loc[own, "teacher_id"]).to_numpy()


def _counts(records, districts, named, linked) -> dict[str, float]:
    people, own = records.teacher_years, records.districts
    number = districts.groupby("year")["district_id"].nunique()
    regime = own.drop_duplicates("district_id").set_index("district_id")["regime"]
    of_regime = people["regime"].to_numpy()
    known = of_regime != "none"
    pre = people["year"] < REFORM
    ids = people["teacher_id"]
    early, late = set(ids[pre]), set(ids[~pre])
    by_year = people.groupby("year").size()
    now = people[people["year"] == REFORM].groupby("district_id").size()
    cells = records.cells[records.cells["district_id"].map(regime) != "none"]
    of_subject = cells.groupby("subject").size()
    last = own[own["year"] == REFORM]
    share = last.loc[last["regime"] != "none", "enrolment"].sum() / last["enrolment"].sum()
    made = {
        "districts_in_state.2006_2009": number.loc[2006:2009].mean(),
        "districts_in_state.2010": number[2010],
        "districts_in_state.2011_2014": number.loc[2011:2014].mean(),
        "districts_with_handbook": (regime != "none").sum(),
        "districts_by_regime.individual_salary": (regime == "IS").sum(),
        "districts_by_regime.salary_schedule": (regime == "SS").sum(),
        "districts_without_handbook.used": (regime == "none").sum(),
        "teachers_ever.total": len(early | late),
        "teachers_ever.pre_2011": len(early),
        "teachers_ever.post_2011": len(late),
        "teachers_ever.in_both": len(early & late),
        **{f"teachers_by_year.{year}": by_year[year] for year in (2006, 2010, 2014)},
        "teachers_green_bay_and_racine.green_bay": now[named["green_bay"]],
        "teachers_green_bay_and_racine.racine": now[named["racine"]],
        "teachers_chippewa_falls_2012": now[named["chippewa_falls"]],
        "teacher_years_223_districts": known.sum(),
        "teacher_years_log_salary.is": (of_regime == "IS").sum(),
        "teacher_years_log_salary.ss": (of_regime == "SS").sum(),
        "teacher_years_with_va.is": (linked & (of_regime == "IS")).sum(),
        "teacher_years_with_va.ss": (linked & (of_regime == "SS")).sum(),
        **{f"cells_grade_school_year.full.{one}": of_subject[one] for one in of_subject.index},
        "markets.cesas": own["market"].nunique(),
        "share_of_enrolment_in_223_districts.text": share,
        "share_of_enrolment_in_223_districts.notes": share,
    }
    return {f"counts.{name}": float(value) for name, value in made.items()}


def _enrolment(records, districts, named) -> dict[str, float]:
    mean = districts.groupby(["district_id", "location"])["enrolment"].mean().reset_index()
    places = mean.groupby("location")["enrolment"]
    own = districts[districts["year"] == REFORM].set_index("district_id")["enrolment"]
    return {
        **{f"enrolment.{one}.districts": float(n) for one, n in places.size().items()},
        **{f"enrolment.{one}.mean": float(n) for one, n in places.mean().items()},
        "enrolment.urban.milwaukee": float(own[named["milwaukee"]]),
        "enrolment.urban.madison": float(own[named["madison"]]),
        "enrolment.racine_2012": float(own[named["racine"]]),
        "enrolment.green_bay_2012": float(own[named["green_bay"]]),
    }


def _teachers(people: pd.DataFrame, period: str) -> dict[str, float]:
    own = people[people["year"] < REFORM]
    degree = own["degree"].value_counts(normalize=True)
    made = {
        "female": own["female"].mean(),
        "experience.mean": own["seniority_recorded"].mean(),
        "experience.sd": own["seniority_recorded"].std(),
        "ba": degree["BA"],
        "ma": degree["MA"],
        "phd": degree.get("PhD", 0.0),
        "salary.mean": own["salary"].mean(),
        "salary.sd": own["salary"].std(),
        "mover": own["moved"].mean(),
        "exiter": own["exits"].mean(),
    }
    return {f"teachers.{period}.{name}": float(value) for name, value in made.items()}


def _shares_with_value_added(people: pd.DataFrame, linked: np.ndarray) -> dict[str, float]:
    """Shares of teachers of mathematics and reading, classrooms included (figure A10)."""
    own = people[people["subject"].isin(["all", "math", "reading"])]
    mean = pd.Series(linked[own.index]).groupby([own["regime"].to_numpy(), own["year"].to_numpy()])
    share = mean.mean()
    return {
        f"teachers.share_with_value_added.{GROUPS[regime]}.{year}": float(share[regime, year])
        for regime in ("IS", "SS")
        for year in SHARE_YEARS
    }


def _schedules(people, truth, named) -> dict[str, float]:
    """Medians and interquartile ranges of figure 1, and Madison's salaries beside its schedule."""
    span, classes = FIGURE_1
    own = people[people["year"].between(*span) & (people["degree"] == "MA")]
    facts = {}
    for name in ("racine", "green_bay"):
        mine = own[own["district_id"] == named[name]]
        for label, (low, high) in classes.items():
            part = mine.loc[mine["seniority_recorded"].between(low, high, "left"), "salary"]
            quarter, middle, three = part.quantile([0.25, 0.5, 0.75]) if len(part) else [np.nan] * 3
            path = f"salary_schedule.pre_2007_2011.{name}.{label}"
            facts |= {f"{path}.mean": float(middle), f"{path}.sd": float(three - quarter)}
    years = truth["teacher_years"]
    mine = (years["year"] == 2011) & (years["district_id"] == named["madison"])
    mine &= years["degree"] == "BA"
    gap = (years["salary"] / years["scheduled"] - 1)[mine]
    path = "salary_schedule.off_schedule_madison_2011"
    return facts | {
        f"{path}.on_line": float((gap == 0).sum()),
        f"{path}.below": float((gap < 0).sum()),
        f"{path}.above": float((gap > 0).sum()),
        f"{path}.mean_gap_below": float(gap[gap < 0].mean()),
        f"{path}.mean_gap_above": float(gap[gap > 0].mean()),
    }


def _planted(records, truth) -> dict[str, float]:
    """Planted values: effects on scores, and pay for value added weighted by teacher-years."""
    people, level = truth["teachers"].set_index("teacher_id"), records.teacher_years
    first = level.drop_duplicates("teacher_id").set_index("teacher_id")["level"]
    facts = {}
    for one in ("elementary", "secondary"):
        own = people.loc[first.index[first == one]]
        for subject in ("math", "reading"):
            facts[f"value_added.sd_with_shrinkage.{one}_{subject}"] = float(own[subject].std())
    delta = truth["districts"].set_index("district_id")
    post = level[level["year"] >= REFORM]
    for regime in ("IS", "SS"):
        mine = post.loc[post["regime"] == regime, "district_id"]
        path = f"salary_equation.delta_post.{GROUPS[regime]}.mean"
        facts[path] = float(delta["delta"].reindex(mine).mean())
    planted = truth["parameters"]
    for part in planted[planted["part"] == "structural"].itertuples():
        side = "districts" if part.parameter in DISTRICT_SIDE else "teachers"
        if part.parameter != "mean_of_shock":  # not printed
            facts[f"structural.{side}.{part.parameter}"] = part.value
    facts["salary_equation.delta_pre"] = 0.0
    chippewa = delta.loc[delta["name"] == "chippewa_falls", "delta"].iloc[0]
    facts["salary_equation.delta_chippewa_falls_post"] = float(chippewa)
    return facts


def _within(records: PayRecords) -> float:
    """Share of moves within a market, of all moves."""
    people = records.teacher_years
    market = records.districts.drop_duplicates("district_id").set_index("district_id")["market"]
    own = people[["teacher_id", "year", "moved"]].assign(market=people["district_id"].map(market))
    before = own["market"].shift().where(own["teacher_id"] == own["teacher_id"].shift())
    moves = (own["moved"] == 1) & before.notna()
    return float((own["market"] == before)[moves].mean())


def _grades(records: PayRecords) -> dict[str, float]:
    grades = np.sort(records.cells["grade"].unique())
    path = "institutions.tested_grades.2006_2014"
    return {f"{path}.{place}": float(one) for place, one in enumerate(grades, start=1)}
