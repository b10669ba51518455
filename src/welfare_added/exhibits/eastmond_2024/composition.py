"""Table A.1: variation of class size and composition."""

import pandas as pd

from welfare_added.exhibits.output import Drawn, quantity

CONTROLS = {
    "sd_within_grade_year": "Grade, year",
    "sd_within_school_grade_year": "School, grade, year",
}
MEASURES = {
    "class_size": ("class_size.{}", "Class size"),
    "share_ela": ("share_of_class_lower_scoring.{}.ela", "Share above median, ELA"),
    "share_math": ("share_of_class_lower_scoring.{}.math", "Share above median, Math"),
}


def table_a1(moments: pd.DataFrame, *, note: str) -> Drawn:
    """Variation of class size and composition; the drawing is LaTeX."""
    data = composition_table(moments)
    return data, composition_tex(data, note)


def composition_table(moments: pd.DataFrame) -> pd.DataFrame:
    """Compute table A.1 from the moments (a share below the median has the SD of that above).

    Returns
    -------
    DataFrame
        Columns after_control_for, class_size [students], share_ela, share_math [share].

    """
    return pd.DataFrame(
        [
            {"after_control_for": label}
            | {
                column: quantity(moments, name.format(control))
                for column, (name, _) in MEASURES.items()
            }
            for control, label in CONTROLS.items()
        ]
    )


def composition_tex(table: pd.DataFrame, note: str) -> str:
    """Write table A.1 as LaTeX for booktabs, two decimals, ``note`` as its last line."""
    heads = " & ".join(head for _, head in MEASURES.values())
    lines = [
        r"\begin{tabular}{lrrr}",
        r"\toprule",
        r" & \multicolumn{3}{c}{Standard deviation} \\",
        r"\cmidrule(l){2-4}",
        rf"After control for & {heads} \\",
        r"\midrule",
        *(
            " & ".join([row.after_control_for, *(f"{value:.2f}" for value in row[2:])]) + r" \\"
            for row in table.itertuples()
        ),
        r"\bottomrule",
    ]
    if note:
        escaped = note.replace("%", r"\%").replace("&", r"\&")
        lines.append(rf"\multicolumn{{4}}{{p{{0.8\linewidth}}}}{{\footnotesize {escaped}}} \\")
    return "\n".join([*lines, r"\end{tabular}", ""])
