"""The report, opened in a browser from the file system."""

import base64
import json
import math
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from figure_ink import edges_with_ink
from playwright.sync_api import Page
from pypdf import PdfReader
from report_pages import MINUS, choose, line, opened

from welfare_added.exhibits.declarations import read_exhibits

PROJECTS = {
    **{"eastmond_2024": "tiny", "ellison_2020": "tiny_ellison"},
    **{"bates_2022": "tiny_bates", "laverde_2023": "tiny_laverde", "biasi_2017": "tiny_biasi"},
}
PLAN = ["subject", "scope", "information"]


@pytest.fixture(scope="module")
def page(browser, tiny) -> Page:
    """The tiny district's report on a wide screen, with what went wrong."""
    return opened(browser, report(tiny))


def report(project) -> Path:
    return project.folder / "results/eastmond_2024/report/index.html"


def table(project, name: str) -> pd.DataFrame:
    results = project.folder / "results/eastmond_2024"
    return pd.read_csv(next(results.glob(f"[!l]*/{name}.csv"), results / f"{name}.csv"))


def sd(value: float) -> str:
    return f"{MINUS if value < 0 else '+'}{abs(value):.4f} SD"


def test_it_opens_without_network_and_without_an_error(page):
    own = [url for url in page.asked if not url.startswith("data:")]
    assert [url.split("/")[-2:] for url in own] == [["report", "index.html"], ["audit", "run.js"]]
    assert all(url.startswith("file:") for url in own)
    assert page.wrong == []


def test_commit_date_and_machine_are_those_of_the_audit_and_not_in_the_page(page, tiny):
    audit = json.loads((tiny.folder / "results/eastmond_2024/audit/manifest.json").read_text())
    shown = page.locator("#run").text_content()
    assert "Made on" in shown
    for one in audit["environments"].values():
        machine = f"{one['processor']} ({one['machine']}, {one['processors']} processors)"
        assert machine in shown and machine not in report(tiny).read_text()
        assert f"{one['implementation']} {one['python']}" in shown
    assert audit["project"] == {} or audit["project"]["commit"][:12] in shown


def test_a_page_without_its_audit_says_where_commit_and_machine_are(browser, tiny, tmp_path):
    shutil.copy(report(tiny), tmp_path / "alone.html")
    alone = opened(browser, tmp_path / "alone.html")
    shown = alone.locator("#run").text_content()
    assert "audit/manifest.json" in shown and "history.json" in shown and "Made on" not in shown
    alone.close()


def test_findings_are_numbers_of_the_tables(page, tiny):
    shown = page.locator(".findings li").all_text_contents()
    assert len(shown) == 5 and "{" not in "".join(shown)
    earnings = table(tiny, "earnings").query(
        "scope == 'district' and information == 'heterogeneous' and weight == 0.5"
    )
    dollars = float(f"{earnings['earnings_mean'].item():.3g}")
    assert f"${dollars:,.0f} a student" in shown[3]


def test_every_figure_says_in_words_what_it_shows(page):
    texts = page.evaluate("[...document.images].map((i) => i.alt)")
    assert len(texts) > 20 and len(set(texts)) == len(texts)
    assert all(len(text) > 100 for text in texts)
    ranged = [text for text in texts if "Range of the data:" in text]
    assert ranged == texts


def test_all_exhibits_are_in_one_pdf(page, tiny):
    link = page.locator("nav a", has_text="All exhibits").get_attribute("href")
    reader = PdfReader(report(tiny).parent / link)
    names = page.evaluate("[...document.querySelectorAll('section h4')].map((h) => h.textContent)")
    marks = [mark.title for mark in reader.outline]
    assert len(reader.pages) == len(marks) + 1
    assert len(names) == len(marks)
    assert all(name.startswith(mark) for name, mark in zip(names, marks, strict=True))


