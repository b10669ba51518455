"""Collect facts and rules that the paper states in its text."""

import pandas as pd

from welfare_added.pay.record_files import read_records
from welfare_added.pay.study_facts import state_facts_of
from welfare_added.run.choices import read_yaml
from welfare_added.run.job import choices, job
from welfare_added.run.writing import write_csv
from welfare_added.sorting.study import sample_weights
from welfare_added.sorting.study_rules import extreme_percent, mean_quality, rules_stated
from welfare_added.value_added.significant import significant_table


def main(files, out, *, named, chosen):
    means, year = chosen["grade_means"], chosen["offers"]["year"]
    pairs = pd.read_csv(files["matches"])
    matched = sample_weights(pairs, chosen["matching"]["weights"])["matched"]
    estimates = pd.read_parquet(files["value_added"])
    at = read_yaml(files["inputs"])["structural"]["evaluated_at"]
    facts = {
        **state_facts_of(read_records(files), named, pd.Series(list(matched)), year),
        **rules_stated(chosen),
        "extreme_value_added_percent": extreme_percent(
            estimates, means["regressor"], means["extreme_sd"]
        ),
        "chippewa_falls_mean_value_added": mean_quality(
            pd.read_parquet(files["panel"]), named["chippewa_falls"], year
        ),
        **{f"evaluated_{name}": at[name] for name in ("salary", "distance", "poor_percent")},
    }
    table = pd.DataFrame({"fact": list(facts), "value": [float(one) for one in facts.values()]})
    write_csv(significant_table(table), out)


if "snakemake" in globals():
    with job(snakemake):
        main(dict(snakemake.input.items()), snakemake.output.facts, **choices(snakemake.params))
