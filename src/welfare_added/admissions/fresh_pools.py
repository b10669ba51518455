"""Fresh synthetic pools: the whole way from other random draws to settings of plans."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from welfare_added.admissions.applicants import study_applicants
from welfare_added.admissions.candidates import candidates_of, with_candidates
from welfare_added.admissions.index_table import index_table
from welfare_added.admissions.indices import estimated_coefficients
from welfare_added.admissions.keys import ScoreScale
from welfare_added.admissions.plans import Setting
from welfare_added.admissions.predicted_minority import predict_minority, predicted_shares
from welfare_added.admissions.regressions import table_a1
from welfare_added.admissions.sample import applicants_of
from welfare_added.admissions.setting import Targets, schools_of, setting_of
from welfare_added.admissions.synthetic_tables import raw_tables_of, synthetic_world
from welfare_added.district.layout import Layout
from welfare_added.district.table_files import TableFiles
from welfare_added.district.values import RawTables


@dataclass(frozen=True)
class FreshPools:
    """A study of synthetic applicants, to be repeated with other seeds.

    Attributes
    ----------
    tracts, parameters
        From `read_tracts`; content of calibration/parameters.yaml.
    layout
        Of the raw tables.
    size
        Of the pool, see `SIZES`.
    applicants
        Choices of `study_applicants` but for the seed; scale as its three numbers.
    lasso
        Choices of `predict_minority` but for the seed.
    studied, predicted
        Year that is studied; first and last year on which minority status is predicted.
    lasso_years
        First and last year on which the LASSO is estimated.
    high
        Score of those on whom the LASSO is estimated.
    coefficients
        That weight the reweighted index; None: each pool's own (`estimated_coefficients`).
    grades
        School-age children over 8th graders.
    tiers
        Choices of the plan in force.
    targets
        minority and frpl by school, in place of the class of the plan in force.

    """

    tracts: pd.DataFrame
    parameters: Mapping
    layout: Layout
    size: str
    applicants: Mapping
    lasso: Mapping
    studied: int
    predicted: Sequence[int]
    lasso_years: Sequence[int]
    high: float
    coefficients: Mapping[str, Mapping[str, float]] | None
    grades: int
    tiers: Mapping
    targets: Targets = field(default_factory=dict)

    def study(self, seed: np.random.SeedSequence) -> tuple[Setting, pd.DataFrame, list[str]]:
        """Setting of the studied year of a pool, its table A.1, and names of the schools."""
        of_world, of_ties, of_folds = (int(one) for one in seed.generate_state(3))
        made = synthetic_world(self.tracts, self.parameters, size=self.size, seed=of_world)
        raw = self._raw(raw_tables_of(made, self.tracts, self.parameters["tiers_in_force"]))
        scale = ScoreScale(**self.applicants["scale"])
        chosen = {**self.applicants, "scale": scale, "seed": of_ties}
        table = study_applicants(raw, **chosen).table
        places = raw.tables["tracts"]
        earlier = applicants_of(table, self.predicted)
        regressions = table_a1(earlier, high_score=self.high)
        applicants = table[table["application_year"] == self.studied].reset_index(drop=True)
        indices = self._indices(applicants, table, places, regressions, of_folds)
        schools = schools_of(raw.tables["schools"], self.studied)
        setting = setting_of(applicants, schools, indices, self.tiers, self.targets)
        return setting, regressions, list(schools["school_id"])

    def __call__(self, seed: np.random.SeedSequence) -> Setting:
        """Setting of the studied year of a pool."""
        return self.study(seed)[0]

    def _raw(self, tables: Mapping[str, pd.DataFrame]) -> RawTables:
        """Tables with the types that they have when read from files."""
        typed = {}
        for name in ("applicants", "choices", "schools", "tracts"):
            columns = self.layout.tables[name].columns
            texts = {
                c: str for c, one in columns.items() if one.type == "text" and c in tables[name]
            }
            typed[name] = tables[name].astype(texts).reset_index(drop=True)
        return RawTables(typed, self.layout, {name: TableFiles.of(f"{name}.csv") for name in typed})

    def _indices(
        self,
        applicants: pd.DataFrame,
        everybody: pd.DataFrame,
        tracts: pd.DataFrame,
        regressions: pd.DataFrame,
        seed: int,
    ) -> pd.DataFrame:
        own = tracts[tracts["year"] == self.studied]
        coefficients = self.coefficients or estimated_coefficients(regressions)
        indices = index_table(applicants, own, coefficients, self.grades)
        high = with_candidates(applicants_of(everybody, self.lasso_years, self.high), tracts)
        found = predict_minority(high, candidates_of(tracts), seed=seed, **self.lasso)
        return indices.assign(**predicted_shares(found, with_candidates(applicants, tracts)))
