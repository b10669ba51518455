"""A project of four jobs, each recorded by itself: source, a, b (of a), two figures (of b, of c)."""

import shutil
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from welfare_added.audit.manifest import manifest
from welfare_added.run import job as job_module
from welfare_added.run.job import job


class Namedlist(list):
    """As Snakemake's: a list whose items may have names."""

    def __init__(self, **items):
        super().__init__(
            x for one in items.values() for x in (one if isinstance(one, list) else [one])
        )
        self.named = items

    def items(self):
        return self.named.items()

    def get(self, name, default=None):
        return self.named.get(name, default)


CODE = ["scripts/work.py", "src/welfare_added/core.py"]


class Mini:
    def __init__(self, folder: Path):
        self.folder = folder

    def path(self, name: str) -> Path:
        return self.folder / name

    def work(self, rule: str, inputs: list[str], outputs: list[str], fail=False, **params) -> None:
        snakemake = SimpleNamespace(
            rule=rule,
            wildcards=Namedlist(),
            input=Namedlist(data=inputs, code=CODE),
            output=Namedlist(files=outputs),
            params=Namedlist(code="mark", **params),
            log=[f"results/study/logs/{rule}.log"],
            config={"paper": "first"},
        )
        with job(snakemake) as record:
            record.notes = {"solver": "none"}
            read = "".join(Path(name).read_text() for name in inputs)
            for name in outputs:
                Path(name).parent.mkdir(parents=True, exist_ok=True)
                Path(name).write_text(f"{rule} {params} of ({read})\n")
            if fail:
                raise RuntimeError("no")

    def manifest(self) -> dict:
        return manifest(Path("results"), self.folder, {"study": "study"})


@pytest.fixture
def mini(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # Errors as they are raised, and not as the end of a process.
    monkeypatch.setattr(job_module, "logged", lambda path: nullcontext())
    for name, text in {
        "scripts/work.py": "from welfare_added.core import work\n\n\ndef main():\n    work()\n",
        "src/welfare_added/core.py": "# first line\ndef work():\n    return 1\n",
        "source.txt": "raw",
        "requirements.lock": "numpy==1.0 \\\n    --hash=sha256:0\n",
        "config.yaml": "study: study\npaper: first\n",
    }.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)
    project = Mini(tmp_path)
    project.work("a", ["source.txt"], ["results/study/a.csv"], scale=2)
    project.work("c", ["source.txt"], ["results/study/c.csv"])
    project.work("b", ["results/study/a.csv"], ["results/study/b.csv"])
    project.work("figure_04", ["results/study/b.csv"], ["results/study/figures/figure_04.pdf"])
    project.work("figure_05", ["results/study/c.csv"], ["results/study/figures/figure_05.pdf"])
    return project


@pytest.fixture
def again(mini, tmp_path_factory):
    """A second folder with the same run, to be changed."""

    def copy() -> Mini:
        folder = tmp_path_factory.mktemp("again")
        shutil.copytree(mini.folder, folder, dirs_exist_ok=True)
        return Mini(folder)

    return copy
