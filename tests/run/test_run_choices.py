"""Choices that cannot be followed are refused before anything runs, in plain words."""

import copy
import re
import shutil
from pathlib import Path

import pytest
import yaml
from raw_layouts import LAYOUT, layout_of

from welfare_added.run.choices import (
    SHARED_SCHEMA,
    ConfigError,
    _schema,
    check,
    choice,
    completed,
    filled,
    one_district,
    overridden,
    paper_folder,
    papers,
    read_config,
    restricted,
)
from welfare_added.run.folders import audit_folder
from welfare_added.run.repeated import repeated_keys

ROOT = Path(__file__).parents[2]
RAW_COLUMNS = LAYOUT.columns


@pytest.fixture
def config():
    return read_config(ROOT)


def test_the_default_is_allowed(config):
    check(config, ROOT, RAW_COLUMNS)
    check(overridden(config, config["star"]), ROOT, RAW_COLUMNS)


BAD = [
    (
        "district.siez",
        "tiny",
        r"district: unknown key siez; known keys are source, missing, decimal, name",
    ),
    ("district.size", "huge", r"district.size: 'huge' is not one of full, small, tiny"),
    ("district.years", [2013, 2003], r"district.years: 2013 comes after 2003"),
    ("district.grades", [5, 4], r"district.grades: 5 comes after 4; write the smaller one first"),
    ("district.grades", [5, 4, 3], r"district.grades: \[5, 4, 3\] is not in ascending order"),
    (
        "allocation.weights",
        100,
        r"allocation.weights: 100 is not allowed; wanted: number of social",
    ),
    ("allocation.ces_gammas", [0, 1, 0], r"allocation.ces_gammas: wanted first, last and a step"),
    ("welfare.subject_weight_ela", 1.5, r"welfare.subject_weight_ela: 1.5 is greater than the max"),
    (
        "welfare.bias_weight",
        -0.1,
        r"bias_weight: -0.1 is less than the minimum of 0; wanted: social",
    ),
    ("welfare.tax_rate", "0.28", r"welfare.tax_rate: '0.28' is not of type 'number'"),
    ("benchmark.sizes", [500], r"benchmark.sizes.0: 500 is not one of 100, 317, 1000, 3000, 10000"),
    ("value_added.estimator", "ols", r"'ols' is not one of leave_year_out, empirical_bayes"),
]


@pytest.mark.parametrize(
    ("path", "value", "message"), BAD, ids=[f"{bad[0]}={bad[1]}" for bad in BAD]
)
def test_a_bad_choice_is_explained(config, path, value, message):
    section, key = path.split(".")
    config[section][key] = value
    with pytest.raises(ConfigError, match=message):
        check(config, ROOT, RAW_COLUMNS)


WRONG = [None, True, -1, 0.5, 10**9, "nonsense", [], [7], ["nonsense"], {}, {"nonsense": 7}]


def places(config: dict, above: tuple = ()) -> list[tuple]:
    """Every key of the choices, with those above it."""
    found = []
    for key, value in config.items():
        found.append((*above, key))
        found += places(value, (*above, key)) if isinstance(value, dict) else []
    return found


def test_nonsense_anywhere_is_explained_by_its_place(config):
    refused = 0
    for place in places(config):
        for value in WRONG:
            changed = copy.deepcopy(config)
            section = changed
            for key in place[:-1]:
                section = section[key]
            section[place[-1]] = value
            try:
                check(changed, ROOT, RAW_COLUMNS)
            except ConfigError as error:
                assert place[0] in str(error)
                refused += 1
    assert refused > 8 * len(places(config))


def test_a_missing_key_is_named(config):
    del config["welfare"]["tax_rate"]
    with pytest.raises(ConfigError, match="welfare: missing key tax_rate"):
        check(config, ROOT, RAW_COLUMNS)


def test_overriding_leaves_the_original_alone(config):
    merged = overridden(config, {"district": {"size": "tiny"}})
    assert merged["district"]["size"] == "tiny"
    assert merged["district"]["seed"] == config["district"]["seed"]
    assert config["district"]["size"] == "full"


KEY = re.compile(r"( *)(\w+):")


def without_comment(text: str) -> set[str]:
    """Keys of a YAML file that neither their line, nor the key or the lines above explain."""
    found, explained = set(), []  # indents of keys whose own comment covers what is below
    for line in text.splitlines():
        match = KEY.match(line)
        if not match:
            continue
        indent, key = len(match[1]), match[2]
        explained = [at for at in explained if at < indent]
        if "#" in line:
            explained.append(indent)
        elif not explained and not line.endswith(":"):
            found.add(key)
    return found


