"""Whether the exhibits of Biasi (2017) answer the claims that read them."""

import math

import pytest
from biasi_claims_cases import BY_TABLE, COLUMNS, PAPER, selectors
from biasi_tables import declared, drawn
from claims_cases import SCHEMA

from welfare_added.claims.document import read
from welfare_added.claims.selectors import NotAvailableError, Tables, select

READ = sorted(path for path in COLUMNS if path.startswith(("tables/", "figures/")))
# Estimates that the made-up world does not identify, on purpose.
NOT_IDENTIFIED = {"value_added", "seniority", "master"}


def name_of(path: str) -> str:
    return path.partition("/")[2].removesuffix(".csv")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The exhibits' tables that claims read, made from made-up results."""
    folder, paths = tmp_path_factory.mktemp("results"), {}
    for path in READ:
        paths[path] = folder / path.replace("/", "_")
        drawn(name_of(path))[0].to_csv(paths[path], index=False)
    return paths


@pytest.mark.parametrize("path", READ)
def test_exhibits_have_the_agreed_columns_before_others(path):
    assert name_of(path) in declared()
    data = drawn(name_of(path))[0]
    if path.startswith("tables/"):
        assert list(data.columns)[: len(COLUMNS[path])] == COLUMNS[path]
    else:
        assert set(COLUMNS[path]) <= set(data.columns)


@pytest.mark.parametrize("path", READ)
def test_labels_are_the_agreed_ones(path):
    data = drawn(name_of(path))[0]
    for column, tables in BY_TABLE.items():
        if path in tables and column in data:
            there, agreed = set(data[column]), set(tables[path])
            if path == "tables/table_a1.csv":
                agreed -= {"urban", "suburban"}  # not printed there
            assert there >= agreed, column
            assert column == "period" or there == agreed, column


def test_every_claim_finds_its_number_in_the_exhibits(written):
    tables, found, missing = Tables(written), 0, set()
    for claim, part in selectors(read(PAPER / "claims.yaml", SCHEMA)):
        if part["table"] not in written:
            continue
        try:
            assert math.isfinite(select(part, tables)), claim.id
            found += 1
        except NotAvailableError:
            missing.add((part["where"].get("parameter"), part["column"]))
    unknown = {
        (name, column) for name in NOT_IDENTIFIED for column in ("estimate", "standard_error")
    }
    assert missing == {*unknown, ("sigma", "standard_error")}  # normalised, so without an error
    assert found > 900
