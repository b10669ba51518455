"""What a paper declares of its raw tables: what is refused, what is left out, what it costs."""

import copy
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from raw_layouts import LAYOUT, ROOT, SCHEMA, WITH_RAW_TABLES, layout_of

from welfare_added.district.files import absent_columns, find_tables, raw_tables, tables_in
from welfare_added.district.layout import Layout, LayoutError, read_layout
from welfare_added.district.vocabulary import ETHNICITIES, OUTCOMES
from welfare_added.run.errors import UserError

GOOD = {
    "pupils": {
        "about": "one row a pupil",
        "key": ["pupil_id"],
        "key_remedy": "keep one row a pupil",
        "columns": {
            "pupil_id": {"type": "text", "about": "any text"},
            "score": {"type": "number", "about": "points", "remedy": "write points"},
        },
    }
}


def read(content, folder: Path) -> Layout:
    path = folder / "raw_tables.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False))
    return read_layout(path, SCHEMA)


def columns(**declared) -> dict:
    """The good declaration with further columns."""
    content = copy.deepcopy(GOOD)
    content["pupils"]["columns"] |= declared
    return content


def table(**declared) -> dict:
    """The good declaration with other keys of its table; None takes one out."""
    changed = {**GOOD["pupils"], **declared}
    return {"pupils": {key: value for key, value in changed.items() if value is not None}}


