"""Names of regimes, samples, outcomes and variables as they are printed, and looks of series."""

from welfare_added.exhibits.style import Look

INDIVIDUAL, SCHEDULE = "IS", "SS"
REFORM = 2012  # first spring under Act 10, where figures draw a line
BLACK = Look("#000000", "-", "o")
ORANGE = Look("#E69F00", (0, (5, 1.5)), "^")
BLUE = Look("#0072B2", "-", "s")
PURPLE = Look("#CC79A7", (0, (1, 1.2)), "D", filled=False)
RED = Look("#D55E00", "-", "o")
GREEN = Look("#009E73", (0, (3, 1, 1, 1)), "v", filled=False)
REGIMES = {INDIVIDUAL: ("Individual salaries", BLUE), SCHEDULE: ("Salary schedules", ORANGE)}
MOVES = {
    "ss_to_is": ("Schedule to individual", BLUE),
    "is_to_ss": ("Individual to schedule", ORANGE),
}
SAMPLES = {"matched": "Matched SS districts", "full": "All SS districts"}
PERIODS = {"before": "Before Act 10", "after": "After Act 10"}
SUBJECTS = {"math": "Mathematics", "reading": "Reading", "ela": "Language arts", "all": "All"}
LEVELS = {"elementary": "Elementary", "secondary": "Secondary"}
DISTRICT_VARIABLES = {
    "urban": ("Urban", 3),
    "suburban": ("Suburban", 3),
    "property_value_per_pupil": ("Property value per pupil, \\$", 0),
    "enrolment": ("Enrolment", 0),
    "black_percent": ("Black students, %", 2),
    "disadvantaged_percent": ("Disadvantaged students, %", 2),
    "math": ("Test scores, mathematics", 1),
    "reading": ("Test scores, reading", 1),
    "experience": ("Experience, years", 2),
    "ba": ("Bachelor", 3),
    "ma": ("Master", 3),
    "phd": ("Ph.D.", 4),
    "value_added": ("Value added, SD", 3),
    "salary": ("Salary, \\$", 0),
    "salary_experience_5_or_less": ("Salary, at most 5 years, \\$", 0),
    "salary_experience_over_20": ("Salary, more than 20 years, \\$", 0),
}
