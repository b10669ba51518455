"""The workflow on a real Slurm: `make test-slurm`."""

import json
import re
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
import slurm_cluster
from conftest import ROOT, Project, copy_project, digests

pytestmark = pytest.mark.slurm
EXAMPLE = re.compile(
    r"^ {4}\.venv/bin/snakemake (--workflow-profile workflow/profiles/slurm.*)$", re.M
)


@pytest.fixture(scope="module")
def cluster():
    with tempfile.TemporaryDirectory() as base:
        Path(base).chmod(0o755)  # munged's socket must be within reach of all
        with slurm_cluster.Cluster(Path(base)) as running:
            yield running


@pytest.fixture(scope="module")
def command():
    """The README's command, as this Python runs it; a cluster of our own may be asked often."""
    (arguments,) = EXAMPLE.findall((ROOT / "README.md").read_text())
    often = ["--patient-slurm-init-seconds-before-status-checks", "2"]
    return [sys.executable, "-m", "snakemake", *shlex.split(arguments.split("  #")[0]), *often]


class Run:
    """Snakemake on a cluster, and what it has said so far."""

    def __init__(self, project: Project, cluster, command, *targets: str):
        path = {"PYTHONPATH": str(project.folder / "src"), "OPENBLAS_NUM_THREADS": "1"}
        self.cluster, self.output = cluster, project.folder / "said.txt"
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [*command, *targets],
                cwd=project.folder,
                env={**cluster.environment, **path},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def said(self) -> str:
        return self.output.read_text()

    def ended(self) -> int:
        """Its exit code, once it has one."""
        try:
            return self.process.wait(timeout=900)
        except subprocess.TimeoutExpired:
            self.process.kill()
            pytest.fail(
                f"Snakemake hangs; Slurm's jobs: {self.cluster.jobs()}\n{self.said[-4000:]}"
            )


def job_ids(project: Project) -> list[str]:
    """Numbers of Slurm's jobs in the manifest; none where a job ran elsewhere."""
    manifest = json.loads(
        (project.folder / "results/eastmond_2024/audit/manifest.json").read_text()
    )
    return [job["job_id"] for job in manifest["jobs"].values()]


def until(there, what: str, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end, f"no {what}"
        time.sleep(0.05)


def test_the_readmes_command_runs_the_district_on_slurm(cluster, command, tiny, tmp_path):
    project = copy_project(tmp_path / "project")
    before = set(cluster.jobs())
    running = Run(project, cluster, command)
    assert running.ended() == 0, running.said[-4000:]
    assert digests(project.folder / "results") == digests(tiny.folder / "results")
    ids = job_ids(project)
    states = {number: state for number, state in cluster.jobs().items() if number not in before}
    assert len(ids) == len(set(ids)) > 60
    assert set(ids) < set(states)  # the manifest's own job came last
    assert set(states.values()) == {"COMPLETED"}
    assert job_ids(tiny) and set(job_ids(tiny)) == {None}
    assert project.audit("verify").returncode == 0


def test_a_job_that_fails_says_why_and_leaves_nothing_half_made(cluster, command, fresh):
    fresh.choose({"value_added": {"minimum_class_size": 99}})
    running = Run(fresh, cluster, command, "value_added")
    assert running.ended() != 0
    assert "0 students in 0 classes of 99 or more are too few" in running.said
    made = fresh.folder / "results/eastmond_2024"
    assert (made / "district/students.parquet").is_file()
    assert not (made / "value_added.parquet").exists()
    assert list(cluster.jobs().values()).count("FAILED") == 2  # once more, as the profile says


def test_a_job_that_an_operator_cancels_is_made_again(cluster, command, fresh):
    before = set(cluster.jobs())

    def new(state: str) -> list[str]:
        found = cluster.jobs().items()
        return [number for number, is_now in found if number not in before and is_now == state]

    running = Run(fresh, cluster, command, "district")
    until(lambda: new("RUNNING"), "job that runs")
    (number,) = new("RUNNING")
    cluster.ask("scancel", number)
    assert running.ended() == 0, running.said[-4000:]
    assert new("CANCELLED") == [number]
    assert len(new("COMPLETED")) == 2
    assert (fresh.folder / "results/eastmond_2024/district/students.parquet").is_file()


def test_a_controller_that_dies_and_comes_back_loses_nothing(cluster, command, tiny, fresh):
    running = Run(fresh, cluster, command, "district")
    # In its step a job needs the controller no more.
    until(lambda: ".0" in cluster.ask("squeue", "-h", "-s", "-o", "%i"), "step")
    number = cluster.ask("squeue", "-h", "-s", "-o", "%i").split(".")[0]
    cluster.suspend(number)
    cluster.kill_controller()
    until(lambda: "Slurm does not answer" in running.said, "question to a dead controller")
    assert cluster.jobs() == {}
    cluster.start_controller()
    cluster.wait(lambda: cluster.jobs().get(number) == "SUSPENDED", "job that was running")
    cluster.resume(number)
    assert running.ended() == 0, running.said[-4000:]
    sample = Path("results/eastmond_2024/district/students.parquet")
    assert (fresh.folder / sample).read_bytes() == (tiny.folder / sample).read_bytes()


def test_without_the_daemon_nothing_runs(cluster, command, fresh):
    cluster.kill_controller()
    try:
        running = Run(fresh, cluster, command, "synthetic_district")
        assert running.ended() != 0
        assert "Unable to contact slurm controller" in running.said
        made = (fresh.folder / "results/eastmond_2024").rglob("*")
        assert not [path for path in made if path.is_file() and path.stat().st_size]
    finally:
        cluster.start_controller()
