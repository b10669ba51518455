"""From a state's raw tables to teacher-years, links, cells and districts, in the paper's order."""

import logging

import pandas as pd

from welfare_added.district.values import RawTables
from welfare_added.pay.careers import career_events
from welfare_added.pay.cell_checks import check_cells
from welfare_added.pay.choices import PayChoices
from welfare_added.pay.contracts import (
    contracts,
    level_of,
    main_contracts,
    within_trim,
    yearly_salary,
)
from welfare_added.pay.district_checks import check_districts
from welfare_added.pay.districts import district_years, regimes, renamed, successors
from welfare_added.pay.frames import PayRecords, framed
from welfare_added.pay.links import teacher_links
from welfare_added.pay.schedules import with_adjusted_seniority
from welfare_added.pay.staff_checks import check_staff

log = logging.getLogger(__name__)


class Steps:
    """Rows kept and left out, step by step."""

    def __init__(self) -> None:
        """Begin without any step."""
        self.rows: list[tuple[str, str, int, int]] = []

    def keep(self, table: pd.DataFrame, kept, step: str, what: str) -> pd.DataFrame:
        """The rows to keep; what is left out is counted and told in the log."""
        made = table[kept].reset_index(drop=True)
        self.note(step, what, len(made), len(table) - len(made))
        return made

    def note(self, step: str, what: str, rows: int, left_out: int) -> None:
        """Count a step."""
        self.rows.append((step, what, rows, left_out))
        log.info("%s: %d %s, %d left out", step, rows, what, left_out)

    @property
    def table(self) -> pd.DataFrame:
        """As `frames.STEPS`."""
        return pd.DataFrame(self.rows, columns=["step", "what", "rows", "left_out"])


def prepare(raw: RawTables, choices: PayChoices) -> PayRecords:
    """Check the raw tables against each other and prepare them (section 3.1, appendices B, D).

    Parameters
    ----------
    raw
        Tables of raw_tables.yaml.
    choices
        What the paper leaves open.

    Raises
    ------
    DistrictError
        If tables contradict each other (`check_districts`, `check_staff`, `check_cells`), or no
        teacher is left.
    UserError
        If a district to leave out is in no table.

    """
    check_districts(raw, choices)
    check_staff(raw, choices)
    check_cells(raw, choices)
    tables = {
        name: table[table["year"].between(*choices.years)].reset_index(drop=True)
        for name, table in raw.tables.items()
        if name not in ("handbooks", "consolidations")
    }
    merging = choices.consolidations == "merge"
    after = successors(raw.tables.get("consolidations")) if merging else {}
    regime = regimes(renamed(raw.tables["handbooks"], after))
    steps = Steps()
    staff = _teachers(tables["staff"], steps)
    wages = _wages(staff)
    changed = staff["district_id"].isin(after)
    steps.note("consolidations", "assignments", len(staff), 0)
    log.info("consolidations: %d assignments with the name of a later district", changed.sum())
    staff = renamed(staff, after)
    schools = staff.dropna(subset="school_id").drop_duplicates(["school_id", "year"])
    schools = schools[["school_id", "year", "district_id"]]
    people = _teacher_years(staff, regime, choices, steps)
    place = _placed(tables, schools, choices, steps)
    links = _links(staff, people, place["cells"], choices, steps)
    own = district_years(tables["districts"], wages, regime, after)
    own = steps.keep(own, ~own["district_id"].isin(choices.left_out), "districts", "district-years")
    return PayRecords(
        framed(people, "teacher_years"),
        framed(links, "links"),
        framed(place["cells"], "cells"),
        framed(place["composition"], "composition"),
        framed(own, "districts"),
        framed(steps.table, "steps"),
    )


def _teachers(staff: pd.DataFrame, steps: Steps) -> pd.DataFrame:
    """Assignments of teachers who are no substitutes."""
    steps.note("staff", "assignments", len(staff), 0)
    staff = steps.keep(staff, staff["position"] == "teacher", "positions", "assignments")
    return steps.keep(staff, staff["substitute"].fillna(0) == 0, "substitutes", "assignments")


