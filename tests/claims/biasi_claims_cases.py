"""The output tables that the claims of Biasi (2017) read: their columns and labels."""

from claims_cases import ROOT

from welfare_added.claims.answers import parts

PAPER = ROOT / "workflow/papers/biasi_2017"


def words(text: str) -> tuple[str, ...]:
    """Names written one after the other."""
    return tuple(text.split())


REGRESSION = "term column estimate standard_error p n"  # a row a term and printed column
DISTRICTS = "variable column estimate standard_deviation standard_error"
SCORES = "subject controls term estimate standard_error p n"
RESPONSES = "outcome quartile delta change_percent"
COMPOSITION = "group delta value_added"
# Of state/: facts of the synthetic state and rules of its preparation, in the paper's units.
# Of figures/: shares of all (0 to 1), value added in SDs, salaries and delta in dollars; a period is
# named by its first year. Of tables/: `tidy` of the regressions with the printed column, or in
# tables 3, 12 and A6 with what the column is. Of salaries/: deltas of districts by regime, planted
# and estimated; standard_error is that of the mean.
COLUMNS = {
    "figures/figure_01.csv": "district post seniority lower median upper",
    "figures/figure_03.csv": "origin_regime regime year share",
    "figures/figure_04.csv": "series period value_added",
    "figures/figure_05.csv": "regime year share",
    "figures/figure_06.csv": "series period value_added",
    "figures/figure_07.csv": "regime period value_added",
    "figures/figure_08.csv": "subject regime year score",
    "figures/figure_09.csv": RESPONSES,
    "figures/figure_10.csv": COMPOSITION,
    "figures/figure_11.csv": RESPONSES,
    "figures/figure_12.csv": COMPOSITION,
    "figures/figure_a1.csv": "step ba ba_12 ba_24 ma",
    "salaries/against_schedule.csv": "place teachers share mean_gap",
    "salaries/delta_covariates.csv": "covariate slope p_value",
    "salaries/delta_distribution.csv": "source regime period mean standard_error sd min max",
    "salaries/residual_slopes.csv": "regime period slope standard_error",
    "sorting/samples.csv": "sample regime districts",
    "state/facts.csv": "fact value",
    "tables/table_01.csv": "period variable mean standard_deviation n teachers",
    "tables/table_02.csv": DISTRICTS,
    "tables/table_03.csv": "sample low high term estimate standard_error n",
    **{f"tables/table_{number:02}.csv": REGRESSION for number in range(4, 12)},
    "tables/table_12.csv": SCORES,
    "tables/table_13.csv": "parameter estimate standard_error truth",
    "tables/table_14.csv": "outcome group model_2012 data_2012 model_2009 data_2009",
    "tables/table_a1.csv": DISTRICTS,
    "tables/table_a2.csv": REGRESSION,
    "tables/table_a3.csv": "term estimate standard_error n",
    "tables/table_a4.csv": REGRESSION,
    "tables/table_a5.csv": REGRESSION,
    "tables/table_a6.csv": SCORES,
    "tables/table_a7.csv": "level subject sd_shrunk sd_unshrunk",
    "value_added/city.csv": "name value",
    "value_added/coverage.csv": "regime year with_value_added without share",
    "value_added/standard_deviations.csv": "level subject planted sd_joint standard_error",
}
COLUMNS = {table: columns.split() for table, columns in COLUMNS.items()}
EVENT = ("event_x_post", "individual_x_post", "event_x_individual", "event_x_individual_x_post")
VALUE_ADDED = ("value_added", "value_added_x_post", "individual", "value_added_x_individual")
VALUE_ADDED += ("individual_x_post", "value_added_x_individual_x_post")
SUBJECTS = ("math", "technology", "special_education", "esl")
TERMS = {
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
        " salary_experience_over_20 districts"
    ),
}
VARIABLES["tables/table_a1.csv"] = VARIABLES["tables/table_02.csv"]
PERIODS = {
    "tables/table_01.csv": ("before", "after", "all"),
    **dict.fromkeys(
        (f"figures/figure_{number}.csv" for number in ("04", "06", "07")), (2010, 2012, 2014)
    ),
    **dict.fromkeys(
        ("salaries/delta_distribution.csv", "salaries/residual_slopes.csv"), ("before", "after")
    ),
}
COUNTS = words(
    "districts_2009 districts_2010 districts_2014 districts_is districts_ss districts_with_handbook"
    " urban_districts suburban_districts rural_districts pupils_per_district urban_pupils"
    " suburban_pupils rural_pupils milwaukee_pupils madison_pupils green_bay_pupils racine_pupils"
    " green_bay_rank green_bay_teachers racine_teachers teachers_2006 teachers_2010 teachers_2014"
    " handbook_pupils_percent matched_pupils_percent moves_within_market_percent"
    " extreme_value_added_percent"
)
CHIPPEWA_FALLS = words(
    "pupils teachers disadvantaged_percent elementary_schools middle_schools high_schools delta"
    " mean_value_added"
)
RULES = words(
    "contract_days trimmed_percent months_a_year seniority_class_years extreme_value_added_sd"
    " lowest_tested_grade highest_tested_grade_below_10 highest_tested_grade"
    " elementary_lowest_grade elementary_highest_grade secondary_lowest_grade"
    " secondary_highest_grade post_years panel_last_year value_added_first_year"
    " value_added_last_year salary_first_year salary_last_year_before salary_first_year_after"
    " salary_last_year table_3_most_years figure_1_most_years matching_short_years"
    " matching_long_years estimation_year markets first_market_left_out second_market_left_out"
    " deltas largest_delta"
)
# There are no records of applications to other districts.
NOT_RECORDED = ("open_enrolment_percent",)
LABELS = {
    "fact": {*COUNTS, *(f"chippewa_falls_{one}" for one in CHIPPEWA_FALLS), *RULES, *NOT_RECORDED},
    "regime": {"IS", "SS"},
    "origin_regime": {"IS", "SS"},
    "series": {"ss_to_is", "is_to_ss", "IS", "SS", "difference"},
    "source": {"planted", "estimated"},
    "place": {"on", "below", "above"},
    "covariate": {"disadvantaged", "value_added", "math"},
    "district": {"racine", "green_bay"},
    "seniority": {"5-6", "29-30"},
    "sample": {"matched", "four_covariates", "propensity"}
    | {"all", "MA", "MA_below_10", "10_and_more"},
    "subject": {"math", "reading", "ela", "all"},
    "controls": {"none", "mean", "quartiles"},
    "level": {"elementary", "secondary"},
    "group": {"all", "positive", "negative"} | {"movers_in", "movers_out", "exiters", "workforce"},
    "outcome": {"move", "exit", "move_in", "move_out"},
    "name": {"slope", "sd_cells", "sd_pupils"},
    "parameter": {"salary_per_1000", "distance_mile", "incumbent", "poor_percent", "urban"}
    | {"outside", "value_added_sd", "seniority_year", "master", "sigma"},
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
