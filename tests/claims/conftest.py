"""Small claims files, and results small enough to check by hand in the contract's shapes."""

import numpy as np
import pandas as pd
import pytest
import yaml
from claims_cases import COLUMNS, LABELS, PAPER, SCHEMA, SOURCE

from welfare_added.claims.compare import compare
from welfare_added.claims.document import read


@pytest.fixture
def document_of(tmp_path):
    """Read a file of claims that differ from a good one as said; None leaves a key out."""

    def build(*changes: dict, **top):
        claims = [{**SOURCE["claim"], "id": f"claim_{i}", **c} for i, c in enumerate(changes)]
        claims = [{key: claim[key] for key in claim if claim[key] is not None} for claim in claims]
        content = {"paper": "A paper", "tolerances": SOURCE["tolerances"], "claims": claims, **top}
        path = tmp_path / "paper.yaml"
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        return read(path, SCHEMA)

    return build


@pytest.fixture
def table_of(tmp_path):
    """Read a file with one published table, of cells as text and an entry that differs as said."""

    def build(cells: str, answer: dict | None = None, /, **changes):
        (tmp_path / "t.csv").write_text(cells, encoding="utf-8")
        entry = {**SOURCE["table"], "cells": "t.csv", **changes}
        entry["answer"] = {"table": "out.csv", "row": "plan", **(answer or {})}
        entry = {key: value for key, value in entry.items() if value is not None}
        others = {"claims": claims} if (claims := entry.pop("claims", None)) else {}
        content = {"paper": "A paper", "tolerances": SOURCE["tolerances"], "tables": [entry]}
        path = tmp_path / "paper.yaml"
        path.write_text(yaml.safe_dump({**content, **others}), encoding="utf-8")
        return read(path, SCHEMA)

    return build


@pytest.fixture
def judged(tmp_path):
    """Compare a document with an output table, ``out.csv``."""

    def build(document, output: str) -> dict:
        (tmp_path / "out.csv").write_text(output, encoding="utf-8")
        paths = {name: tmp_path / name for name in document.tables()}
        return {verdict.claim.id: verdict for verdict in compare(document, paths, {})}

    return build


@pytest.fixture(scope="session")
def paper():
    return read(PAPER, SCHEMA)


@pytest.fixture(scope="session")
def results(tmp_path_factory, paper):
    """Write mock results of every table that the paper's claims use; gives path by table."""
    folder = tmp_path_factory.mktemp("results")
    paths = {}
    for name in paper.tables():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        table = _table(name, paper)
        if path.suffix == ".parquet":
            table.to_parquet(path, index=False)
        else:
            table.to_csv(path, index=False)
        paths[name] = path
    return paths


def _table(name: str, paper) -> pd.DataFrame:
    columns = COLUMNS[name].split()
    if "quantity" in columns:
        return _quantities(name, paper)
    labels = {column: LABELS[column] for column in columns if column in LABELS}
    rows = pd.MultiIndex.from_product(labels.values(), names=labels).to_frame(index=False)
    line = np.linspace(0.9, 0.1, len(rows))
    for column in columns:
        if column in rows:
            continue
        rising = rows.get("weight", rows.get("bonus", pd.Series(line)))
        falling = column in ("gain_higher", "earnings_higher", "change_higher_lower")
        falling |= column == "change_racial"
        rows[column] = 0.5 - rising if falling else 0.2 + rising
    if "net_cost" in columns:
        rows["net_cost"] = rows["bonus"] - 5000.0
    return rows[[column for column in columns if column in rows]]


def _quantities(name: str, paper) -> pd.DataFrame:
    asked = [p["where"] for p in paper._parts() if p.get("table") == name]
    table = pd.DataFrame(asked).drop_duplicates()
    return table.assign(value=np.linspace(0.1, 0.9, len(table)))
