# One study: a synthetic district with an internal transfer system, or a user's own records.
from welfare_added.district.files import raw_tables


include: "../../rules/common.smk"


RAW_FOLDER = f"{PRIVATE}/raw"
TRUTH = f"{PRIVATE}/truth"  # planted: no rule that estimates reads it
RAW = raw_tables(SOURCE, LAYOUT, made_in=RAW_FOLDER)  # a user's folder may lack optional tables
SELECTION, TRANSFERS, REASSIGNMENT = (f"{PRIVATE}/{name}" for name in ("selection", "transfers", "reassignment"))
STUDY_CHOICES = {
    **{name: config["district"][name] for name in ("years", "grades")},
    **{name: config["transfers"][name] for name in ("unlicensed", "standards", "most_ranked")},
    **{name: config["selection"][name] for name in ("teams", "fallback")},
}
# How long chains are and how many draws are planned; a tiny system is a trial of the workflow.
LENGTHS = {
    **{name: config["selection"][name] for name in ("schedule", "comparison", "published_order")},
    **{name: config["reassignment"][name] for name in ("draws", "past")},
    "planted_lists": config["planted_lists"]["comparison"],
}
if SYNTHETIC and config["district"]["size"] == "tiny":
    LENGTHS = config["trial"]
RANKINGS = config["selection"]["rankings"]
# Inputs and parameters of every rule that reads the raw tables.
READS_TABLES = {**RAW, **LAYOUT_FILES, "inputs": of_paper("calibration/inputs.yaml")}
TABLE_CHOICES = {"export": EXPORT, "study": STUDY_CHOICES}
CHECK_CHOICES = {"study": STUDY_CHOICES, "rankings": RANKINGS}


include: "rules/transfers.smk"
include: "rules/chains.smk"
include: "rules/selection.smk"
include: "rules/reassignment.smk"
include: "rules/populations.smk"
include: "rules/trust.smk"


RAW_FILES = []
CALIBRATION = []
if SYNTHETIC:

    include: "rules/synthetic_system.smk"

    RAW_FILES = rules.synthetic_system.output
    # Published beside synthetic records alone; not where these stand for confidential ones.
    CALIBRATION = [] if RESTRICTED else rules.calibration.output


# All results are targets, not only the last ones, so that a deleted file is made again.
RESULT_FILES = [
    *RAW_FILES,
    *rules.checked_system.output,
    *rules.transfer_system.output,
    *CHAIN_FILES,
    *rules.posterior.output,
    *rules.parameters.output,
    *ORDER_FILES,
    *YEAR_FILES,
    *rules.reassignment.output,
    *CALIBRATION,
    *POPULATION_FILES,
]


include: "../../rules/results.smk"
include: "../../rules/check_district.smk"


ALL_FILES = rules.done.input
DONE_MESSAGE = f"All results of the study are in {RESULTS}"
