"""Read and check claims.yaml, and list the result tables and choices it uses."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from welfare_added.claims import answers, expressions
from welfare_added.claims.cells import claims_of
from welfare_added.claims.claim import RECOVERY, Claim, PublishedTable, Tolerance
from welfare_added.run.choices import read_yaml
from welfare_added.run.errors import UserError
from welfare_added.run.parsed import cached
from welfare_added.run.schema import faults as schema_faults


class ClaimsError(UserError):
    """A claims file that violates the schema, repeats an id or has an undefined reference."""


@dataclass(frozen=True)
class Document:
    """All claims of a paper: those of its text in its order, then its tables, cell by cell."""

    paper: str
    tolerances: Mapping[str, Tolerance]
    shared: Mapping[str, object]
    claims: tuple[Claim, ...]
    published_tables: tuple[PublishedTable, ...] = ()

    @cached_property
    def by_id(self) -> dict[str, Claim]:
        """Claims by id."""
        return {claim.id: claim for claim in self.claims}

    def claim(self, identifier: str) -> Claim:
        """Find a claim by id."""
        return self.by_id[identifier]

    def named(self, name: str) -> tuple[Claim | None, str]:
        """Claim that an expression names, and the end of its range: low, high or an empty text."""
        if name in self.by_id:
            return self.by_id[name], ""
        identifier, _, end = name.rpartition(".")
        return self.by_id.get(identifier), end

    def published_number(self, name: str) -> float:
        """Published number of a claim by ``id``, ``id.low`` or ``id.high``."""
        claim, end = self.named(name)
        if end:
            return claim.published[("low", "high").index(end)]
        return float(claim.published)

    def tables(self) -> list[str]:
        """Tables that the answers use, as paths below results/<study>, sorted."""
        return sorted({part["table"] for part in self._parts() if "table" in part})

    def choices(self) -> list[str]:
        """Dotted paths of config.yaml that the answers use, sorted."""
        return sorted({part["config"] for part in self._parts() if "config" in part})

    def cell_files(self) -> list[str]:
        """CSV files of the published tables, as paths from the claims file's folder."""
        return [table.cells for table in self.published_tables]

    def _parts(self):
        for claim in self.claims:
            yield from answers.parts(claim.answer, self.shared)


def read(path: Path | str, schema: Path | str) -> Document:
    """Read and check a claims file and the published tables beside it.

    Raises
    ------
    ClaimsError
        With all faults, each naming the claim, or the table's file, lines and column.

    """
    path = Path(path)
    content = read_yaml(path)
    rules = json.loads(Path(schema).read_text(encoding="utf-8"))
    faults = schema_faults(content, rules, partial(_place, content))
    if not faults:
        document, faults = _document(content, path.parent)
        faults = faults or _reference_faults(document)
    if faults:
        raise ClaimsError(f"{path.name}: " + "\n".join(faults))
    return document


def requirements(path: Path, schema: Path) -> dict[str, list[str]]:
    """Result tables, choices and CSV files of cells that a claims file uses.

    Cached by the content of the file, of the tables beside it and of the schema, so that a
    start need not read thousands of lines. Raises ClaimsError as `read` does.
    """
    beside = sorted(path.parent.glob("claims/*.csv"))

    def uses() -> dict[str, list[str]]:
        document = read(path, schema)
        used = {"tables": document.tables(), "choices": document.choices()}
        return {**used, "cell_files": document.cell_files()}

    return cached("claims", uses, path, schema, *beside)


def _place(content, path: list) -> str:
    if len(path) > 1 and path[0] in ("claims", "tables"):
        entry = content[path[0]][path[1]]
        name = entry.get("id", f"number {path[1] + 1}") if isinstance(entry, dict) else path[1]
        inside = ".".join(str(part) for part in path[2:])
        return f"{path[0].removesuffix('s')} {name}" + (f", {inside}" if inside else "")
    return ".".join(str(part) for part in path) or "the file"


def _document(content: Mapping, folder: Path) -> tuple[Document, list[str]]:
    claims = [_claim(entry) for entry in content.get("claims", [])]
    tables, faults = [], []
    for entry in content.get("tables", []):
        cells, wrong = claims_of(entry, folder / entry["cells"])
        claims += cells
        faults += wrong
        head = ("id", "location", "quantity", "cells", "note")
        tables.append(PublishedTable(**{key: entry[key] for key in head if key in entry}))
    document = Document(
        paper=content["paper"],
        tolerances={name: Tolerance(**rule) for name, rule in content["tolerances"].items()},
        shared=content.get("answers", {}),
        claims=tuple(claims),
        published_tables=tuple(tables),
    )
    return document, faults


def _claim(entry: Mapping) -> Claim:
    published = entry.get("published")
    if isinstance(published, list):
        published = (float(published[0]), float(published[1]))
    return Claim(**{**entry, "published": published})


def _reference_faults(document: Document) -> list[str]:
    tables = Counter(table.id for table in document.published_tables)
    claims = Counter(claim.id for claim in document.claims)
    faults = [
        f"claim {name}: {count} claims have this id; ids must differ"
        for name, count in claims.items()
        if count > 1
    ]
    faults += [
        f"table {name}: {count} tables or claims have this id; ids must differ"
        for name, count in {one: tables[one] + claims[one] for one in tables}.items()
        if count > 1
    ]
    cells: dict[tuple[str, str], list[str]] = {}
    for claim in document.claims:
        for fault in _faults_of(claim, document):
            if claim.cell is None:
                faults.append(f"claim {claim.id}: {fault}")
            else:
                cells.setdefault((claim.cell.table, fault), []).append(claim.cell.source)
    for (table, fault), places in cells.items():
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        faults.append(f"table {table}: {places[0]}{more}: {fault}")
    return faults


def _faults_of(claim: Claim, document: Document) -> list[str]:
    if claim.tolerance not in document.tolerances:
        allowed = ", ".join(document.tolerances)
        return [f"tolerance {claim.tolerance!r} is not one of the file's tolerances: {allowed}"]
    if bool(document.tolerances[claim.tolerance].standard_errors) != (claim.kind == RECOVERY):
        return [
            f"tolerance {claim.tolerance!r}: a recovery, and no other claim, has a tolerance in "
            "standard_errors"
        ]
    try:
        used = list(answers.parts(claim.answer, document.shared))
    except KeyError as error:
        allowed = ", ".join(document.shared) or "none"
        return [f"uses the shared answer {error}, which is not there; shared answers: {allowed}"]
    texts = [part["expression"] for part in used if "expression" in part]
    if bool(texts) != (claim.kind == "arithmetic"):
        return ["an arithmetic claim, and no other, is answered by an expression"]
    faults = []
    for text in texts:
        try:
            faults += _unknown(expressions.names(text), claim, document)
        except expressions.ExpressionError as error:
            faults.append(str(error))
    return faults


def _unknown(names: set[str], claim: Claim, document: Document) -> list[str]:
    faults = []
    for name in sorted(names):
        other, end = document.named(name)
        if other is None:
            faults.append(f"its expression names {name!r}, which is no claim")
        elif other.id == claim.id:
            faults.append("its expression refers to itself")
        elif other.published is None:
            faults.append(f"its expression names {name!r}, a recovery: the paper prints no number")
        elif end not in (("low", "high") if isinstance(other.published, tuple) else ("",)):
            faults.append(f"write {other.id}.low or .high for a range, {other.id} for a number")
    return faults
