"""Census tracts of applicants as cells of a rule, and minority shares expected there."""

import numpy as np
import pandas as pd

from welfare_added.admissions.regressions import linear_probability
from welfare_added.admissions.tract_shares import TAILS, prior_strength, smoothed_shares
from welfare_added.admissions.tracts import INDICATORS


def tract_cells(applicants: pd.DataFrame) -> dict[str, np.ndarray]:
    """Labels (n,) of the cells within which a rule cannot tell applicants apart, by name of it.

    tract: the census tract. tract_frpl: the tract and free lunch.
    """
    tract = applicants["tract"].astype(str)
    return {
        "tract": tract.to_numpy(),
        "tract_frpl": (tract + "-" + applicants["frpl"].astype(str)).to_numpy(),
    }


def tract_expectations(applicants: pd.DataFrame, earlier: pd.DataFrame) -> dict[str, np.ndarray]:
    """Minority share expected in each applicant's tract, (n,), by name of the prediction.

    regression: of minority status on the six indicators among ``earlier`` applicants (of high
    scores). smoothed: the tract's own share of earlier applicants, drawn to the regression's.
    All held within `TAILS`.
    """
    columns = ["tract", *INDICATORS]
    tracts = pd.concat([applicants[columns], earlier[columns]]).drop_duplicates("tract")
    tracts = tracts.sort_values("tract").set_index("tract")
    fit = linear_probability(earlier["minority"].to_numpy(), earlier[list(INDICATORS)])
    slopes = dict(zip(fit.names, fit.coefficients, strict=True))
    total = sum(slopes[name] * tracts[name] for name in INDICATORS)
    predicted = (total + fit.coefficients[-1]).round(8)
    seen = earlier["minority"].to_numpy(), earlier["tract"].to_numpy(), predicted
    smoothed = smoothed_shares(*seen, prior_strength(*seen))
    return {
        "smoothed": smoothed.reindex(applicants["tract"]).to_numpy(),
        "regression": predicted.clip(*TAILS).reindex(applicants["tract"]).to_numpy(),
    }