def test_every_exhibit_is_there_with_picture_data_and_history(page, tiny):
    folder = tiny.folder / "workflow"
    exhibits = read_exhibits(
        folder / "papers/eastmond_2024/exhibits.yaml", folder / "schemas/exhibits.schema.json"
    ).all
    names = page.evaluate("[...document.querySelectorAll('section')].map((s) => s.id)")
    absent = {*table(tiny, "skipped")["exhibit"], "figure_constrained"}  # made on request
    assert names == [name for name in exhibits if name not in absent] and "table_a1" in names
    page.evaluate("document.querySelectorAll('img').forEach((i) => i.loading = 'eager')")
    page.wait_for_function("[...document.images].every((i) => i.complete && i.naturalWidth > 500)")
    for name in names:
        section = page.locator(f"#{name}")
        held = section.locator("a[download]").get_attribute("href").split(",")[1]
        kind = "figures" if name.startswith("figure") else "tables"
        file = tiny.folder / f"results/eastmond_2024/{kind}/{name}.csv"
        assert base64.b64decode(held) == file.read_bytes()
        program = exhibits[name].program
        code = rf"exhibits/eastmond_2024/{program}\.py:\d+ {name}\b"
        assert re.search(code, section.locator("details").text_content())
        assert section.locator("figcaption strong").count() == 1
    assert "rule synthetic_district" in page.locator("#figure_02 details").text_content()


