"""Check identifiers: placeholders for teachers, forms that change, shares found again."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from welfare_added.district.checks import locate
from welfare_added.district.improbable import Improbable
from welfare_added.district.score_statistics import median_of_others
from welfare_added.district.studied import Studied

MOST_SCHOOLS, MOST_SCHOOLS_EVER, MOST_CLASSES = 3, 8, 12  # of a teacher: a year, ever, a year
MORE_CLASSES, MANY_TIMES = 6, 3  # a year: that many, and times what 99% of teachers have at most
SHARE_SCHOOLS = 0.01  # share of classes whose teacher is the school's identifier
PLACEHOLDERS = {
    *("tba", "tbd", "tbc", "vacant", "vacancy", "unknown", "unassigned", "none", "null", "nil"),
    *("na", "n/a", "#n/a", "missing", "staff", "teacher", "sub", "substitute", "longtermsub"),
    *("noteacher", "notassigned", "various", "other", "x", "xx", "xxx", "?", "-", "--", "test"),
}
# What may differ between two forms of one identifier, and how to take it off.
FORMS = {
    "leading zeros": lambda ids: pc.utf8_ltrim(ids, characters="0"),
    "a fraction such as .0": lambda ids: pc.replace_substring_regex(ids, r"\.0+$", ""),
    "capitals": pc.utf8_lower,
    "hyphens or spaces": lambda ids: pc.replace_substring_regex(ids, r"[\s_/.-]+", ""),
}
CHANGED, SHARE_CHANGED = 3, 0.001  # identifiers in two forms, and their share
ENOUGH = 20  # persons of a year whose share is relied on
LOST = {"student_id": 0.2, "teacher_id": 0.3, "school_id": 0.3}  # share below that of other years
FEWEST = 0.1  # share found again in the next year below which identifiers do not last
EARLY, SHARE_EARLY = 5, 0.005  # classes before their teacher's first year, and their share
OUTCOMES_FOUND = 0.01  # share of students with a row among outcomes


def check_placeholders(studied: Studied) -> list[Improbable]:
    """Teachers who are a placeholder: in more schools or classes than anybody, or so named."""
    classes = studied.classes
    if classes.empty:
        return []
    of_year = classes.groupby(["teacher_id", "year"]).agg(
        schools=("school_id", "nunique"), classes=("class_id", "size")
    )
    most = of_year.groupby("teacher_id").max()
    ever = classes.groupby("teacher_id")["school_id"].nunique()
    much = (most["schools"] > MOST_SCHOOLS) | (ever > MOST_SCHOOLS_EVER)
    usual = of_year["classes"].quantile(0.99)
    much |= most["classes"] > min(MOST_CLASSES, max(MORE_CLASSES - 1, MANY_TIMES * usual))
    named = _placeholder_names(pd.Series(most.index, index=most.index))
    found = []
    remedy = "leave teacher_id empty where the teacher is not known"
    if much.any():
        what = "teachers of more classes or schools than one person can have"
        lines = tuple(
            f"a teacher of {one.classes} classes in {one.schools} schools in one year, of "
            f"{ever[teacher]} schools in all years"
            for teacher, one in most[much].sort_values("classes", ascending=False)[:3].iterrows()
        )
        lines += (f"{much.sum()} of {len(most)} teachers are such",)
        rows = int(classes["teacher_id"].isin(most.index[much]).sum())
        found.append(_placeholder(studied, what, remedy, rows, lines))
    same = classes["teacher_id"] == classes["school_id"]
    if same.mean() > SHARE_SCHOOLS:
        what = "teachers whose identifier is their school's"
        found.append(_placeholder(studied, what, remedy, int(same.sum()), ()))
    if named.any():
        what = "teachers whose identifier stands for nobody, as TBA or 999999 do"
        rows = int(classes["teacher_id"].isin(most.index[named]).sum())
        found.append(_placeholder(studied, what, remedy, rows, ()))
    return found


def _placeholder(
    studied: Studied, what: str, remedy: str, rows: int, lines: tuple[str, ...]
) -> Improbable:
    more = {"rows": rows, "examples": lines}
    return studied.warning("placeholder_teachers", "classes", "teacher_id", what, remedy, **more)


def _placeholder_names(identifiers: pd.Series) -> pd.Series:
    """Whether an identifier is a word for nobody, or only zeros or nines beside no similar one."""
    plain = identifiers.str.casefold().str.replace(r"[\s_.]+", "", regex=True)
    numbers = pd.to_numeric(plain, errors="coerce")
    digits = plain.str.fullmatch(r"-?0+|-?9{2,}|-\d+")
    beside = numbers.add(1).isin(numbers) | numbers.sub(1).isin(numbers)
    return plain.isin(PLACEHOLDERS) | (digits & ~beside)


def check_forms(studied: Studied) -> list[Improbable]:
    """Identifiers that change their form from one year or table to another."""
    raw = studied.raw.tables
    found = []
    columns = [("enrolments", "student_id"), ("enrolments", "school_id"), ("classes", "teacher_id")]
    for table, column in columns:
        rows = raw[table][[column, "year"]].dropna()
        found += _changed_forms(studied, table, column, rows)
    if "outcomes" in raw:
        found += _other_form(studied, raw["outcomes"]["student_id"])
    return found


def _changed_forms(
    studied: Studied, table: str, column: str, rows: pd.DataFrame
) -> list[Improbable]:
    """Identifiers equal but for their form that never occur in the same year."""
    codes, identifiers = pd.factorize(rows[column])
    identifiers = _texts(identifiers)
    plain = _plain(identifiers).dictionary_encode().indices.to_numpy()
    several = np.bincount(plain)[plain] > 1
    if not several.any():
        return []
    pairs = pd.DataFrame({"code": codes, "year": rows["year"].to_numpy()})[several[codes]]
    pairs = pairs.drop_duplicates().assign(plain=lambda one: plain[one["code"]])
    together = pairs.loc[pairs.duplicated(["plain", "year"], keep=False), "plain"].unique()
    changed = pairs[~pairs["plain"].isin(together)]
    number = changed["plain"].nunique()
    fewest = max(CHANGED, SHARE_CHANGED * plain.max()) if column == "student_id" else 1
    if number < fewest:
        return []
    first = changed.groupby("code")["year"].min()
    later = first[first > first.groupby(plain[first.index]).transform("min")]
    years = later.value_counts().sort_index()
    differ = _differences(identifiers.take(pa.array(changed["code"].unique())))
    what = f"identifiers change their form between years, in {differ}"
    lines = tuple(f"{count} in a new form from {year} on" for year, count in years.items())[:6]
    remedy = f"write {column} alike in all years, as text: {differ} count"
    more = {"rows": 0, "examples": (f"{number} identifiers have two forms", *lines)}
    return [studied.warning("identifier_forms", table, column, what, remedy, **more)]


def _texts(identifiers: pd.Series | pd.Index | np.ndarray) -> pa.Array:
    texts = pa.array(identifiers, pa.string())
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def _plain(identifiers: pa.Array) -> pa.Array:
    """Identifiers without what may differ between two forms of one."""
    for take_off in ("capitals", "a fraction such as .0", "hyphens or spaces", "leading zeros"):
        identifiers = FORMS[take_off](identifiers)
    return identifiers


def _differences(identifiers: pa.Array) -> str:
    """Names of the differences that, taken off alone, make fewer distinct identifiers."""
    number = len(pc.unique(identifiers))
    single = [name for name, off in FORMS.items() if len(pc.unique(off(identifiers))) < number]
    return " and ".join(single) or "several of: " + ", ".join(FORMS)


def _other_form(studied: Studied, outcomes: pd.Series) -> list[Improbable]:
    """Outcomes of students whom enrolments have in another form."""
    students = _texts(studied.raw.tables["enrolments"]["student_id"].unique())
    own = _texts(outcomes)
    matched = pc.is_in(own, value_set=students).to_numpy(zero_copy_only=False)
    exact, plain = int(matched.sum()), pc.sum(pc.is_in(_plain(own), _plain(students))).as_py() or 0
    if plain - exact < max(CHANGED, SHARE_CHANGED * len(outcomes)):
        return []
    differ = _differences(pa.concat_arrays([own.filter(pa.array(~matched)), students]))
    enrolments = studied.raw.files["enrolments"]
    what = f"identifiers of students are written otherwise than in {enrolments}, in {differ}"
    lines = (f"{exact} of {len(outcomes)} are in both tables, {plain} but for the form",)
    remedy = "write student_id alike in both tables, as text"
    more = {"rows": plain - exact, "examples": lines}
    return [studied.warning("identifier_forms", "outcomes", "student_id", what, remedy, **more)]


def check_found_again(studied: Studied) -> list[Improbable]:
    """Students, teachers and schools of whom too few are found again a year on, or in outcomes."""
    rows, classes = studied.enrolments, studied.classes
    schools = rows[["school_id", "year"]].drop_duplicates(ignore_index=True)
    teachers = classes[["teacher_id", "year", "school_id"]].drop_duplicates(ignore_index=True)
    found = _lost(studied, "enrolments", "student_id", _students_again(studied))
    found += _lost(studied, "enrolments", "school_id", _next(studied, schools, "school_id"))
    persons = teachers[["teacher_id", "year"]].drop_duplicates(ignore_index=True)
    lost = _lost(studied, "classes", "teacher_id", _next(studied, persons, "teacher_id"))
    found += lost or _teachers_elsewhere(studied, teachers)
    return found + _outcomes_found(studied)


def _next(studied: Studied, rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Identifiers by year, and the share that is found in the year after: year, number, share.

    The year after is the one whose lagged scores are of this year.
    """
    after = {before: year for year, before in studied.lags.items()}
    earlier = rows[rows["year"].isin(set(after) & set(rows["year"]))]
    earlier = earlier[earlier["year"] < rows["year"].max()]
    back = (earlier["year"] - earlier["year"].map(after)).to_numpy(dtype=np.int64)
    return _by_year(earlier["year"], locate(earlier, rows, column, back=back) >= 0)


