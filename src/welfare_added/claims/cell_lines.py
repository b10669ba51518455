"""Read and check the CSV of a published table."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from welfare_added.claims.claim import BOUNDS, KINDS, RECOVERY
from welfare_added.claims.printed import part_of_id, printed_number

LABELS = ("panel", "row", "column")
COLUMNS = (*LABELS, "published", "se", "kind", "unit", "tolerance", "se_tolerance", "bound")
COLUMNS += ("digit", "note", "expression")
SHOWN = 3


@dataclass(frozen=True)
class Line:
    """A cell of a published table.

    Attributes
    ----------
    number
        Its line number in the file; the header is line 1.
    texts
        By column, without spaces around them.

    """

    number: int
    texts: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """Text in a column, empty where the file has no such column."""
        return self.texts.get(column, "")


def read_lines(path: Path) -> tuple[list[Line], list[str]]:
    """Read the lines of a table's CSV.

    Returns
    -------
    lines
        One a cell; empty if the file is faulty.
    faults
        Faults of the file's form, each with its remedy.

    """
    if not path.is_file():
        return [], ["there is no such file beside the claims file"]
    try:
        content = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return [], ["is not in UTF-8; save it as CSV in UTF-8"]
    reader = csv.reader(content.splitlines(keepends=True))
    header = [column.strip() for column in next(reader, [])]
    rows = [(reader.line_num, [text.strip() for text in row]) for row in reader if row]
    faults = list(_faults_of_header(header))
    uneven = [number for number, row in rows if len(row) != len(header)]
    if uneven:
        faults.append(
            f"not {len(header)} columns, as in the header, in {_lines(uneven)}; "
            "quote a text that holds a comma"
        )
    if not rows:
        faults.append("has no cells; write one line a cell below the header")
    if faults:
        return [], faults
    return [Line(number, dict(zip(header, row, strict=True))) for number, row in rows], []


def faults_of(entry: Mapping, lines: list[Line]) -> list[str]:
    """Faults of a table's cells, each once with its lines and remedy.

    Parameters
    ----------
    entry
        The table's entry in the claims file, valid by the schema.
    lines
        Its cells.

    """
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for line in lines:
        for fault in (*_faults_of_texts(line), *_faults_of_kind(entry, line)):
            places[fault].append(line.number)
    faults = [
        f"{fault} in {_lines(numbers)}; {remedy}" for (fault, remedy), numbers in places.items()
    ]
    return [
        *faults,
        *_repeated(lines),
        *_faults_of_labels(entry, lines),
        *_faults_of_units(entry["unit"], lines),
        *_faults_of_answer(entry["answer"], lines),
    ]


def _lines(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:SHOWN]))
    if len(numbers) == 1:
        return f"line {shown}"
    return f"{len(numbers)} lines ({shown}{', ...' if len(numbers) > SHOWN else ''})"


def _faults_of_header(header: list[str]) -> Iterator[str]:
    for column in ("row", "column"):
        if column not in header:
            yield f"has no column {column!r}; its columns are: {', '.join(header)}"
    for column in dict.fromkeys(header):
        if column not in COLUMNS:
            yield f"has a column {column!r}; the columns may be: {', '.join(COLUMNS)}"
        elif header.count(column) > 1:
            yield f"has {header.count(column)} columns {column!r}; leave one"


def _faults_of_texts(line: Line) -> Iterator[tuple[str, str]]:
    """Fault and remedy of every text that is blank or cannot be read."""
    for column in LABELS:
        if column in line.texts and not line[column]:
            yield f"column {column} is blank", "write the label as printed"
    for column, allowed in (("kind", KINDS), ("bound", BOUNDS)):
        if line[column] and line[column] not in allowed:
            yield f"column {column} holds {line[column]!r}", f"it may be: {', '.join(allowed)}"
    for column in ("published", "se", "digit"):
        try:
            if line[column] and printed_number(line[column])[0] < 0 and column != "published":
                yield f"column {column} holds {line[column]!r}", "write a positive number"
        except ValueError:
            remedy = "write one number, and leave out the lines of cells without one"
            yield f"column {column} holds {line[column]!r}", remedy


def _faults_of_kind(entry: Mapping, line: Line) -> Iterator[tuple[str, str]]:
    """Fault and remedy of every column that is missing or not allowed for a cell's kind."""
    kind = line["kind"] or entry.get("kind", "")
    for column in ("kind", "tolerance"):
        if not line[column] and column not in entry:
            yield f"column {column} is blank", f"write one, or give the table a `{column}`"
    if bool(line["expression"]) != (kind == "arithmetic"):
        yield (
            f"column expression is {'filled' if line['expression'] else 'blank'}",
            "an arithmetic cell, and no other, has one",
        )
    if line["se_tolerance"] and not line["se"]:
        yield "column se_tolerance is filled", "write the standard error under se, or leave it out"
    if kind != RECOVERY:
        if not line["published"]:
            yield (
                "column published is blank",
                "leave out the lines of cells that the paper leaves blank",
            )
        if line["se"] and "se" not in entry["answer"]:
            yield "column se is filled", "give the answer's `se`, the output's column for it"
        return
    for column in ("se", "bound", "digit"):
        if line[column]:
            yield f"column {column} is filled", "a recovery has none"
    if not {"se", "draws"} & set(entry["answer"]):
        yield "no standard error", "give the answer's `se`, the output's column for it, or `draws`"
    if not line["published"] and "truth" not in entry["answer"]:
        yield (
            "no truth to recover",
            "write it under published, or give the answer's `truth`, the output's column for it",
        )


