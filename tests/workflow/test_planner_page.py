"""The planner's page of ellison_2020, opened in a browser from the file system."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Page
from report_pages import choose, line, opened

RESULTS = "results/ellison_2020"
# Lines of the page and columns of table A.6, with half of the last digit shown.
LINES = {
    "mean": ("mean", 0.005),
    "sd": ("sd", 0.005),
    "gap": ("gap", 0.005),
    "efficiency-sd": ("sd_minority_only", 0.05),
    "efficiency-mean": ("mean_minority_only", 0.05),
    "overall-sd": ("sd_overall", 0.05),
    "overall-mean": ("mean_overall", 0.05),
}
SHARES = ("minority", "frpl", "asian")
CELLS = [(1, 1), (1, 0), (0, 1), (0, 0)]  # in the order of the page: minority, free lunch


@pytest.fixture(scope="module")
def page(browser, tiny_ellison) -> Page:
    return opened(browser, report(tiny_ellison))


@pytest.fixture(scope="module")
def classes(tiny_ellison) -> pd.DataFrame:
    return table(tiny_ellison, "planner/classes")


def report(project) -> Path:
    return project.folder / RESULTS / "report/index.html"


def table(project, name: str) -> pd.DataFrame:
    return pd.read_csv(project.folder / RESULTS / f"{name}.csv")


def number(text: str) -> float:
    """The first number of a text; missing where there is only a dash."""
    found = re.search(r"−?\d+(\.\d+)?", text)
    return float(found.group().replace("−", "-")) if found else float("nan")


def near(value: float, half: float):
    return pytest.approx(value, abs=half + 1e-6, nan_ok=True)


def test_it_opens_without_network_and_without_an_error(page):
    assert all(url.startswith(("data:", "file:")) for url in page.asked)
    assert page.wrong == []
    assert page.locator("#plan").input_value() == "tiers"


def test_at_the_tuned_value_the_numbers_are_those_of_table_a6(page, tiny_ellison):
    rows = table(tiny_ellison, "tables/table_a6")
    assert rows["tuned_at"].nunique() == 2 and len(rows) > 12
    for row in rows.to_dict("records"):
        choose(page, school=row["tuned_at"], plan=row["plan"])
        assert page.locator("#to-tuned").is_disabled()
        for name, (column, half) in LINES.items():
            assert number(line(page, name)) == near(row[column], half), (row["plan"], name)
        for name in SHARES:
            assert number(line(page, name)) == near(100 * row[name], 0.05), (row["plan"], name)


def test_at_every_position_the_numbers_are_those_of_the_tables(page, tiny_ellison, classes):
    keys = ["school", "plan", "position"]
    scores = table(tiny_ellison, "planner/histograms").set_index(keys).sort_index()
    moved = table(tiny_ellison, "planner/displaced").groupby(keys)
    moved = moved[["displaced", "newly_admitted"]].sum().to_dict("index")
    nobody = {"displaced": 0, "newly_admitted": 0}
    shown = {"points": (1, 0.005), "seats": (1, 0.5), "share": (100, 0.5)}
    for (school, plan), rows in classes.groupby(["school", "plan"]):
        choose(page, school=school, plan=plan)
        for row in rows.iloc[:: max(1, len(rows) // 3)].to_dict("records"):
            key = school, plan, row["position"]
            choose(page, weight=row["position"])
            if plan != "score":
                scale, half = shown[row["unit"]]
                said = page.locator("#weight-shown").text_content()
                assert number(said) == near(scale * row["weight"], half)
            assert number(line(page, "students")) == row["students"]
            assert number(line(page, "sd")) == near(row["sd"], 0.005)
            efficiency = number(line(page, "efficiency-sd"))
            assert efficiency == near(100 * row["efficiency_sd"], 0.05)
            bins = scores.loc[[key]]
            for at, (minority, frpl) in enumerate(CELLS):
                here = bins.query("minority == @minority and frpl == @frpl")
                assert number(line(page, f"students-{at}")) == here["students"].sum()
                lowest = row[f"lowest_{minority}{frpl}"]
                assert number(line(page, f"lowest-{at}")) == near(lowest, 0.05)
            bars = page.locator("#histogram rect title")
            assert (
                sum(number(t.split(": ")[1]) for t in bars.all_text_contents()) == row["students"]
            )
            said = re.findall(r"\d+", page.locator("#displaced-said").text_content())
            assert [int(one) for one in said[:2]] == list(moved.get(key, nobody).values())


def test_tracts_of_the_map_hold_the_displaced(page, tiny_ellison, classes):
    displaced = table(tiny_ellison, "planner/displaced").query("plan == 'tiers'")
    school, position = displaced["school"].iloc[0], displaced["position"].iloc[0]
    rows = displaced.query("school == @school and position == @position")
    choose(page, school=school, plan="tiers", weight=position)
    titles = page.locator("#map path title").all_text_contents()
    moved = dict(re.findall(r"Census tract (\d+): (\d.*)", "\n".join(titles)))
    assert len(titles) == table(tiny_ellison, "planner/shapes")["tract"].nunique()
    assert moved == {
        str(one.tract): f"{one.displaced} displaced, {one.newly_admitted} newly admitted"
        for one in rows.itertuples()
    }
    fills = page.evaluate(
        "[...document.querySelectorAll('#map path')].map((p) => [p.textContent, p.getAttribute('fill')])"
    )
    orange, purple, pale = (
        ("#b35806", "#e08214", "#fdb863"),
        ("#b2abd2", "#8073ac", "#542788"),
        ("#f7f7f7",),
    )
    for text, fill in fills:
        lost, gained = (
            map(int, re.findall(r": (\d+) displaced, (\d+)", text)[0])
            if " displaced," in text
            else (0, 0)
        )
        assert fill in (orange if lost > gained else purple if gained > lost else pale)


def test_the_button_goes_to_the_mark(page, classes):
    choose(page, school=classes["school"].iloc[0], plan="tiers", weight=0)
    page.locator("#to-tuned").click()
    assert page.locator("#weight-shown").text_content() == "30%"
    assert page.evaluate("document.activeElement.id") == "weight"
    thumb = page.evaluate(
        "Number(document.getElementById('weight').value / document.getElementById('weight').max)"
    )
    assert page.locator("#mark").evaluate("(mark) => mark.style.left") == f"{100 * thumb:g}%"


def test_a_plan_that_could_not_be_tuned_says_so(browser, page, tiny_ellison, tmp_path):
    choose(page, plan="race_only")
    assert page.locator("#mark").is_visible() and not page.locator("#untuned").is_visible()
    text, changed = re.subn(r'"tuned":\d+', '"tuned":null', report(tiny_ellison).read_text())
    assert changed > 20
    shutil.copytree(report(tiny_ellison).parents[1] / "audit", tmp_path / "audit")
    (tmp_path / "report").mkdir()
    (tmp_path / "report/index.html").write_text(text)
    untuned = opened(browser, tmp_path / "report/index.html")
    choose(untuned, plan="race_only")
    assert untuned.locator("#untuned").is_visible() and untuned.wrong == []
    assert not untuned.locator("#mark").is_visible()
    assert not untuned.locator("#to-tuned").is_visible()
    assert line(untuned, "overall-sd") == "–"


def test_admission_by_score_has_nothing_to_move(page):
    choose(page, plan="score")
    assert not page.locator("#weight-row").is_visible()
    assert page.locator("#summary").text_content().startswith("Score alone, at ")
    assert " 0 students lose" in page.locator("#displaced-said").text_content()


def test_it_works_by_keyboard(page):
    choose(page, plan="tiers", weight=0)
    page.locator("#weight").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#weight-shown").text_content() == "5%"
    page.keyboard.press("End")
    assert page.locator("#weight-shown").text_content() == "100%"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("#weight-shown").text_content() == "30%"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.id") == "plan"


def test_what_is_drawn_is_said(page):
    choose(page, plan="tiers")
    said = page.locator("#histogram").get_attribute("aria-label")
    assert line(page, "students-0") in said and "Scores of the class" in said
    assert page.locator("#map").get_attribute("aria-label").startswith("Map of census tracts")
    assert page.locator("#weight").get_attribute("aria-valuetext") == "30%, share in force"


def test_it_fits_a_phone(browser, tiny_ellison):
    context = browser.new_context(**browser.phone)
    page = context.new_page()
    page.goto(report(tiny_ellison).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    boxes = [
        page.locator(f"#{name}").bounding_box()
        for name in ("plan", "histogram", "class-table", "map")
    ]
    assert [box["y"] for box in boxes] == sorted(box["y"] for box in boxes)
    assert all(box["x"] + box["width"] <= page.viewport_size["width"] for box in boxes)
    page.locator("#plan").select_option("race_only")
    assert "points" in page.locator("#weight-shown").text_content()
    context.close()


def test_it_reads_without_a_script(browser, tiny_ellison):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report(tiny_ellison).as_uri())
    assert page.get_by_text("The planner's page needs a script").is_visible()
    context.close()
