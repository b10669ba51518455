"""Predict minority status of high-scoring applicants from tract variables by LASSO (table A.5)."""

import pandas as pd

from welfare_added.admissions.candidates import candidates_of, with_candidates
from welfare_added.admissions.predicted_minority import predict_minority, predicted_shares
from welfare_added.admissions.sample import applicants_of
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv, write_parquet


def main(files, outputs, *, years, high, **chosen):
    tracts = pd.read_parquet(files["tracts"])
    sample = applicants_of(pd.read_parquet(files["applicants"]), years, high)
    names = candidates_of(tracts)
    found = predict_minority(with_candidates(sample, tracts), names, **chosen)
    write_csv(found.weights, outputs["weights"])
    write_csv(found.paths, outputs["paths"])
    write_csv(found.checks, outputs["checks"])
    whom = with_candidates(pd.read_parquet(files["studied"]), tracts)
    index = pd.DataFrame({"applicant_id": whom["applicant_id"], **predicted_shares(found, whom)})
    write_parquet(index, outputs["index"])


if "snakemake" in globals():
    with job(snakemake):
        main(snakemake.input, snakemake.output, **choices(snakemake.params))
