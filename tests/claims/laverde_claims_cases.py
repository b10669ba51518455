"""The output tables that the claims of Laverde et al. (2023) read: their columns and labels."""

from claims_cases import ROOT

from welfare_added.claims.answers import parts
from welfare_added.reassignment.draws import CLAIRVOYANT
from welfare_added.reassignment.plans import AIMS
from welfare_added.reassignment.year import SCENARIOS
from welfare_added.transfers.facts import PUBLISHED

PAPER = ROOT / "workflow/papers/laverde_2023"
MEANS = "panel row mean sd q05 q95 r_hat bulk tail few prior truth"
PARTS = "planner scenario total effectiveness match total_se effectiveness_se match_se"
BY_GROUP = "planner group unconstrained unharmed observed_retention same_school"
BY_GROUP += " unconstrained_se unharmed_se observed_retention_se same_school_se"
MEASURES = "math_value_added reading_value_added survey observation"
# Of transfers/: facts of the system in the units of inputs.yaml; slopes of schools' traits on
# experience; changes of traits with moves; the district's measures, a row each.
# Of selection/: posterior moments; Table 4 has a row for each likelihood of rankings.
# Of reassignment/: gains in student SDs, and of the share proficient in percentage points, pooled
# over years; mean over draws, and their SD.
COLUMNS = {
    "transfers/facts.csv": "fact value",
    "transfers/experience_slopes.csv": "trait slope se",
    "transfers/moves.csv": "trait mean se sd moves",
    "transfers/evaluations.csv": "measure first_year observations",
    "selection/parameters.csv": "parameter mean sd q05 q95 r_hat bulk tail few prior truth",
    "selection/text_numbers.csv": "name value",
    "reassignment/gains.csv": "planner aim scenario group students gain_score gain_score_sd"
    " gain_score_over_random gain_score_over_random_sd gain_proficient gain_proficient_sd"
    " gain_proficient_over_random gain_proficient_over_random_sd",
    "reassignment/text_numbers.csv": "name value",
    "tables/table_01.csv": "panel row all its positions",
    "tables/table_02.csv": MEANS,
    "tables/table_03.csv": MEANS,
    "tables/table_04.csv": f"rankings {MEANS}",
    "tables/table_05.csv": "row score school_utility teacher_utility score_sd school_utility_sd"
    " teacher_utility_sd",
    "tables/table_06.csv": PARTS,
    "tables/table_a1.csv": f"row {MEASURES} {' '.join(f'{m}_se' for m in MEASURES.split())}",
    "tables/table_a2.csv": "row prev_score non_white low_income prev_score_se non_white_se"
    " low_income_se",
    "tables/table_a3.csv": "equation panel variable",
    "tables/table_a4.csv": BY_GROUP,
    "tables/table_a5.csv": BY_GROUP,
    "tables/table_a6.csv": PARTS,
}
COLUMNS = {table: columns.split() for table, columns in COLUMNS.items()}
GROUPS = ("all", *(f"quartile_{number}" for number in range(1, 5)), "non_white", "white")
RULES = ("its_years", "its_first_year", "its_last_year", "rounds_per_year", "lowest_grade")
RULES += ("highest_grade", "most_menus_per_teacher", "senior_automatic_interviews")
RULES += ("most_other_interviews", "most_ranked", "popular_not_ranked")
# Of other districts, of the hours of offers and of schools' comments: there are no records.
NOT_RECORDED = ("delegating_districts", "districts_internal_first", "inference_schools")
NOT_RECORDED += ("generalizability", "hours_to_accept", "share_with_comments")
NAMES = {
    "selection/text_numbers.csv": {
        *("sweeps", "thinning", "draws_in_tables", "steps_published", "equations", "factors"),
        *("share_observable_negative", "evaluation_years"),
    },
    "reassignment/text_numbers.csv": {
        *("draws", "years", "candidates_beyond_positions", "mobile_of_selected"),
        *("effectiveness_of_placed_over_observed", "offers_of_selected_over_displaced"),
        *("ranks_of_displaced_over_selected", "staying_of_selected"),
    },
}
LABELS = {
    "fact": {*PUBLISHED, *RULES, *NOT_RECORDED},
    "trait": {"white", "proficient", "low_income"},
    "parameter": {"sd theta", "supply: inertia", "supply: share_hispanic"},
    "planner": {CLAIRVOYANT},
    "aim": set(AIMS),
    "scenario": {*SCENARIOS, "observed"},
    "group": set(GROUPS),
    "rankings": {"full", "positive"},
    "equation": {"outcomes", "supply", "demand"},
}
INTERACTIONS = "education_x_average_score education_x_minority experience_x_average_score"
INTERACTIONS += " experience_x_minority experience_x_average_experience"
# Rows of tables 2 to 4 by panel; after an equals sign, the name in inputs.yaml where it differs.
PLANTED = {
    "table_2": {
        "students": "prev_score male low_income english_learner black hispanic",
        "teachers": "male=teacher_male education experience_2_3 experience_4_6 experience_7_up",
        "schools": "share_low_income share_english_learner share_black share_hispanic"
        " low_income_x_share_low_income",
        "interactions": "match_minority match_gender minority_x_education prev_score_x_education"
        " minority_x_experience prev_score_x_experience class_size",
        "spreads": "sd_theta sd_eta_y",
    },
    "table_3": {
        "students": "free_lunch black=share_black hispanic=share_hispanic average_score",
        "teachers": "black=teachers_black hispanic=teachers_hispanic average_experience",
        "interactions": f"students_match_minority teachers_match_minority {INTERACTIONS}",
        "other": "driving_minutes inertia",
        "spreads": "sd_eta_u",
    },
    "table_4": {
        "teachers": "male education experience",
        "interactions": f"match_race_students match_race_teachers {INTERACTIONS}",
        "spreads": "sd_phi sd_eta_v",
    },
}


def planted_name(table: str, panel: str, row: str) -> str:
    """Name in inputs.yaml of a row of tables 2 to 4; KeyError if it is none of the agreed rows."""
    pairs = (one.partition("=") for one in PLANTED[table][panel].split())
    return {own: other or own for own, _, other in pairs}[row]


def selectors(paper):
    """Every selector of an output table, with its claim."""
    for claim in paper.claims:
        answers = claim.answer.values() if claim.kind == "recovery" else (claim.answer,)
        for answer in answers:
            for part in parts(answer, paper.shared):
                if "table" in part:
                    yield claim, part