def _wages(staff: pd.DataFrame) -> pd.Series:
    """Sum of the salaries of all contracts [$] by district_id and year."""
    key = ["district_id", "year"]
    contracts_of = staff.drop_duplicates(["teacher_id", *key]).groupby(key)["salary"]
    return contracts_of.sum(min_count=1).round(2)  # cents, whatever the order of rows


def _teacher_years(staff, regime, choices: PayChoices, steps: Steps) -> pd.DataFrame:
    """Teacher-years of the sample, with salaries, seniority, moves and exits."""
    made = contracts(staff)
    steps.note("contracts", "teachers, years and districts", len(made), 0)
    everybody = main_contracts(made)
    steps.note("main_contract", "teacher-years", len(everybody), len(made) - len(everybody))
    rows = everybody.reset_index(names="row")
    rows = steps.keep(
        rows, ~rows["district_id"].isin(choices.left_out), "left_out", "teacher-years"
    )
    rows = steps.keep(rows, rows["salary"].notna(), "salary_known", "teacher-years")
    rows["salary"] = yearly_salary(rows, choices.contract_days)
    kept = within_trim(rows["salary"].to_numpy(), rows["year"].to_numpy(), choices)
    rows = steps.keep(rows, kept, "trimming", "teacher-years")
    rows["seniority_recorded"] = rows["seniority_months"] / choices.months_a_year
    rows = with_adjusted_seniority(rows, choices)
    moved = rows["seniority"] != rows["seniority_recorded"]
    log.info("seniority: %d of %d teacher-years adjusted", moved.sum(), len(rows))
    present = everybody if choices.presence == "teachers" else everybody.iloc[rows["row"]]
    events = career_events(rows, present.reset_index(drop=True), choices)
    log.info(
        "careers: %d moves, %d exits; %d changed district in the same school (%s)",
        *(events["moved"].sum(), events["exits"].sum(), events["kept_school"].sum()),
        choices.moves_with_school,
    )
    return rows.join(events).assign(
        female=(rows["gender"] == "female").astype(float),
        level=level_of(rows["grade_low"].to_numpy(), rows["grade_high"].to_numpy()),
        regime=rows["district_id"].map(regime).fillna("none"),
    )


def _placed(tables, schools: pd.DataFrame, choices: PayChoices, steps: Steps) -> dict:
    """Cells and composition with their districts; schools without teachers have none."""
    made = {}
    for name in ("cells", "composition"):
        rows = tables[name].merge(schools, "left", on=["school_id", "year"])
        rows = steps.keep(rows, rows["district_id"].notna(), f"{name}_of_schools", name)
        left_out = rows["district_id"].isin(choices.left_out)
        made[name] = steps.keep(rows, ~left_out, f"{name}_left_out", name)
    cells = made["cells"]
    made["cells"] = steps.keep(cells, cells["mean_score"].notna(), "cells_with_score", "cells")
    return made


def _links(staff, people, cells, choices: PayChoices, steps: Steps) -> pd.DataFrame:
    """Links of all teachers but those of districts left out, in the sample or not.

    Who was trimmed has taught the cell all the same, and takes her share of it.
    """
    links = teacher_links(staff[~staff["district_id"].isin(choices.left_out)], cells)
    keys = pd.MultiIndex.from_frame(people[["teacher_id", "year"]])
    of_sample = keys.get_indexer(pd.MultiIndex.from_frame(links[["teacher_id", "year"]])) >= 0
    steps.note("links", "teachers and cells", len(links), 0)
    cell = ["school_id", "grade", "year", "subject"]
    linked = pd.MultiIndex.from_frame(links[cell].drop_duplicates())
    without = (linked.get_indexer(pd.MultiIndex.from_frame(cells[cell])) < 0).sum()
    log.info("links: %d of %d cells have no teacher", without, len(cells))
    log.info("links: %d are of teacher-years that are not in the sample", (~of_sample).sum())
    return links
