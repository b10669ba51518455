"""Published tables: a CSV of cells, each a claim."""

import re
import time

import pandas as pd
import pytest
from claims_cases import ROOT, SCHEMA, SOURCE, TEMPLATE

from welfare_added.claims.compare import as_table
from welfare_added.claims.document import ClaimsError, read
from welfare_added.claims.page import page
from welfare_added.claims.printed import part_of_id, printed_number
from welfare_added.claims.selectors import AnswerError

CELLS = """row,column,published
Current plan,Mean,0.120
Current plan,SD,2.71
Top 10%,Mean,"1,234***"
"""
WIDE = """plan,Mean,SD
Current plan,0.1204,2.72
Top 10%,1233.5,9
"""
LONG = """plan,statistic,value
Current plan,Mean,0.1204
Top 10%,Mean,1233.5
Current plan,SD,2.72
"""
BY_COLUMN = {"column": "statistic", "value": "value"}


@pytest.mark.parametrize(("answer", "output"), [({}, WIDE), (BY_COLUMN, LONG)])
def test_cells_are_answered_by_wide_and_long_tables(table_of, judged, answer, output):
    document = table_of(CELLS, answer)
    assert document.tables() == ["out.csv"]
    assert document.cell_files() == ["t.csv"]
    verdicts = judged(document, output)
    assert {name: (v.verdict, v.reproduced) for name, v in verdicts.items()} == {
        "table_3.current_plan.mean": ("reproduced", 0.1204),
        "table_3.current_plan.sd": ("differs", 2.72),
        "table_3.top_10.mean": ("reproduced", 1233.5),
    }
    first = verdicts["table_3.current_plan.mean"]
    assert (first.tolerance, first.claim.digit) == (pytest.approx(0.0005), 0.001)
    assert first.claim.location == "Table 3, page 21"
    assert first.claim.quantity == "Plans: Current plan, Mean"


def test_rows_of_claims_csv_keep_the_printed_digits(table_of, judged):
    table = as_table(list(judged(table_of(CELLS), WIDE).values()))
    assert table["published"].tolist() == ["0.120", "2.71", "1234"]
    assert table["quote"].tolist() == ["0.120", "2.71", "1,234***"]
    assert table["reproduced"].tolist() == ["0.1204", "2.72", "1233.5"]


def test_panels_are_told_apart(table_of, judged):
    cells = "panel,row,column,published\nA. Payton,Plan,Mean,1.0\nB. Northside,Plan,Mean,2.0\n"
    document = table_of(cells, {"panel": "school", "panels": {"A. Payton": "payton"}})
    verdicts = judged(document, "school,plan,Mean\nB. Northside,Plan,2.01\npayton,Plan,1.02\n")
    assert {name: verdict.reproduced for name, verdict in verdicts.items()} == {
        "table_3.a_payton.plan.mean": 1.02,
        "table_3.b_northside.plan.mean": 2.01,
    }


def test_labels_are_mapped_and_rows_chosen(table_of, judged):
    answer = {
        "rows": {"Current plan": "cps", 2012: "last"},
        "columns": {"Mean": "m"},
        "value": "{column}_{column}",
        "where": {"year": 2012},
    }
    document = table_of("row,column,published\nCurrent plan,Mean,3\n2012,Mean,4\n", answer)
    output = "plan,year,m_m\ncps,2011,7\ncps,2012,3\nlast,2012,4.4\n"
    assert [verdict.reproduced for verdict in judged(document, output).values()] == [3, 4.4]


def test_a_label_may_stand_for_several_columns_of_the_output(table_of, judged):
    answer = {
        **BY_COLUMN,
        "columns": {
            "2008 tier 1": {"year": 2008, "tier": 1},
            "2009 tier 1": {"year": 2009, "tier": 1},
        },
        "where": {"sample": "all"},
    }
    document = table_of(
        "row,column,published\na,2008 tier 1,3\na,2009 tier 1,4\na,Mean,5\n", answer
    )
    output = "plan,sample,year,tier,statistic,value\na,all,2008,1,,3\na,all,2009,1,,4\n"
    output += "a,all,2009,2,,7\na,some,2008,1,,8\na,all,2009,,Mean,5\n"
    assert [verdict.reproduced for verdict in judged(document, output).values()] == [3, 4, 5]


def test_standard_errors_may_have_a_tolerance_of_their_own(table_of):
    cells = "row,column,published,se,se_tolerance\na,b,1.0,0.2,tenth\na,c,1.0,0.2,\n"
    claims = table_of(cells, {"se": "{column} SE"}).claims
    assert [claim.tolerance for claim in claims] == ["rounding", "tenth", "rounding", "rounding"]


