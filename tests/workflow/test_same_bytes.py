"""The same bytes whatever kernels of linear algebra and compiled code there are, on one core and two."""

from pathlib import Path

import pytest
from conftest import Project, copy_project, digests
from numpy._core._multiarray_umath import __cpu_dispatch__ as dispatched
from numpy._core._multiarray_umath import __cpu_features__ as features

STUDY = "results/eastmond_2024"
NEEDS = {"Prescott": "SSE3", "Sandybridge": "AVX", "Haswell": "AVX2", "SkylakeX": "AVX512F"}
KERNELS = [kernel for kernel, feature in NEEDS.items() if features[feature]]
PLAIN = {
    "NUMBA_CPU_NAME": "generic",
    "NPY_DISABLE_CPU_FEATURES": " ".join(name for name in dispatched if features[name]),
}
# A kernel of the oldest make with plain code from numba and numpy, and a kernel of another make.
VARIANTS = {
    "oldest": {"OPENBLAS_CORETYPE": "Prescott", **PLAIN},
    "other": {"OPENBLAS_CORETYPE": "Sandybridge" if "Sandybridge" in KERNELS else "Prescott"},
}
ALLOCATION = [
    f"{STUDY}/frontiers.csv",
    f"{STUDY}/exact_frontiers.parquet",
    *(f"{STUDY}/allocation/plans/{s}_{o}.parquet" for s in ("ces", "subjects") for o in ("district", "school")),
]  # fmt: skip


def differing(one: Project, two: Project) -> list[str]:
    """Tables, figures and pages of results that are not the same."""
    first, second = (digests(project.folder / "results") for project in (one, two))
    assert first.keys() == second.keys() and len(first) > 5
    return sorted(name for name in first if first[name] != second[name])


@pytest.mark.parametrize("variant", ["oldest", pytest.param("other", marks=pytest.mark.slow)])
def test_the_tiny_district_is_the_same_under_other_kernels(tiny, changed, variant, monkeypatch):
    for name, value in VARIANTS[variant].items():
        monkeypatch.setenv(name, value)
    changed.run("--forceall", cores=1 if variant == "oldest" else 2)
    assert differing(tiny, changed) == []


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_tiny_transfer_system_is_the_same_under_other_kernels(
    tiny_laverde, tmp_path, variant, monkeypatch
):
    """Its page alone differs: it has digests of the chains, whose last digits are a processor's."""
    after = tiny_laverde.copied(tmp_path / "copy")
    for name, value in VARIANTS[variant].items():
        monkeypatch.setenv(name, value)
    after.run("--forceall", cores=1 if variant == "oldest" else 2)
    assert differing(tiny_laverde, after) == ["laverde_2023/report/index.html"]


def full(folder: Path) -> None:
    project = copy_project(folder)
    project.choose({"district": {"size": "full"}, "allocation": {"weights": 101}})
    project.run(*ALLOCATION, cores=2)


@pytest.mark.slow
@pytest.mark.parametrize("kernel", [k for k in ("Prescott", "Haswell") if k in KERNELS])
def test_the_district_is_allocated_the_same_under_other_kernels(
    once, tmp_path, kernel, monkeypatch
):
    before = once("full", full)
    after = before.copied(tmp_path / "copy")
    for name, value in {"OPENBLAS_CORETYPE": kernel, **PLAIN}.items():
        monkeypatch.setenv(name, value)
    after.run("--forcerun", "slots", "--", *ALLOCATION, cores=2)
    assert differing(before, after) == []
