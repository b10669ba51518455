"""Tables 5 and A1 to A3: what effectiveness and matches change, and what agrees with them."""

import pandas as pd

from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.laverde_2023.labels import MEASURES
from welfare_added.exhibits.laverde_2023.marks import from_words, in_words, with_legend
from welfare_added.exhibits.laverde_2023.parameters import INTERACTIONS, PRINTED, parameter
from welfare_added.exhibits.output import Drawn, choose, pick

# Rows of table 5, by the names of the results.
CHANGES = {
    "general_effectiveness": ("effectiveness", "Teacher general effectiveness"),
    "unobservable_match": ("unobservable", "Unobservable match effects"),
    "observable_match": ("observable", "Observable match effects"),
}
CHANGED = {
    "score": "Outcomes",
    "school_utility": "School utility",
    "teacher_utility": "Teacher utility",
}
_MATCHES = PRINTED["table_02"]["interactions"].values()
# Parameters on which each cell of table 5 rests.
RESTS_ON = {
    ("effectiveness", "score"): ["sd theta"],
    ("effectiveness", "school_utility"): ["sd phi", "correlation theta phi"],
    ("unobservable", "score"): ["sd eta_y"],
    ("unobservable", "school_utility"): ["sd eta_y", "sd eta_v", "correlation eta_y eta_v"],
    ("unobservable", "teacher_utility"): ["sd eta_y", "sd eta_u", "correlation eta_y eta_u"],
    ("observable", "score"): [name for name, _ in _MATCHES if not name.endswith("class_size")],
    ("observable", "school_utility"): [
        "demand: match_minority_students",
        "demand: match_minority_teachers",
        *(f"demand: {name}" for name in INTERACTIONS),
    ],
    ("observable", "teacher_utility"): [
        "supply: students_match_minority",
        "supply: teachers_match_minority",
        *(f"supply: {name}" for name in INTERACTIONS),
    ],
}


def table_05(changes: pd.DataFrame, parameters: pd.DataFrame, *, note: str) -> Drawn:
    """Changes as effectiveness or match goes from its 1st to its 99th percentile.

    Data: row, score, school_utility, teacher_utility, the same with ``_sd``, and with ``_mark``:
    none, few (effective draws), prior or bound (an SD that is not told from zero), of what the cell
    rests on. Effects of the unobservable match all rest on its SD for scores.
    """
    errors = [f"{name}_sd" for name in CHANGED]
    found = pick(choose(changes, row=list(CHANGES)), ["row", *CHANGED, *errors])
    data = found.set_index("row").reindex(CHANGES).reset_index()
    data["row"] = [name for name, _ in CHANGES.values()]
    for column in CHANGED:
        data[f"{column}_mark"] = [_mark(parameters, row, column) for row in data["row"]]
    rows = []
    for one in data.to_dict("records"):
        label = dict(CHANGES.values())[one["row"]]
        cells = [
            number(one[name], 3, undefined="") + from_words(one[f"{name}_mark"]) for name in CHANGED
        ]
        rows += [[label, *cells], ["", *(_in_brackets(one[name]) for name in errors)]]
    note = with_legend(note, (cell for row in rows for cell in row))
    return data, tabular(["", *CHANGED.values()], {"": rows}, note)


def _mark(parameters: pd.DataFrame, row: str, column: str) -> str:
    own = pick(parameters, ["parameter"])["parameter"].isin(RESTS_ON.get((row, column), []))
    return in_words(parameters[own])


def _in_brackets(value: float, decimals: int = 3) -> str:
    return "" if value != value else f"({number(value, decimals)})"


def table_a1(evaluations: pd.DataFrame, *, note: str) -> Drawn:
    """Slopes of the district's measures on effectiveness, a column a measure.

    Data: row (slope, correlation, observations), measures, and the same with ``_se``.
    """
    table = pick(evaluations, ["measure", "slope", "se", "correlation", "observations"])
    wide = table.set_index("measure").reindex(MEASURES)
    return _slopes(wide, ("slope", "correlation", "observations"), MEASURES, note)


STUDENTS = {
    "prev_score": "Previous test score",
    "non_white": "Non-white",
    "low_income": "Low income",
}


def table_a2(students: pd.DataFrame, *, note: str) -> Drawn:
    """Slopes of students' traits on their teacher's effectiveness, over pairs.

    Data: row (slope, se_by_teacher, observations), traits, and the same with ``_se``.
    """
    columns = ["trait", "slope", "se", "se_by_teacher", "pairs"]
    table = pick(choose(students, trait=list(STUDENTS)), columns)
    wide = table.set_index("trait").reindex(STUDENTS).rename(columns={"pairs": "observations"})
    return _slopes(wide, ("slope", "se_by_teacher", "observations"), STUDENTS, note)


SLOPES = {
    "slope": ("Teacher effectiveness", 2),
    "se_by_teacher": ("Standard error by teacher", 2),
    "correlation": ("Correlation", 2),
    "observations": ("Observations", 0),
}


def _slopes(wide: pd.DataFrame, rows: tuple[str, ...], heads: dict[str, str], note: str) -> Drawn:
    """A row a statistic of a table (variables, statistics with se), a column a variable."""
    missing = float("nan")
    data = pd.DataFrame(
        {"row": row}
        | {name: wide.loc[name, row] for name in heads}
        | {f"{name}_se": wide.loc[name, "se"] if row == "slope" else missing for name in heads}
        for row in rows
    )
    cells = []
    for row in rows:
        label, decimals = SLOPES[row]
        cells.append([label, *(number(wide.loc[name, row], decimals) for name in heads)])
        if row == "slope":
            cells.append(["", *(_in_brackets(wide.loc[name, "se"], 2) for name in heads)])
    return data, tabular(["", *heads.values()], {"": cells}, note)


EQUATIONS = {
    "outcomes": "Student outcomes",
    "supply": "Teacher utilities",
    "demand": "School utilities",
}
OF = {
    "students": "Student characteristics",
    "teachers": "Teacher characteristics",
    "schools": "School characteristics",
    "interactions": "Interactions",
    "other": "Other",
}


def table_a3(variables: pd.DataFrame, *, note: str) -> Drawn:
    """Variables of the three equations; data: equation, panel, variable."""
    data = pick(choose(variables, equation=list(EQUATIONS)), ["equation", "panel", "variable"])
    parts = {
        title: [
            [OF.get(row.panel, row.panel), _variable(equation, row.variable)]
            for row in data[data["equation"] == equation].itertuples()
        ]
        for equation, title in EQUATIONS.items()
    }
    return data, tabular(["", "Variable"], parts, note)


def _variable(equation: str, name: str) -> str:
    return parameter(f"{equation}: {name}")
