"""Exports spoiled as real ones are: what was done to an honest district, and what must be said.

A fault changes copies of the honest district's tables. It is refused ("refused") or shown as a warning
of one check, in the words that follow.
"""

import numpy as np
import pandas as pd
from honest_district import GRADES

E, C, T, O = "enrolments", "classes", "teachers", "outcomes"  # noqa: E741
ELA, MATH = "ela_score", "math_score"
SCHOOLS = [f"E{number:03d}" for number in range(16)]
HALF = SCHOOLS[::2]
REFUSED = "refused"


def rng():
    return np.random.default_rng(5)


def where(table, *, years=None, grades=None, schools=None):
    """Rows of a table in some years, grades and schools."""
    rows = pd.Series(True, index=table.index)
    for column, values in (("year", years), ("grade", grades), ("school_id", schools)):
        if values is not None:
            rows &= table[column].isin(values)
    return rows


def cells(name, column, make, **places):
    """Set a column of a table, in some places, to what ``make`` gives of the rows there."""

    def spoil(tables):
        table = tables[name] = tables[name].copy()
        rows = where(table, **places)
        table.loc[rows, column] = make(table[rows]) if callable(make) else make
        return tables

    return spoil


def of_scores(column, make, **places):
    return cells(E, column, lambda rows: make(rows[column]), **places)


def code(value, *columns, **places):
    """Write a code where a score is missing."""

    def spoil(tables):
        for column in columns:
            tables = of_scores(column, lambda scores: scores.fillna(value), **places)(tables)
        return tables

    return spoil


def both(*spoils):
    def spoil(tables):
        for one in spoils:
            tables = one(tables)
        return tables

    return spoil


def shuffled(rows):
    return rng().permutation(rows.to_numpy())


def shuffled_within(column, by):
    def make(rows):
        return rows.groupby(by)[column].transform(lambda one: rng().permutation(one.to_numpy()))

    return make


def of_groups(column, by):
    """Scores standardised within groups of students."""

    def make(rows):
        scores = rows.groupby(by, dropna=False)[column]
        return (rows[column] - scores.transform("mean")) / scores.transform("std")

    return cells(E, column, make)


def without(name, keep=None, **places):
    """Leave rows out: of some places, all or but a share ``keep``."""

    def spoil(tables):
        table = tables[name]
        gone = where(table, **places)
        if keep is not None:
            gone &= rng().random(len(table)) > keep
        tables[name] = table[~gone].reset_index(drop=True)
        return tables

    return spoil


def ids(change, *columns, **places):
    """Change the identifiers of columns, each written table.column."""

    def spoil(tables):
        for name, column in (one.split(".") for one in columns):
            own = {key: value for key, value in places.items() if name in (E, C)}
            tables = cells(name, column, lambda rows, c=column: change(rows[c]), **own)(tables)
        return tables

    return spoil


def no_zeros(texts):
    return texts.str.lstrip("0")


def teachers_follow(spoil):
    """Let the table of teachers have all the teachers of classes, as a table made from them has."""

    def change(tables):
        tables = spoil(tables)
        there = tables[C]["teacher_id"].dropna().unique()
        kept = tables[T].set_index("teacher_id").reindex(sorted(there)).reset_index()
        tables[T] = kept
        return tables

    return change


def teacher(value, share=None, **places):
    """Give classes, or a random share of them, this teacher."""

    def make(rows):
        chosen = rng().random(len(rows)) < (1 if share is None else share)
        return rows["teacher_id"].where(~chosen, value)

    return teachers_follow(cells(C, "teacher_id", make, **places))


def permuted_ids(tables):
    """Other students' ids from 2013 on, the same in each year from then on."""
    table = tables[E] = tables[E].copy()
    names = table["student_id"].unique()
    other = dict(zip(names, rng().permutation(names), strict=True))
    late = table["year"] >= 2013
    table.loc[late, "student_id"] = table.loc[late, "student_id"].map(other)
    return tables


def renumbered(tables, years, *, each_year=False):
    table = tables[E] = tables[E].copy()
    rows = table["year"].isin(years)
    key = table.loc[rows, "student_id"]
    key = key + "-" + table.loc[rows, "year"].astype(str) if each_year else key
    table.loc[rows, "student_id"] = "n" + pd.Series(pd.factorize(key)[0]).astype(str).to_numpy()
    return tables


