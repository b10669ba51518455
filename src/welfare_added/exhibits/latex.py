"""Tables in LaTeX for booktabs."""

from collections.abc import Mapping, Sequence

ESCAPED = {"%": r"\%", "&": r"\&", "#": r"\#", "_": r"\_"}


def escaped(text: str) -> str:
    """Text with the characters that LaTeX reads as commands written out."""
    return "".join(ESCAPED.get(letter, letter) for letter in text)


def tabular(
    heads: Sequence[str], panels: Mapping[str, Sequence[Sequence[str]]], note: str = ""
) -> str:
    r"""A tabular: text columns on the left, numbers on the right.

    Parameters
    ----------
    heads
        Of the columns.
    panels
        Rows of cells by title of the panel; an empty title is not written.
    note
        Last line, in small print.

    """
    columns = len(heads)
    lines = [rf"\begin{{tabular}}{{l{'r' * (columns - 1)}}}", r"\toprule", _row(heads)]
    for title, rows in panels.items():
        lines.append(r"\midrule")
        if title:
            lines.append(rf"\multicolumn{{{columns}}}{{l}}{{\textit{{{escaped(title)}}}}} \\")
        lines += [_row(row) for row in rows]
    lines.append(r"\bottomrule")
    if note:
        box = r"p{0.8\linewidth}"
        lines.append(rf"\multicolumn{{{columns}}}{{{box}}}{{\footnotesize {escaped(note)}}} \\")
    return "\n".join([*lines, r"\end{tabular}", ""])


def _row(cells: Sequence[str]) -> str:
    return " & ".join(escaped(cell) for cell in cells) + r" \\"


def number(value: float, decimals: int, *, undefined: str = "--") -> str:
    """A number with a fixed number of decimals and a true minus; text where it is missing."""
    if value != value:
        return undefined
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.removeprefix("-")
    return text.replace("-", "$-$")
