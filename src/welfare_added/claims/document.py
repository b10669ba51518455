"""The file of the paper's numbers: read, checked, and asked which outputs answer them."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jsonschema import Draft202012Validator

from welfare_added.claims import answers, expressions
from welfare_added.run.choices import read_yaml
from welfare_added.run.errors import UserError


class ClaimsError(UserError):
    """A claims file that breaks the schema, repeats an id or refers to what is not there."""


@dataclass(frozen=True)
class Tolerance:
    """How far a reproduced number may lie from a published one, beyond the printed digit.

    Attributes
    ----------
    relative
        Share of the published number (plus ``offset``).
    absolute
        In the claim's unit.
    offset
        Added to the published number first: 100 for "percent more", whose error is the ratio's.
    why
        Why so far and no farther.

    """

    why: str
    relative: float = 0.0
    absolute: float = 0.0
    offset: float = 0.0


@dataclass(frozen=True)
class Claim:
    """A number that the paper states.

    Attributes
    ----------
    published
        A number, or the two ends of a range, in ``unit``.
    digit
        One unit of the last digit printed; 0 for an exact number.
    kind
        input, prediction, arithmetic or assumption.
    bound
        None, or at_least, at_most (one-sided), or about (two-sided; the digit says how coarse).
    answer
        What answers it: see `welfare_added.claims.answers.answer`.

    """

    id: str
    location: str
    quantity: str
    quote: str
    published: answers.Number
    unit: str
    kind: str
    digit: float
    tolerance: str
    answer: object
    bound: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Document:
    """All claims of a paper, in its order."""

    paper: str
    tolerances: Mapping[str, Tolerance]
    shared: Mapping[str, object]
    claims: tuple[Claim, ...]

    def claim(self, identifier: str) -> Claim:
        """Find a claim by id."""
        return next(claim for claim in self.claims if claim.id == identifier)

    def tables(self) -> list[str]:
        """Tables that the answers use, as paths below results/<study>, sorted."""
        return sorted({part["table"] for part in self._parts() if "table" in part})

    def choices(self) -> list[str]:
        """Dotted paths of config.yaml that the answers use, sorted."""
        return sorted({part["config"] for part in self._parts() if "config" in part})

    def _parts(self):
        for claim in self.claims:
            yield from answers.parts(claim.answer, self.shared)


def read(path: Path | str, schema: Path | str) -> Document:
    """Read and check a claims file.

    Raises
    ------
    ClaimsError
        With every fault found, each naming the claim.

    """
    content = read_yaml(path)
    rules = json.loads(Path(schema).read_text(encoding="utf-8"))
    faults = _schema_faults(content, rules)
    if not faults:
        document = _document(content)
        faults = _reference_faults(document)
    if faults:
        raise ClaimsError(f"{Path(path).name}: " + "\n".join(faults))
    return document


def _schema_faults(content, rules: Mapping) -> list[str]:
    errors = sorted(
        Draft202012Validator(rules).iter_errors(content), key=lambda error: list(error.path)
    )
    return [f"{_place(content, list(error.path))}: {_said(error)}" for error in errors]


def _said(error) -> str:
    text = error.schema.get("description", "") if error.validator in ("oneOf", "pattern") else ""
    return f"{error.message[:300]}" + (f" ({text})" if text else "")


def _place(content, path: list) -> str:
    if len(path) > 1 and path[0] == "claims":
        claim = content["claims"][path[1]]
        name = claim.get("id", f"number {path[1] + 1}") if isinstance(claim, dict) else path[1]
        inside = ".".join(str(part) for part in path[2:])
        return f"claim {name}" + (f", {inside}" if inside else "")
    return ".".join(str(part) for part in path) or "the file"


def _document(content: Mapping) -> Document:
    claims = []
    for entry in content["claims"]:
        published = entry["published"]
        if isinstance(published, list):
            published = (float(published[0]), float(published[1]))
        claims.append(Claim(**{**entry, "published": published}))
    return Document(
        paper=content["paper"],
        tolerances={name: Tolerance(**rule) for name, rule in content["tolerances"].items()},
        shared=content.get("answers", {}),
        claims=tuple(claims),
    )


def _reference_faults(document: Document) -> list[str]:
    faults = [
        f"claim {name}: {count} claims have this id; ids must differ"
        for name, count in Counter(claim.id for claim in document.claims).items()
        if count > 1
    ]
    for claim in document.claims:
        faults += [f"claim {claim.id}: {fault}" for fault in _faults_of(claim, document)]
    return faults


def _faults_of(claim: Claim, document: Document) -> list[str]:
    if claim.tolerance not in document.tolerances:
        known = ", ".join(document.tolerances)
        return [f"tolerance {claim.tolerance!r} is not one of the file's tolerances: {known}"]
    try:
        used = list(answers.parts(claim.answer, document.shared))
    except KeyError as error:
        known = ", ".join(document.shared) or "none"
        return [f"uses the shared answer {error}, which is not there; shared answers: {known}"]
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
    published = {other.id: other.published for other in document.claims}
    faults = []
    for name in sorted(names):
        identifier, _, end = name.partition(".")
        if identifier not in published:
            faults.append(f"its expression names {identifier!r}, which is no claim")
        elif identifier == claim.id:
            faults.append("its expression refers to itself")
        elif bool(end) != isinstance(published[identifier], tuple):
            faults.append(f"write {identifier}.low or .high for a range, {identifier} for a number")
    return faults
