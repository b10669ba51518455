"""Where the claims are, a claim to vary, and the columns that the tables are agreed to have."""

from pathlib import Path

from welfare_added.claims.answers import Sources
from welfare_added.claims.selectors import Tables
from welfare_added.claims.verdicts import judge

ROOT = Path(__file__).parents[2]
PAPER = ROOT / "workflow/papers/eastmond_2024/claims.yaml"
SCHEMA = ROOT / "workflow/schemas/claims.schema.json"
TEMPLATE = ROOT / "src/welfare_added/claims/page.html.j2"

COLUMNS = {
    "frontiers.csv": "subject scope information weight gain_lower gain_higher gain_mean certificate",
    "moments.csv": "quantity value",
    "value_added/comparative_advantage.csv": "subject basis units mean_absolute mean_standard_error share_significant share_discovered statistic p_value",
    "value_added/outcomes.csv": "outcome measure coefficient standard_error per_teacher_sd per_teacher_sd_error observations freedom",
    "welfare/deselection.csv": "subject quantity value",
    "welfare/earnings.csv": "scope information weight earnings_lower earnings_higher earnings_mean total_per_year",
    "welfare/gaps.csv": "subject scope information weight change_higher_lower change_racial baseline_higher_lower baseline_racial",
    "welfare/text_numbers.csv": "quantity value unit note",
    "welfare/equal_gain_index.csv": "subject scope weight index_heterogeneous index_standard index_utilitarian gain_over_utilitarian gain_over_standard gain_mean_over_standard",
    "welfare/tie_breaks.csv": "subject scope information weight tie_break gain_lower gain_higher gain_mean gain_ela gain_math heterogeneous_more higher_over_lower earnings_lower earnings_higher earnings_mean total_per_year change_higher_lower change_racial share_harmed mean_loss share_helped mean_win share_moved",
    "welfare/mvpf.csv": "scope bonus benefits net_cost mvpf",
    "welfare/status_quo.csv": "subject quantity value",
    "welfare/subjects.csv": "scope weight_ela gain_ela gain_math earnings_mean",
    "welfare/school_gains.csv": "subject scope information weight gain_above gain_below",
    "welfare/winners.csv": "subject scope information weight share_harmed mean_loss share_helped mean_win share_moved",
}
LABELS = {
    "subject": ["ela", "math", "both", "subjects"],
    "basis": ["residuals"],
    "tie_break": ["efficient", "mean"],
    "scope": ["district", "school"],
    "information": ["heterogeneous", "standard"],
    "weight": [round(0.1 * i, 1) for i in range(11)],
    "weight_ela": [round(0.1 * i, 1) for i in range(11)],
    "outcome": [
        "graduated_high_school",
        "two_year_college",
        "four_year_college",
        "any_college",
        "bachelors_in_six_years",
    ],
    "measure": ["standard", "lower", "higher"],
    "bonus": [100.0, 1000.0, 10_000.0, 100_000.0],
}
SOURCE = {
    "claim": {
        "id": "gain",
        "location": "Section 4.1, paragraph 3",
        "quantity": "Gain",
        "quote": "raise scores by 0.04",
        "published": 0.04,
        "digit": 0.01,
        "unit": "student SD",
        "kind": "prediction",
        "tolerance": "rounding",
        "answer": {"table": "moments.csv", "where": {"quantity": "gain"}, "column": "value"},
    },
    "table": {
        "id": "table_3",
        "location": "Table 3, page 21",
        "quantity": "Plans",
        "unit": "points",
        "kind": "prediction",
        "tolerance": "rounding",
    },
    "tolerances": {
        "rounding": {"why": "rounding"},
        "tenth": {"why": "a tenth", "relative": 0.1},
        "two_errors": {"why": "two standard errors", "standard_errors": 2},
    },
}


def arithmetic_of(paper):
    """Verdicts on the paper's own arithmetic, by id; it needs no results."""
    sources = Sources(Tables({}), {}, paper.shared, paper.published_number)
    arithmetic = [claim for claim in paper.claims if claim.kind == "arithmetic"]
    return {claim.id: judge(claim, paper, sources) for claim in arithmetic}
