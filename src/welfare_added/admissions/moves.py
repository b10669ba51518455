"""Whether applicants move for the tier: tables A.3 and A.4, and what their weights are due to.

The tables compare the tier of an application with the tier of the address in the enrolment data.
They differ if the student moved, and also if she stayed and tiers were drawn anew; the paper's
tables mix the two, the parts of `Moves` tell them apart.

Grade 8 is the grade of application, so an applicant of year t is looked for in grade g of year
t + g - 8. The paper's cohorts are years of grade 7.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from welfare_added.admissions.move_checks import EXAMPLES, TIERS, check_tables, not_binary
from welfare_added.district.problems import Problem, raise_any

APPLICATION_GRADE = 8
COHORT_GRADE = 7
TOP_SHARE = 0.1
UNKNOWN = 0  # a tier

# Where a student is counted; the first two agree about the tier, the others do not.
PARTS = ("stayed", "moved_within_tier", "redrawing", "moving", "disagreement")
STATUSES = ("not_enrolled", "no_address", "not_same_tier", "students")
SAMPLES = {
    "all": None,
    "top_decile": None,
    "payton_northside": "lists_payton_northside",
    "incentive": "gains_from_lower_tier",
}


@dataclass(frozen=True)
class Moves:
    """Tiers of applications against tiers of addresses in one grade (tables A.3, A.4).

    Attributes
    ----------
    shares
        Columns cohort (year of grade 7), sample, tier_application, tier_enrolled, students, share
        (of the students of the cohort and sample; missing if there is none), standard_error
        (binomial).
    parts
        Columns cohort, sample, part, students, share, standard_error. Each student is in one part:
        stayed (in the tract; same tier), moved_within_tier (other tract, same tier); or, off the
        diagonal, redrawing (stayed in the tract, whose tier changed between the years), moving
        (other tract, other tier, whatever was redrawn meanwhile), disagreement (stayed in a tract
        whose tier did not change, but the application has another). None if enrolments have no
        tracts.
    counts
        Columns cohort, sample, applicants, not_enrolled (in a grade looked at), no_address
        (enrolled, tract or tier empty), not_same_tier (left out by ``same_tier_grades``), students
        (in the table): the last four add up to the applicants.

    """

    shares: pd.DataFrame
    parts: pd.DataFrame | None
    counts: pd.DataFrame


def move_tables(
    applicants: pd.DataFrame,
    enrolments: pd.DataFrame,
    tract_tiers: pd.DataFrame,
    grade: int,
    *,
    same_tier_grades: tuple[int, ...] = (),
    tiers_of_application_year: bool = False,
    samples: dict[str, np.ndarray] | None = None,
    all_tiers: Sequence[int] = TIERS,
) -> Moves:
    """Cross-tabulate tiers of applications and of addresses in a grade, by cohort and sample.

    Parameters
    ----------
    applicants
        application_year, applicant_id (together unique), tract, tier (1 to 4).
    enrolments
        student_id (an applicant_id), year (together unique), grade, and tract, or tier if there is
        no column tract. Empty where the address is unknown.
    tract_tiers
        year, tract (together unique), tier.
    grade
        7 for table A.3, 9 for table A.4.
    same_tier_grades
        Keep only students with an address of the same tier in all these grades: (7, 8, 9) in the
        note of table A.3; the note of table A.4 has no such restriction. With grade 8 among them
        it leaves out whoever stayed in a redrawn tract, so that less is off the diagonal.
    tiers_of_application_year
        Give addresses the tiers of the application's year, instead of the enrolment's: redrawing
        is then nil. Needed where an enrolment is from before there were tiers.
    samples
        Mask of the applicants by name of sample; `paper_samples` if not given.
    all_tiers
        The tiers there are: rows and columns of the tables.

    Raises
    ------
    UserError
        If a key repeats, a tract or year is not in ``tract_tiers``, or a tier is not in
        ``all_tiers``.

    """
    grades = tuple(dict.fromkeys((grade, *same_tier_grades)))
    check_tables(applicants, enrolments, tract_tiers, all_tiers)
    addresses = {
        one: _addresses(applicants, enrolments, tract_tiers, one, tiers_of_application_year)
        for one in grades
    }
    tiers = np.stack([addresses[one]["tier"].to_numpy() for one in grades])
    enrolled = np.all([addresses[one]["enrolled"] for one in grades], axis=0)
    compared = tiers[[grades.index(one) for one in same_tier_grades]]
    same = (compared == compared[:1]).all(axis=0)
    status = np.select(
        [~enrolled, (tiers == UNKNOWN).any(axis=0), ~same],
        ["not_enrolled", "no_address", "not_same_tier"],
        "students",
    )
    students = pd.DataFrame(
        {
            "cohort": applicants["application_year"].to_numpy() + COHORT_GRADE - APPLICATION_GRADE,
            "status": status,
            "tier_application": applicants["tier"].to_numpy(),
            "tier_enrolled": tiers[0],
        }
    )
    if "tract" in enrolments:
        students["part"] = _parts(applicants, addresses[grade], tract_tiers)
    samples = paper_samples(applicants) if samples is None else samples
    return _tabulate(students, samples, all_tiers)


def paper_samples(applicants: pd.DataFrame) -> dict[str, np.ndarray]:
    """Masks of the panels of tables A.3 and A.4 over the applicants.

    Panel B is the highest decile of composite_score, here within the application year and with all
    who tie with the last; panels C and D are the columns lists_payton_northside and
    gains_from_lower_tier [0 or 1]. Panel C's title says Payton "and" Northside; which is meant, one
    or both, is decided where the column is made.

    Raises
    ------
    UserError
        If a column is missing or has other values than 0 and 1.

    """
    score = applicants["composite_score"]
    rank = score.groupby(applicants["application_year"]).rank(method="min", ascending=False)
    size = score.groupby(applicants["application_year"]).transform("count")
    masks = {
        "all": np.ones(len(applicants), dtype=bool),
        "top_decile": (rank <= TOP_SHARE * size).to_numpy(),
    }
    columns = {name: column for name, column in SAMPLES.items() if column}
    raise_any(
        [problem for column in columns.values() for problem in not_binary(applicants, column)]
    )
    return masks | {name: applicants[column].to_numpy() == 1 for name, column in columns.items()}


def moving_rate(parts: pd.DataFrame) -> pd.DataFrame:
    """Share of the students who changed tract, whatever the tiers.

    Parameters
    ----------
    parts
        Of `Moves`.

    Returns
    -------
    DataFrame
        Columns cohort, sample, students, rate, standard_error (binomial).

    """
    moved = parts["students"].where(parts["part"].isin(["moved_within_tier", "moving"]), 0)
    sums = parts.assign(moved=moved).groupby(["cohort", "sample"], sort=False)
    table = sums[["moved", "students"]].sum().reset_index()
    table["rate"] = table["moved"] / table["students"]
    table["standard_error"] = _standard_error(table["rate"], table["students"])
    return table.drop(columns="moved")


def printed_table(shares: pd.DataFrame, rows: str) -> pd.DataFrame:
    """Lay shares out as the paper does: rows by sample and tier, columns by cohort and tier.

    Parameters
    ----------
    shares
        Of `Moves`.
    rows
        tier_application, as in table A.3, or tier_enrolled, as the stub of table A.4 has it
        ("Tier enrolled in Grade 9"), although the text says that both have one format.

    """
    (columns,) = {"tier_application", "tier_enrolled"} - {rows}
    keys = ["sample", rows, "cohort", columns]
    order = shares["sample"].unique()
    wide = shares.set_index(keys)["share"].unstack(["cohort", columns])
    return wide.sort_index(axis=1).reindex(order, level="sample")


def _addresses(
    applicants: pd.DataFrame,
    enrolments: pd.DataFrame,
    tract_tiers: pd.DataFrame,
    grade: int,
    tiers_of_application_year: bool,
) -> pd.DataFrame:
    """Each applicant's enrolment in a grade.

    Returns
    -------
    DataFrame
        One row an applicant: enrolled, tract (if enrolments have it), tier (`UNKNOWN` if there is
        none).

    """
    year = applicants["application_year"].to_numpy() + grade - APPLICATION_GRADE
    keys = pd.DataFrame({"student_id": applicants["applicant_id"].to_numpy(), "year": year})
    of_grade = enrolments[enrolments["grade"] == grade]
    rows = keys.merge(of_grade, how="left", on=["student_id", "year"], indicator="match")
    enrolled = (rows["match"] == "both").to_numpy()
    if "tract" not in enrolments:
        tier = rows["tier"].fillna(UNKNOWN).to_numpy(dtype=int)
        return pd.DataFrame({"enrolled": enrolled, "tier": tier})
    if tiers_of_application_year:
        year = applicants["application_year"].to_numpy()
    tier = _tiers(tract_tiers, year, rows["tract"], "enrolments")
    return pd.DataFrame({"enrolled": enrolled, "tract": rows["tract"], "tier": tier})


def _tiers(tract_tiers: pd.DataFrame, year: np.ndarray, tract: pd.Series, table: str) -> np.ndarray:
    """Tier of each tract in a year; `UNKNOWN` where the tract is empty."""
    lookup = tract_tiers.set_index(["year", "tract"])["tier"]
    keys = pd.MultiIndex.from_arrays([year, tract])
    present = tract.notna().to_numpy()
    place = lookup.index.get_indexer(keys)
    wrong = present & (place < 0)
    years = lookup.index.unique("year")
    no_year = wrong & ~np.isin(year, years)
    problems = []
    if no_year.any():
        missing = ", ".join(str(one) for one in np.unique(year[no_year]))
        remedy = (
            "add them; or set tiers_of_application_year, which gives addresses the tiers of the "
            f"application's year; the table has {min(years)} to {max(years)}"
        )
        problems = [Problem("tracts", f"no tiers of {missing}", remedy, "year")]
    elif wrong.any():
        examples = pd.unique(tract.to_numpy()[wrong])[:EXAMPLES]
        remedy = (
            "add the tracts to the table of tracts, write them alike in both, or leave tract empty "
            "where the address is unknown or outside the city"
        )
        what = "tracts that the table of tracts does not have in the year"
        texts = tuple(f"'{one}'" for one in examples)
        problems = [Problem(table, what, remedy, "tract", int(wrong.sum()), texts)]
    raise_any(problems)
    return np.where(present, lookup.to_numpy()[place], UNKNOWN)


def _parts(
    applicants: pd.DataFrame, addresses: pd.DataFrame, tract_tiers: pd.DataFrame
) -> np.ndarray:
    """Part of each applicant, one of `PARTS`; means nothing for those without an address."""
    year, tract = applicants["application_year"].to_numpy(), applicants["tract"]
    moved = addresses["tract"].to_numpy() != tract.to_numpy()
    same = addresses["tier"].to_numpy() == applicants["tier"].to_numpy()
    redrawn = addresses["tier"].to_numpy() != _tiers(tract_tiers, year, tract, "applicants")
    return np.select(
        [same & ~moved, same, moved, redrawn],
        ["stayed", "moved_within_tier", "moving", "redrawing"],
        "disagreement",
    )


def _tabulate(
    students: pd.DataFrame, samples: dict[str, np.ndarray], tiers: Sequence[int]
) -> Moves:
    shares, parts, counts = [], [], []
    cohorts = np.unique(students["cohort"])
    cells = pd.MultiIndex.from_product([tiers, tiers], names=["tier_application", "tier_enrolled"])
    for cohort, (sample, mask) in product(cohorts, samples.items()):
        rows = students[mask & (students["cohort"] == cohort).to_numpy()]
        label = {"cohort": cohort, "sample": sample}
        number = {one: int((rows["status"] == one).sum()) for one in STATUSES}
        counts.append({**label, "applicants": len(rows), **number})
        rows = rows[rows["status"] == "students"]
        shares.append(_counted(rows, list(cells.names), cells).assign(**label))
        if "part" in rows:
            parts.append(_counted(rows, ["part"], pd.Index(PARTS, name="part")).assign(**label))
    return Moves(_joined(shares), _joined(parts) if parts else None, pd.DataFrame(counts))


def _counted(rows: pd.DataFrame, columns: list[str], cells: pd.Index) -> pd.DataFrame:
    """Students and their share, one row a cell, those of nobody included."""
    table = rows.groupby(columns).size().reindex(cells, fill_value=0).rename("students")
    table = table.reset_index()
    table["share"] = table["students"] / (len(rows) or np.nan)
    table["standard_error"] = _standard_error(table["share"], len(rows))
    return table


def _joined(tables: list[pd.DataFrame]) -> pd.DataFrame:
    table = pd.concat(tables, ignore_index=True)
    return table[["cohort", "sample", *table.columns.drop(["cohort", "sample"])]]


def _standard_error(share: pd.Series, students: pd.Series | int) -> pd.Series:
    return np.sqrt(share * (1 - share) / students)
