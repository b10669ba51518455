"""Each script of the stage, run on files, writes the table that the next stage expects."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from welfare_added.allocation.frontier import frontier, subject_shares
from welfare_added.welfare.tie_breaks import COLUMNS as TIED

SCRIPTS = Path(__file__).parents[2] / "scripts/eastmond_2024"
PRICES = {"ela": 1524, "math": 650}
LABELS = ["subject", "scope", "information", "weight"]
COLUMNS = {
    "gaps": [
        *LABELS,
        "change_higher_lower",
        "change_racial",
        "baseline_higher_lower",
        "baseline_racial",
    ],
    "equal_gain_index": [
        "subject",
        "scope",
        "weight",
        "index_heterogeneous",
        "index_standard",
        "index_utilitarian",
        "gain_over_utilitarian",
        "gain_over_standard",
        "gain_mean_over_standard",
    ],
    "winners": [*LABELS, "share_harmed", "mean_loss", "share_helped", "mean_win", "share_moved"],
    "school_gains": [*LABELS, "gain_above", "gain_below"],
    "status_quo": ["subject", "quantity", "value"],
    "subjects": ["scope", "weight_ela", "gain_ela", "gain_math", "earnings_mean"],
    "earnings": [
        *LABELS[1:],
        "earnings_lower",
        "earnings_higher",
        "earnings_mean",
        "total_per_year",
    ],
    "ces": ["scope", "gamma", "earnings_lower", "earnings_higher", "earnings_mean"],
    "mvpf": ["scope", "bonus", "benefits", "net_cost", "mvpf"],
    "deselection": ["subject", "quantity", "value"],
    "bias": [
        *LABELS,
        "theorem",
        "welfare",
        "estimate",
        "bias",
        "external_validity",
        "covariance",
        "identity_error",
    ],
    "conditions": [
        *LABELS[:3],
        "by",
        "condition",
        "weight",
        "by_group",
        "by_mean",
        "holds",
        "holds_in_size",
        "teachers",
    ],
    "text_numbers": ["quantity", "value", "unit", "note"],
    "tie_breaks": [*LABELS, "tie_break", *TIED],
}
ROWS = {
    "tie_breaks": 14 * 2 * 6 + 8 * 5 + 6 * 7,
    "gaps": 60,
    "equal_gain_index": 30,
    "winners": 60,
    "school_gains": 40,
    "bias": 120,
    "conditions": 600,
    "subjects": 10,
    "earnings": 20,
}


def script(name):
    return runpy.run_path(str(SCRIPTS / f"{name}.py"))["main"]


@pytest.fixture(scope="module")
def folder(make, tmp_path_factory):
    """Run the whole stage on a random district."""
    root = tmp_path_factory.mktemp("run")
    students, slots = make.tables(11, size=9)
    students.to_parquet(root / "students.parquet")
    slots.to_parquet(root / "slots.parquet")
    slots.assign(class_size=slots["students"] + 1).to_parquet(root / "classes.parquet")
    make.truth(slots, 1).to_parquet(root / "truth.parquet")
    estimates = [
        slots[["teacher_id", "year", "grade", "school_id"]].assign(
            subject=s, **{f"va_{c}": slots[f"va_{c}_{s}"] for c in ("standard", "lower", "higher")}
        )
        for s in ("ela", "math")
    ]
    pd.concat(estimates).to_parquet(root / "value_added.parquet")
    write_plans(root, make, slots)
    run_all(root)
    return root


def write_plans(root, make, slots):
    weights, parts = np.linspace(0, 1, 5), []
    names = [
        (s, scope, info)
        for s in ("ela", "math", "both")
        for scope in ("district", "school")
        for info in ("heterogeneous", "standard")
    ]
    extra = [(s, scope) for s in ("subjects", "ces") for scope in ("district", "school")]
    for seed, name in enumerate([*names, *extra]):
        letter = "g" if name[0] == "ces" else "w"
        teachers = make.plan(slots, name[1], 5, seed)
        plan = pd.DataFrame({f"{letter}{n:03d}": row for n, row in enumerate(teachers)})
        plan.insert(0, "slot", slots["slot"])
        plan.to_parquet(root / f"{'_'.join(name)}.parquet")
        if len(name) == 3:
            certificates = pd.DataFrame({"weight": weights, "relative_gap": 0.0})
            table = frontier(slots, plan, certificates, subject_shares(name[0], 0.75))
            parts.append(table.assign(**dict(zip(LABELS, name, strict=False))))
    pd.concat(parts).to_csv(root / "frontiers.csv", index=False)


def run_all(root):
    slots, students = root / "slots.parquet", root / "students.parquet"
    data = (slots, students)

    def plans(*subjects):
        return sorted(p for s in subjects for p in root.glob(f"{s}_*.parquet"))

    def labelled(*subjects):
        """Plans, and the labels that their names stand for."""
        paths = plans(*subjects)
        labels = [(*path.stem.split("_"), "heterogeneous")[:3] for path in paths]
        return paths, labels

    single = labelled("ela", "math", "both")
    script("gaps")(*data, *single, root / "gaps.csv", 5, 0.75)
    script("equal_gain_index")(*data, root / "frontiers.csv", root / "equal_gain_index.csv", 0.75)
    script("winners")(*data, *single, root / "winners.csv", 5, 0.75)
    script("school_gains")(*data, *single, root / "school_gains.csv", 5)
    script("status_quo")(*data, root / "status_quo.csv", 0.75)
    script("earnings")(*data, *labelled("both"), root / "earnings.csv", 5, PRICES, 15.5)
    script("subjects")(*data, *labelled("subjects"), root / "subjects.csv", 5, PRICES, 15.5)
    script("ces")(*data, *labelled("ces"), root / "ces.csv", [0, 0.4, 0.1], PRICES, 15.5)
    script("public_funds")(*data, root / "earnings.csv", root / "mvpf.csv", 0.28, [100, 1e5])
    script("deselection")(*data, root / "frontiers.csv", root / "deselection.csv", 0.5, 0.75, 0.05)
    script("ranking")(root / "value_added.parquet", students, root / "ranking.parquet", 0.5, 0.75)
    truth = root / "truth.parquet"
    script("bias")(*data, *single, truth, root / "bias.csv", 5, 0.75, 0.7, 0.5)
    script("conditions")(*data, *single, truth, root / "conditions.csv", 5, 0.75, 0.7, 0.5)
    tables = {name: root / f"{name}.parquet" for name in ("slots", "students")}
    tables |= {name: root / f"{name}.csv" for name in ("earnings", "subjects")}
    tables["usual"] = [path for path in plans("math") if path.stem.endswith("standard")]
    profile = (15.5, 0.03, [20, 65], 10)
    usual = [("math", scope, "standard") for scope in ("district", "school")]
    script("text_numbers")(
        SimpleNamespace(**tables), usual, root / "text_numbers.csv", 5, PRICES, 0.28, profile, 90
    )
    paths, labels = labelled("ela", "math", "both", "subjects")
    how = {"weight_ela": 0.75, "earnings_per_sd": PRICES, "lifetime_multiplier": 15.5}
    script("tie_breaks")(
        *data, paths, root / "tie_breaks.csv", labels=labels, weights=5, draws=3, seed=1, **how
    )


@pytest.mark.parametrize("table", COLUMNS)
def test_columns(folder, table):
    assert list(pd.read_csv(folder / f"{table}.csv").columns) == COLUMNS[table]


@pytest.mark.parametrize("table", ROWS)
def test_rows(folder, table):
    assert len(pd.read_csv(folder / f"{table}.csv")) == ROWS[table]


def test_scalars_are_unique(folder):
    assert pd.read_csv(folder / "text_numbers.csv")["quantity"].is_unique
    for table in ("status_quo", "deselection"):
        assert not pd.read_csv(folder / f"{table}.csv").duplicated(["subject", "quantity"]).any()


def test_scalars_that_claims_need(folder):
    numbers = set(pd.read_csv(folder / "text_numbers.csv")["quantity"])
    usual = {f"earnings_standard_math_only_{scope}" for scope in ("district", "school")}
    totals = {f"total_per_year_published_students_{scope}" for scope in ("district", "school")}
    assert {"teachers_per_year", *usual, *totals} <= numbers
    assert {"share_below_median", "mean_loss"} <= set(
        pd.read_csv(folder / "status_quo.csv")["quantity"]
    )
    assert {"gain_mean", "share_wrongly_dismissed"} <= set(
        pd.read_csv(folder / "deselection.csv")["quantity"]
    )


def test_identity_error_as_written(folder):
    table = pd.read_csv(folder / "bias.csv")
    assert table["identity_error"].abs().max() < 1e-12
    assert table["bias"].abs().max() > 1e-3


def test_ranking_columns(folder):
    table = pd.read_parquet(folder / "ranking.parquet")
    want = ["subject", "teacher_id", "year", "welfare_added", "rank_welfare_added", "rank_standard"]
    assert list(table.columns) == want
    assert not table.duplicated(want[:3]).any()


def test_a_second_run_gives_the_same_bytes(folder):
    before = {path: path.read_bytes() for path in folder.iterdir()}
    run_all(folder)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_bias_without_truth_has_no_rows(folder, tmp_path):
    data = (folder / "slots.parquet", folder / "students.parquet")
    script("bias")(*data, [], [], [], tmp_path / "bias.csv", 5, 0.75, 0.7, 0.5)
    table = pd.read_csv(tmp_path / "bias.csv")
    assert list(table.columns) == COLUMNS["bias"]
    assert table.empty