def test_standard_errors_are_claims_of_their_own(table_of, judged):
    cells = 'row,column,published,se\nDrive,Mean,-0.010*,"(0.002)"\nInertia,Mean,3.58,\n'
    document = table_of(cells, {**BY_COLUMN, "se": "error"})
    output = "plan,statistic,value,error\nDrive,Mean,-0.0101,0.0031\nInertia,Mean,3.58,0.1\n"
    verdicts = judged(document, output)
    assert list(verdicts) == ["table_3.drive.mean", "table_3.drive.mean.se", "table_3.inertia.mean"]
    error = verdicts["table_3.drive.mean.se"]
    assert (error.claim.published, error.reproduced, error.verdict) == (0.002, 0.0031, "differs")
    assert error.claim.quantity == "Plans: Drive, Mean, standard error"


def test_a_note_belongs_to_the_number_and_not_to_its_error(table_of):
    document = table_of("row,column,published,se,note\na,b,1,2,Bold.\n", {"se": "se"})
    assert [claim.note for claim in document.claims] == ["Bold.", ""]


def test_example_of_the_page_about_claims_is_read(tmp_path):
    text = (ROOT / "docs/claims.md").read_text(encoding="utf-8")
    entries = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)[1]
    cells = re.search(r"    (panel,row.*?)\n\n", text, re.DOTALL)[1].replace("\n    ", "\n")
    (tmp_path / "claims").mkdir()
    (tmp_path / "claims/table_a6.csv").write_text(cells, encoding="utf-8")
    (tmp_path / "claims.yaml").write_text(f"paper: A paper\n{entries}", encoding="utf-8")
    assert [claim.id for claim in read(tmp_path / "claims.yaml", SCHEMA).claims] == [
        "payton_minority",
        "commute_recovered",
        "math_above_ela",
        "table_a6.a_payton.current_cps_plan.mean",
        "table_a6.a_payton.current_cps_plan.sd",
        "table_a6.a_payton.current_cps_plan.sd.se",
    ]


def test_units_kinds_tolerances_and_digits_of_cells(table_of):
    cells = """row,column,published,unit,kind,tolerance,bound,digit,note
a,N,"27,900",,,,,100,Rounded.
a,Mean,0.5,share,input,tenth,at_least,,
"""
    number, mean = table_of(cells, unit={"N": "students"}).claims
    assert (number.unit, number.kind, number.tolerance) == ("students", "prediction", "rounding")
    assert (number.digit, number.bound, number.note) == (100, None, "Rounded.")
    assert (mean.unit, mean.kind, mean.tolerance) == ("share", "input", "tenth")
    assert (mean.digit, mean.bound) == (0.1, "at_least")


def test_cells_stand_in_expressions(table_of, judged):
    cells = """row,column,published,kind,expression
2012,in,2.0,,
2012,All,6.0,arithmetic,3 * table_3._2012.in_
2013,All,6.2,arithmetic,3 * table_3._2012.in_
"""
    claim = {**SOURCE["claim"], "kind": "arithmetic", "published": 4, "digit": 1}
    claim["answer"] = {"expression": "table_3._2012.all - table_3._2012.in_"}
    document = table_of(cells, claims=[claim])
    verdicts = judged(document, "plan,in\n2012,2.0\n")
    assert {name: verdict.verdict for name, verdict in verdicts.items()} == {
        "gain": "adds up",
        "table_3._2012.in_": "reproduced",
        "table_3._2012.all": "adds up",
        "table_3._2013.all": "adds up",
    }
    # Half a digit of the result, and three halves of a digit passed on.
    assert verdicts["table_3._2013.all"].tolerance == pytest.approx(0.05 + 3 * 0.05)


def test_missing_cell_of_the_output_is_not_available(table_of, judged):
    verdicts = judged(table_of(CELLS), "plan,Mean,SD\nCurrent plan,,2.71\nTop 10%,1234,\n")
    first = verdicts["table_3.current_plan.mean"]
    assert (first.verdict, first.reason) == ("not available", "Mean is empty in this run")
    assert as_table([first])["reproduced"].tolist() == [""]


def test_absent_row_may_have_a_reason(table_of, judged):
    document = table_of(CELLS, {"if_absent": "no outcomes here"})
    verdicts = judged(document, "plan,Mean,SD\nCurrent plan,0.12,2.71\n")
    assert verdicts["table_3.top_10.mean"].reason == "no outcomes here"


REMEDY = "; map a label that the output words otherwise by the answer's rows, columns or panels)"


