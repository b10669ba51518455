"""Head of a paper's page: title, authors, and findings whose numbers are taken from the tables."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from welfare_added.claims.answers import Sources, answer, parts
from welfare_added.claims.claim import Number, ends
from welfare_added.claims.selectors import AnswerError, NotAvailableError, Tables
from welfare_added.report.amounts import with_figures
from welfare_added.run.choices import read_yaml
from welfare_added.run.errors import UserError
from welfare_added.run.parsed import cached
from welfare_added.run.schema import faults

NAMED = re.compile(r"\{([a-z_]+)\}")


class FrontError(UserError):
    """A page.yaml that breaks its schema or names what does not exist."""


@dataclass(frozen=True)
class Sentence:
    """A finding: its text with a {name} for each number, the numbers as text, why one is missing.

    A sentence that lacks a number is not shown; ``lack`` says why.
    """

    text: str
    numbers: Mapping[str, str]
    lack: str = ""


def read_front(path: Path, schema: Path, claims: Path, claims_schema: Path) -> dict:
    """Content of a paper's page.yaml, with shared answers of its claims.yaml written out.

    claims: need not exist. Raises FrontError with one line a fault.
    """
    used = [one for one in (path, schema, claims, claims_schema) if one.is_file()]
    return cached("front", lambda: _content(path, schema, claims, claims_schema), *used)


def _content(path: Path, schema: Path, claims: Path, claims_schema: Path) -> dict:
    content = read_yaml(path)
    rules, others = (json.loads(one.read_text("utf-8")) for one in (schema, claims_schema))
    wrong = faults(content, {**rules, "$defs": others["$defs"]})
    shared = read_yaml(claims).get("answers", {}) if claims.is_file() else {}
    wrong = wrong or [fault for one in content["findings"] for fault in _faults(one, shared)]
    if wrong:
        lines = "\n".join(f"- {one}" for one in wrong)
        raise FrontError(f"{path} cannot be used:\n{lines}")
    for finding in content["findings"]:
        for number in finding["numbers"].values():
            number["answer"] = _written_out(number["answer"], shared)
    return content


def _faults(finding: Mapping, shared: Mapping) -> list[str]:
    """Names without a number, numbers without a name, and answers that the paper does not share."""
    begins = f"the finding that begins {finding['text'][:40]!r}"
    named, given = set(NAMED.findall(finding["text"])), set(finding["numbers"])
    wrong = [f"{begins}: no number is given for {{{name}}}" for name in sorted(named - given)]
    wrong += [f"{begins}: its number {name} is not in its text" for name in sorted(given - named)]
    for name, number in finding["numbers"].items():
        try:
            found = list(parts(number["answer"], shared))
        except KeyError as error:
            wrong.append(f"{begins}, {name}: claims.yaml shares no answer {error}")
            continue
        if not any("table" in one for one in found):
            wrong.append(f"{begins}, {name}: its answer uses no table")
        if any("expression" in one for one in found):
            wrong.append(f"{begins}, {name}: a finding cannot be calculated from printed numbers")
    return wrong


def _written_out(node, shared: Mapping):
    """An answer in which each shared one stands in full."""
    if isinstance(node, list):
        return [_written_out(one, shared) for one in node]
    if not isinstance(node, dict):
        return node
    if "use" in node:
        return _written_out(shared[node["use"]], shared)
    if "table" in node:
        return {key: _written_out(one, shared) if key == "at" else one for key, one in node.items()}
    return {key: _written_out(one, shared) for key, one in node.items()}


def used_by(front: Mapping, key: str) -> list[str]:
    """Tables (``table``), or keys of the configuration (``config``), of the findings; sorted."""
    nodes = [one["answer"] for finding in front["findings"] for one in finding["numbers"].values()]
    return sorted({one[key] for node in nodes for one in parts(node, {}) if key in one})


def sentences(
    findings: Iterable[Mapping],
    tables: Mapping[str, Path | str],
    choices: Mapping[str, object],
) -> list[Sentence]:
    """Findings with their numbers; one whose row a user's own tables do not have is not shown.

    Parameters
    ----------
    findings
        ``text`` and ``numbers`` of each, as `read_front` gives them.
    tables
        File of each table, by its path below results/<study>.
    choices
        Values of the keys of the configuration, by dotted path.

    """
    sources = Sources(Tables(tables), choices, {}, lambda name: float("nan"))
    return [_sentence(one, sources) for one in findings]


def _sentence(finding: Mapping, sources: Sources) -> Sentence:
    try:
        numbers = {
            name: _text(answer(one["answer"], sources), one)
            for name, one in finding["numbers"].items()
        }
    except (AnswerError, NotAvailableError) as error:
        return Sentence(finding["text"], {}, str(error))
    return Sentence(finding["text"], numbers)


def _text(number: Number, wanted: Mapping) -> str:
    texts = [with_figures(end, wanted["figures"], wanted["unit"]) for end in ends(number)]
    return " to ".join(dict.fromkeys(texts))
