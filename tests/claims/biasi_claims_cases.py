"""The output tables that the claims of Biasi (2017) read: their columns and labels."""

from claims_cases import ROOT

from welfare_added.claims.answers import parts

PAPER = ROOT / "workflow/papers/biasi_2017"


def words(text: str) -> tuple[str, ...]:
    """Names written one after the other."""
    return tuple(text.split())


REGRESSION = "term column estimate standard_error p n"  # a row a term and printed column
DISTRICTS = "variable first_mean first_sd second_mean second_sd difference standard_error_rows"
DISTRICTS += " districts_first districts_second"
SCORES = "subject controls term estimate standard_error p n"
RESPONSES = "outcome quartile delta value percent"
COMPOSITION = "outcome delta value percent"
# What an answer needs of each table; frames of the packages have more. calibration.csv: the state
# beside the numbers of inputs.yaml, by dotted path. Of state/: other facts of the state and rules of
# its preparation, in the paper's units. Of figures/: shares from 0 to 1, value added in SDs, dollars;
# a period has the name of its first year. Of tables/: 2 and A1 hold means of two groups of districts
# each; of regressions a row a term, with the printed column or what the column is. Of salaries/:
# estimates of delta by regime, weighted, standard_error that of their mean; slopes of delta on
# characteristics of districts. value_added/: standard_error is that of sd_joint.
COLUMNS = {
    "calibration.csv": "quantity achieved",
    "figures/figure_01.csv": "district post seniority lower median upper",
    "figures/figure_02.csv": "period regime value_added salary low high slope slope_error",
    "figures/figure_03.csv": "origin_regime regime year share",
    "figures/figure_04.csv": "sample series period value_added",
    "figures/figure_05.csv": "regime year share",
    "figures/figure_06.csv": "sample series period value_added",
    "figures/figure_07.csv": "sample regime period value_added",
    "figures/figure_08.csv": "sample subject regime year score",
    "figures/figure_09.csv": RESPONSES,
    "figures/figure_10.csv": COMPOSITION,
    "figures/figure_11.csv": RESPONSES,
    "figures/figure_12.csv": COMPOSITION,
    "state/printed_schedule.csv": "step ba ba_12 ba_24 ma",
    "salaries/delta_slopes.csv": "covariate term estimate p",
    "salaries/deltas.csv": "period regime mean standard_error standard_deviation lowest highest",
    "sorting/samples.csv": "sample regime districts",
    "state/facts.csv": "fact value",
    "tables/table_01.csv": "period variable mean standard_deviation n teachers",
    "tables/table_02.csv": f"comparison {DISTRICTS}",
    "tables/table_03.csv": "sample low high term estimate standard_error n",
    **{f"tables/table_{number:02}.csv": REGRESSION for number in range(4, 12)},
    "tables/table_12.csv": SCORES,
    "tables/table_13.csv": "parameter estimate standard_error truth",
    "tables/table_14.csv": "year moment group model data",
    "tables/table_a1.csv": DISTRICTS,
    "tables/table_a2.csv": REGRESSION,
    "tables/table_a3.csv": "term estimate standard_error n",
    "tables/table_a4.csv": REGRESSION,
    "tables/table_a5.csv": REGRESSION,
    "tables/table_a6.csv": SCORES,
    "tables/table_a7.csv": "level subject sd_shrunk sd_unshrunk",
    "value_added/city.csv": "aggregate slope sd_student sd_aggregate",
    "value_added/standard_deviations.csv": "level subject sd_joint standard_error",
}
COLUMNS = {table: columns.split() for table, columns in COLUMNS.items()}
EVENT = ("event_x_post", "individual_x_post", "event_x_individual", "event_x_individual_x_post")
VALUE_ADDED = ("value_added", "value_added_x_post", "individual", "value_added_x_individual")
VALUE_ADDED += ("individual_x_post", "value_added_x_individual_x_post")
SUBJECTS = ("math", "technology", "special_education", "esl")
TERMS = {
    "salaries/delta_slopes.csv": ("characteristic", "standardised"),  # not delta: units a dollar
    "tables/table_03.csv": ("treated", "post", "treated_x_post"),
    "tables/table_04.csv": VALUE_ADDED,
    **{f"tables/table_{number}.csv": ("moved", *EVENT) for number in ("06", "07")},
    **{f"tables/table_{number}.csv": ("exits", *EVENT) for number in ("09", "10")},
    **dict.fromkeys(
        (f"tables/table_{number}.csv" for number in ("05", "08", "a4", "a5")),
        ("individual", "individual_x_post"),
    ),
    **dict.fromkeys(
        (f"tables/table_{number}.csv" for number in ("11", "12", "a6")), ("individual_x_post",)
    ),
    "tables/table_a2.csv": (
        "individual_x_post",
        *(
            f"{subject}{product}"
            for subject in SUBJECTS
            for product in ("", "_x_post", "_x_individual", "_x_individual_x_post")
        ),
    ),
    "tables/table_a3.csv": (
        *("enrolment", "urban", "suburban", "disadvantaged_percent", "salary", "experience", "ba"),
        *("salary_experience_5_or_less", "salary_experience_over_20", "ma", "constant"),
        "property_value_per_pupil",
    ),
}
VARIABLES = {
    "tables/table_01.csv": words("female experience BA MA PhD salary moved exits"),
    "tables/table_02.csv": words(
        "urban suburban property_value_per_pupil enrolment black_percent disadvantaged_percent math"
        " reading experience ba ma phd value_added salary salary_experience_5_or_less"
        " salary_experience_over_20"
    ),
}
VARIABLES["tables/table_a1.csv"] = VARIABLES["tables/table_02.csv"]
PERIODS = {
    "tables/table_01.csv": ("before", "after", "all"),
    **dict.fromkeys(
        (f"figures/figure_{number}.csv" for number in ("04", "06", "07")), (2010, 2012, 2014)
    ),
    **dict.fromkeys(("figures/figure_02.csv", "salaries/deltas.csv"), ("before", "after")),
}
FACTS = words(
    "pupils_per_district green_bay_rank matched_pupils_percent extreme_value_added_percent"
    " chippewa_falls_pupils chippewa_falls_disadvantaged_percent chippewa_falls_elementary_schools"
    " chippewa_falls_middle_schools chippewa_falls_high_schools chippewa_falls_mean_value_added"
    " evaluated_salary evaluated_distance evaluated_poor_percent"
)
RULES = words(
    "contract_days trimmed_percent months_a_year seniority_class_years extreme_value_added_sd"
    " elementary_lowest_grade elementary_highest_grade secondary_lowest_grade"
    " secondary_highest_grade post_years panel_last_year value_added_first_year"
    " value_added_last_year salary_first_year salary_last_year_before salary_first_year_after"
    " salary_last_year table_3_most_years figure_1_most_years matching_short_years"
    " matching_long_years estimation_year first_market_left_out second_market_left_out deltas"
    " largest_delta"
)
# There are no records of applications to other districts.
NOT_RECORDED = ("open_enrolment_percent",)
LABELS = {
    "fact": {*FACTS, *RULES, *NOT_RECORDED},
    "regime": {"IS", "SS"},
    "origin_regime": {"IS", "SS"},
    "series": {"ss_to_is", "is_to_ss", "IS", "SS", "difference"},
    "covariate": {"disadvantaged_percent", "value_added", "math"},
    "district": {"racine", "green_bay"},
    "seniority": {"5-6", "29-30"},
    "sample": {"matched", "four_covariates", "propensity"}
    | {"all", "MA", "MA_below_10", "10_and_more"},
    "subject": {"math", "reading", "ela", "all"},
    "controls": {"none", "mean", "quartiles"},
    "level": {"elementary", "secondary"},
    "group": {"all", "VA > 0", "VA < 0"},
    "moment": {"move", "exit"},
    "outcome": {"move in", "move out", "exit", "movers in", "movers out", "exiters", "workforce"},
    "aggregate": {"va_printed"},
    "parameter": {"salary", "distance", "incumbent", "poor", "urban", "outside"}
    | {"value_added", "seniority", "master", "sigma"},
    "comparison": {"full", "matched"},
}
BY_TABLE = {"term": TERMS, "variable": VARIABLES, "period": PERIODS}


def allowed(table: str, column: str):
    """Labels that a column of an output table may be asked for; None if it holds numbers."""
    if column in BY_TABLE:
        return BY_TABLE[column][table]
    return LABELS.get(column)


def selectors(paper):
    """Every selector of an output table, with its claim."""
    for claim in paper.claims:
        answers = claim.answer.values() if claim.kind == "recovery" else (claim.answer,)
        for answer in answers:
            for part in parts(answer, paper.shared):
                if "table" in part:
                    yield claim, part