def _students_again(studied: Studied) -> pd.DataFrame:
    """The same of students who are not beyond the last grade by then."""
    rows, last = studied.enrolments, studied.last_year
    again = np.zeros(len(rows), bool)
    again[last[last >= 0]] = True
    after = {before: year for year, before in studied.lags.items()}
    later = rows["year"].map(after) - rows["year"]
    going_on = (rows["grade"] + later <= max(studied.grades)) & rows["year"].isin(list(after))
    going_on &= rows["year"] < rows["year"].max()
    return _by_year(rows.loc[going_on, "year"], again[going_on])


def _by_year(years: pd.Series, again: np.ndarray) -> pd.DataFrame:
    table = pd.Series(again).groupby(years.to_numpy()).agg(["size", "mean"]).reset_index()
    table.columns = ["year", "number", "share"]
    return table


def _lost(studied: Studied, table: str, column: str, shares: pd.DataFrame) -> list[Improbable]:
    enough = ENOUGH if column == "student_id" else 5
    shares = shares[shares["number"] >= enough].assign(all="all")
    usual = median_of_others(shares, ["all"], "share")
    few = shares["share"].lt(usual - LOST[column]) | shares["share"].lt(FEWEST)
    if not few.any():
        return []
    what = f"too few {column.removesuffix('_id')}s of a year are found again in the next"
    lines = tuple(
        f"{year}: {share:.0%} of {number}"
        for year, number, share in shares.loc[few, ["year", "number", "share"]]
        .head(6)
        .itertuples(index=False)
    )
    if not few.all():
        lines += (f"median of the other years: {shares.loc[~few, 'share'].median():.0%}",)
    remedy = f"give each {column} the same value in every year, also where the system changed"
    rows = int((shares["number"] * (1 - shares["share"]))[few].sum())
    more = {"rows": rows, "examples": lines}
    return [studied.warning("found_again", table, column, what, remedy, **more)]


