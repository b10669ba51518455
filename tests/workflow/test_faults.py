"""What machines do to a run: killed, full, set back, shared, cut off. Slow: `make test-all`."""

import json
import os
import random
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from conftest import digests

from welfare_added.exhibits.declarations import read_exhibits
from welfare_added.run.imports import project_modules

pytestmark = pytest.mark.slow
ROUNDS, KILLS = 3, 10


def results(project):
    return project.folder / "results" / "eastmond_2024"


def test_runs_killed_at_thirty_random_moments_end_with_the_same_bytes(changed):
    draw = random.Random(20261121)
    whole = digests(changed.folder / "results")
    records = sorted(results(changed).glob("records/*.json"))
    outputs = [[o["path"] for o in json.loads(path.read_text())["outputs"]] for path in records]
    hit = 0
    for _ in range(ROUNDS):
        for made in draw.sample(outputs, 15):
            for path in made:
                (changed.folder / path).unlink(missing_ok=True)
        for _ in range(KILLS):
            running = changed.start(cores=2)
            time.sleep(draw.uniform(1.5, 9))
            hit += running.poll() is None
            os.killpg(running.pid, signal.SIGKILL)
            running.wait(60)
            changed.run("--unlock")
        changed.run(cores=2)
        assert digests(changed.folder / "results") == whole
    assert hit >= ROUNDS * KILLS / 2
    assert changed.audit("verify").returncode == 0


def test_two_runs_at_once_do_not_mix(changed):
    whole = digests(changed.folder / "results")
    first = changed.start("--forcerun", "allocation")
    lock = changed.folder / ".snakemake/locks"
    deadline = time.monotonic() + 60
    while not list(lock.glob("*.lock")) and time.monotonic() < deadline:
        time.sleep(0.02)
    second = changed.snakemake()
    assert second.returncode != 0
    assert "Directory cannot be locked" in second.stdout + second.stderr
    assert first.wait(300) == 0
    assert digests(changed.folder / "results") == whole


