# One study: synthetic applicants on Chicago's real tracts, or a user's own.


include: "../../rules/common.smk"


APPLICANTS = f"{PRIVATE}/applicants"
RAW_FOLDER = f"{APPLICANTS}/raw"
# Published tables of confidential records lack the deciles and lowest scores that claims ask for.
WITH_CLAIMS = WITH_CLAIMS and not RESTRICTED
RAW_FILES = []
if SYNTHETIC:

    include: "rules/synthetic_applicants.smk"


include: "rules/applicants.smk"
include: "rules/predictions.smk"
include: "rules/plans.smk"
include: "rules/schools.smk"
include: "rules/uncertainty.smk"
include: "rules/planner.smk"
include: "rules/moves.smk"
include: "rules/example.smk"
include: "rules/benchmark.smk"
include: "rules/populations.smk"


CALIBRATION = []
if SYNTHETIC:

    include: "rules/calibration.smk"

    # Published beside synthetic records alone; not where these stand for confidential ones.
    CALIBRATION = [] if RESTRICTED else rules.calibration.output


# All results are targets, not only the last ones, so that a deleted file is made again.
RESULT_FILES = [
    *RAW_FILES,
    *rules.applicants.output,
    *rules.regressions.output,
    *rules.lasso.output,
    *rules.indices.output,
    *rules.text_numbers.output,
    *rules.plans.output,
    *rules.schools.output,
    *rules.frontiers.output,
    *rules.levers.output,
    *rules.best_rules.output,
    *PLANNER_FILES,
    *(rules.moves.output if ADDRESSES else []),
    *rules.bootstrap.output,
    *(rules.monte_carlo.output if SYNTHETIC else []),
    *rules.example.output,
    *CALIBRATION,
    *POPULATION_FILES,
]


include: "../../rules/results.smk"
include: "../../rules/check_district.smk"


ALL_FILES = rules.done.input
DONE_MESSAGE = f"All results of the study are in {RESULTS}"
