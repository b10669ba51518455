"""Driving times between teachers' homes and schools, found for those who need them."""

import numpy as np
import pandas as pd

from welfare_added.district.problems import Problem, raise_any
from welfare_added.district.values import RawTables
from welfare_added.transfers.records import Records


class Driving:
    """Minutes of driving by teacher, year and school."""

    def __init__(self, raw: RawTables, records: Records):
        """Arrange the table of driving times by number."""
        table = raw.tables["driving_times"]
        self.file, self.records = str(raw.files["driving_times"]), records
        teacher = records.teachers.get_indexer(table["teacher_id"])
        school = records.schools.get_indexer(table["school_id"])
        year = pd.Index(records.years).get_indexer(table["year"])
        kept = (teacher >= 0) & (school >= 0) & (year >= 0)
        shape = len(records.years), len(records.teachers), len(records.schools)
        self.minutes = np.full(shape, np.nan, dtype=np.float64)
        self.minutes[year[kept], teacher[kept], school[kept]] = table["minutes"].to_numpy()[kept]

    def times(self, year: int, teacher: np.ndarray, school: np.ndarray) -> np.ndarray:
        """Minutes, (n,); raises DistrictError if one is missing, naming the year and the number."""
        own = self.minutes[self.records.years.index(year), teacher, school]
        lacking = np.isnan(own)
        if lacking.any():
            people = len(np.unique(teacher[lacking]))
            what = (
                f"no driving time of {int(lacking.sum())} teachers and schools of {year} that are "
                f"on a menu or a teacher's own ({people} teachers)"
            )
            remedy = "add the minutes from each teacher's home to every school on her menus"
            raise_any([Problem(self.file, what, remedy, "minutes")])
        return own