def _teachers_elsewhere(studied: Studied, teachers: pd.DataFrame) -> list[Improbable]:
    """Years in which far more teachers than usual change school: ids went to other persons."""
    pairs = teachers.assign(
        teacher_id=teachers["teacher_id"] + "\n" + teachers["school_id"],
    )
    again = _next(studied, pairs, "teacher_id")
    again = again[again["number"] >= ENOUGH].assign(all="all")
    usual = median_of_others(again, ["all"], "share")
    few = again["share"] < np.minimum(usual - LOST["teacher_id"], usual / 2)
    if not few.any():
        return []
    what = "too few teachers of a year are found again in the same school in the next"
    lines = tuple(
        f"{one.year}: {one.share:.0%} of {one.number}" for one in again[few].head(6).itertuples()
    )
    remedy = "look whether teacher_id went to other classes, or was sorted, in these years"
    rows = int((again["number"] * (1 - again["share"]))[few].sum())
    more = {"rows": rows, "examples": lines}
    return [studied.warning("found_again", "classes", "teacher_id", what, remedy, **more)]


def _outcomes_found(studied: Studied) -> list[Improbable]:
    """Outcomes in which hardly any student of the enrolments is found."""
    if "outcomes" not in studied.raw.tables:
        return []
    students = studied.enrolments["student_id"].drop_duplicates()
    outcomes = _texts(studied.raw.tables["outcomes"]["student_id"])
    there = pc.sum(pc.is_in(_texts(students), value_set=outcomes)).as_py() or 0
    if len(students) < ENOUGH or there >= OUTCOMES_FOUND * len(students):
        return []
    enrolments = studied.raw.files["enrolments"]
    what = f"hardly any student of {enrolments} is found"
    lines = (f"{there} of {len(students)} students of the years and grades studied",)
    remedy = "write student_id as in enrolments, or take the table of outcomes away"
    more = {"rows": 0, "examples": lines}
    return [studied.warning("found_again", "outcomes", "student_id", what, remedy, **more)]


def check_teacher_years(studied: Studied) -> list[Improbable]:
    """Teachers with classes before their first year employed."""
    teachers = studied.raw.tables["teachers"].set_index("teacher_id")["first_year"]
    classes = studied.classes
    early = classes["year"].to_numpy() < classes["teacher_id"].map(teachers).to_numpy()
    if early.sum() < max(EARLY, SHARE_EARLY * len(classes)):
        return []
    by_year = classes.loc[early, "year"].value_counts().sort_index()
    lines = tuple(f"{year}: {count} classes" for year, count in by_year.items())[:6]
    what = "classes before their teacher's first year"
    remedy = "look whether year means the spring in both tables, and whether teachers were mixed up"
    more = {"rows": int(early.sum()), "examples": lines}
    return [studied.warning("teacher_years", "classes", "teacher_id", what, remedy, **more)]
