"""What a paper declares of its exhibits: refusals, reasons, captions, small print, programs."""

import copy
import inspect
import re
import runpy
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import yaml
from raw_layouts import LAYOUT

from welfare_added.district.files import absent_columns, tables_in
from welfare_added.exhibits import output
from welfare_added.exhibits.declarations import (
    ExhibitsError,
    Study,
    files_of,
    read_exhibits,
)
from welfare_added.run.choices import ConfigError, overridden, papers, read_config
from welfare_added.run.errors import UserError

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "workflow/schemas/exhibits.schema.json"
PAPER = ROOT / "workflow/papers/eastmond_2024/exhibits.yaml"
OUTCOMES = [
    "graduated_high_school",
    "two_year_college",
    "four_year_college",
    "bachelors_in_six_years",
]
GOOD = {
    "records": [{"if": {"synthetic": True}, "text": "Made up."}],
    "exhibits": {
        "figure_04": {
            "title": "A title",
            "category": "A heading",
            "caption": "What it shows.",
            "shows": "Lines.",
            "program": "frontiers",
            "made_from": {"frontiers": "frontiers.csv"},
        }
    },
}


@pytest.fixture(scope="module")
def exhibits():
    return read_exhibits(PAPER, SCHEMA)


@pytest.fixture
def config():
    return read_config(ROOT)


KEPT = frozenset({"bootstrap"})


def study(
    config, changes=None, synthetic=False, confidential=False, tables=(), absent=None, kept=KEPT
):
    chosen = overridden(config, {} if synthetic else {"district": {"source": "my/folder"}})
    chosen = overridden(chosen, changes or {})
    return Study(chosen, synthetic, confidential, frozenset(tables), absent or {}, kept=kept)


def own(config, folder: Path, changes=None, confidential=True, columns=None):
    """The study of a folder of tables, as the workflow describes it."""
    changes = overridden(changes or {}, {"district": {"source": str(folder)}})
    there = tables_in(str(folder), LAYOUT)
    absent = absent_columns(str(folder), LAYOUT, columns or {})
    return study(config, changes, False, confidential, there, absent)


TRUTH = ["figure_delivered", "table_delivered", "table_predictors"]  # compare estimates with it
BAYES = {"value_added": {"estimator": "empirical_bayes", "teacher_share": 0.6}}


def read(content, folder: Path):
    path = folder / "exhibits.yaml"
    path.write_text(yaml.safe_dump(content))
    return read_exhibits(path, SCHEMA)


# --- refusals of the schema, each by its text ---