@pytest.mark.parametrize(
    ("output", "text"),
    [
        (
            "plan,Mean,SD\nCurrent plan,0.12,2.71\n",
            "claim table_3.top_10.mean: table 'out.csv' has no row where plan = Top 10%; plan holds "
            "Current plan (cell of t.csv line 4" + REMEDY,
        ),
        (
            "plan,Mean\nCurrent plan,0.12\nTop 10%,1\n",
            "claim table_3.current_plan.sd: table 'out.csv' has no column 'SD'; its columns are: "
            "plan, Mean (cell of t.csv line 3" + REMEDY,
        ),
        (
            "plan,Mean,SD\nCurrent plan,much,2.71\nTop 10%,1,1\n",
            "claim table_3.current_plan.mean: table 'out.csv' holds 'much' in column 'Mean', where "
            "a number should stand (cell of t.csv line 2" + REMEDY,
        ),
        (
            "plan,Mean,SD\nCurrent plan,1,2\nCurrent plan,3,4\nTop 10%,1,1\n",
            "claim table_3.current_plan.mean: 2 rows of table 'out.csv' fit where one should; add to "
            "`where` or name a `reduce` (cell of t.csv line 2" + REMEDY,
        ),
    ],
)
def test_answers_that_are_not_there(table_of, judged, output, text):
    with pytest.raises(AnswerError) as error:
        judged(table_of(CELLS), output)
    assert str(error.value) == text


HEAD = "row,column,published\n"


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        ("", "has no column 'row'; its columns are: "),
        ("row,published\na,1\n", "has no column 'column'; its columns are: row, published"),
        (HEAD, "has no cells; write one line a cell below the header"),
        (
            "row,column,published,colour\na,b,1,red\n",
            "has a column 'colour'; the columns may be: panel, row, column, published, se, kind, "
            "unit, tolerance, se_tolerance, bound, digit, note, expression",
        ),
        ("row,column,row,published\na,b,c,1\n", "has 2 columns 'row'; leave one"),
        (
            HEAD + "a,b,1,234\nc,d,1\n",
            "not 3 columns, as in the header, in line 2; quote a text that holds a comma",
        ),
        (
            HEAD + "a,b,\na,c,1\na,d,\n",
            "column published is blank in 2 lines (2, 4); leave out the lines of cells that the "
            "paper leaves blank",
        ),
        (
            HEAD + ",b,1\na,,2\n",
            "column row is blank in line 2; write the label as printed",
        ),
        (HEAD + ",b,1\na,,2\n", "column column is blank in line 3; write the label as printed"),
        (
            HEAD + "a,b,n.a.\na,c,n.a.\na,d,n.a.\na,e,n.a.\n",
            "column published holds 'n.a.' in 4 lines (2, 3, 4, ...); write one number, and leave "
            "out the lines of cells without one",
        ),
        (
            HEAD + '"a",b,"[0.1, 0.2]"\n',
            "column published holds '[0.1, 0.2]' in line 2; write one number",
        ),
        (
            "row,column,published,digit\na,b,1,-1\n",
            "column digit holds '-1' in line 2; write a positive number",
        ),
        ("row,column,published,digit\na,b,1,x\n", "column digit holds 'x' in line 2; write one"),
        (
            HEAD + "a,b,1\nc,b,1\na,b,2\n",
            "the same cell (a, b) in 2 lines (2, 4); leave one, or add a column panel",
        ),
        (
            "row,column,published,kind\na,b,1,guess\n",
            "column kind holds 'guess' in line 2; it may be: input, prediction, arithmetic, "
            "assumption, recovery",
        ),
        (
            "row,column,published,bound\na,b,1,over\n",
            "column bound holds 'over' in line 2; it may be: at_least, at_most, about",
        ),
        (
            HEAD + "< 0,b,1\n> 0,b,1\n",
            "column row holds '< 0' and '> 0', all '_0' in an id; word them differently, and map "
            "them to the output's labels by the answer's `rows`",
        ),
        (HEAD + "θ,b,1\n", "column row holds 'θ'; an id needs a letter a to z or a digit of it"),
        (
            "row,column,published,kind\na,b,1,arithmetic\n",
            "column expression is blank in line 2; an arithmetic cell, and no other, has one",
        ),
        (
            "row,column,published,expression\na,b,1,1 + 1\n",
            "column expression is filled in line 2; an arithmetic cell, and no other, has one",
        ),
        (
            "row,column,published,se\na,b,1,2\n",
            "column se is filled in line 2; give the answer's `se`, the output's column for it",
        ),
        (
            "row,column,published,se_tolerance\na,b,1,tenth\n",
            "column se_tolerance is filled in line 2; write the standard error under se, or leave it",
        ),
        (
            "panel,row,column,published\nA,a,b,1\n",
            "has panels; give the answer's `panel`, the output's column for them",
        ),
    ],
)
def test_faulty_cells_are_refused_with_lines_and_remedy(table_of, cells, text):
    with pytest.raises(ClaimsError) as error:
        table_of(cells)
    assert f"table table_3: t.csv: {text}" in str(error.value)