def _repeated(lines: list[Line]) -> Iterator[str]:
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for line in lines:
        places[tuple(line[label] for label in LABELS)].append(line.number)
    for labels, numbers in places.items():
        if len(numbers) > 1:
            cell = ", ".join(filter(None, labels))
            yield f"the same cell ({cell}) in {_lines(numbers)}; leave one, or add a column panel"


def _faults_of_labels(entry: Mapping, lines: list[Line]) -> Iterator[str]:
    """Labels without an id or with the same id, and labels of the answer that no cell has."""
    for name in LABELS:
        labels = dict.fromkeys(line[name] for line in lines if line[name])
        by_part: dict[str, list[str]] = defaultdict(list)
        for label in labels:
            by_part[part_of_id(label)].append(label)
        for part, same in by_part.items():
            texts = " and ".join(map(repr, same))
            if not part:
                yield f"column {name} holds {texts}; an id needs a letter a to z or a digit of it"
            elif len(same) > 1:
                yield (
                    f"column {name} holds {texts}, all {part!r} in an id; word them differently, "
                    f"and map them to the output's labels by the answer's `{name}s`"
                )
        for label in entry["answer"].get(f"{name}s", {}):
            if label not in labels:
                yield f"the answer's `{name}s` hold {label!r}, which is no {name} of the file"


def _faults_of_units(unit: object, lines: list[Line]) -> Iterator[str]:
    if not isinstance(unit, Mapping):
        return
    columns = dict.fromkeys(line["column"] for line in lines)
    without = dict.fromkeys(line["column"] for line in lines if not line["unit"])
    for column in without:
        if column not in unit:
            yield f"column {column!r} has no unit; add it to the table's `unit`"
    for column in unit:
        if column not in columns:
            yield f"the table's `unit` holds {column!r}, which is no column of the file"


def _faults_of_answer(answer: Mapping, lines: list[Line]) -> Iterator[str]:
    has_panels = "panel" in lines[0].texts
    if has_panels and "panel" not in answer:
        yield "has panels; give the answer's `panel`, the output's column for them"
    if "panel" in answer and not has_panels:
        yield "has no column panel, but the answer has; add the column, or leave it out there"
    several = [name for name, to in answer.get("columns", {}).items() if isinstance(to, Mapping)]
    if several and "column" not in answer:
        yield (
            f"the answer's `columns` give {several[0]!r} by several columns of the output; give "
            "its `column` and `value` too"
        )
    value = answer.get("value", "{column}")
    columns = {line["column"] for line in lines}
    if "column" not in answer and "{column}" not in value and len(columns) > 1:
        yield (
            f"the answer's value {value!r} answers all {len(columns)} columns alike; give the "
            "answer's `column`, or write {column} into `value`"
        )