@pytest.mark.parametrize(
    "path",
    [
        "config.yaml",
        *sorted(str(p.relative_to(ROOT)) for p in ROOT.glob("workflow/papers/*/config.yaml")),
    ],
)
def test_every_choice_has_a_comment(path):
    text = (ROOT / path).read_text()
    assert without_comment(text) == set()


def test_a_choice_without_a_comment_is_found():
    text = "a: 1  # one\nb:\n  c: 2\n  d: 3  # three\ne:  # of five\n  f: 5\ng: 6\n"
    assert without_comment(text) == {"c", "g"}


def test_one_of_several_districts_is_a_study_of_its_own(config):
    config |= {"study": "state", "districts": ["north", "south"]}
    north, south = (one_district(config, name, "synthetic") for name in ("north", "south"))
    assert north["study"] == "state_north" and north["districts"] == ["north"]
    assert north["district"]["source"] == "synthetic"
    assert north["district"]["seed"] != south["district"]["seed"] > config["district"]["seed"]
    alone = one_district({**config, "districts": ["south"]}, "south", "synthetic")
    assert alone == south
    config["district"] = {**config["district"], "source": "tables"}
    config["partition"] = "county"
    cut = one_district(config, "north", "results/private/state/partition")
    assert cut["district"]["source"] == "results/private/state/partition/north"
    assert cut["partition"] == "results/private/state/partition.csv"
    assert restricted(cut)
    assert audit_folder(cut["study"], True) == "results/private/state_north/audit"


def test_codes_are_given_by_table_and_column(config):
    codes = {"F": "female", "2": "male", "x": None}
    config["district"] |= {"recode": {"enrolments": {"gender": codes}}, "missing": ["#N/A", -9]}
    check(config, ROOT, RAW_COLUMNS)
    for recode, message in (
        ({"enrolments": {"sex": codes}}, "district.recode.enrolments: unknown key sex"),
        ({"enrolments": {"gender": {"F": ["female"]}}}, r"gender.F: \['female'\] is not of type"),
        ({"enrolments": {"gender": {False: "male"}}}, "reads the code False as bool, not as text"),
        ({"enrolments": {"ela_score": {999: None}}}, "reads the code 999 as int, not as text"),
    ):
        config["district"]["recode"] = recode
        with pytest.raises(ConfigError, match=message):
            check(config, ROOT, RAW_COLUMNS)


def test_a_partition_of_the_synthetic_district_is_refused(config):
    with pytest.raises(ConfigError, match="partition: only your own tables can be split"):
        check(config | {"partition": "county"}, ROOT, RAW_COLUMNS)


@pytest.fixture
def project(tmp_path):
    """A copy of the project's choices and schemas, which a test may change."""
    shutil.copy(ROOT / "config.yaml", tmp_path)
    shutil.copytree(ROOT / "workflow", tmp_path / "workflow")
    return tmp_path


def choose(project: Path, changes: dict) -> None:
    path = project / "config.yaml"
    path.write_text(yaml.safe_dump(overridden(yaml.safe_load(path.read_text()), changes)))


def another_paper(project: Path, name: str = "second_2030") -> Path:
    folder = project / "workflow/papers" / name
    shutil.copytree(project / "workflow/papers/eastmond_2024", folder)
    return folder


@pytest.mark.parametrize("paper", ["eastmnd_2024", "", None, 7, "../papers/eastmond_2024"])
def test_an_unknown_paper_is_refused_naming_those_there_are(project, paper):
    another_paper(project)
    (project / "workflow/papers/notes").mkdir()  # no paper: it has no choices
    known = papers(project)
    assert {"eastmond_2024", "second_2030"} <= set(known) and "notes" not in known
    choose(project, {"paper": paper})
    message = re.escape(f"paper: {paper!r} is not one of {', '.join(known)}") + "$"
    with pytest.raises(ConfigError, match=message):
        paper_folder(project, paper)
    with pytest.raises(ConfigError, match=message):
        read_config(project)
    with pytest.raises(ConfigError, match=message):
        check({**read_config(ROOT), "paper": paper}, project, RAW_COLUMNS)


def test_a_known_paper_has_its_folder_and_its_choices(project):
    folder = another_paper(project)
    path = folder / "config.yaml"
    path.write_text(path.read_text().replace("tax_rate: 0.28", "tax_rate: 0.31"))
    assert paper_folder(project, "second_2030") == folder
    assert read_config(project)["welfare"]["tax_rate"] == 0.28
    other = read_config(project, "second_2030")
    assert other["welfare"]["tax_rate"] == 0.31
    assert other["paper"] == other["study"] == "second_2030"


