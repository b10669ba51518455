"""Student-years by the million, with 80 controls."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from welfare_added.district.vocabulary import ETHNICITIES

# Two grades and sixteen years make 80 controls of section 3.2.
GRADES, YEARS = (4, 5), tuple(range(2003, 2019))
CLASSES_A_GRADE, CLASS_SIZE, TENURE = 3, 25, 6
EFFECT_SD, SHOCK_SD, NOISE_SD = 0.18, 0.08, 0.55
ROWS_AT_ONCE = 1_000_000


def write_students(path: Path | str, rows: int, seed: int) -> None:
    """Write an analysis sample as parquet.

    Every school has three classes a grade and year, of about 25 students each; a teacher keeps
    grade and room for six years. Students come class by class, as in the analysis sample.
    """
    random = np.random.default_rng(np.random.SeedSequence([seed, rows]))
    classes = _classes(rows, random)
    count = len(classes["year"])
    class_of = np.repeat(np.arange(count, dtype=np.int32), -(-rows // count))[:rows]
    swap = random.random(rows) < 0.2  # so that class sizes differ
    class_of[swap] = random.integers(0, count, swap.sum())
    class_of.sort()
    size = np.bincount(class_of, minlength=count)
    writer = None
    for start in range(0, rows, ROWS_AT_ONCE):
        table = _students(class_of[start : start + ROWS_AT_ONCE], classes, size, start, random)
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
    writer.close()


def write_shuffled(path: Path | str, source: Path | str, seed: int) -> None:
    """Write the same students in random order, so that a batch has some of nearly every class."""
    table = pq.read_table(source)
    order = np.random.default_rng(seed).permutation(len(table))
    pq.write_table(table.take(order), path, row_group_size=ROWS_AT_ONCE, compression="zstd")


def _classes(rows: int, random: np.random.Generator) -> dict[str, np.ndarray]:
    a_school = len(GRADES) * len(YEARS) * CLASSES_A_GRADE
    schools = max(1, round(rows / (a_school * CLASS_SIZE)))
    year, school, grade, room = (
        axis.ravel()
        for axis in np.meshgrid(
            YEARS, np.arange(schools), GRADES, np.arange(CLASSES_A_GRADE), indexing="ij"
        )
    )
    place = (school * len(GRADES) + grade - GRADES[0]) * CLASSES_A_GRADE + room
    begun = random.integers(0, TENURE, place.max() + 1)[place]
    spells = len(YEARS) // TENURE + 2
    teacher = place * spells + (year - YEARS[0] + begun) // TENURE
    # effects on higher- and lower-scoring students, in ELA and math
    effect = random.standard_normal((teacher.max() + 1, 4)) * EFFECT_SD
    return {
        "school": school,
        "grade": grade,
        "year": year,
        "teacher": teacher,
        "effect": effect[teacher] + random.standard_normal((len(year), 4)) * SHOCK_SD,
        "level": random.standard_normal((len(year), 2)) * 0.4,
    }


def _students(
    class_of: np.ndarray, classes: dict, size: np.ndarray, start: int, random: np.random.Generator
) -> pa.Table:
    rows = len(class_of)
    lag = random.standard_normal((rows, 2)) + classes["level"][class_of]
    lower = lag < 0
    effect = classes["effect"][class_of]
    own = np.where(lower, effect[:, 2:], effect[:, :2])
    score = 0.6 * lag + own + NOISE_SD * random.standard_normal((rows, 2))
    year = classes["year"][class_of]
    return pa.table(
        {
            "student_id": np.arange(start, start + rows),
            "year": year,
            "grade": classes["grade"][class_of],
            "school_id": _named("s", classes["school"][class_of]),
            "class_id": _named("c", class_of),
            "teacher_id": _named("t", classes["teacher"][class_of]),
            **{"ela": score[:, 0], "math": score[:, 1]},
            **{"lag_ela": lag[:, 0], "lag_math": lag[:, 1]},
            **{"lower_ela": lower[:, 0], "lower_math": lower[:, 1]},
            "ethnicity": _drawn(ETHNICITIES, rows, random),
            "gender": _drawn(("female", "male"), rows, random),
            "age": classes["grade"][class_of] + 5 + random.random(rows),
            "lag_share_absent": random.beta(1, 20, rows),
            "lag_special_education": (random.random(rows) < 0.1).astype(float),
            "lag_english_learner": (random.random(rows) < 0.2).astype(float),
            "class_size": size[class_of],
        }
    )


def _named(prefix: str, codes: np.ndarray) -> pa.Array:
    names, of = np.unique(codes, return_inverse=True)
    return pa.DictionaryArray.from_arrays(
        pa.array(of, pa.int32()), pa.array([f"{prefix}{code:07d}" for code in names])
    ).cast(pa.string())


def _drawn(values: tuple[str, ...], rows: int, random: np.random.Generator) -> pa.Array:
    codes = pa.array(random.integers(0, len(values), rows), pa.int32())
    return pa.DictionaryArray.from_arrays(codes, pa.array(values)).cast(pa.string())
