"""Errors in a district's tables, with file, column, rows and remedy."""

from dataclasses import dataclass

from welfare_added.run.errors import UserError


@dataclass(frozen=True)
class Problem:
    """One error in one table.

    Attributes
    ----------
    file
        The file, or the folder where it should be.
    what
        What is wrong.
    remedy
        What would be right.
    column
        The column or columns concerned; empty if the whole file is.
    rows
        Number of rows concerned; 0 if the error is not about rows.
    examples
        Up to three of these rows, with line numbers or keys.

    """

    file: str
    what: str
    remedy: str
    column: str = ""
    rows: int = 0
    examples: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Render as a few lines, the file first."""
        column = f", column {self.column}" if self.column else ""
        rows = f" ({self.rows} row{'s' if self.rows > 1 else ''})" if self.rows else ""
        lines = [f"{self.file}{column}: {self.what}{rows}"]
        lines += [f"    {example}" for example in self.examples]
        return "\n".join([*lines, f"    Remedy: {self.remedy}"])


class DistrictError(UserError):
    """The tables of a district cannot be used as they are.

    Attributes
    ----------
    problems
        All problems of one kind; later checks run only when earlier ones pass.

    """

    def __init__(self, problems: list[Problem]):
        """Collect ``problems`` into one message."""
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def raise_any(problems: list[Problem]) -> None:
    """Raise a `DistrictError` if there are problems."""
    if problems:
        raise DistrictError(problems)