def test_a_key_of_the_paper_that_is_set_in_the_shared_file_wins(project):
    before = read_config(project)
    choose(project, {"welfare": {"tax_rate": 0.3}, "district": {"size": "tiny"}})
    config = read_config(project)
    check(config, project, RAW_COLUMNS)
    assert config["welfare"] == {**before["welfare"], "tax_rate": 0.3}
    assert config["district"] == {**before["district"], "size": "tiny"}
    assert config["exhibits"] == before["exhibits"]


def test_no_key_stands_in_both_files_of_choices():
    """What stands in both could be changed in the paper's file without any effect."""
    shared, own = (
        places(yaml.safe_load((ROOT / path).read_text()))
        for path in ("config.yaml", "workflow/papers/eastmond_2024/config.yaml")
    )
    sections = {("district",), ("exhibits",)}
    assert set(shared) & {place for place in own if place[0] != "star"} == sections


def test_no_study_means_the_papers_name(project):
    assert yaml.safe_load((ROOT / "config.yaml").read_text())["study"] is None
    assert read_config(project)["study"] == "eastmond_2024"
    given = {"paper": "laverde_2023", "study": None, "x": 1}
    assert completed(given) == {"paper": "laverde_2023", "study": "laverde_2023", "x": 1}
    assert given["study"] is None
    assert completed({"paper": "a", "study": "mine"})["study"] == "mine"


@pytest.mark.parametrize("study", ["private", "benchmark", "Mine", "a/b", "..", 7])
def test_a_study_that_would_mix_with_other_folders_is_refused(config, study):
    with pytest.raises(ConfigError, match=r"study: .*small letters, digits and underscores"):
        check({**config, "study": study}, ROOT, RAW_COLUMNS)


def test_the_users_names_of_columns_are_those_of_the_raw_tables(config):
    own = {"enrolments": {"student_id": "PupilID"}, "teachers": {}, "outcomes": {}}
    config["district"]["columns"] = own
    check(config, ROOT, RAW_COLUMNS)
    other = {"enrolments": ["student_id", "tract"]}
    config["district"]["columns"] = {"enrolments": {"tract": "CensusTract"}}
    check(config, ROOT, other)
    with pytest.raises(ConfigError) as raised:
        check(config, ROOT, RAW_COLUMNS)
    known = ", ".join(RAW_COLUMNS["enrolments"])
    assert str(raised.value) == (
        "config.yaml cannot be used:\n"
        f"- district.columns.enrolments: unknown key tract; known keys are {known}"
    )


BAD_COLUMNS = {
    "an unknown table": (
        {"pupils": {}},
        "district.columns: unknown key pupils; known keys are enrolments, classes, teachers, "
        "outcomes",
    ),
    "an unknown column": (
        {"teachers": {"first_yaer": "Hired"}},
        "district.columns.teachers: unknown key first_yaer; known keys are teacher_id, first_year",
    ),
    "no text": (
        {"teachers": {"first_year": 7}},
        "district.columns.teachers.first_year: 7 is not of type 'string'",
    ),
    "an empty name": (
        {"teachers": {"first_year": ""}},
        "district.columns.teachers.first_year: '' should be non-empty",
    ),
    "a list": ({"teachers": ["first_year"]}, "district.columns.teachers: ['first_year'] is not"),
    "nothing": (None, "district.columns: None is not of type 'object'; wanted: the user's own"),
}


@pytest.mark.parametrize("case", BAD_COLUMNS)
def test_a_bad_map_of_columns_is_explained(config, case):
    config["district"]["columns"], message = BAD_COLUMNS[case]
    with pytest.raises(ConfigError, match=re.escape(f"\n- {message}")):
        check(config, ROOT, RAW_COLUMNS)


def test_a_paper_without_raw_tables_has_no_map_of_columns(config):
    with pytest.raises(
        ConfigError, match="district: unknown key columns, recode; known keys are source"
    ):
        check(config, ROOT, {})
    del config["district"]["columns"], config["district"]["recode"]
    check(config, ROOT, {})
    with pytest.raises(ConfigError, match="district: missing key columns, recode"):
        check(config, ROOT, RAW_COLUMNS)


OPEN = {("constrained", "plans"), ("district", "columns"), ("district", "recode")}
FREE = {("constrained", "plans"), ("star",)}  # names of the user's plans; overrides, checked merged