@pytest.mark.parametrize(
    ("changes", "answer", "text"),
    [
        ({"cells": "gone.csv"}, {}, "gone.csv: there is no such file beside the claims file"),
        ({"kind": None}, {}, "column kind is blank in 3 lines (2, 3, 4); write one, or give the "),
        ({"tolerance": None}, {}, "column tolerance is blank in 3 lines (2, 3, 4); write one, or"),
        (
            {"tolerance": "loose"},
            {},
            "table table_3: t.csv line 2 and 2 more: tolerance 'loose' is not one of the file's",
        ),
        (
            {"tolerance": "two_errors"},
            {},
            "tolerance 'two_errors': a recovery, and no other claim, has a tolerance in "
            "standard_errors",
        ),
        ({"unit": {"Mean": "SD"}}, {}, "column 'SD' has no unit; add it to the table's `unit`"),
        (
            {"unit": {"Mean": "a", "SD": "b", "N": "c"}},
            {},
            "the table's `unit` holds 'N', which is no column of the file",
        ),
        ({}, {"rows": {"Plan": "x"}}, "`rows` hold 'Plan', which is no row of the file"),
        (
            {},
            {"columns": {"SD": {"year": 2012, "statistic": "SD"}}},
            "the answer's `columns` give 'SD' by several columns of the output; give its `column` "
            "and `value` too",
        ),
        (
            {},
            {"rows": {"Top 10%": {}}},
            "table table_3, answer.rows.Top 10%: {} should be non-empty",
        ),
        ({}, {"panel": "p"}, "has no column panel, but the answer has; add the column, or leave"),
        (
            {},
            {"value": "v"},
            "the answer's value 'v' answers all 2 columns alike; give the answer's `column`, or "
            "write {column} into `value`",
        ),
        ({}, {"column": "c"}, "table table_3, answer: 'value' is a dependency of 'column'"),
        ({}, {"colum": "c"}, "table table_3, answer: unknown key colum"),
        ({"cells": "../t.csv"}, {}, "a CSV beside the claims file, as claims/table_3.csv"),
        ({"verdict": "fine"}, {}, "table table_3: unknown key verdict"),
        (
            {"claims": [{**SOURCE["claim"], "id": "table_3"}]},
            {},
            "table table_3: 2 tables or claims have this id; ids must differ",
        ),
    ],
)
def test_faulty_entries_are_refused(table_of, changes, answer, text):
    with pytest.raises(ClaimsError) as error:
        table_of(CELLS, answer, **changes)
    assert text in str(error.value)


def test_other_encodings_are_refused(table_of, tmp_path):
    (tmp_path / "old.csv").write_bytes("row,column,published\nSeñal,a,1\n".encode("latin-1"))
    with pytest.raises(ClaimsError, match=r"old.csv: is not in UTF-8; save it as CSV in UTF-8"):
        table_of(CELLS, cells="old.csv")


def test_files_of_a_spreadsheet_may_begin_with_a_mark(table_of):
    document = table_of("\ufeffrow, column ,published\n a ,b, 1\n")
    assert [claim.id for claim in document.claims] == ["table_3.a.b"]
    assert document.claims[0].cell.row == "a"


def test_faults_of_cells_come_before_those_of_references(table_of):
    claim = {**SOURCE["claim"], "kind": "arithmetic", "answer": {"expression": "table_3.a.b"}}
    with pytest.raises(ClaimsError) as error:
        table_of("row,column,published\na,b,\n", claims=[claim])
    assert str(error.value).count("\n") == 0


def test_unknown_cell_of_an_expression_is_refused(table_of):
    cells = "row,column,published,kind,expression\na,b,1,arithmetic,table_3.a.c + 1\n"
    with pytest.raises(
        ClaimsError, match=r"line 2: its expression names 'table_3.a.c', which is no"
    ):
        table_of(cells)