def interchanged(**places):
    def spoil(tables):
        table = tables[E] = tables[E].copy()
        rows = where(table, **places)
        table.loc[rows, [ELA, MATH]] = table.loc[rows, [MATH, ELA]].to_numpy()
        return tables

    return spoil


def of_year_before(column):
    """The year's column is that of the year before, for the students who were there."""

    def spoil(tables):
        table = tables[E] = tables[E].copy()
        old = table[table["year"] == 2011].set_index("student_id")[column]
        rows = table["year"] == 2012
        before = table.loc[rows, "student_id"].map(old)
        table.loc[rows, column] = before.fillna(table.loc[rows, column])
        return tables

    return spoil


def grades_interchanged(tables):
    for name in (E, C):
        table = tables[name] = tables[name].copy()
        rows = table["year"] == 2012
        table.loc[rows, "grade"] = table.loc[rows, "grade"].replace({4: 5, 5: 4})
    return tables


def classes_merged(tables):
    """One class id for a grade of a school."""
    tables = {name: table.copy() for name, table in tables.items()}
    new = tables[C]["school_id"] + "-" + tables[C]["grade"].astype(str)
    of_class = dict(zip(tables[C]["class_id"], new, strict=True))
    tables[E]["class_id"] = tables[E]["class_id"].map(of_class)
    tables[C] = tables[C].assign(class_id=new).drop_duplicates(["class_id", "year"])
    return tables


def a_class_a_student(tables):
    tables = {name: table.copy() for name, table in tables.items()}
    rows = tables[E].dropna(subset="class_id")
    teachers = tables[C].set_index("class_id")["teacher_id"]
    own = rows["student_id"] + "-" + rows["class_id"]
    tables[E].loc[rows.index, "class_id"] = own
    new = rows[["year", "grade", "school_id"]].assign(class_id=own)
    tables[C] = new.assign(teacher_id=rows["class_id"].map(teachers))
    return tables


def autumn(tables):
    """Class ids that recur every year, and classes of the autumn, a year before the spring."""
    tables = {name: table.copy() for name, table in tables.items()}
    for name in (E, C):
        tables[name]["class_id"] = tables[name]["class_id"].str[:-5]
    last = tables[C][tables[C]["year"] == 2016]
    tables[C]["year"] -= 1
    tables[C] = pd.concat([tables[C], last], ignore_index=True)
    tables[E].loc[tables[E]["year"] == 2009, "class_id"] = None
    return tables


def outcomes_of(change):
    return cells(O, "student_id", lambda rows: change(rows["student_id"]))


def levels(scores):
    return np.ceil(scores.rank(pct=True) * 4)


SCALED = {"years": [2012], "schools": HALF}

