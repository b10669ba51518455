"""Names of plans, variables and groups as the paper prints them."""

PLANS = {
    "score": "Score-based",
    "tiers": "Plan in force",
    "reweighted": "Reweighted SES bonus",
    "lasso": "LASSO SES bonus",
    "reweighted_frpl": "SES bonus with FRPL",
    "lasso_frpl": "LASSO with FRPL",
    "benchmark": "Race- and FRPL-based benchmark",
    "top_communities": "Top-10% communities",
    "top_tracts": "Top-10% tracts",
    "unweighted": "Unweighted SES bonus",
    "unweighted_frpl": "Unweighted SES bonus with FRPL",
    "race_only": "Race-only bonus",
    "frpl_only": "FRPL-only bonus",
}
# Rows of table A.6 in its order.
TABLE_A6 = (
    *("tiers", "reweighted", "lasso", "reweighted_frpl", "lasso_frpl", "benchmark"),
    *("top_communities", "top_tracts", "unweighted"),
)
VARIABLES = {
    "income": "Median income percentile",
    "education": "Adult education percentile",
    "two_parent": "Two-parent percentile",
    "english": "Native English percentile",
    "owner": "Home owner percentile",
    "isat": "ISAT percentile",
    "index": "Mean of tract characteristics",
    "frpl": "FRPL",
}
SAMPLES = {
    "all": "A. All applicants",
    "top_decile": "B. Top-decile applicants",
    "payton_northside": "C. Applicants to the schools of table A.6",
    "incentive": "D. Applicants with an incentive to move to a lower tier",
}
# Minority, free lunch: the four parts of a bar, from below.
STRATA = {
    (1, 1): ("Minority, FRPL", "#0072B2", "////"),
    (1, 0): ("Minority", "#0072B2", ""),
    (0, 1): ("Other, FRPL", "#F0C27B", "////"),
    (0, 0): ("Other", "#F0C27B", ""),
}
THREE = {"score": "Score-based", "tiers": "Tier-based", "benchmark": "Benchmark"}
