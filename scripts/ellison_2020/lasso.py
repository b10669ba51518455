"""Predict minority status of high-scoring applicants from tract variables by LASSO (table A.5)."""

import pandas as pd

from welfare_added.admissions.candidates import candidates_of, with_candidates
from welfare_added.admissions.predicted_minority import VARIANTS, predict_minority, predicted_share
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv, write_parquet


def main(applicants, studied, tracts, outputs, *, years, high, **chosen):
    table, places = pd.read_parquet(applicants), pd.read_parquet(tracts)
    sample = table["application_year"].between(*years) & (table["composite_score"] >= high)
    names = candidates_of(places)
    found = predict_minority(with_candidates(table[sample], places), names, **chosen)
    write_csv(found.weights, outputs["weights"])
    write_csv(found.paths, outputs["paths"])
    write_csv(found.checks, outputs["checks"])
    whom = with_candidates(pd.read_parquet(studied), places)
    shares = {p: predicted_share(found.models[v], whom) for p, v in VARIANTS.items()}
    write_parquet(pd.DataFrame({"applicant_id": whom["applicant_id"], **shares}), outputs["index"])


if "snakemake" in globals():
    with job(snakemake):
        main(
            snakemake.input.applicants,
            snakemake.input.studied,
            snakemake.input.tracts,
            snakemake.output,
            **choices(snakemake.params),
        )
