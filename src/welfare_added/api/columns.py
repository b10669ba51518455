"""Which column of a table of students is what, and refusals of columns that cannot be used."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api.types import infer_dtype, is_numeric_dtype

from welfare_added.run.errors import UserError

Names = str | Sequence[str] | None
SHOWN = 3
OF_NUMBERS = ("boolean", "decimal", "floating", "integer", "mixed-integer-float")
# Columns of the results, which no key column may be named as.
RESERVED = (
    *("outcome", "group", "va", "va_2yr_l", "va_2yr_f", "va_ss", "shrinkage", "sd", "years_used"),
    *("proper", "mean_residual", "students", "estimate"),
)


@dataclass(frozen=True)
class Roles:
    """Names of the columns of a table of students, by what they are for.

    Attributes
    ----------
    teacher, year, class_, school, grade, cohort, weight
        One column each; all but the first two may be None.
    outcomes, controls, categorical, by
        Any number of columns.
    groups
        By outcome, the column that divides its students; none for outcomes without groups.
    effects, kept
        Columns whose combinations have effects that are absorbed, and whether these stay in the
        residual.

    """

    teacher: str
    year: str
    class_: str | None
    outcomes: tuple[str, ...]
    controls: tuple[str, ...]
    categorical: tuple[str, ...]
    groups: Mapping[str, str]
    by: tuple[str, ...]
    school: str | None
    grade: str | None
    cohort: str | None
    weight: str | None
    effects: tuple[str, ...]
    kept: bool

    @property
    def class_keys(self) -> list[str]:
        """Columns that tell classes apart, in the order by which they are sorted."""
        keys = [self.teacher, self.year, self.class_, self.grade, self.school, self.cohort]
        return list(dict.fromkeys(name for name in keys if name is not None))

    def named(self) -> Iterator[tuple[str, str]]:
        """Every argument and a column that it names."""
        for argument in ("teacher", "year", "class_", "school", "grade", "cohort", "weight"):
            if (name := getattr(self, argument)) is not None:
                yield argument, name
        several = {
            "outcome": self.outcomes,
            "controls": self.controls,
            "categorical": self.categorical,
            "groups": self.groups.values(),
            "by": self.by,
            "tfx_resid" if self.kept else "absorb": self.effects,
        }
        for argument, names in several.items():
            yield from ((argument, name) for name in names)


def names_of(names: Names) -> tuple[str, ...]:
    """No, one or several names as a tuple, each once."""
    if names is None:
        return ()
    several = isinstance(names, Iterable) and not isinstance(names, str)
    return tuple(dict.fromkeys(names)) if several else (names,)


def check(students: pd.DataFrame, roles: Roles) -> None:
    """Raise UserError on the first column that is missing or cannot be used as it is named."""
    if not isinstance(students, pd.DataFrame):
        raise UserError(
            f"students: want a pandas DataFrame with one row a student-year; got a "
            f"{type(students).__name__} of {type(students).__module__.split('.')[0]}."
        )
    if students.empty:
        raise UserError("students: the table has no rows.")
    if not students.columns.is_unique:
        repeated = students.columns[students.columns.duplicated()][0]
        raise UserError(f"students: two columns are named {repeated!r}; rename or drop one.")
    if not roles.outcomes:
        raise UserError("outcome: name one column or several.")
    for argument, name in roles.named():
        _require(students, argument, name)
    _refuse_double_use(roles)
    _refuse_reserved(roles)
    complete = dict(roles.named())
    for argument in ("teacher", "class_", "school", "grade", "cohort", "weight"):
        if argument in complete:
            refuse_blanks(students, argument, complete[argument])
    for argument in ("by", "groups", "absorb", "tfx_resid"):
        for name in (name for role, name in roles.named() if role == argument):
            refuse_blanks(students, argument, name)
    refuse_blanks(students, "year", roles.year)
    whole_numbers(students, "year", roles.year)
    for argument, names in (("outcome", roles.outcomes), ("controls", roles.controls)):
        for name in names:
            _refuse_constant(numbers(students, argument, name), argument, name)
    for name in roles.categorical:
        if students[name].nunique() < 2:
            _refuse_constant(np.zeros(1), "categorical", name)
    for outcome, name in roles.groups.items():
        if "all" in students[name].unique().astype(str):
            raise UserError(
                f"students: a group of {outcome!r} in column {name!r} (groups=) is named 'all', "
                "which stands for all students; rename it."
            )
    if roles.weight is not None:
        _check_weights(students, roles.weight)


def _require(students: pd.DataFrame, argument: str, name: str) -> None:
    if not isinstance(name, str):
        raise UserError(f"{argument}: {name!r} is not the name of a column.")
    if name in students.columns:
        return
    present = [str(column) for column in students.columns]
    near = difflib.get_close_matches(str(name), present, n=1)
    meant = f" Did you mean {near[0]!r}?" if near else ""
    raise UserError(
        f"students: no column {name!r} ({argument}=); the table holds {', '.join(present)}.{meant}"
    )


def _refuse_double_use(roles: Roles) -> None:
    regressors = [*roles.controls, *roles.categorical]
    for name in roles.outcomes:
        if name in regressors:
            raise UserError(
                f"students: column {name!r} is an outcome and a control of itself; name last "
                "year's score as the control."
            )
    twice = [name for name in roles.controls if name in roles.categorical]
    if twice:
        raise UserError(
            f"students: column {twice[0]!r} is named in controls= and in categorical=; keep one."
        )


def _refuse_reserved(roles: Roles) -> None:
    for name in (*roles.by, *roles.class_keys):
        if name in RESERVED:
            raise UserError(
                f"students: a column of the results is named {name!r} too; rename yours, for "
                f"instance students.rename(columns={{{name!r}: 'my_{name}'}})."
            )


def refuse_blanks(students: pd.DataFrame, argument: str, name: str) -> None:
    """Raise UserError where a column is missing or blank in some rows."""
    column = students[name]
    blank = column.isna().to_numpy()
    if not is_numeric_dtype(column.dtype):
        blank = blank | (column.astype("string").str.strip() == "").fillna(False).to_numpy(bool)
    if blank.any():
        raise UserError(
            f"students: column {name!r} ({argument}=) is blank in {_rows(blank)}. Fill them or "
            f"drop these rows, for instance students.dropna(subset=[{name!r}])."
        )


def whole_numbers(students: pd.DataFrame, argument: str, name: str) -> np.ndarray:
    """A column of whole numbers, such as years, (N,); raises UserError if it is not one."""
    values = numbers(students, argument, name)
    wrong = values != np.rint(values)
    if wrong.any():
        raise UserError(
            f"students: column {name!r} ({argument}=) is not a whole number in {_rows(wrong)}."
        )
    return values.astype(np.int64)


def numbers(students: pd.DataFrame, argument: str, name: str) -> np.ndarray:
    """A numeric column, (N,), missing as NaN; raises UserError on text and on infinite numbers."""
    column = students[name]
    if not (is_numeric_dtype(column.dtype) or infer_dtype(column, skipna=True) in OF_NUMBERS):
        _refuse_text(column, argument, name)
    values = column.to_numpy(dtype=float, na_value=np.nan)
    infinite = np.isinf(values)
    if infinite.any():
        raise UserError(
            f"students: column {name!r} ({argument}=) is infinite in {_rows(infinite)}."
        )
    return values


def _refuse_text(column: pd.Series, argument: str, name: str) -> None:
    text = column.astype("string")
    wrong = (pd.to_numeric(text, errors="coerce").isna() & text.notna()).to_numpy(bool)
    convert = f"students[{name!r}] = pd.to_numeric(students[{name!r}])"
    if not wrong.any():
        raise UserError(
            f"students: column {name!r} ({argument}=) holds numbers as {column.dtype}; convert "
            f"them: {convert}."
        )
    examples = ", ".join(repr(value) for value in text[wrong].drop_duplicates().head(SHOWN))
    hint = "name it in categorical= instead" if argument == "controls" else f"then {convert}"
    if argument == "year":
        hint = "write a school year as one number, such as the year of its spring"
    raise UserError(
        f"students: column {name!r} ({argument}=) is not a number in {_rows(wrong)}, for example "
        f"{examples}. Correct or empty these cells; {hint}."
    )


def _refuse_constant(values: np.ndarray, argument: str, name: str) -> None:
    known = values[~np.isnan(values)]
    if not len(known):
        raise UserError(f"students: column {name!r} ({argument}=) is missing in all rows.")
    if known.min() == known.max():
        raise UserError(
            f"students: column {name!r} ({argument}=) has the same value in all rows, so it "
            "explains nothing; leave it out."
            if argument != "outcome"
            else f"students: column {name!r} (outcome=) has the same value in all rows."
        )


def _check_weights(students: pd.DataFrame, name: str) -> None:
    values = numbers(students, "weight", name)
    wrong = ~((values > 0) & (values <= 1))
    if wrong.any():
        raise UserError(
            f"students: column {name!r} (weight=) is not above 0 and at most 1 in {_rows(wrong)}; "
            "it is the share of a student's year that the row's teacher taught."
        )


def _rows(wrong: np.ndarray) -> str:
    """How many rows, and the numbers of the first ones."""
    at = np.flatnonzero(wrong)
    shown = ", ".join(str(row) for row in at[:SHOWN])
    return f"{len(at)} of {len(wrong)} rows (counted from 0: {shown}{', ...' * (len(at) > SHOWN)})"


def one_of(argument: str, value: object, choices: Sequence[object]) -> None:
    """Raise UserError unless an argument has one of the values allowed."""
    if value not in choices:
        allowed = ", ".join(repr(choice) for choice in choices)
        raise UserError(f"{argument}: {value!r} is unknown; want one of {allowed}.")