# name: (fault, check, what the message says)
SPOILED = {
    # codes within the scale
    "999 for not tested, ELA from 433 to 896": (code(999, ELA), "score_codes", "codes among the scores: 999"),
    "9999 for not tested": (code(9999, ELA), REFUSED, "scores far from all others of the year and grade"),
    "-99 for not tested": (code(-99, ELA), REFUSED, "leave a score empty where a student was not tested"),
    "0 for not tested, ELA": (code(0, ELA), "score_codes|refused", "0"),
    "-9 for not tested, math from 0 to 100": (code(-9, MATH), "score_codes", "codes among the scores: -9"),
    "-1 for not tested, math": (code(-1, MATH), "score_codes", "codes among the scores: -1"),
    "0 for not tested, math": (code(0, MATH), "score_codes", "column math_score: codes among the scores: 0"),
    "99 for not tested, math": (code(99, MATH), "score_codes", "codes among the scores: 99"),
    "100 for not tested, math": (code(100, MATH), "score_codes", "codes among the scores: 100"),
    "999 for not tested, math": (code(999, MATH), REFUSED, "column math_score: scores far from all others"),
    "50 for not tested, math": (code(50, MATH), "score_codes", "codes among the scores: 50"),
    "100 for a random few, math": (of_scores(MATH, lambda s: s.where(rng().random(len(s)) > 0.09, 100)), "score_codes", "codes among the scores: 100"),
    "a single score mistyped": (of_scores(MATH, lambda s: [*s[:-1], 160.0], years=[2012], grades=[4]), "score_codes", "160: 1 scores, 2012"),
    "lowest score for not tested": (code(433, ELA), "score_codes", "codes among the scores: 433"),
    "highest score for not tested": (code(896, ELA), "score_codes", "codes among the scores: 896"),
    "a point below the scale for not tested": (code(432, ELA), "score_codes", "codes among the scores: 432"),
    "999 and 99 for the same students": (both(code(999, ELA), code(99, MATH)), "score_codes", "ela_score: codes among the scores: 999"),
    "998 and 999 for two reasons": (both(code(998, ELA, schools=HALF), code(999, ELA)), "score_codes", "codes among the scores: 998, 999"),
    "0 in one year alone": (code(0, MATH, years=[2012]), "score_codes", "0: "),
    "999 in one year alone": (code(999, ELA, years=[2016]), "score_codes", "999: "),
    "999 in one school alone": (code(999, ELA, schools=SCHOOLS[:1]), "score_codes", "999: "),
    "mean for not tested, ELA": (code(660, ELA), "score_codes", "codes among the scores: 660"),
    "mean for not tested, math": (code(62, MATH), "score_codes", "codes among the scores: 62"),
    # ends of the scale
    "ceiling: 70% have the top score": (of_scores(ELA, lambda s: s.clip(upper=s.quantile(0.3))), "score_ceiling", "of the scores are 6"),
    "ceiling: 55% have the top score": (of_scores(MATH, lambda s: s.clip(upper=s.quantile(0.45))), "score_ceiling", "many scores are at one end of the scale"),
    "floor: 40% have the lowest score": (of_scores(MATH, lambda s: s.clip(lower=s.quantile(0.4))), "score_ceiling", "many scores are at one end of the scale"),
    # scores that do not resemble others
    "sign reversed in a year": (of_scores(MATH, lambda s: 100 - s, years=[2012]), "score_resemblance", "2012, grade 3: correlation -0."),
    "sign reversed in a year and a grade": (of_scores(MATH, lambda s: 100 - s, years=[2012], grades=[4]), "score_resemblance", "2012, grade 4: correlation -0."),
    "sign of one subject reversed in all years": (of_scores(MATH, lambda s: 100 - s), "score_resemblance", "hardly related, or of opposite sign"),
    "a year's column sorted apart from ids": (of_scores(ELA, lambda s: np.sort(s), years=[2012]), "score_resemblance", "2012, grade 3: correlation"),
    "a grade's column sorted apart from ids": (of_scores(ELA, lambda s: np.sort(s), years=[2012], grades=[4]), "score_resemblance", "2012, grade 4: correlation"),
    "a year's column shifted by a row": (of_scores(ELA, lambda s: np.roll(s, 1), years=[2012]), "score_resemblance", "scores do not resemble the same students'"),
    "second half of a year shifted by a row": (of_scores(ELA, lambda s: np.r_[s[: len(s) // 2], np.roll(s[len(s) // 2 :], 1)], years=[2012]), "score_resemblance", "2012, grade 3"),
    "shuffled within schools in a year": (cells(E, ELA, shuffled_within(ELA, ["grade", "school_id"]), years=[2012]), "score_resemblance", "2012"),
    "shuffled in one school in a year": (cells(E, ELA, shuffled_within(ELA, ["grade"]), years=[2012], schools=["E003"]), "score_resemblance", "in some schools scores do not resemble"),
    "sign reversed in one school in a year": (of_scores(MATH, lambda s: 100 - s, years=[2012], schools=["E004"]), "score_resemblance", "2012: 1 school (E004)"),
    "ids permuted from a year on": (permuted_ids, "score_resemblance", "2013, grade 3: correlation"),
    "random scores in a year": (of_scores(ELA, lambda s: rng().normal(660, 60, len(s)).round(), years=[2014]), "score_resemblance", "2014, grade 3: correlation"),
    "subjects interchanged in a year": (interchanged(years=[2012]), "score_resemblance", "last year's of the other subject more than of their own"),
    "subjects interchanged in half the schools": (interchanged(**SCALED), "score_scale", "schools' scores hardly overlap"),
    "subjects interchanged in the last year": (interchanged(years=[2016]), "score_resemblance", "2016, grade 3: correlation with last year's same subject"),
    "half the schools on another scale in a year": (of_scores(ELA, lambda s: (s - 433) / 4.63, **SCALED), "score_scale", "scores of some schools are on another scale"),
    "half the schools on another scale in all years": (of_scores(ELA, lambda s: (s - 433) / 4.63, schools=HALF), "score_scale", "schools' scores hardly overlap"),
    "two schools in percentiles in a year": (of_scores(ELA, lambda s: (s.rank(pct=True) * 100).round(), years=[2012], schools=SCHOOLS[:2]), "score_scale", "2012, grade 2: 2 schools (E000, E001)"),
    "a school's decimal point lost in a year": (of_scores(MATH, lambda s: s * 10, years=[2012], schools=SCHOOLS[:1]), "score_scale|refused", "math_score"),
    "a school's scores raised in a year": (of_scores(ELA, lambda s: s + 90, years=[2012], schools=SCHOOLS[:1]), "score_scale", "2012, grade 4: 1 school (E000), mean rank moved by 0.36"),
    "a school has one score for all": (of_scores(ELA, lambda s: 655, years=[2012], schools=SCHOOLS[:1]), "score_scale", "spread 0.0 to 0.0"),
    "a year in between on another scale": (of_scores(ELA, lambda s: s / 10, years=[2012]), "score_scale", "2012, grade 3: mean 66.66, SD 5.65; in the years beside mean 662.7, SD 55.1"),
    "scores standardised within schools": (of_groups(ELA, ["year", "grade", "school_id"]), "score_scale", "the mean score is the same in every school"),
    "scores standardised within classes": (of_groups(MATH, ["class_id"]), "score_scale", "the mean score is the same in every class"),
    "levels in a year, scores in others": (of_scores(ELA, levels, years=[2016]), "score_scale", "2016, grade 3: 4 values"),
    "math a copy of ELA": (cells(E, MATH, lambda rows: rows[ELA]), "score_copies", "math_score: scores are a copy of those of ela_score"),
    "math a copy of ELA in a year": (cells(E, MATH, lambda rows: rows[ELA], years=[2012]), "score_copies", "2012, grade 3: 100% of"),
    "math a copy of ELA on another scale": (cells(E, MATH, lambda rows: (rows[ELA] - 433) / 4), "score_copies", "correlation of ranks 1.00"),
    "math a copy of ELA in one school": (cells(E, MATH, lambda rows: (rows[ELA] - 433) / 4, schools=["E005"]), "score_copies", "2012: the same scores, or the same ranks, in 1 school (E005)"),
    "a year's scores are last year's": (of_year_before(MATH), "score_copies", "2012, grade 3"),
    # teachers
    "999999 for an unknown teacher": (teacher("999999", 0.05), "placeholder_teachers", "stands for nobody, as TBA or 999999 do"),
    "TBA for an unknown teacher": (teacher("TBA", 0.05), "placeholder_teachers", "stands for nobody"),
    "VACANT in two classes": (teacher("VACANT", years=[2012], schools=["E003"], grades=[3]), "placeholder_teachers", "stands for nobody"),
    "0 for an unknown teacher": (teacher("0", 0.02), "placeholder_teachers", "stands for nobody"),
    "a number like others for an unknown teacher": (teacher("100037", 0.05), "placeholder_teachers", "more classes or schools than one person can have"),
    "one teacher in a class of each of four schools": (cells(C, "teacher_id", lambda r: r["teacher_id"].where(~r["class_id"].str.contains("-3A-"), "100037"), years=[2012], schools=SCHOOLS[3:7]), "placeholder_teachers", "more classes or schools"),
    "the school for its teachers": (teachers_follow(cells(C, "teacher_id", lambda rows: rows["school_id"])), "placeholder_teachers", "teachers whose identifier is their school's"),
    "the head for a school's teachers": (teacher("100037", schools=["E003"]), "placeholder_teachers", "more classes or schools"),
    "the class for its teacher": (teachers_follow(cells(C, "teacher_id", lambda rows: rows["class_id"])), "found_again", "too few teachers of a year are found again"),
    "teachers' ids new from a year on": (teachers_follow(ids(lambda t: "N" + (t.astype(int) * 7).astype(str), "classes.teacher_id", years=range(2013, 2017))), "found_again", "2012: 0%"),
    "teachers' ids shuffled in a year": (cells(C, "teacher_id", lambda rows: shuffled(rows["teacher_id"]), years=[2012]), "found_again", "found again in the same school"),
    "teachers' ids with .0 from a year on": (teachers_follow(ids(lambda t: t + ".0", "classes.teacher_id", years=range(2013, 2017))), "identifier_forms", "a fraction such as .0"),
    "teachers' ids with zeros in a year": (teachers_follow(ids(lambda t: "00" + t, "classes.teacher_id", years=[2012])), "identifier_forms", "leading zeros"),
    "first years of other teachers": (cells(T, "first_year", lambda rows: shuffled(rows["first_year"])), "teacher_years", "classes before their teacher's first year"),
    "classes of the autumn before": (autumn, "teacher_years", "look whether year means the spring in both tables"),
    # students' and schools' ids
    "zeros lost in a year": (ids(no_zeros, "enrolments.student_id", years=[2012]), "identifier_forms", "in leading zeros"),
    "zeros lost from a year on": (ids(no_zeros, "enrolments.student_id", years=range(2013, 2017)), "identifier_forms", "in a new form from 2013 on"),
    "zeros lost in half the schools": (ids(no_zeros, "enrolments.student_id", schools=HALF), REFUSED + "|identifier_forms", "leading zeros"),
    "ids as 123.0 in a year": (ids(lambda t: no_zeros(t) + ".0", "enrolments.student_id", years=[2012]), "identifier_forms", "identifiers change their form between years"),
    "ids with hyphens in a year": (ids(lambda t: t.str[:3] + "-" + t.str[3:], "enrolments.student_id", years=[2016]), "identifier_forms", "in hyphens or spaces"),
    "ids of a new system from a year on": (lambda t: renumbered(t, range(2013, 2017)), "found_again", "2012: 0%"),
    "ids of each year alone": (lambda t: renumbered(t, range(2009, 2017), each_year=True), "found_again", "too few students of a year are found again in the next"),
    "ids cut to five digits": (ids(lambda t: t.str[:5], "enrolments.student_id"), REFUSED, "repeat the key of another"),
    "ids rounded by a spreadsheet": (ids(lambda t: t.astype(int).round(-2).astype(str), "enrolments.student_id"), REFUSED, "repeat the key of another"),
    "one id for all unknown students": (cells(E, "student_id", lambda r: r["student_id"].where(rng().random(len(r)) > 0.02, "UNKNOWN")), REFUSED, "repeat the key of another"),
    "schools in small letters from a year on": (ids(str_lower := (lambda t: t.str.lower()), "enrolments.school_id", "classes.school_id", years=range(2013, 2017)), "identifier_forms", "column school_id: identifiers change their form between years, in capitals"),
    "schools numbered anew from a year on": (ids(lambda t: (t.str[1:].astype(int) + 500).astype(str), "enrolments.school_id", "classes.school_id", years=range(2013, 2017)), "found_again", "too few schools of a year are found again"),
    "schools interchanged in a year": (ids(lambda t: t.map(dict(zip(SCHOOLS, SCHOOLS[1:] + SCHOOLS[:1], strict=True))), "enrolments.school_id", "classes.school_id", years=[2012]), "student_progress", "too many students change school"),
    "outcomes without zeros": (outcomes_of(no_zeros), "identifier_forms", "outcomes.csv, column student_id: identifiers of students are written otherwise"),
    "outcomes as 123.0": (outcomes_of(lambda t: no_zeros(t) + ".0"), "identifier_forms", "0 of "),
    "outcomes without zeros in half the rows": (outcomes_of(lambda t: t.where(rng().random(len(t)) < 0.5, no_zeros(t))), "identifier_forms", "in leading zeros"),
    "outcomes of other ids": (outcomes_of(lambda t: "x" + t), "found_again", "outcomes.csv, column student_id: hardly any student"),
    # rows that are missing
    "a grade missing in a year": (both(without(E, years=[2012], grades=[4]), without(C, years=[2012], grades=[4])), "gaps", "2012: grade 4"),
    "a school missing in a year": (both(without(E, years=[2012], schools=["E003"]), without(C, years=[2012], schools=["E003"])), "gaps", "2012, grade 3: 1 schools with"),
    "half of a year's rows missing": (without(E, 0.5, years=[2012]), "sample_shrinks", "fewer students than in the years beside"),
    "a third of the last year's rows missing": (without(E, 0.6, years=[2016]), "sample_shrinks", "2016, grade 3: "),
    "rows of one grade lost in a year": (without(E, 0.6, years=[2012], grades=[5]), "sample_shrinks", "2012, grade 5: "),
    "a studied year missing": (both(without(E, years=[2012]), without(C, years=[2012])), REFUSED, "no row of grades 3, 4, 5 in 2012"),
    "the year before the first missing": (without(E, years=[2009]), REFUSED, "from which the lagged scores of 2010 come"),
    "the grade below the first missing": (without(E, grades=[2]), REFUSED, "no row of grade 2"),
    "classes not exported in a year": (cells(E, "class_id", None, years=[2012]), "sample_shrinks", "fewer students are in a class with a known teacher"),
    "classes of three schools not exported": (cells(E, "class_id", None, years=[2012], schools=SCHOOLS[:3]), "sample_shrinks", "2012: 3 schools, 0% at the lowest"),
    "math empty in a school in a year": (of_scores(MATH, lambda s: np.nan, years=[2012], schools=["E003"]), "sample_shrinks", "column math_score: fewer students are scored"),
    "ELA empty in a grade in a year": (of_scores(ELA, lambda s: np.nan, years=[2012], grades=[4]), "sample_shrinks", "2012, grade 4: 0%"),
    "upper half without scores in a year": (of_scores(ELA, lambda s: s.where(s < s.median()), years=[2012]), "sample_shrinks", "fewer students are scored"),
    "gender missing for most in a year": (cells(E, "gender", lambda r: r["gender"].where(rng().random(len(r)) < 0.4), years=[2012]), "sample_shrinks", "column gender: fewer students are known"),
    "absences missing in a year": (cells(E, "share_absent", np.nan, years=[2011]), "sample_shrinks", "share_absent of the year before"),
    # traits, grades, classes
    "gender interchanged in a year": (cells(E, "gender", lambda r: r["gender"].map({"female": "male", "male": "female"}), years=[2012]), "student_traits", "another gender than in the year before"),
    "ethnicities mixed up in a year": (cells(E, "ethnicity", lambda r: r["ethnicity"].replace({"white": "hispanic", "hispanic": "white"}), years=[2012]), "student_traits", "another ethnicity than in the year before"),
    "special education reversed in a year": (cells(E, "special_education", lambda r: 1 - r["special_education"], years=[2012]), "student_traits", "91% are 1"),
    "no English learner in a year": (cells(E, "english_learner", 0.0, years=[2012]), "student_traits", "column english_learner: the share of a value"),
    "attendance for absence": (cells(E, "share_absent", lambda r: 1 - r["share_absent"]), "student_traits", "is that of attendance"),
    "attendance for absence in a year": (cells(E, "share_absent", lambda r: 1 - r["share_absent"], years=[2012]), "student_traits", "2012: 0.9"),
    "absences in percent": (cells(E, "share_absent", lambda r: 100 * r["share_absent"]), REFUSED, "write the share of days absent"),
    "age a year later in a year": (cells(E, "age", lambda r: r["age"] + 1, years=[2012]), "student_traits", "+1.0 from other years"),
    "age in months": (cells(E, "age", lambda r: 12 * r["age"]), REFUSED, "write the age in years"),
    "grades interchanged in a year": (grades_interchanged, "student_progress", "skip a grade or fall back"),
    "one class a grade and school": (classes_merged, "class_sizes", "classes of more than 60 students"),
    "a class for every student": (a_class_a_student, "class_sizes", "most classes have hardly any student"),
}  # fmt: skip

# What may pass in silence: it leaves every estimate within 1% of its standard deviation.
HARMLESS = {
    "rows in another order": lambda t: {n: table.sample(frac=1, random_state=1, ignore_index=True) for n, table in t.items()},
    "another scale in the last year": of_scores(ELA, lambda s: 10 * s + 100, years=[2016]),
    "another scale in all years": of_scores(MATH, lambda s: s / 100),
    "rows of other grades": lambda t: t | {E: pd.concat([t[E], t[E][t[E]["grade"] == 5].assign(grade=8, class_id=None, student_id=lambda r: "z" + r["student_id"])], ignore_index=True)},
    "rows of earlier years": lambda t: t | {E: pd.concat([t[E], t[E][t[E]["year"] == 2009].assign(year=2000)], ignore_index=True)},
    "other ids of students in all years": ids(lambda t: "p" + t, "enrolments.student_id", "outcomes.student_id"),
    "teachers without classes": lambda t: t | {T: pd.concat([t[T], pd.DataFrame({"teacher_id": ["500"], "first_year": [2001.0]})], ignore_index=True)},
    "classes without students": lambda t: t | {C: pd.concat([t[C], t[C].head(5).assign(class_id=lambda r: "empty" + r["class_id"], teacher_id=None)], ignore_index=True)},
    "first years unknown": cells(T, "first_year", np.nan),
    "ids of teachers with a letter": both(ids(lambda t: "T" + t, "classes.teacher_id", "teachers.teacher_id")),
    "outcomes of few students": without(O, 0.3),
}  # fmt: skip
assert max(GRADES) == 5