@pytest.mark.parametrize(
    ("text", "number", "digit"),
    [
        ("0.120", 0.12, 0.001),
        (".5", 0.5, 0.1),
        ("7", 7, 1),
        ("7.", 7, 1),
        ("1,234,567", 1234567, 1),
        ("(0.023)", 0.023, 0.001),
        ("[0.023]", 0.023, 0.001),
        ("(0.023)**", 0.023, 0.001),
        ("-0.04***", -0.04, 0.01),
        ("−0.04", -0.04, 0.01),
        ("–0.04", -0.04, 0.01),
        ("+3", 3, 1),
        ("$1,140", 1140, 1),
        ("12.5%", 12.5, 0.1),
        ("2.0e-5", 2e-5, 1e-6),
    ],
)
def test_printed_numbers(text, number, digit):
    assert printed_number(text) == (pytest.approx(number), pytest.approx(digit))


@pytest.mark.parametrize("text", ["", "-", ".", "1 2", "12,34", "1.2.3", "0.1 to 0.2", "a1", "nan"])
def test_texts_that_are_no_printed_number(text):
    with pytest.raises(ValueError, match="is not one printed number"):
        printed_number(text)


@pytest.mark.parametrize(
    ("label", "part"),
    [
        ("Current CPS Plan", "current_cps_plan"),
        ("% Match race - students", "match_race_students"),
        ("Top-10% Tracts", "top_10_tracts"),
        ("2012", "_2012"),
        ("In", "in_"),
        ("Señal", "senal"),
        ("(θ)", ""),
    ],
)
def test_parts_of_ids(label, part):
    assert part_of_id(label) == part


def test_page_shows_a_table_with_each_verdict_in_its_cell(table_of, judged):
    cells = (
        "row,column,published,se,note\nDrive,Mean,-0.010*,(0.002),See <text>.\nInertia,SD,3.58,,\n"
    )
    document = table_of(cells, {**BY_COLUMN, "se": "error"}, note="All in bold.")
    output = "plan,statistic,value,error\nDrive,Mean,-0.02,0.00211\nInertia,SD,,0.1\n"
    verdicts = list(judged(document, output).values())
    text = re.sub(r"\s+", " ", page(document, verdicts, "d", TEMPLATE))
    assert text.count('<table class="grid">') == 1
    assert '<p id="table_3"><b>Plans</b> <span class="unit">[points]</span>' in text
    assert "✓ 1 reproduced, ✗ 1 differs, – 1 not available." in text
    assert 'id="table_3.drive.mean" class="off"' in text
    assert '-0.010*<br><span class="ours">✗ -0.02000</span>' in text
    assert '(0.002)<br><span class="ours">✓ 0.00211</span>' in text
    assert 'id="table_3.inertia.sd" class="none"' in text
    assert "Drive, Mean. See &lt;text&gt;." in text
    assert "All in bold." in text
    assert "– 1 not available: value is empty in this run" in text


def test_an_exact_cell_is_written_and_shown(table_of, judged):
    document = table_of("row,column,published,digit\na,N,2012,0\n")
    verdicts = list(judged(document, "plan,N\na,2012\n").values())
    assert as_table(verdicts)["published"].tolist() == ["2012"]
    assert "✓ 2012</span>" in page(document, verdicts, "d", TEMPLATE)


@pytest.mark.parametrize(
    ("unit", "heads"),
    [("SD", ["Mean", "SD"]), ({"Mean": "a", "SD": "b"}, ["Mean[a]", "SD[b]"])],
)
def test_units_stand_by_column_only_where_they_differ(table_of, judged, unit, heads):
    document = table_of(CELLS, unit=unit)
    text = page(document, list(judged(document, WIDE).values()), "d", TEMPLATE)
    head = re.search(r'class="grid">\s*<thead><tr><th></th>(.*?)</tr>', text)[1]
    assert re.sub("<[^>]*>", "", head.replace("</th>", "|")).strip("|").split("|") == heads


def test_units_of_one_column_may_differ(table_of, judged):
    cells = "row,column,published,unit\na,b,1,\nc,b,2,share\n"
    document = table_of(cells)
    text = page(document, list(judged(document, "plan,b\na,1\nc,2\n").values()), "d", TEMPLATE)
    assert '<span class="unit">' not in text


def test_950_cells_take_less_than_a_second(table_of, judged):
    rows = [f"Row {i},Column {j},{i * j / 7:.3f}" for i in range(95) for j in range(10)]
    start = time.process_time()
    document = table_of(HEAD + "\n".join(rows), BY_COLUMN)
    verdicts = judged(document, "plan,statistic,value\n" + "\n".join(rows))
    page(document, list(verdicts.values()), "d", TEMPLATE)
    assert time.process_time() - start < 1
    assert pd.Series([v.verdict for v in verdicts.values()]).value_counts().to_dict() == {
        "reproduced": 950
    }