def test_the_explorer_shows_the_tables_numbers_for_every_plan(page, tiny):
    plans = table(tiny, "frontiers").merge(table(tiny, "gaps")).merge(table(tiny, "winners"))
    weights = sorted(plans["weight"].unique())
    for (subject, scope, information), rows in plans.groupby(PLAN):
        choose(page, subject=subject, scope=scope, information=information)
        for at in (0, len(weights) // 2, len(weights) - 1):
            choose(page, weight=at)
            row = rows[rows["weight"] == weights[at]].iloc[0]
            assert page.locator("#weight-shown").text_content() == f"{weights[at]:.2f}"
            assert line(page, "gain-lower") == sd(row["gain_lower"])
            assert line(page, "gain-higher") == sd(row["gain_higher"])
            assert line(page, "gain-mean") == sd(row["gain_mean"])
            gap = f"{sd(row['change_higher_lower'])} on {row['baseline_higher_lower']:.2f}"
            assert line(page, "gap-scores") == gap
            assert line(page, "harmed") == f"{100 * row['share_harmed']:.1f}%"
            assert line(page, "moved") == f"{100 * row['share_moved']:.1f}%"


def test_earnings_and_public_funds_are_those_of_figure_10(page, tiny):
    earnings, mvpf = table(tiny, "earnings"), table(tiny, "mvpf")
    bonus = json.loads(page.locator("#explorer-data").text_content())["bonuses"]
    assert bonus == pytest.approx([mvpf["bonus"].min(), mvpf["bonus"].max()])
    choose(page, subject="both", information="heterogeneous", weight=5)
    for scope in ("district", "school"):
        choose(page, scope=scope)
        chosen = earnings.query(
            "scope == @scope and information == 'heterogeneous' and weight == 0.5"
        )
        assert line(page, "earnings-mean") == f"${chosen['earnings_mean'].item():,.0f}"
        rows = mvpf[mvpf["scope"] == scope].reset_index(drop=True)
        for at in (0, 150, 300):
            choose(page, bonus=at)
            wanted = rows["mvpf"].iloc[at]
            said = line(page, "mvpf")
            assert said == (f"{wanted:.2f}" if math.isfinite(wanted) else "pays for itself")


def test_the_weight_of_a_subject_moves_the_point_between_subjects(page, tiny):
    rows = table(tiny, "subjects").query("scope == 'school'").sort_values("weight_ela")
    choose(page, subject="subjects", scope="school")
    for at in (0, len(rows) - 1):
        choose(page, weight_ela=at)
        assert line(page, "gain-ela") == sd(rows["gain_ela"].iloc[at])
        assert line(page, "gain-math") == sd(rows["gain_math"].iloc[at])
    assert not page.locator("#weight-row").is_visible()
    assert not page.locator('[data-line="harmed"]').is_visible()


def test_the_point_is_on_the_frontier(page):
    choose(page, subject="ela", scope="district", information="heterogeneous")
    for weight in (0, 3, 5, 8, 10):
        choose(page, weight=weight)
        apart = page.evaluate(
            """() => { const point = document.getElementById("point");
            const [x, y] = [point.cx.baseVal.value, point.cy.baseVal.value];
            const curve = [...document.getElementById("curve").points];
            const near = (a, b) => { const [dx, dy] = [b.x - a.x, b.y - a.y];
              const at = Math.max(0, Math.min(1, ((x - a.x) * dx + (y - a.y) * dy) / (dx * dx + dy * dy || 1)));
              return Math.hypot(x - a.x - at * dx, y - a.y - at * dy); };
            return Math.min(...curve.slice(1).map((b, i) => near(curve[i], b))); }"""
        )
        assert apart < 0.2  # of 420 units across


def test_it_works_by_keyboard(page):
    choose(page, subject="ela", weight=5)
    page.locator("#weight").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#weight-shown").text_content() == "0.60"
    page.keyboard.press("End")
    assert page.locator("#weight-shown").text_content() == "1.00"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.id") == "information"
    before = line(page, "gain-mean")
    page.keyboard.press("ArrowDown")
    assert line(page, "gain-mean") != before


def test_claims_can_be_sifted(page, tiny):
    claims = table(tiny, "claims")
    page.locator("#claim-kind").select_option("input")
    page.locator("#claim-verdict").select_option("differs")
    wanted = claims.query("kind == 'input' and verdict == 'differs'")
    assert page.locator("#claims-table tbody tr:visible").count() == len(wanted) > 0
    page.locator("#claim-word").fill("no such words")
    assert page.locator("#claims-table tbody tr:visible").count() == 0
    assert page.locator("#claim-count").text_content() == f"0 of {len(claims)}"


def test_it_fits_a_phone(browser, tiny):
    context = browser.new_context(**browser.phone)
    page = context.new_page()
    page.goto(report(tiny).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    chart, worth = page.locator("#chart").bounding_box(), page.locator("#worth").bounding_box()
    assert chart["y"] < worth["y"] and chart["width"] > 300
    page.locator("#subject").select_option("math")
    assert page.locator("#curve").is_visible()
    context.close()


@pytest.mark.parametrize("width", [320, 390, 1200])
@pytest.mark.parametrize("paper", PROJECTS)
def test_claims_do_not_run_off_the_screen_and_begin_with_the_verdict(
    browser, paper, width, request
):
    project = request.getfixturevalue(PROJECTS[paper])
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto((project.folder / f"results/{paper}/report/index.html").as_uri())
    box = page.locator("#claims-table").evaluate(
        "(t) => [t.scrollWidth, t.getBoundingClientRect().right, t.parentElement.clientWidth]"
    )
    assert box[1] <= width and box[0] <= box[2]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cells = page.locator("#claims-table tbody tr").first.locator("td").all()
    assert cells[0].get_attribute("class").split()[0] == "verdict"
    places = [cell.bounding_box() for cell in cells]
    assert all(one["y"] >= places[0]["y"] and one["x"] >= places[0]["x"] for one in places)
    assert all(one["x"] + one["width"] <= width for one in places)
    page.close()


def test_it_reads_without_a_script(browser, tiny):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report(tiny).as_uri())
    assert page.get_by_text("The explorer needs a script").is_visible()
    assert page.locator("#claims-table tbody tr").count() > 200
    context.close()


@pytest.mark.parametrize("paper", PROJECTS)
def test_no_figure_is_cut_off_at_an_edge(paper, request):
    project = request.getfixturevalue(PROJECTS[paper])
    figures = sorted(project.folder.glob(f"results/{paper}/figures/*.png"))
    assert len(figures) > 5
    assert {path.name: edges for path in figures if (edges := edges_with_ink(path))} == {}


def test_nothing_of_place_or_time_is_in_it(tiny):
    text = report(tiny).read_text()
    assert str(tiny.folder) not in text
    assert not re.search(r"20\d\d-\d\d-\d\dT", text)
