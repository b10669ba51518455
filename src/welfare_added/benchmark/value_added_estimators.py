"""Each method of residualising scores, or of estimating value added, on a file of students.

A method takes `Students`, prepares what is not timed, and returns seconds and the slope of the
first control in the regression of ELA scores with teacher effects absorbed, which must be equal
for all methods. Other packages are optional and imported where they are used.
"""

import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from welfare_added.api.value_added import value_added
from welfare_added.run.errors import UserError
from welfare_added.run.usage import children_peak_mb, peak_mb
from welfare_added.value_added.class_sums import collect
from welfare_added.value_added.controls import control_vector, variables
from welfare_added.value_added.estimate import estimate_value_added, score_residuals
from welfare_added.value_added.residuals import class_groups, within_effects
from welfare_added.value_added.student_variables import StudentFile

CHOICES = {
    "estimator": "leave_year_out",
    "absorb": "teacher",
    "years_used": "all",
    "weighting": "precision",
    "drift_limit": 7,
    "teacher_share": 0.75,
    "minimum_class_size": 7,
    "seed": 1,
}
CONTROLS = 80
# Threads of our estimation, as in the rule value_added. BLAS, and so every other package but
# pyfixest, uses as many as the environment says.
THREADS = 2
SLOPE = "lag_ela^1:grade_4"
NOTHING = float("nan")
COMPILED_ON = 20_000  # rows of pyfixest's first, untimed run; memory is too small for all of them
RUNS = 7  # the median is over so many runs,
ENOUGH = 15.0  # or over fewer once they have taken so many seconds
ONCE = ("pyfixest", "statsmodels", "lme4")


@dataclass(frozen=True)
class Students:
    """A file of students, read ``batch`` rows at a time."""

    path: Path
    batch: int

    @property
    def batches(self) -> StudentFile:
        """The file, to iterate over in batches."""
        return StudentFile(self.path, self.batch)

    @property
    def rows(self) -> int:
        """Number of student-years."""
        return pq.ParquetFile(self.path).metadata.num_rows

    def dense(self) -> pd.DataFrame:
        """All controls c0, c1, ... in memory, with ela and teacher."""
        table = pa.concat_tables(self.batches).to_pandas()
        controls = control_vector(table)
        if len(controls.names) != CONTROLS or controls.names[0] != SLOPE:
            raise UserError(f"want {CONTROLS} controls, the first {SLOPE}; got {controls.names}")
        names = [f"c{j}" for j in range(CONTROLS)]
        frame = pd.DataFrame(controls.matrix, columns=names, copy=False)
        frame["ela"] = table["ela"].to_numpy()
        frame["teacher"] = pd.factorize(table["teacher_id"])[0]
        return frame


def _timed(work: Callable[[], object]) -> tuple[float, object]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def read(students: Students) -> tuple[float, float]:
    """The file's columns, read once, a batch at a time."""
    seconds, _ = _timed(lambda: sum(batch.num_rows for batch in students.batches))
    return seconds, NOTHING


def floor(students: Students) -> tuple[float, float]:
    """X'X over as many rows in batches, X in memory: a lower bound for any regression."""
    batch = np.random.default_rng(1).standard_normal((students.batch, CONTROLS))
    batch.T @ batch
    whole, rest = divmod(students.rows, students.batch)

    def passes() -> None:
        for _ in range(whole):
            batch.T @ batch
        if rest:
            batch[:rest].T @ batch[:rest]

    seconds, _ = _timed(passes)
    return seconds, NOTHING


def ours_residuals(students: Students) -> tuple[float, float]:
    """From the file to the residuals by class, of both subjects, all three versions."""

    def work() -> tuple:
        sums = collect(students.batches, CHOICES["minimum_class_size"], THREADS)
        columns = variables(sums)
        score_residuals(sums, columns, CHOICES["absorb"], THREADS)
        return sums, columns

    seconds, (sums, columns) = _timed(work)
    teacher = sums.classes["teacher"].to_numpy()
    equations = within_effects(sums, columns, class_groups(sums, None), teacher)
    slopes = equations.regress(columns.names.index("ela"), columns.controls).values
    return seconds, slopes[columns.names.index(SLOPE)]


