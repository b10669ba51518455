"""The same bytes whatever kernels of linear algebra and compiled code the processor is given."""

from pathlib import Path

import pytest
from conftest import Project, copy_project
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


def tables(project: Project) -> dict[str, bytes]:
    """Every CSV and parquet file of the results."""
    results = project.folder / "results"
    paths = [path for path in results.rglob("*") if path.suffix in {".csv", ".parquet"}]
    return {str(path.relative_to(results)): path.read_bytes() for path in paths}


def differing(one: dict[str, bytes], two: dict[str, bytes]) -> list[str]:
    assert one.keys() == two.keys()
    return sorted(name for name in one if one[name] != two[name])


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_tiny_district_is_the_same_under_other_kernels(tiny, changed, variant, monkeypatch):
    for name, value in VARIANTS[variant].items():
        monkeypatch.setenv(name, value)
    changed.run("--forceall", cores=2)
    assert differing(tables(tiny), tables(changed)) == []


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
    assert differing(tables(before), tables(after)) == []
