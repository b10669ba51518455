"""A leak of any kind in a published file is found, named by place, and stops the release."""

import base64
import shutil
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfReader, PdfWriter

from welfare_added.disclosure.declarations import Declared, Kind
from welfare_added.disclosure.errors import DisclosureError
from welfare_added.disclosure.profiles import PROFILES
from welfare_added.release.history import history
from welfare_added.release.identifiers import Identifiers, identifiers_of, is_distinctive, places
from welfare_added.release.release import key_of, refuse_identifiers, release
from welfare_added.release.scan import Rules, scan
from welfare_added.run.digests import sha256

PUPIL = "pupil-00417"
N10 = PROFILES["n10"]


def draw(folder: Path, points: int = 12) -> None:
    figure, axes = plt.subplots()
    x = list(range(points))
    axes.plot(x, x, "o")
    figure.savefig(
        folder / "figure.pdf",
        metadata={"CreationDate": None, "Creator": None, "Producer": None, "Subject": "rule"},
    )
    figure.savefig(folder / "figure.png", metadata={"Software": None, "Source": "rule"})
    plt.close(figure)


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A published study of a figure, its table, a page and a TeX table."""
    monkeypatch.chdir(tmp_path)
    Path("Snakefile").write_text("rule all: pass")
    folder = Path("results/mine/figures")
    folder.mkdir(parents=True)
    Path("results/private/mine").mkdir(parents=True)
    Path("results/private").chmod(0o700)
    pd.DataFrame({"x": [0.1] * 12, "teachers": 20}).to_csv(folder / "figure.csv", index=False)
    draw(folder)
    (folder / "page.html").write_text("<p>Nobody.</p>", encoding="utf-8")
    (folder / "table.tex").write_text("0.5 & 0.7", encoding="utf-8")
    return folder


def files():
    return [
        f"results/mine/figures/{name}"
        for name in ("figure.csv", "figure.pdf", "figure.png", "page.html", "table.tex")
    ]


def made_from(inputs=("results/mine/frontiers.csv",)):
    """Records of the files as they are, whoever changed them: only the scan itself is asked."""
    return {
        "files": {
            path: {"sha256": sha256(path), "job": "j"} for path in files() if Path(path).is_file()
        },
        "jobs": {"j": {"inputs": [{"path": path} for path in inputs]}},
    }


def look(manifest=None):
    figure = Declared(
        path="figures/figure",
        of=("all",),
        keys={},
        cells={"x": Kind("estimate"), "teachers": Kind("count", "teachers")},
    )
    people = {"population": ["all"], "students": 900, "teachers": 90, "schools": 9}
    people |= {"students_sure": 900, "teachers_sure": 90, "largest_two": 0.1}
    rules = Rules(
        declared={"figures/figure": figure},
        populations=pd.DataFrame(people),
        profile=N10,
        identifiers=Identifiers([PUPIL, "T12", "7"], ["/records/of/us"]),
        private=Path("results/private/mine"),
        manifest=manifest or made_from(),
        gates=frozenset(),
    )
    return scan(Path("results/mine"), files(), rules)


def test_what_is_in_order_passes_with_its_digest(study):
    assert look() == {path: sha256(path) for path in files()}


def into_csv(folder):
    table = pd.read_csv(folder / "figure.csv").assign(student_id=PUPIL)
    table.to_csv(folder / "figure.csv", index=False)


def small_count(folder):
    table = pd.read_csv(folder / "figure.csv")
    table.loc[4, "teachers"] = 5
    table.to_csv(folder / "figure.csv", index=False)


def into_page(folder):
    (folder / "page.html").write_text(f"<p hidden>{PUPIL}</p>", encoding="utf-8")


def into_embedded(folder):
    packed = base64.b64encode(f"id,{PUPIL}".encode()).decode()
    (folder / "page.html").write_text(
        f'<a href="data:text/csv;base64,{packed}">x</a>', encoding="utf-8"
    )


def into_script(folder):
    (folder / "page.html").write_text(f'<script>const d = ["{PUPIL}"]</script>', encoding="utf-8")


def into_tex(folder):
    (folder / "table.tex").write_text(f"0.5 % {PUPIL}", encoding="utf-8")


def a_path(folder):
    (folder / "table.tex").write_text("from /home/someone/records.csv", encoding="utf-8")


def our_folder(folder):
    (folder / "table.tex").write_text("from /records/of/us.", encoding="utf-8")


def rewrite_pdf(folder, change):
    writer = PdfWriter(clone_from=PdfReader(folder / "figure.pdf"))
    change(writer)
    writer.write(folder / "figure.pdf")


def into_pdf_title(folder):
    rewrite_pdf(folder, lambda writer: writer.add_metadata({"/Subject": PUPIL}))


def attached(folder):
    rewrite_pdf(folder, lambda writer: writer.add_attachment("x.csv", PUPIL.encode()))


def other_metadata(folder):
    rewrite_pdf(folder, lambda writer: writer.add_metadata({"/Author": "me"}))


def many_marks(folder):
    draw(folder, points=13)


def a_picture(folder):
    figure, axes = plt.subplots()
    axes.scatter([0, 1], [0, 1], rasterized=True)
    figure.savefig(
        folder / "figure.pdf", metadata={"CreationDate": None, "Creator": None, "Producer": None}
    )
    plt.close(figure)


def drawn_text(folder):
    figure, axes = plt.subplots()
    axes.set_title(PUPIL)
    figure.savefig(
        folder / "figure.pdf", metadata={"CreationDate": None, "Creator": None, "Producer": None}
    )
    plt.close(figure)


def into_png(folder):
    said = PngInfo()
    said.add_text("Source", PUPIL, zip=True)
    with Image.open(folder / "figure.png") as image:
        image.save(folder / "figure.png", pnginfo=said)


def after_png(folder):
    path = folder / "figure.png"
    path.write_bytes(path.read_bytes() + PUPIL.encode())


def not_a_png(folder):
    (folder / "figure.png").write_bytes(b"nothing")


def parquet(folder):
    pd.DataFrame({"x": [1]}).to_parquet(folder / "x.parquet")


def a_stray_table(folder):
    shutil.copy(folder / "figure.csv", folder / "figure_copy.csv")


def gone(folder):
    (folder / "figure.pdf").unlink()


def open_folder(folder):
    Path("results/private").chmod(0o755)


LEAKS = {
    into_csv: "figure.csv: column student_id: not declared",
    small_count: "figure.csv: column teachers, line 6: fewer than 10 teachers",
    into_page: "page.html: text: an identifier of the raw tables (11 characters long)",
    into_embedded: "page.html: embedded data 1: an identifier",
    into_script: "page.html: text: an identifier",
    into_tex: "table.tex: text: an identifier",
    a_path: "table.tex: text: a path",
    our_folder: "table.tex: text: the folder, user or host of the records",
    into_pdf_title: "figure.pdf: metadata /Subject: an identifier",
    attached: "figure.pdf: an attached file",
    other_metadata: "figure.pdf: metadata /Author",
    many_marks: "figure.pdf: draws 13 marks, but its table has 12 rows",
    a_picture: "figure.pdf: page 1: a picture",
    drawn_text: "figure.pdf: page 1: an identifier",
    into_png: "figure.png: metadata Source: an identifier",
    after_png: "figure.png: bytes: an identifier",
    not_a_png: "figure.png: not a PNG that can be read",
    parquet: "x.parquet: an unknown kind of file (.parquet)",
    a_stray_table: "figure_copy.csv: no rule publishes it",
    gone: "figure.pdf: not there",
    open_folder: "results/private: open to others (mode 755); run chmod 700",
}


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.__name__)
def test_a_leak_is_found_and_its_place_named(study, leak):
    leak(study)
    with pytest.raises(DisclosureError) as raised:
        look()
    assert LEAKS[leak] in str(raised.value)
    assert "Nothing was released" in str(raised.value)
    assert PUPIL not in str(raised.value)


def test_the_pdf_of_all_figures_draws_no_more_marks_than_their_tables_have_rows(study, monkeypatch):
    gathered = study.parent / "report/exhibits.pdf"
    gathered.parent.mkdir()
    listed = [*files(), gathered.as_posix()]
    monkeypatch.setattr(sys.modules[__name__], "files", lambda: listed)
    shutil.copy(study / "figure.pdf", gathered)
    assert look()[gathered.as_posix()] == sha256(gathered)
    writer = PdfWriter()
    writer.metadata = None
    for _ in range(2):
        writer.add_page(PdfReader(study / "figure.pdf").pages[0])
    writer.write(gathered)
    with pytest.raises(DisclosureError, match=r"exhibits\.pdf: draws 24 marks, .* has 12 rows"):
        look()


def test_an_edited_file_and_one_made_from_private_ones_do_not_pass(study):
    before = made_from()
    (study / "table.tex").write_text("0.6 & 0.7", encoding="utf-8")
    with pytest.raises(DisclosureError, match=r"table\.tex: edited since its rule made it"):
        look(before)
    with pytest.raises(
        DisclosureError, match=r"figure\.pdf: made from results/private/mine/x\.parquet, not"
    ):
        look(made_from(["results/private/mine/x.parquet"]))
    with pytest.raises(DisclosureError, match=r"table\.tex: no job's record explains it"):
        look({"files": {}, "jobs": {}})


@pytest.mark.parametrize(
    ("name", "long_enough"),
    [
        ("7", False),
        ("12345678", False),
        ("123456789", True),
        ("Lee", False),
        ("T12", False),
        ("T123", True),
        ("Alvarado", True),
        ("--", False),
    ],
)
def test_short_names_are_not_looked_for(name, long_enough):
    assert is_distinctive(name) == long_enough


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("pupil-00417", True),
        ("x pupil-00417, y", True),
        ("pupil-004178", False),
        ("apupil-00417", False),
        ("pupil 00417", False),
    ],
)
def test_names_are_found_whole(text, found):
    assert bool(list(Identifiers([PUPIL]).matches(text))) == found


def test_short_names_are_not_looked_for_among_bytes():
    assert list(Identifiers(["T123"]).matches("T123"))
    assert not list(Identifiers(["T123"]).matches("T123", binary=True))
    assert list(Identifiers([PUPIL]).matches(PUPIL, binary=True))


def test_identifiers_are_read_under_the_owners_names_of_columns(tmp_path):
    pd.DataFrame(
        {"Pupil": ["p001", "p002"], "school_id": ["s001", "s001"], "ela_score": [1, 2]}
    ).to_csv(tmp_path / "e.csv", index=False)
    pd.DataFrame({"teacher_id": ["t001"]}).to_parquet(tmp_path / "t.parquet")
    found = identifiers_of(
        {"enrolments": tmp_path / "e.csv", "teachers": tmp_path / "t.parquet"},
        ["student_id", "school_id", "teacher_id"],
        {"enrolments": {"student_id": "Pupil"}},
    )
    assert found == {"p001", "p002", "s001", "t001"}


def test_places_are_the_folder_of_the_records_and_this_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = places("secret/records")
    assert {str(tmp_path), "secret/records", str(tmp_path / "secret/records")} <= told


def test_a_release_holds_what_passed_and_its_sums(study, tmp_path):
    passed = look()
    release(tmp_path / "release", passed, {"README.md": "x\n"})
    there = {
        path.relative_to(tmp_path / "release").as_posix()
        for path in (tmp_path / "release").rglob("*")
        if path.is_file()
    }
    assert there == {
        "README.md",
        "SHA256SUMS",
        "Snakefile",
        *(name.removeprefix("results/") for name in passed),
    }
    sums = (tmp_path / "release/SHA256SUMS").read_text().splitlines()
    assert f"{passed['results/mine/figures/figure.pdf']}  mine/figures/figure.pdf" in sums


def test_what_changed_since_it_passed_is_not_released_nor_the_old_release_lost(study, tmp_path):
    passed = look()
    release(tmp_path / "release", passed, {})
    small_count(study)
    with pytest.raises(DisclosureError, match=r"figure\.csv: has changed since it passed"):
        release(tmp_path / "release", passed, {})
    assert (
        sha256(tmp_path / "release/mine/figures/figure.csv")
        == passed["results/mine/figures/figure.csv"]
    )
    assert not list(tmp_path.glob(".release*"))


def records():
    return {
        "project": {"commit": "abc"},
        "config": {
            "study": "mine",
            "district": {
                "source": "/home/us",
                "columns": {"a": "PupilID"},
                **dict.fromkeys(("years", "grades", "split", "class_size"), 1),
            },
            "constrained": {"plans": {"mild": {"pairs": "/home/us/pairs.csv", "most_moves": 0.5}}},
            **{name: {} for name in ("value_added", "allocation", "welfare", "disclosure")},
        },
        "lock": {},
        "environments": {},
        "files": {
            "results/mine/a.csv": {"sha256": "1", "job": "results/private/mine/records/gate.json"},
            "results/private/mine/x.csv": {
                "sha256": "2",
                "job": "results/private/mine/records/x.json",
            },
            "results/private/mine/y.csv": {
                "sha256": "3",
                "job": "results/private/mine/records/y.json",
            },
            "/home/us/enrolments.csv": {"sha256": "4", "job": None},
            "/home/us/secret.csv": {"sha256": "5", "job": None},
            "workflow/t.yaml": {"sha256": "6", "job": None},
        },
        "jobs": {
            f"results/private/mine/records/{name}.json": {
                **dict.fromkeys(
                    ("environment", "started", "ended", "seconds", "cpu_seconds", "peak_mb"), 0
                ),
                "rule": name,
                "wildcards": {},
                "params": {"code": "c", "source": "/home/us"},
                "inputs": [{"path": path} for path in inputs],
                "outputs": [{"path": output}],
            }
            for name, inputs, output in (
                ("gate", ["results/private/mine/x.csv", "workflow/t.yaml"], "results/mine/a.csv"),
                (
                    "x",
                    ["/home/us/enrolments.csv", "/home/us/secret.csv"],
                    "results/private/mine/x.csv",
                ),
                ("y", ["/home/us/enrolments.csv"], "results/private/mine/y.csv"),
            )
        },
    }


SHOWN = ["enrolments"], {"shown": ["district.years", "constrained"], "hidden": ["pairs"]}


def test_the_history_in_a_release_goes_down_to_the_sources_and_tells_nothing_of_them(tmp_path):
    key = key_of(tmp_path / "key")
    told = history(records(), ["results/mine/a.csv"], "results/private/mine", key, *SHOWN)
    assert set(told["jobs"]) == {"mine/gate", "mine/x"}  # nothing published rests on y
    assert told["jobs"]["mine/gate"]["inputs"] == ["confidential/x.csv", "workflow/t.yaml"]
    sources = ["confidential/source/enrolments", "confidential/source/other"]
    assert told["jobs"]["mine/x"]["inputs"] == sources
    assert told["files"]["mine/a.csv"] == {"sha256": "1", "job": "mine/gate"}
    assert set(told["files"]["confidential/x.csv"]) == {"keyed_digest", "job"}
    assert told["files"]["confidential/x.csv"]["keyed_digest"] != "2"
    mild = {"plans": {"mild": {"most_moves": 0.5}}}
    assert told["choices"] == {"district": {"years": 1}, "constrained": mild}
    assert "/home" not in str(told) and "PupilID" not in str(told) and "secret" not in str(told)
    assert key_of(tmp_path / "key") == key
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0


def test_the_history_of_public_records_is_plain():
    told = history(records(), ["results/mine/a.csv"], "results/mine", None, *SHOWN)
    assert told["jobs"]["mine/x"]["inputs"] == ["/home/us/enrolments.csv", "/home/us/secret.csv"]
    assert told["files"]["private/mine/x.csv"]["sha256"] == "2"


def test_texts_of_a_release_are_looked_at_too():
    with pytest.raises(DisclosureError, match=r"README\.md: an identifier"):
        refuse_identifiers({"README.md": f"thanks to {PUPIL}"}, Identifiers([PUPIL]))