def test_a_truncated_result_is_refused_and_named_by_what_would_read_it(changed):
    path = "results/eastmond_2024/value_added.parquet"
    file = changed.folder / path
    whole, times = file.read_bytes(), (file.stat().st_atime_ns, file.stat().st_mtime_ns)
    file.write_bytes(whole[: len(whole) // 2])
    os.utime(file, ns=times)
    figure = results(changed) / "figures/figure_02.pdf"
    done = changed.snakemake(
        "--forcerun", "figure_02", "--", str(figure.relative_to(changed.folder))
    )
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert f"{path}: edited or damaged, it is not as value_added left it. Make it again:" in said
    changed.run("--forcerun", "value_added", "--", path)
    assert file.read_bytes() == whole
    changed.run()


def test_a_clock_set_back_is_said(changed):
    tomorrow = time.time() + 86_400
    for path in results(changed).rglob("*"):
        os.utime(path, (tomorrow, tomorrow))
    changed.choose({"welfare": {"tax_rate": 0.3}})
    done = changed.snakemake()
    assert done.returncode != 0
    assert "clock skew" in done.stdout + done.stderr
    now = time.time()
    for path in results(changed).rglob("*"):
        os.utime(path, (now, now))
    changed.run()


@pytest.fixture
def small_disk(changed):
    """A disk of one megabyte in place of the welfare results, where the machine lets us make one."""
    place = results(changed) / "welfare"
    for path in place.iterdir():
        path.unlink()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("making a small disk needs the rights of root")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_said_and_leaves_nothing_half_written(changed, small_disk, tiny):
    (small_disk / "taken").write_bytes(b"0" * (2**20 - 8192))
    done = changed.snakemake()
    assert done.returncode != 0
    assert "No space left on device" in done.stdout + done.stderr
    for path in small_disk.glob("*.csv"):
        assert path.read_bytes().endswith(b"\n")
    (small_disk / "taken").unlink()
    changed.run()
    assert digests(changed.folder / "results") == digests(tiny.folder / "results")


def test_read_only_results_are_said(changed, small_disk, tiny):
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    done = changed.snakemake()
    assert done.returncode != 0
    assert "Read-only file system" in done.stdout + done.stderr
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    changed.run()
    assert digests(changed.folder / "results") == digests(tiny.folder / "results")


def edges(project) -> dict[str, set[str]]:
    """Which rules read what each rule makes."""
    text = project.snakemake("--rulegraph").stdout
    names = dict(re.findall(r'(\d+)\[label = "(\w+)"', text))
    read_by: dict[str, set[str]] = {name: set() for name in names.values()}
    for above, below in re.findall(r"(\d+) -> (\d+)", text):
        read_by[names[above]].add(names[below])
    return read_by


def downstream(rules: set[str], read_by: dict[str, set[str]]) -> set[str]:
    found, waiting = set(rules), list(rules)
    while waiting:
        for rule in read_by[waiting.pop()] - found:
            found.add(rule)
            waiting.append(rule)
    return found


def scripts_of(root: Path) -> dict[str, list[Path]]:
    """Script of each rule, and what it loads by name."""
    text = "\n".join(path.read_text() for path in (root / "workflow").rglob("*.smk"))
    pairs = re.findall(
        r'^ *rule (\w+):(?:(?!^ *rule ).)*?script_path\("(\w+)"\)', text, re.M | re.S
    )
    own, shared = root / "scripts/eastmond_2024", root / "scripts"
    scripts = {
        rule: [folder / f"{script}.py"]
        for rule, script in pairs
        for folder in (shared, own)
        if (folder / f"{script}.py").is_file()
    }
    exhibits = read_exhibits(
        root / "workflow/papers/eastmond_2024/exhibits.yaml",
        root / "workflow/schemas/exhibits.schema.json",
    )
    programs = root / "src/welfare_added/exhibits/eastmond_2024"
    return scripts | {
        name: [shared / "exhibit.py", programs / f"{one.program}.py"]
        for name, one in exhibits.all.items()
    }


def test_an_edit_of_a_module_makes_exactly_its_targets_due(changed):
    """Of one module for each of twelve sets of rules; tests/run has every module, by its digests."""
    root = changed.folder
    read_by = edges(changed)
    uses = {
        rule: set(project_modules(starts, root / "src"))
        for rule, starts in scripts_of(root).items()
        if rule in read_by
    }
    assert set(read_by) - set(uses) == {"all"}
    used_by: dict[frozenset[str], list[Path]] = {}
    for module in sorted(set().union(*uses.values())):
        if module.name != "__init__.py":
            rules = frozenset(rule for rule, modules in uses.items() if module in modules)
            used_by.setdefault(rules, []).append(module)
    assert len(used_by) > 60
    draw = random.Random(20261129)
    for rules in draw.sample(sorted(used_by, key=sorted), 12):
        module = draw.choice(used_by[rules])
        before = module.read_text()
        module.write_text(before + "\nEDITED = True\n")
        assert changed.due() == downstream(set(rules), read_by), module
        module.write_text(before)
    assert changed.due() == set()


def levels(read_by: dict[str, set[str]]) -> Iterator[set[str]]:
    """Rules in groups within which none reads what another makes; what is read comes first."""
    order = TopologicalSorter({rule: () for rule in read_by})
    for rule, readers in read_by.items():
        for reader in readers:
            order.add(reader, rule)
    order.prepare()
    while order.is_active():
        ready = order.get_ready()
        yield set(ready)
        order.done(*ready)


def test_any_result_that_is_lost_is_made_again(changed):
    """All results of a level at a time: as many jobs of each rule are due as have lost theirs."""
    made = [json.loads(path.read_text()) for path in results(changed).glob("records/*.json")]
    assert len(made) > 60
    read_by, tried = edges(changed), 0
    for rules in levels(read_by):
        lost = [record for record in made if record["rule"] in rules]
        files = [changed.folder / one["path"] for record in lost for one in record["outputs"]]
        for file in files:
            file.rename(f"{file}.away")
        due = changed.jobs_due()
        jobs = Counter(record["rule"] for record in lost)
        assert {rule: due.get(rule) for rule in jobs} == jobs
        assert set(due) == downstream(set(jobs), read_by)
        for file in files:
            Path(f"{file}.away").rename(file)
        tried += len(lost)
    assert tried == len(made)