def joined(paper: str) -> dict:
    own = paper_folder(ROOT, paper) / "config.schema.json"
    return _schema(ROOT / SHARED_SCHEMA, own, layout_of(paper).columns)


def objects(schema: dict, place: tuple = ()) -> dict[tuple, dict]:
    """Every part of a schema that describes a mapping, by its place."""
    found = {place: schema} if "properties" in schema or schema.get("type") == "object" else {}
    for name, inner in schema.get("properties", {}).items():
        found |= objects(inner, (*place, name))
    further = schema.get("additionalProperties")
    return found | (objects(further, (*place, "*")) if isinstance(further, dict) else {})


@pytest.mark.parametrize("paper", papers(ROOT))
def test_the_joined_schema_is_closed_at_every_level(paper):
    found = objects(joined(paper))
    assert {(), ("district",), ("exhibits",), ("disclosure",)} <= set(found)
    for place, schema in found.items():
        if place not in FREE and place[:2] != ("district", "recode"):
            further = schema.get("additionalProperties")  # names that the user gives
            closed = further.get("additionalProperties") if isinstance(further, dict) else further
            assert closed is False, place


def test_the_joined_schema_knows_exactly_the_keys_that_there_are(config):
    """Every key is required, and none is known that no file has; but for the open ones."""
    found = objects(joined("eastmond_2024"))
    assert ("constrained", "plans", "*") in found and ("welfare", "earnings_per_sd") in found
    for place, schema in found.items():
        if place in FREE or place[:2] in OPEN:
            continue
        here = choice(config, ".".join(place)) if place else config
        optional = {"star"} if not place else set()
        assert set(schema["properties"]) == set(here), place
        assert set(schema["required"]) == set(here) - optional, place


@pytest.mark.parametrize(
    "place",
    ["", "district", "exhibits", "disclosure", "welfare", "welfare.earnings_per_sd", "value_added"],
)
def test_an_unknown_key_is_refused_at_every_level(config, place):
    section = choice(config, place) if place else config
    section["nonsense"] = 1
    known = ", ".join(name for name in section if name != "nonsense")
    with pytest.raises(ConfigError) as raised:
        check(config, ROOT, RAW_COLUMNS)
    assert f"- {place or 'the top level'}: unknown key nonsense; known keys are " in str(
        raised.value
    )
    said = str(raised.value).partition("known keys are ")[2].split("\n")[0]
    assert set(said.split(", ")) == set(known.split(", "))


def test_a_text_is_filled_with_choices_and_an_unknown_one_is_refused(config):
    text = "{welfare.tax_rate:.0%} of {district.size}, {year}, {} and {allocation.ces_gammas.1}"
    config["allocation"]["ces_gammas"] = [0.0, 4.9, 0.1]
    assert filled(text.replace(".1}", "}"), config).startswith("28% of full, {year}, {} and [0.0")
    assert choice(config, "allocation.ces_gammas.1") == 4.9
    with pytest.raises(ConfigError, match=r"config\.yaml has no key 'welfare\.tax'"):
        filled("{welfare.tax}", config)
    for path in ("welfare.tax_rate.x", "allocation.ces_gammas.3", "nothing"):
        with pytest.raises(ConfigError, match=f"has no key '{re.escape(path)}'"):
            choice(config, path)


TWICE = """district:
  columns:
    enrolments: {ela_score: Reading}
    enrolments: {ela_score: Lexile}
list:
- {a: 1, b: 2, a: 3}
"""


def test_a_key_that_is_set_twice_is_named_with_its_lines(tmp_path):
    (tmp_path / "config.yaml").write_text(TWICE)
    assert repeated_keys(tmp_path / "config.yaml") == [
        "config.yaml: district.columns.enrolments is set twice, in lines 3 and 4; keep one",
        "config.yaml: list.a is set twice, in lines 6 and 6; keep one",
    ]
    assert repeated_keys(ROOT / "config.yaml") == []


def test_a_key_that_is_set_twice_stops_the_run(config, tmp_path):
    for name in ("config.yaml", SHARED_SCHEMA, "workflow/papers/eastmond_2024/config.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    schema = "workflow/papers/eastmond_2024/config.schema.json"
    shutil.copy(ROOT / schema, tmp_path / schema)
    check(config, tmp_path, RAW_COLUMNS)
    with (tmp_path / "config.yaml").open("a") as file:
        file.write("district: {source: other}\n")
    with pytest.raises(ConfigError, match="district is set twice"):
        check(config, tmp_path, RAW_COLUMNS)