KNOWN = "known keys are type, about, remedy, from, to, values, empty, absent, without, public"
NUMBER = {"type": "number", "about": "x", "remedy": "x"}
REFUSED = {
    "no tables": ({}, r"the top level: \{\} should be non-empty"),
    "a list of tables": ([], r"the top level: \[\] is not of type 'object'"),
    "a table in capitals": ({"Pupils": GOOD["pupils"]}, "the top level: 'Pupils' does not match"),
    **{
        f"a table without {key}": (table(**{key: None}), f"pupils: missing key {key}")
        for key in ("about", "key", "key_remedy", "columns")
    },
    "an unknown key of a table": (
        table(rows=7),
        "pupils: unknown key rows; known keys are about, key, key_remedy, optional, further, shared, columns",
    ),
    "no key column": (table(key=[]), r"pupils\.key: \[\] should be non-empty"),
    "a key column twice": (table(key=["pupil_id"] * 2), r"pupils\.key: .* has non-unique elements"),
    "optional in words": (table(optional="yes"), r"pupils\.optional: 'yes' is not of type 'bool"),
    "no columns": (table(columns={}), r"pupils\.columns: \{\} should be non-empty"),
    "a column with a space": (
        columns(**{"a b": NUMBER}),
        r"pupils\.columns: 'a b' does not match",
    ),
    "an unknown key of a column": (
        columns(age={**NUMBER, "unit": "years"}),
        rf"pupils\.columns\.age: unknown key unit; {KNOWN}",
    ),
    "an unknown type": (
        columns(age={**NUMBER, "type": "float"}),
        r"pupils\.columns\.age\.type: 'float' is not one of text, whole, number, category, flag",
    ),
    "no type": (
        columns(age={"about": "x", "remedy": "x"}),
        r"pupils\.columns\.age: missing key type",
    ),
    "no content": (
        columns(age={"type": "flag"}),
        r"pupils\.columns\.age: missing key about",
    ),
    "a number without a remedy": (
        columns(age={"type": "number", "about": "x"}),
        r"pupils\.columns\.age: missing key remedy",
    ),
    "a whole number without a remedy": (
        columns(age={"type": "whole", "about": "x"}),
        r"pupils\.columns\.age: missing key remedy",
    ),
    "a limit in words": (
        columns(age={**NUMBER, "from": "two"}),
        r"pupils\.columns\.age\.from: 'two' is not of type 'number'",
    ),
    "limits of a text": (
        columns(name={"type": "text", "about": "x", "to": 5}),
        r"pupils\.columns\.name: from and to are for types whole and number alone",
    ),
    "a category without values": (
        columns(sex={"type": "category", "about": "x"}),
        r"pupils\.columns\.sex: missing key values",
    ),
    "a category of no values": (
        columns(sex={"type": "category", "about": "x", "values": []}),
        r"pupils\.columns\.sex\.values: \[\] should be non-empty",
    ),
    "a value that is no text": (
        columns(sex={"type": "category", "about": "x", "values": [True, "no"]}),
        r"pupils\.columns\.sex\.values\.0: True is not of type 'string'",
    ),
    "values of a flag": (
        columns(moved={"type": "flag", "about": "x", "values": ["yes", "no"]}),
        r"pupils\.columns\.moved: values are for type category alone",
    ),
    **{
        f"{key} in words": (
            columns(age={**NUMBER, key: "yes"}),
            rf"pupils\.columns\.age\.{key}: 'yes' is not of type 'boolean'",
        )
        for key in ("empty", "absent")
    },
    "a key that is no column": (
        table(key=["pupil_id", "year"]),
        r"pupils\.key: 'year' is not one of pupil_id, score",
    ),
    **{
        f"a key that may be {next(iter(how))}": (
            columns(pupil_id={"type": "text", "about": "x", **how}),
            r"pupils\.columns\.pupil_id: a column of the key may be neither empty nor absent",
        )
        for how in ({"empty": True}, {"absent": True, "without": "x"})
    },
    "an optional column without what it costs": (
        columns(age={**NUMBER, "absent": True}),
        r"pupils\.columns\.age: missing key without",
    ),
    "what a required column would cost": (
        columns(age={**NUMBER, "without": "everything"}),
        r"pupils\.columns\.age: without is for columns that may be absent",
    ),
    "a public number": (
        columns(age={**NUMBER, "public": True}),
        r"pupils\.columns\.age: public is for type text alone",
    ),
    "limits in the wrong order": (
        columns(age={**NUMBER, "from": 25, "to": 2.5}),
        r"pupils\.columns\.age: from 25 is above to 2\.5",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_declaration_that_cannot_be_used_is_refused_by_its_place(case, tmp_path):
    content, message = REFUSED[case]
    with pytest.raises(LayoutError, match=rf"raw_tables\.yaml cannot be used:\n- {message}") as one:
        read(content, tmp_path)
    assert isinstance(one.value, UserError)
    assert str(one.value).count("\n- ") == 1


def test_every_fault_is_told_at_once(tmp_path):
    content = columns(age={"type": "number"}, sex={"type": "category", "about": ""})
    with pytest.raises(LayoutError) as raised:
        read(content, tmp_path)
    assert str(raised.value).count("\n- ") == 4
    both = columns(age={**NUMBER, "from": 2, "to": 1})
    both["pupils"]["key"] = ["year"]
    with pytest.raises(LayoutError) as raised:
        read(both, tmp_path)
    assert str(raised.value).count("\n- ") == 2


def test_the_least_declaration_allows_least(tmp_path):
    pupils = read(GOOD, tmp_path).tables["pupils"]
    assert not pupils.optional and pupils.optional_columns == []
    assert not any(one.empty or one.absent for one in pupils.columns.values())
    assert pupils.columns["score"].low is None and pupils.columns["score"].high is None


REMEDIES = {
    "text": ({}, "give every row its it, as in the other tables", "write identifiers as text"),
    "flag": (
        {},
        "write 1 for yes and 0 for no",
        "write 1 for yes and 0 for no; leave it empty where it is unknown",
    ),
    "date": (
        {},
        "write days as 2015-04-30",
        "write days as 2015-04-30; leave it empty where it is unknown",
    ),
    "category": (
        {"values": ["f", "m"]},
        "use one of f, m",
        "use one of f, m; leave it empty where it is unknown",
    ),
}


@pytest.mark.parametrize("kind", REMEDIES)
def test_a_remedy_that_is_not_declared_follows_from_the_type(kind, tmp_path):
    further, required, optional = REMEDIES[kind]
    declared = {"type": kind, "about": "x", **further}
    for empty, remedy in ((False, required), (True, optional)):
        layout = read(columns(it={**declared, "empty": empty}), tmp_path)
        assert layout.tables["pupils"].columns["it"].remedy == remedy
    layout = read(columns(it={**declared, "remedy": "ask"}), tmp_path)
    assert layout.tables["pupils"].columns["it"].remedy == "ask"


@pytest.mark.parametrize("paper", WITH_RAW_TABLES)
def test_every_papers_declaration_can_be_read(paper):
    assert layout_of(paper).identifiers


def test_the_order_of_tables_and_columns_is_the_files(tmp_path):
    content = {"b": GOOD["pupils"], "a": table(optional=True)["pupils"]}
    layout = read(content, tmp_path)
    assert layout.columns == {"b": ["pupil_id", "score"], "a": ["pupil_id", "score"]}
    assert list(layout.columns) == ["b", "a"]
    assert list(layout.among({"a": 1, "code": 2, "b": 3}).items()) == [("b", 3), ("a", 1)]
    assert layout.identifiers == ["pupil_id"]


def test_identifiers_are_the_columns_of_type_text_and_no_others():
    assert LAYOUT.identifiers == ["class_id", "school_id", "student_id", "teacher_id"]


def test_names_of_exam_schools_are_public_and_those_of_applicants_are_not():
    assert layout_of("ellison_2020").identifiers == ["applicant_id", "student_id", "tract"]


def test_the_categories_of_the_layout_are_those_of_the_package():
    assert LAYOUT.tables["enrolments"].columns["ethnicity"].values == ETHNICITIES
    assert LAYOUT.columns["outcomes"] == ["student_id", *OUTCOMES]


def test_files_are_looked_for_by_the_layout(tmp_path):
    content = columns(age={**NUMBER, "absent": True, "without": "x"}) | {
        "schools": table(optional=True)["pupils"]
    }
    layout = read(content, tmp_path)
    (tmp_path / "pupils.csv").write_text("pupil_id,score\n")
    (tmp_path / "classes.csv").write_text("class_id\n")
    assert find_tables(tmp_path, layout) == {"pupils": [tmp_path / "pupils.csv"]}
    assert tables_in(str(tmp_path), layout) == ["pupils"]
    assert tables_in("synthetic", layout) == ["pupils", "schools"]
    assert absent_columns(str(tmp_path), layout, {}) == {"pupils": ["age"]}
    made = {"pupils": ["made/pupils.csv"], "schools": ["made/schools.csv"]}
    assert raw_tables("synthetic", layout, "made") == made


def test_a_paper_without_raw_tables_has_none(tmp_path):
    nothing = Layout()
    assert raw_tables("synthetic", nothing, "made") == {} == raw_tables(tmp_path, nothing, "made")
    assert tables_in("synthetic", nothing) == [] and absent_columns("x", nothing, {}) == {}
    assert nothing.columns == {} and nothing.identifiers == []


PARSE = """
import sys
from pathlib import Path
from welfare_added.district.files import raw_tables
from welfare_added.district.layout import read_layout
read_layout(Path(sys.argv[1]), Path(sys.argv[2]))
print(*sorted({"pandas", "numpy", "pandera", "pyarrow", "jsonschema"} & set(sys.modules)))
"""


def test_reading_a_layout_again_loads_no_data_package_and_no_validator(tmp_path):
    (tmp_path / ".snakemake").mkdir()
    path = ROOT / "workflow/papers/eastmond_2024/raw_tables.yaml"
    loaded = [
        subprocess.run(
            [sys.executable, "-c", PARSE, str(path), str(SCHEMA)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for _ in range(2)
    ]
    assert loaded == [["jsonschema"], []]