def pyfixest_residuals(students: Students) -> tuple[float, float]:
    """One regression of ELA in memory, teacher effects absorbed."""
    import pyfixest

    frame = students.dense()
    formula = f"ela ~ {' + '.join(f'c{j}' for j in range(CONTROLS))} | teacher"
    lean = {"vcov": "iid", "copy_data": False, "store_data": False, "lean": True}
    pyfixest.feols(formula, frame.head(COMPILED_ON), **lean)
    seconds, fit = _timed(lambda: pyfixest.feols(formula, frame, **lean))
    return seconds, float(fit.coef()["c0"])


def statsmodels_residuals(students: Students) -> tuple[float, float]:
    """One regression of ELA in memory, with a dummy variable for each teacher."""
    import statsmodels.api as sm

    frame = students.dense()
    controls = frame.drop(columns=["ela", "teacher"])
    within = controls - controls.groupby(frame["teacher"]).transform("mean")
    kept = controls.columns[within.std() > 1e-9]
    dummies = pd.get_dummies(frame["teacher"], dtype=float)
    matrix = np.column_stack([controls[kept], dummies])
    seconds, fit = _timed(lambda: sm.OLS(frame["ela"].to_numpy(), matrix).fit(method="qr"))
    return seconds, float(fit.params[0])


def ours_estimates(students: Students) -> tuple[float, float]:
    """From the file to the estimates of both subjects, all three versions."""
    seconds, _ = _timed(lambda: estimate_value_added(students.batches, threads=THREADS, **CHOICES))
    return seconds, NOTHING


def data_frame_estimates(students: Students) -> tuple[float, float]:
    """`welfare_added.value_added`, standard value added in ELA, controls in memory."""
    classes = pa.concat_tables(students.batches).select(["year", "class_id"]).to_pandas()
    frame = pd.concat([students.dense(), classes], axis=1)
    names = {"teacher": "teacher", "year": "year", "class_": "class_id", "outcome": "ela"}
    controls = [f"c{j}" for j in range(CONTROLS)]
    chosen = {name: CHOICES[name] for name in ("drift_limit", "minimum_class_size")}
    seconds, _ = _timed(lambda: value_added(frame, controls=controls, **names, **chosen))
    return seconds, NOTHING


def lme4_estimates(students: Students) -> tuple[float, float]:
    """R's lme4, standard value added in ELA, in memory: a random effect per teacher, no drift."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "students.csv"
        students.dense().to_csv(path, index=False)
        done = subprocess.run(
            ["Rscript", "-e", LME4, path, str(CONTROLS)], capture_output=True, text=True, check=True
        )
    return float(done.stdout.split()[-1]), NOTHING


LME4 = """
given <- commandArgs(trailingOnly = TRUE)
students <- read.csv(given[1])
controls <- paste0("c", seq_len(as.integer(given[2])) - 1, collapse = " + ")
formula <- as.formula(paste("ela ~", controls, "+ (1 | teacher)"))
started <- proc.time()[["elapsed"]]
fitted <- suppressMessages(lme4::lmer(formula, students))
effects <- lme4::ranef(fitted)
cat(proc.time()[["elapsed"]] - started)
"""

METHODS: dict[str, dict[str, Callable[[Students], tuple[float, float]]]] = {
    "read": {"pyarrow": read},
    "residualise": {
        "floor": floor,
        "ours": ours_residuals,
        "pyfixest": pyfixest_residuals,
        "statsmodels": statsmodels_residuals,
    },
    "estimate": {
        "ours": ours_estimates,
        "data_frame": data_frame_estimates,
        "lme4": lme4_estimates,
    },
}


def measure(task: str, method: str, rows: int, path: str, batch: int) -> dict:
    """Median seconds on ``rows`` students of ``path``, after a first run that is not timed.

    The first run compiles code and claims memory from the system. Methods of `ONCE` take minutes
    and need no such run: they run once.
    """
    run, students = METHODS[task][method], Students(Path(path), batch)
    runs = 1 if method in ONCE else RUNS
    if runs > 1:
        run(students)
    taken: list[float] = []
    while len(taken) < runs and sum(taken) < ENOUGH:
        seconds, value = run(students)
        taken.append(seconds)
    peak = max(peak_mb(), children_peak_mb())
    return {"seconds": median(taken), "peak_mb": peak, "values": [value]}
