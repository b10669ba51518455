"""Turn a published table into claims, one per cell."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from welfare_added.claims.cell_lines import LABELS, Line, faults_of, read_lines
from welfare_added.claims.claim import RECOVERY, Cell, Claim
from welfare_added.claims.printed import part_of_id, printed_number


def claims_of(entry: Mapping, path: Path) -> tuple[list[Claim], list[str]]:
    """Make a claim of every cell of a published table.

    Parameters
    ----------
    entry
        The table's entry in the claims file, valid by the schema.
    path
        Its CSV, one line per cell.

    Returns
    -------
    claims
        In the file's order, a printed standard error after its cell. Empty if the file is faulty.
        Ids are ``table.row.column`` or ``table.panel.row.column``, standard errors' end in ``.se``.
    faults
        Each with file, column, lines and remedy.

    """
    entry = _with_text_keys(entry)
    lines, faults = read_lines(path)
    if not faults:
        faults = faults_of(entry, lines)
    if faults:
        return [], [f"table {entry['id']}: {entry['cells']}: {fault}" for fault in faults]
    return [claim for line in lines for claim in _claims_of_line(entry, line)], []


def _with_text_keys(entry: object) -> object:
    """An entry whose labels are text, as they are in the CSV: YAML reads 2012 as a number."""
    if isinstance(entry, Mapping):
        return {str(key): _with_text_keys(value) for key, value in entry.items()}
    return entry


def _claims_of_line(entry: Mapping, line: Line) -> Iterator[Claim]:
    claim = _claim(entry, line)
    if claim.kind == RECOVERY:
        yield replace(claim, quote=line["published"], answer=_recovery(entry["answer"], line))
        return
    published, digit = printed_number(line["published"])
    if line["digit"]:
        digit, _ = printed_number(line["digit"])
    bound = line["bound"] or None
    yield replace(claim, quote=line["published"], published=published, digit=digit, bound=bound)
    if line["se"]:
        published, digit = printed_number(line["se"])
        yield replace(
            claim,
            id=f"{claim.id}.se",
            quantity=f"{claim.quantity}, standard error",
            quote=line["se"],
            published=published,
            digit=digit,
            tolerance=line["se_tolerance"] or claim.tolerance,
            answer=_selector(entry["answer"], line, "se"),
            note="",
        )


def _claim(entry: Mapping, line: Line) -> Claim:
    """Claim of a cell, without its published number."""
    labels = [line[name] for name in LABELS if line[name]]
    unit = line["unit"] or entry["unit"]
    source = f"{entry['cells']} line {line.number}"
    return Claim(
        id=".".join([entry["id"], *map(part_of_id, labels)]),
        location=entry["location"],
        quantity=f"{entry['quantity']}: {', '.join(labels)}",
        unit=unit[line["column"]] if isinstance(unit, Mapping) else unit,
        kind=line["kind"] or entry["kind"],
        tolerance=line["tolerance"] or entry["tolerance"],
        answer=(
            {"expression": line["expression"]}
            if line["expression"]
            else _selector(entry["answer"], line, "value")
        ),
        note=line["note"],
        cell=Cell(entry["id"], line["panel"], line["row"], line["column"], source),
    )


def _recovery(answer: Mapping, line: Line) -> dict:
    estimate = _selector(answer, line, "value")
    if answer.get("draws"):
        error = {**estimate, "reduce": "standard_error"}
    else:
        error = _selector(answer, line, "se")
    printed = line["published"]
    truth = printed_number(printed)[0] if printed else _selector(answer, line, "truth")
    return {"estimate": estimate, "standard_error": error, "truth": truth}


def _selector(answer: Mapping, line: Line, name: str) -> dict:
    """Selector of a cell's ``value``, ``se`` or ``truth`` in the output table."""
    labels = {label: answer.get(f"{label}s", {}).get(line[label], line[label]) for label in LABELS}
    column = answer.get(name, "{column}").replace("{column}", str(labels["column"]))
    where = dict(answer.get("where", {}))
    for label in LABELS:
        if isinstance(labels[label], Mapping):
            where |= labels[label]
        elif label in answer:
            where[answer[label]] = labels[label]
    selector = {"table": answer["table"], "where": where, "column": column}
    if answer.get("draws"):
        selector["reduce"] = "mean"
    if "if_absent" in answer:
        selector["if_absent"] = answer["if_absent"]
    return selector