AT = "exhibits.figure_04"
REFUSED = {
    "no exhibits": (("exhibits",), None, "the top level: missing key exhibits"),
    "no records": (("records",), None, "the top level: missing key records"),
    "an unknown section": (("tables",), {}, "the top level: unknown key tables; known keys are "),
    "none declared": (("exhibits",), {}, r"exhibits: \{\} should be non-empty"),
    "a list of them": (("exhibits",), [], r"exhibits: \[\] is not of type 'object'"),
    "a name of another kind": (
        ("exhibits", "plot_4"),
        GOOD["exhibits"]["figure_04"],
        "exhibits: 'plot_4' does not match any of the regexes",
    ),
    "a name in capitals": (
        ("exhibits", "figure_A1"),
        GOOD["exhibits"]["figure_04"],
        "exhibits: 'figure_A1' does not match any of the regexes",
    ),
    **{
        f"no {key}": (("exhibits", "figure_04", key), None, f"{AT}: missing key {key}")
        for key in GOOD["exhibits"]["figure_04"]
    },
    **{
        f"an empty {key}": (
            ("exhibits", "figure_04", key),
            "",
            rf"{AT}\.{key}: '' should be non-empty",
        )
        for key in ("title", "category", "caption", "shows")
    },
    "an unknown key": (
        ("exhibits", "figure_04", "colour"),
        1,
        f"{AT}: unknown key colour; known keys are ",
    ),
    "a program with its module": (
        ("exhibits", "figure_04", "program"),
        "frontiers.figure_04",
        rf"{AT}\.program: 'frontiers.figure_04' does not match",
    ),
    "a table that is no path": (
        ("exhibits", "figure_04", "made_from"),
        {"frontiers": 4},
        rf"{AT}\.made_from\.frontiers: 4 is not of type 'string'",
    ),
    "a table of confidential records that is no path": (
        ("exhibits", "figure_04", "made_from_confidential"),
        {"frontiers": ""},
        rf"{AT}\.made_from_confidential\.frontiers: '' should be non-empty",
    ),
    "a table of public records in a list": (
        ("exhibits", "figure_04", "made_from_public"),
        ["frontiers.csv"],
        rf"{AT}\.made_from_public: \['frontiers.csv'\] is not of type 'object'",
    ),
    "a condition that is no mapping": (
        ("exhibits", "figure_04", "only_if"),
        {"exact": "exact"},
        rf"{AT}\.only_if\.exact: 'exact' is not of type 'object'",
    ),
    "a choice that is no path": (
        ("exhibits", "figure_04", "choices"),
        {"cap": 5},
        rf"{AT}\.choices\.cap: 5 is not of type 'string'",
    ),
    "a need without a reason": (
        ("exhibits", "figure_04", "needs"),
        [{"synthetic": True}],
        rf"{AT}\.needs\.0: missing key else",
    ),
    "an unknown need": (
        ("exhibits", "figure_04", "needs"),
        [{"weather": "fine", "else": "it rains"}],
        rf"{AT}\.needs\.0: unknown key weather; known keys are ",
    ),
    "a reason that says nothing": (
        ("exhibits", "figure_04", "needs"),
        [{"synthetic": True, "else": ""}],
        rf"{AT}\.needs\.0\.else: '' should be non-empty",
    ),
    "a need of no columns": (
        ("exhibits", "figure_04", "needs"),
        [{"columns": {"enrolments": []}, "else": "why"}],
        rf"{AT}\.needs\.0\.columns\.enrolments: \[\] should be non-empty",
    ),
    "a need of any of no columns": (
        ("exhibits", "figure_04", "needs"),
        [{"any_column": {"outcomes": "x"}, "else": "why"}],
        rf"{AT}\.needs\.0\.any_column\.outcomes: 'x' is not of type 'array'",
    ),
    "a need of no choice": (
        ("exhibits", "figure_04", "needs"),
        [{"choice": {}, "else": "why"}],
        rf"{AT}\.needs\.0\.choice: \{{\}} should be non-empty",
    ),
    "a need of two tables": (
        ("exhibits", "figure_04", "needs"),
        [{"table": ["a", "b"], "else": "why"}],
        rf"{AT}\.needs\.0\.table: \['a', 'b'\] is not of type 'string'",
    ),
    **{
        f"{key} in words": (
            ("exhibits", "figure_04", "needs"),
            [{key: "yes", "else": "why"}],
            rf"{AT}\.needs\.0\.{key}: 'yes' is not of type 'boolean'",
        )
        for key in ("synthetic", "confidential", "named")
    },
    **{
        f"{key} in words": (
            ("exhibits", "figure_04", key),
            "yes",
            rf"{AT}\.{key}: 'yes' is not of type 'boolean'",
        )
        for key in ("ours", "theory", "on_request")
    },
    **{
        f"{section} without a condition": (
            (section,),
            [{"text": "x"}],
            rf"{section}\.0: missing key if",
        )
        for section in ("records", "small_print")
    },
    "small print without a text": (
        ("small_print",),
        [{"if": {"synthetic": True}}],
        r"small_print\.0: missing key text",
    ),
    "small print of an empty condition": (
        ("small_print",),
        [{"if": {}, "text": "x"}],
        r"small_print\.0\.if: \{\} should be non-empty",
    ),
    "small print with more": (
        ("small_print",),
        [{"if": {"synthetic": True}, "text": "x", "size": 8}],
        r"small_print\.0: unknown key size; known keys are ",
    ),
    "records that say nothing": (
        ("records",),
        [{"if": {"synthetic": True}, "text": ""}],
        r"records\.0\.text: '' should be non-empty",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_declaration_that_breaks_the_schema_is_refused_by_its_place(case, tmp_path):
    place, value, message = REFUSED[case]
    content = copy.deepcopy(GOOD)
    section = content
    for key in place[:-1]:
        section = section[key]
    if value is None:
        del section[place[-1]]
    else:
        section[place[-1]] = value
    with pytest.raises(
        ExhibitsError, match=rf"exhibits\.yaml cannot be used:\n- {message}"
    ) as told:
        read(content, tmp_path)
    assert isinstance(told.value, UserError)


def test_every_fault_is_told_at_once(tmp_path):
    content = copy.deepcopy(GOOD)
    content["exhibits"]["figure_04"] |= {"colour": 1, "title": ""}
    del content["exhibits"]["figure_04"]["caption"]
    with pytest.raises(ExhibitsError) as raised:
        read(content, tmp_path)
    assert str(raised.value).count("\n- ") == 3


def test_the_least_declaration_is_enough(tmp_path):
    made = read(GOOD, tmp_path).all["figure_04"]
    assert made.label == "Figure 4" and not made.ours and not made.on_request
    assert made.needs == () and made.choices == {}


def test_theory_and_what_has_no_table_rest_on_no_record(config, tmp_path):
    content = copy.deepcopy(GOOD)
    content["exhibits"]["figure_04"]["made_from"] = {"frontier": "frontier.csv"}
    own = study(config)
    assert read(content, tmp_path).all["figure_04"].of_records(own)
    content["exhibits"]["figure_04"]["theory"] = True
    assert not read(content, tmp_path).all["figure_04"].of_records(own)
    content["exhibits"]["figure_04"] |= {"theory": False, "made_from": {}}
    assert not read(content, tmp_path).all["figure_04"].of_records(own)


@pytest.mark.parametrize("paper", papers(ROOT))
def test_every_papers_declaration_can_be_read(paper):
    assert read_exhibits(ROOT / "workflow/papers" / paper / "exhibits.yaml", SCHEMA).all


# --- what a study can have ---

OF_WORLDS = ["figure_choices", "table_choices", "figure_true_correlation"]
OF_THE_TRUTH = ["figure_bias", "table_conditions", *TRUTH, "figure_calibration", *OF_WORLDS]


def test_the_paper_has_its_exhibits(exhibits):
    assert len(exhibits.all) == 34
    assert [name for name, one in exhibits.all.items() if one.on_request] == ["figure_constrained"]
    ours = [name for name, one in exhibits.all.items() if one.ours]
    bootstrap = ["figure_bands", "table_standard_errors"]
    assert ours == [*OF_THE_TRUTH, *bootstrap, "figure_constrained"]


def test_nothing_is_skipped_on_the_full_synthetic_district(exhibits, config):
    whole = replace(study(config, synthetic=True), differs=[])
    assert exhibits.skipped(whole) == {}
    assert [one.name for one in exhibits.made(whole)] == list(exhibits.all)


@pytest.mark.parametrize("differs", [None, ["district.lower is below, theirs at_or_below"]])
def test_intervals_of_other_choices_are_not_drawn(exhibits, config, differs):
    other = replace(study(config, synthetic=True), differs=differs)
    assert list(exhibits.skipped(other)) == OF_WORLDS
    assert "of other choices than this run's" in exhibits.skipped(other)["figure_choices"]


@pytest.mark.parametrize("synthetic", [True, False])
def test_standard_errors_that_are_neither_kept_nor_made_are_skipped(exhibits, config, synthetic):
    with_them = study(config, synthetic=synthetic)
    without = study(config, synthetic=synthetic, kept=frozenset())
    skipped = exhibits.skipped(without)
    own = {"figure_bands", "table_standard_errors"}
    assert set(skipped) - set(exhibits.skipped(with_them)) == own
    assert all("bootstrap.standard_errors is made" in skipped[name] for name in own)
    assert own <= {one.name for one in exhibits.made(with_them)}


@pytest.mark.parametrize("size", ["tiny", "small"])
def test_a_smaller_synthetic_district_skips_calibration_and_worlds(exhibits, config, size):
    smaller = study(config, {"district": {"size": size}}, synthetic=True)
    smaller = replace(smaller, differs=[f"district.size is {size}, theirs full"])
    skipped = exhibits.skipped(smaller)
    assert list(skipped) == ["figure_calibration", *OF_WORLDS]
    reason = f"only the full synthetic district is calibrated; this one is {size}"
    assert skipped["figure_calibration"] == reason
    made = [one.name for one in exhibits.made(smaller)]
    assert made == [name for name in exhibits.all if name not in skipped]


def test_own_tables_skip_with_reasons(exhibits, config, tmp_path):
    skipped = exhibits.skipped(own(config, tmp_path, BAYES, confidential=False))
    assert list(skipped) == ["figure_d6", "figure_d7", *OF_THE_TRUTH]
    assert skipped["figure_d7"] == (
        f"{tmp_path} holds no outcomes.csv or outcomes.parquet, so later outcomes are unknown"
    )
    assert skipped["figure_d6"] == (
        "the empirical Bayes estimator gives a teacher one estimate from one year, so nothing can "
        "be said of persistence from year to year"
    )
    assert all(len(reason) > 30 for reason in skipped.values())
    assert "only the synthetic district has a known true value added" in skipped["figure_bias"]
    assert "these are the user's own tables" in skipped["figure_calibration"]
    (tmp_path / "outcomes.csv").write_text(f"student_id,{','.join(OUTCOMES)}\n")
    assert list(exhibits.skipped(own(config, tmp_path, confidential=False))) == OF_THE_TRUTH
    runpy.run_path(str(ROOT / "scripts/skipped.py"))["main"](skipped, tmp_path / "skipped.csv")
    table = pd.read_csv(tmp_path / "skipped.csv")
    assert table.columns.tolist() == ["exhibit", "reason"] and len(table) == 11
    assert table["reason"].tolist() == list(skipped.values())


def test_outcomes_without_their_columns_and_no_ethnicity_skip(exhibits, config, tmp_path):
    (tmp_path / "enrolments.csv").write_text("student_id,gender\n")
    (tmp_path / "outcomes.csv").write_text("student_id\n")
    skipped = exhibits.skipped(own(config, tmp_path, confidential=False))
    assert list(skipped) == ["figure_08b", "figure_d7", *OF_THE_TRUTH]
    assert skipped["figure_08b"] == (
        f"the enrolments in {tmp_path} have no column ethnicity, so racial gaps are unknown"
    )
    assert skipped["figure_d7"] == (
        f"the outcomes in {tmp_path} have none of graduated_high_school, two_year_college, "
        "four_year_college, bachelors_in_six_years"
    )
    (tmp_path / "outcomes.csv").write_text("student_id,two_year_college\n")  # one is enough
    assert "figure_d7" not in exhibits.skipped(own(config, tmp_path))


def test_columns_under_the_users_own_names_are_there(exhibits, config, tmp_path):
    (tmp_path / "enrolments.csv").write_text("student_id,Race\n")
    assert "figure_08b" in exhibits.skipped(own(config, tmp_path))
    columns = {"enrolments": {"ethnicity": "Race"}}
    assert "figure_08b" not in exhibits.skipped(own(config, tmp_path, columns=columns))


def test_confidential_reasons_do_not_name_the_folder(exhibits, config, tmp_path):
    (tmp_path / "enrolments.csv").write_text("student_id\n")
    skipped = exhibits.skipped(own(config, tmp_path))
    assert skipped["figure_08b"].startswith(
        "the enrolments in the folder of the raw tables have no"
    )
    assert skipped["figure_d7"].startswith("the folder of the raw tables holds no outcomes.csv")
    assert str(tmp_path) not in str(skipped)


@pytest.mark.parametrize("size", ["full", "tiny"])
def test_a_synthetic_district_kept_as_confidential_hides_how_it_was_made(exhibits, config, size):
    hidden = study(config, {"district": {"size": size}}, synthetic=True, confidential=True)
    reason = "it shows what a confidential district would not have: how it was made"
    assert exhibits.skipped(hidden) == dict.fromkeys(OF_THE_TRUTH, reason)


def test_all_columns_are_needed_or_any_of_each_table(config):
    lacking = {"enrolments": ["ethnicity"], "outcomes": list(OUTCOMES)}
    one = study(config, absent=lacking)
    assert one.meets({"columns": {"enrolments": ["age", "gender"]}})
    assert not one.meets({"columns": {"enrolments": ["age", "ethnicity"]}})
    assert not one.meets({"columns": {"enrolments": ["age"], "outcomes": OUTCOMES[:1]}})
    assert one.meets({"any_column": {"enrolments": ["age", "ethnicity"]}})
    assert not one.meets({"any_column": {"enrolments": ["age"], "outcomes": OUTCOMES}})
    assert not one.meets({"synthetic": False, "table": "outcomes", "else": "both must hold"})
    assert one.meets({"synthetic": False, "confidential": False, "else": "both do"})


# --- where it is made from ---


def test_a_confidential_study_is_drawn_from_bins_and_no_teacher(exhibits, config):
    public, hidden = (study(config, confidential=one) for one in (False, True))
    for name, more in (("figure_02", {"moments": "moments.csv"}), ("figure_a1", {})):
        one = exhibits.all[name]
        assert one.tables(public) == {**more, "value_added": "value_added.parquet"}
        assert one.tables(hidden) == {**more, "bins": "value_added/scatter_bins.csv"}
    assert all(
        path.endswith(".csv")
        for one in exhibits.made(hidden)
        for path in one.tables(hidden).values()
    )


def test_the_exact_frontier_is_drawn_only_where_it_is_traced(exhibits, config):
    figure = exhibits.all["figure_04"]
    exact = {"frontiers": "frontiers.csv", "exact": "exact_frontiers.parquet"}
    assert figure.tables(study(config, synthetic=True)) == exact
    grid = study(config, {"allocation": {"frontier": "grid"}}, synthetic=True)
    assert figure.tables(grid) == {"frontiers": "frontiers.csv"}
    assert figure.tables(study(config, confidential=True)) == {"frontiers": "frontiers.csv"}


def test_exhibit_files_hold_three_a_figure_and_two_a_table(exhibits):
    chosen = [exhibits.all[name] for name in ("figure_04", "table_a1")]
    assert files_of(chosen, "results/x") == [
        "results/x/figures/figure_04.pdf",
        "results/x/figures/figure_04.png",
        "results/x/figures/figure_04.csv",
        "results/x/tables/table_a1.csv",
        "results/x/tables/table_a1.tex",
    ]


# --- what is said of it ---


LABELS = {
    "figure_01": "Figure 1",
    "figure_06a": "Figure 6a",
    "figure_10": "Figure 10",
    "figure_a1": "Figure A.1",
    "figure_a4b": "Figure A.4b",
    "figure_d6": "Figure D.6",
    "table_a1": "Table A.1",
    "figure_bias": "Bias decomposition (ours)",
    "figure_constrained": "Plans under constraints (ours)",
}


@pytest.mark.parametrize("name", LABELS)
def test_an_exhibit_is_called_as_the_paper_calls_it(exhibits, name):
    assert exhibits.all[name].label == LABELS[name]


def test_every_label_is_its_own(exhibits):
    labels = [one.label for one in exhibits.all.values()]
    assert len(set(labels)) == len(labels)


def test_captions_are_filled_with_the_choices_that_they_name(exhibits, config):
    bias = exhibits.all["figure_bias"].described(config)
    assert bias.startswith("**Bias decomposition.** True welfare less its estimate")
    assert "lower-scoring students by 0.7 against the others" in bias
    assert "by a further 0.5 of that" in bias
    changed = overridden(config, {"welfare": {"bias_weight": 0.85}})
    assert "lower-scoring students by 0.85 against" in exhibits.all["figure_bias"].described(
        changed
    )


def test_a_cap_that_the_user_chose_is_the_captions(exhibits, config):
    changed = overridden(config, {"exhibits": {"mvpf_cap": 7}})
    assert "shown up to 7;" in exhibits.all["figure_10"].described(changed)
    assert "shown up to 5;" in exhibits.all["figure_10"].described(config)


TEMPLATE = re.compile(r"\{\{|\}\}|\{%|snakemake\.|\{[^}]*\}?")


def test_no_caption_reason_or_small_print_shows_raw_template_text(exhibits, config):
    named = {"district": {"name": "Ours"}}
    for one in exhibits.all.values():
        described = one.described(config)
        assert not TEMPLATE.search(described), one.name
        assert "- scoring" not in described, one.name  # a word broken by a line's end
        assert described.startswith(f"**{one.label.removesuffix(' (ours)')}.** ")
    for changes in (
        named,
        {**named, **BAYES},
        {**named, "district": {"size": "tiny", "name": "X"}},
    ):
        for synthetic in (True, False):
            for confidential in (True, False):
                one = study(config, changes, synthetic, confidential)
                told = [exhibits.note(one), exhibits.origin(one), *exhibits.skipped(one).values()]
                assert not [text for text in told if TEMPLATE.search(text)]


def test_a_caption_that_names_no_choice_is_refused(config, tmp_path):
    content = copy.deepcopy(GOOD)
    content["exhibits"]["figure_04"]["caption"] = "At {welfare.bias_wieght}."
    with pytest.raises(ConfigError, match=r"config\.yaml has no key 'welfare\.bias_wieght'"):
        read(content, tmp_path).all["figure_04"].described(config)


def test_note_says_what_the_exhibits_must_be_read_with(exhibits, config):
    named = {"district": {"name": "Ours"}}
    assert exhibits.note(study(config, named, synthetic=True)) == "Synthetic district."
    assert exhibits.note(study(config)) == ""
    assert exhibits.note(study(config, named)) == "Ours."
    assert exhibits.note(study(config, named, confidential=True)) == (
        "Ours. Confidential records: small cells are withheld, numbers rounded."
    )
    star = exhibits.note(study(config, {**named, **BAYES}))
    assert star.startswith("Ours. One year a teacher: teacher and class shock cannot be separated")
    assert "60% of the class-level variance" in star


def test_the_origin_of_the_numbers_is_the_first_that_fits(exhibits, config):
    full = exhibits.origin(study(config, synthetic=True))
    assert "calibrated to the inputs that the paper states and to none of its results" in full
    tiny = exhibits.origin(study(config, {"district": {"size": "tiny"}}, synthetic=True))
    assert "The district is synthetic and tiny" in tiny and "calibrated" not in tiny
    assert "tables of the user's own" in exhibits.origin(study(config))


# --- programs ---


@pytest.mark.parametrize("paper", papers(ROOT))
def test_every_program_is_there_and_takes_what_is_declared(paper):
    config = read_config(ROOT, paper)
    declared = read_exhibits(ROOT / "workflow/papers" / paper / "exhibits.yaml", SCHEMA)
    for name, one in declared.all.items():
        function = output.program(paper, f"{one.program}.{name}")
        takes = inspect.signature(function).parameters
        tables = {*one.made_from, *one.made_from_public, *one.made_from_confidential}
        assert set(takes) == {*tables, *one.choices, "note"}, name
        # Tables by name or place, choices and note by name alone.
        by_name = {n for n, p in takes.items() if p.kind is inspect.Parameter.KEYWORD_ONLY}
        assert by_name == {*one.choices, "note"}, name
        # What only some studies have may be left out, and nothing else.
        left_out = {n for n, p in takes.items() if p.default is None}
        some = {*one.made_from_public} ^ {*one.made_from_confidential} | {*one.only_if}
        assert left_out == some, name
        assert function.__doc__
        assert set(one.arguments(config)) == set(one.choices)


def test_the_arguments_of_a_program_are_the_choices(exhibits, config):
    assert exhibits.all["figure_09a"].arguments(config) == {
        "earnings_per_sd": {"ela": 1524, "math": 650}
    }
    assert exhibits.all["figure_10"].arguments(config) == {"cap": 5}
    assert exhibits.all["figure_04"].arguments(config) == {}


def test_a_program_that_does_not_exist_is_an_error_that_names_it():
    with pytest.raises(AttributeError, match=r"frontiers.*figure_99"):
        output.program("eastmond_2024", "frontiers.figure_99")
    with pytest.raises(ModuleNotFoundError, match=r"eastmond_2024\.frontier'"):
        output.program("eastmond_2024", "frontier.figure_04")
    with pytest.raises(ModuleNotFoundError, match=r"exhibits\.nobody_1999"):
        output.program("nobody_1999", "frontiers.figure_04")
