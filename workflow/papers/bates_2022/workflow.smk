# One study: a synthetic state with a hiring platform, or a user's own records.
from welfare_added.district.files import raw_tables


include: "../../rules/common.smk"


RAW_FOLDER = f"{PRIVATE}/raw"
RECORDS_FOLDER = f"{PRIVATE}/records"
TRUTH = f"{PRIVATE}/truth"  # planted: no rule that estimates reads it
STATE_TABLES = ("enrolments", "classes", "teachers", "schools")
PLATFORM_TABLES = ("vacancies", "applicants", "applications", "commutes")
RAW = raw_tables(SOURCE, LAYOUT, made_in=RAW_FOLDER)  # a user's folder may lack commutes
COMMUTE = {name: config["platform"][name] for name in ("minutes_a_km", "at_least")}


def export_of(tables):
    """How the user's files of some tables differ from the layout; rules read the state's or the platform's."""
    by_table = ("columns", "recode")
    return {
        key: {table: one for table, one in value.items() if table in tables} if key in by_table else value
        for key, value in EXPORT.items()
    }


include: "rules/files.smk"
include: "rules/records.smk"
include: "rules/value_added.smk"
include: "rules/platform.smk"
include: "rules/preferences.smk"
include: "rules/market.smk"
include: "rules/bonuses.smk"
include: "rules/reallocation.smk"
include: "rules/populations.smk"
include: "rules/benchmark_choice.smk"
include: "rules/benchmark_market.smk"


RAW_FILES = []
CALIBRATION = []
if SYNTHETIC:

    include: "rules/synthetic_state.smk"
    include: "rules/synthetic_platform.smk"
    include: "rules/calibration.smk"

    RAW_FILES = [*rules.synthetic_state.output, *rules.synthetic_platform.output]
    # Published beside synthetic records alone; not where these stand for confidential ones.
    CALIBRATION = [] if RESTRICTED else rules.calibration.output


# All results are targets, not only the last ones, so that a deleted file is made again.
RESULT_FILES = [
    *RAW_FILES,
    *rules.records.output,
    *rules.value_added.output,
    *rules.forecast_tests.output,
    *rules.same_trait.output,
    *rules.platform.output,
    *PREFERENCE_RESULTS,
    *rules.market.output,
    *rules.policies.output,
    *rules.market_frontier.output,
    *rules.market_ranks.output,
    *rules.market_fit.output,
    *rules.market_uncertainty.output,
    *rules.market_numbers.output,
    *rules.bonuses.output,
    *rules.reallocation.output,
    *rules.match_effects.output,
    *rules.robustness.output,
    *CALIBRATION,
    *POPULATION_FILES,
]


include: "../../rules/results.smk"
include: "../../rules/check_district.smk"


ALL_FILES = rules.done.input
DONE_MESSAGE = f"All results of the study are in {RESULTS}"
