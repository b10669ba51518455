"""Whether the exhibits of Laverde et al. (2023) answer the claims that read them."""

import math

import pytest
from claims_cases import SCHEMA
from laverde_claims_cases import COLUMNS, PAPER, PLANTED, selectors
from laverde_tables import declared, drawn

from welfare_added.claims.document import read
from welfare_added.claims.selectors import Tables, select

READ = sorted(path for path in COLUMNS if path.startswith("tables/"))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The exhibits' tables that claims read, made from made-up results."""
    folder, paths = tmp_path_factory.mktemp("results"), {}
    for path in READ:
        name = path.removeprefix("tables/").removesuffix(".csv")
        paths[path] = folder / f"{name}.csv"
        drawn(name)[0].to_csv(paths[path], index=False)
    return paths


@pytest.mark.parametrize("path", READ)
def test_exhibits_have_the_agreed_columns_in_their_order(path):
    name = path.removeprefix("tables/").removesuffix(".csv")
    assert name in declared()
    columns = list(drawn(name)[0].columns)
    marks = [f"{one}_mark" for one in ("score", "school_utility", "teacher_utility")]
    assert columns == COLUMNS[path] + (marks if name == "table_05" else [])


def test_rows_of_tables_2_to_4_are_the_agreed_ones_in_their_order():
    for table, panels in PLANTED.items():
        data = drawn(table.replace("table_", "table_0"))[0]
        wanted = [
            (panel, row.partition("=")[0]) for panel, rows in panels.items() for row in rows.split()
        ]
        own = list(data[["panel", "row"]].drop_duplicates().itertuples(index=False, name=None))
        assert own == wanted, table


def test_every_claim_finds_its_number_in_the_exhibits(written):
    tables, found = Tables(written), 0
    for claim, part in selectors(read(PAPER / "claims.yaml", SCHEMA)):
        if part["table"] in written:
            assert math.isfinite(select(part, tables)), claim.id
            found += 1
    assert found > 300
