"""What a run prints: a line or two a job, progress, and one message an error."""

import re

import pytest
from conftest import Project, copy_project
from second_paper import add_second_paper

SECOND = ("--config", "paper=second_2030", "--")
LONGEST = 200


@pytest.fixture
def second(tmp_path) -> Project:
    project = copy_project(tmp_path)
    add_second_paper(project)
    return project


def printed(done) -> list[str]:
    return [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]


def test_a_first_run_prints_a_line_or_two_a_job_and_how_many_are_done(second):
    lines = printed(second.snakemake(*SECOND, cores=2))
    jobs = int(re.search(r"(\d+) jobs to run", "\n".join(lines))[1])
    assert jobs == 9
    assert len(lines) <= 2 * jobs + 2
    assert max(map(len, lines)) < LONGEST
    done = [line for line in lines if re.match(r" +\d+ of 9 ", line)]
    assert [int(line.split()[0]) for line in done] == list(range(1, 10))
    assert re.fullmatch(r" +1 of 9 (Making people|Listing .*) \(\d+\.\d s\)", done[0])


def test_a_dry_run_is_short(second):
    lines = printed(second.snakemake("-n", *SECOND))
    assert max(map(len, lines)) <= LONGEST
    assert sum(line == "Job stats:" for line in lines) == 1


def test_an_error_of_the_users_is_one_message_of_ours(second):
    script = second.folder / "scripts/second_2030/world.py"
    wrong = "    raise UserError('people.csv, column age: 3 rows')\n    random = np"
    text = script.read_text().replace("    random = np", wrong, 1)
    script.write_text("from welfare_added.run.errors import UserError\n" + text)
    done = second.snakemake(*SECOND)
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert said.count("people.csv, column age: 3 rows") == 1
    assert "FAILED     Making people" in said and "world.log" in said
    assert "Traceback" not in said and "input:" not in said and len(printed(done)) < 12


def test_an_error_of_ours_keeps_its_traceback(second):
    script = second.folder / "scripts/second_2030/world.py"
    script.write_text(
        script.read_text().replace("    random = np", "    1 / 0\n    random = np", 1)
    )
    done = second.snakemake(*SECOND)
    assert "ZeroDivisionError" in done.stderr and "FAILED     Making people" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--config", "paper=nobody", "--"],
            "- paper: 'nobody' is not one of bates_2022, biasi_2017, eastmond_2024",
        ),
        (["--config", "district={size: huge}", "--"], "- district.size: 'huge' is not one of full"),
    ],
)
def test_a_choice_that_cannot_be_followed_is_one_message(second, arguments, message):
    lines = printed(second.snakemake("-n", *arguments))
    assert any(line.startswith(message) for line in lines)
    assert not any("File " in line or "Traceback" in line for line in lines)
    assert len(lines) <= 4
