# One study from raw tables to audit: the synthetic San Diego, a user's district, or Project STAR.


include: "../../rules/common.smk"


RAW_FILES = []
if SYNTHETIC:

    include: "rules/synthetic_district.smk"


include: "../../rules/district.smk"
include: "../../rules/value_added.smk"
include: "rules/moments.smk"
include: "rules/plans.smk"
include: "rules/allocation.smk"
include: "rules/welfare.smk"
include: "rules/populations.smk"
include: "rules/constrained.smk"
include: "rules/calibration.smk"
include: "rules/bootstrap.smk"


# All results are targets, not only the last ones, so that a deleted file is made again.
RESULT_FILES = [
    *WELFARE_FILES,
    *ALLOCATION_FILES,
    *EXACT_FILES,
    *rules.frontiers.output,
    *rules.slots.output,
    *rules.moments.output,
    *rules.value_added.output,
    *rules.value_added_choices.output,
    *rules.validation.output,
    *rules.predictors.output,
    *rules.district.output,
    *RAW_FILES,
    *POPULATION_FILES,
    *CALIBRATION_FILES,
    *ERRORS_FILES,
]
# Tables of the report's explorer of plans.
EXPLORER = {
    "frontiers": f"{RESULTS}/frontiers.csv",
    "text_numbers": f"{RESULTS}/welfare/text_numbers.csv",
    **{
        name: f"{RESULTS}/welfare/{name}.csv"
        for name in ("gaps", "winners", "earnings", "subjects", "mvpf")
    },
    **({"exact": f"{RESULTS}/exact_frontiers.parquet"} if EXACT_LINE else {}),
}
EXPLORER_CHOICES = {"tax_rate": config["welfare"]["tax_rate"]}


CHECK_CHOICES = {
    name: config["district"][name] for name in ("years", "lag", "grades", "split", "lower", "class_size", "confirmed")
}


include: "../../rules/results.smk"
include: "../../rules/check_district.smk"
