"""Table 1 and the calibration: facts of teachers and of the transfer system."""

import pandas as pd
from matplotlib.figure import Figure

from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import LOOKS, house_style, page, stamp

COLUMNS = {"all": "All teachers", "its": "Teachers in transfers", "positions": "Positions"}
PANELS = {
    "teachers": "A. Teacher demographics",
    "transfers_teachers": "B. Transfer system: teachers",
    "transfers_positions": "C. Transfer system: open positions",
}


def _both(fact: str) -> dict[str, str]:
    return {"all": f"{fact}_all", "its": f"{fact}_its"}


# Label, decimals, and fact by column, by panel and row; shares are given in percent.
TABLE_1 = {
    "teachers": {
        "male": ("% male", 1, _both("share_male")),
        "black": ("% Black", 1, _both("share_black")),
        "hispanic": ("% Hispanic", 1, _both("share_hispanic")),
        "white": ("% white", 1, _both("share_white")),
        "asian": ("% Asian", 1, _both("share_asian")),
        "experience": ("Years of experience", 1, _both("years_of_experience")),
        "education": ("Years of education", 1, _both("years_of_education")),
        "years_in_sample": ("Years in sample", 1, _both("years_in_sample")),
        "teachers": ("Teacher count", 0, {"all": "teachers", "its": "teachers_in_its"}),
        "teacher_years": (
            "Teacher-year count",
            0,
            {"all": "teacher_years", "its": "teacher_years_of_its_teachers"},
        ),
    },
    "transfers_teachers": {
        "menu_size": ("Size of choice menu", 1, {"its": "menu_size"}),
        "applications": ("Applications submitted", 1, {"its": "applications_submitted"}),
        "interviews": ("Number of interviews", 1, {"its": "interviews_per_teacher"}),
        "ranked": (
            "Positions that ranked candidate",
            1,
            {"its": "positions_that_ranked_candidate"},
        ),
        "offers": ("Number of offers", 1, {"its": "offers_per_teacher"}),
    },
    "transfers_positions": {
        "eligible": (
            "Number of potential applicants",
            1,
            {"positions": "eligible_per_position"},
        ),
        "applicants": ("Number of applicants", 1, {"positions": "applicants_per_position"}),
        "interviews": ("Number of interviews", 1, {"positions": "interviews_per_position"}),
        "offers": ("Number of offers", 1, {"positions": "offers_per_position"}),
        "positions": ("Position count", 0, {"positions": "positions"}),
    },
}


def table_01(facts: pd.DataFrame, *, note: str) -> Drawn:
    """Teachers and the transfer system.

    Data: panel, row, all, its, positions; shares in percent.
    """
    lines = [(panel, row, *one) for panel, rows in TABLE_1.items() for row, one in rows.items()]
    wanted = [fact for *_, places in lines for fact in places.values()]
    value = pick(choose(facts, fact=wanted), ["fact", "value"]).set_index("fact")["value"]
    rows, parts = [], {title: [] for title in PANELS.values()}
    for panel, row, label, decimals, places in lines:
        factor = 100.0 if label.startswith("%") else 1.0
        own = {column: factor * value[fact] for column, fact in places.items()}
        rows.append({"panel": panel, "row": row, **own})
        shown = [number(own[column], decimals) if column in own else "" for column in COLUMNS]
        parts[PANELS[panel]].append([label, *shown])
    data = pd.DataFrame(rows, columns=["panel", "row", *COLUMNS])
    return data, tabular(["", *COLUMNS.values()], parts, note)


TOLERANCE = 0.10
WIDEST = 0.60


@house_style
def figure_calibration(calibration: pd.DataFrame, *, note: str) -> Drawn:
    """Deviation of every fact of the synthetic system from the published one.

    Data: quantity, target, achieved, deviation, source.
    """
    rows = pick(calibration, ["quantity", "target", "achieved", "ratio", "source"])
    data = rows[rows["ratio"].notna()].reset_index(drop=True)
    data.insert(3, "deviation", data.pop("ratio") - 1)
    return data, draw_calibration(data, note)


def draw_calibration(data: pd.DataFrame, note: str) -> Figure:
    """A row a fact in two columns; marks at an edge are farther off than it."""
    half = -(-len(data) // 2)
    figure = page(height=0.155 * half + 1.0)
    row = figure.subplots(1, 2, sharex=True)
    for axes, own in zip(row, (data.iloc[:half], data.iloc[half:]), strict=True):
        axes.axvspan(-TOLERANCE, TOLERANCE, color="#E4E4E4", linewidth=0)
        axes.axvline(0, color="#8C8C8C", linewidth=0.7)
        off = own["deviation"].clip(-WIDEST, WIDEST)
        axes.plot(off, range(len(own)), **LOOKS["district"].marker_style(3.2))
        labels = [_fact(quantity) for quantity in own["quantity"]]
        axes.set_yticks(range(len(own)), labels, fontsize=6.2)
        axes.set_ylim(half - 0.4, -0.6)
        axes.set_xlim(-1.06 * WIDEST, 1.06 * WIDEST)
        axes.xaxis.set_major_formatter(
            lambda value, _: f"{value:+.0%}".replace("-", "\N{MINUS SIGN}") if value else "0"
        )
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel("Deviation")
    stamp(figure, note)
    return figure


FACTS = {
    "teachers_in_its": "Teachers in transfers",
    "teacher_years_of_its_teachers": "Teacher-years of these",
    "teacher_years": "Teacher-years",
    "teacher_student_pairs": "Teacher-student pairs",
    "cv_students_per_position": "CV of students per position",
}
SAMPLES = {"all": "", "its": ", in transfers", "mean": ", mean", "sd": ", SD"}


def _fact(quantity: str) -> str:
    """Label of a fact; shares of teachers and of students have the same names."""
    group, name, *sample = quantity.split(".")
    if name in FACTS:
        return FACTS[name]
    own = name.replace("_", " ")
    for word in ("black", "hispanic", "asian", "english"):
        own = own.replace(word, word.capitalize())
    who = f"{group.capitalize()}: " if group in ("teachers", "students") else ""
    label = f"{who}{own}" + "".join(SAMPLES.get(one, f", {one}") for one in sample)
    return label[0].upper() + label[1:]


def _percent(value: float, _position: int | None = None) -> str:
    return f"{value:+.0%}".replace("-", "\N{MINUS SIGN}") if round(value, 6) else "0"
