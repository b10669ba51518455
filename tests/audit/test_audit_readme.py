"""The table of exhibits in a paper's README, and its raw tables in the documentation."""

import pytest
from raw_layouts import ROOT, WITH_RAW_TABLES, layout_of

from welfare_added.audit.readme import (
    BEGIN,
    END,
    RAW_TABLES,
    exhibits_table,
    marks_of_raw_tables,
    raw_tables_text,
    renewed,
)
from welfare_added.district.layout import Column, Layout, Table
from welfare_added.exhibits.declarations import Exhibit, Exhibits
from welfare_added.run.errors import AuditError


def test_a_readme_without_marks_is_refused():
    with pytest.raises(AuditError, match="marks around the table of exhibits are gone"):
        renewed("nothing", "| table |")
    assert renewed(f"a\n{BEGIN}old\n{END}b", "new\n") == f"a\n{BEGIN}\nnew\n\n{END}b"


@pytest.mark.parametrize("paper", WITH_RAW_TABLES)
def test_the_documentation_of_the_raw_tables_is_in_step(paper):
    text = (ROOT / RAW_TABLES).read_text(encoding="utf-8")
    again = renewed(text, raw_tables_text(layout_of(paper)), marks_of_raw_tables(paper))
    assert text == again, f"renew {RAW_TABLES} by `make reference`"


def test_documentation_without_marks_is_refused_by_its_name():
    with pytest.raises(AuditError, match=r"^docs: the marks of x are gone$"):
        renewed("nothing", "x", marks_of_raw_tables("a_2030"), "docs: the marks of x")


def test_a_table_is_described_by_content_values_and_what_may_be_missing():
    columns = {
        "pupil": Column("text", "the same in every year", "x"),
        "year": Column("whole", "spring", "x", low=1900, high=2200),
        "score": Column("number", "any scale", "x", low=0, empty=True),
        "share": Column("number", "of days", "x", high=1, absent=True),
        "sex": Column("category", "control", "x", values=("f", "m"), empty=True, absent=True),
        "moved": Column("flag", "to another school", "x"),
    }
    tables = {"pupils": Table("one row a pupil", ("pupil",), "x", columns, optional=True)}
    assert raw_tables_text(Layout(tables)) == (
        "## pupils: one row a pupil (the table may be missing)\n\n"
        "| column | content | values | may be missing |\n|---|---|---|---|\n"
        "| `pupil` | the same in every year | text | no |\n"
        "| `year` | spring | whole number from 1900 to 2200 | no |\n"
        "| `score` | any scale | number from 0 | a value |\n"
        "| `share` | of days | number to 1 | the column |\n"
        "| `sex` | control | f, m | a value, or the column |\n"
        "| `moved` | to another school | 0 or 1 | no |\n"
    )


def test_an_exhibit_is_that_of_its_study_where_two_have_the_name():
    def job(study, made_from, seconds):
        folder = f"results/{study}"
        return {
            "rule": "figure_04",
            "params": {"program": "frontiers.figure_04", "paper": "eastmond_2024"},
            "inputs": [{"path": f"{folder}/{made_from}"}],
            "outputs": [{"path": f"{folder}/figures/figure_04.pdf"}],
            "seconds": seconds,
        }

    jobs = {"a": job("first", "one.csv", 1.0), "b": job("second", "two.csv", 2.0)}
    declared = {"title": "t", "category": "c", "caption": "c", "program": "p", "made_from": {}}
    exhibits = Exhibits({"figure_04": Exhibit("figure_04", **declared)}, (), ())
    for order in (jobs, dict(reversed(jobs.items()))):
        tables = [
            exhibits_table({"jobs": order}, one, exhibits, ROOT) for one in ("first", "second")
        ]
        assert "| `one.csv` |" in tables[0] and tables[0].rstrip().endswith("| 1.0 |")
        assert "| `two.csv` |" in tables[1] and tables[1].rstrip().endswith("| 2.0 |")
