# One study: a synthetic state, or a user's own records of one.

include: "../../rules/common.smk"


RAW_FOLDER = f"{PRIVATE}/raw"
TRUTH = f"{PRIVATE}/truth"  # planted: no rule that estimates reads it
STATE, VALUE_ADDED, SALARIES, SORTING, OFFERS = (f"{PRIVATE}/{name}" for name in ("state", "value_added", "salaries", "sorting", "offers"))
# A tiny state is a trial of the workflow.
CHOICES = overridden(config, config["trial"]) if SYNTHETIC and config["district"]["size"] == "tiny" else config
NAMED = CHOICES["district"]["named"]
FIRST_POST_YEAR = CHOICES["pay"]["first_post_year"]
PERIODS = {name: CHOICES["salaries"][name] for name in ("before", "after")}
# Worlds: of the panel, and of the two-sided model. One's own records are both.
WORLDS = {"panel": "", "market": "_market"} if SYNTHETIC else {"panel": ""}
MARKET = "market" if SYNTHETIC else "panel"


# Files that the user may have beside the raw tables.
OTHER_STAFF = config["district"]["other_staff"]
KEPT = frozenset({"other_staff"} if OTHER_STAFF else ())


include: "rules/files.smk"
include: "rules/records.smk"
include: "rules/value_added.smk"
include: "rules/salaries.smk"
include: "rules/sorting.smk"
include: "rules/offers.smk"
include: "rules/facts.smk"
include: "rules/populations.smk"
include: "rules/benchmark.smk"


RAW_FILES = []
CALIBRATION = []
if SYNTHETIC:

    include: "rules/synthetic_state.smk"

    RAW_FILES = [path for world in WORLDS for path in STATE_FILES[world]]
    # Published beside synthetic records alone; not where these stand for confidential ones.
    CALIBRATION = [] if RESTRICTED else rules.calibration.output


# All results are targets, not only the last ones, so that a deleted file is made again.
RESULT_FILES = [
    *RAW_FILES,
    *RECORD_FILES,
    *VALUE_ADDED_FILES,
    *SALARY_FILES,
    *SORTING_FILES,
    *OFFER_FILES,
    *rules.facts.output,
    *CALIBRATION,
    *POPULATION_FILES,
]


include: "../../rules/results.smk"
include: "../../rules/check_district.smk"


ALL_FILES = rules.done.input
DONE_MESSAGE = f"All results of the study are in {RESULTS}"
