"""Parameters of tables 2 to 5: their rows, panels and printed names."""

# Rows of tables 2 to 4: parameter of the sampler and printed name, by panel and row.
Rows = dict[str, dict[str, tuple[str, str]]]


def _rows(part: str, labels: dict[str, str], names: dict[str, str] | None = None) -> dict:
    """Rows whose parameters are ``part: row``, or ``part: names[row]``."""
    own = names or {}
    return {row: (f"{part}: {own.get(row, row)}", label) for row, label in labels.items()}


INTERACTIONS = {
    "education_x_average_score": "Education x avg. prev. score",
    "education_x_minority": "Education x % minority",
    "experience_x_average_score": "Experience x avg. prev. score",
    "experience_x_minority": "Experience x % minority",
    "experience_x_average_experience": "Experience x avg. teacher experience",
}
TABLE_2: Rows = {
    "students": _rows(
        "outcomes",
        {
            "prev_score": "Prev. score",
            "male": "Male",
            "low_income": "Low income",
            "english_learner": "English language learner",
            "black": "Race - Black",
            "hispanic": "Race - Hispanic",
        },
    ),
    "teachers": _rows(
        "outcomes",
        {
            "male": "Male teacher",
            "education": "Education",
            "experience_2_3": "Experience 2 to 3",
            "experience_4_6": "Experience 4 to 6",
            "experience_7_up": "Experience 7+",
        },
        {"male": "teacher_male"},
    ),
    "schools": _rows(
        "outcomes",
        {
            "share_low_income": "School % low income",
            "share_english_learner": "School % English language learner",
            "share_black": "School % Black",
            "share_hispanic": "School % Hispanic",
            "low_income_x_share_low_income": "Low income x % low income",
        },
    ),
    "interactions": _rows(
        "outcomes",
        {
            "match_minority": "Match minority",
            "match_gender": "Match gender",
            "minority_x_education": "Minority x education",
            "prev_score_x_education": "Prev. score x education",
            "minority_x_experience": "Minority x experience",
            "prev_score_x_experience": "Prev. score x experience",
            "class_size": "Class size (FTE per student)",
        },
    ),
    "spreads": {
        "sd_theta": ("sd theta", "SD of general effectiveness"),
        "sd_eta_y": ("sd eta_y", "SD of match effectiveness"),
    },
}
TABLE_3: Rows = {
    "students": _rows(
        "supply",
        {
            "free_lunch": "% free or reduced-price lunch",
            "black": "% Black students",
            "hispanic": "% Hispanic students",
            "average_score": "Avg. test scores",
        },
        {"free_lunch": "share_low_income", "black": "share_black", "hispanic": "share_hispanic"},
    ),
    "teachers": _rows(
        "supply",
        {
            "black": "% Black teachers",
            "hispanic": "% Hispanic teachers",
            "average_experience": "Average teacher experience",
        },
        {"black": "teachers_black", "hispanic": "teachers_hispanic"},
    ),
    "interactions": _rows(
        "supply",
        {
            "students_match_minority": "% of students match minority",
            "teachers_match_minority": "% of teachers match minority",
            **INTERACTIONS,
        },
    ),
    "other": _rows("supply", {"driving_minutes": "Driving time, minutes", "inertia": "Inertia"}),
    "spreads": {"sd_eta_u": ("sd eta_u", "SD of teachers' match tastes")},
}
TABLE_4: Rows = {
    "teachers": _rows(
        "demand", {"male": "Male", "education": "Education", "experience": "Experience"}
    ),
    "interactions": _rows(
        "demand",
        {
            "match_race_students": "% match race - students",
            "match_race_teachers": "% match race - teachers",
            **INTERACTIONS,
        },
        {
            "match_race_students": "match_minority_students",
            "match_race_teachers": "match_minority_teachers",
        },
    ),
    "spreads": {
        "sd_phi": ("sd phi", "SD of tastes for a teacher"),
        "sd_eta_v": ("sd eta_v", "SD of schools' match tastes"),
    },
}
PANELS = {
    "table_02": {
        "students": "A. Student characteristics",
        "teachers": "B. Teacher characteristics",
        "schools": "C. School characteristics",
        "interactions": "D. Student-teacher interactions",
        "spreads": "Standard deviations",
    },
    "table_03": {
        "students": "A. School characteristics: students",
        "teachers": "B. School characteristics: teachers",
        "interactions": "C. Teacher-school interactions",
        "other": "D. Driving time and inertia",
        "spreads": "Standard deviations",
    },
    "table_04": {
        "teachers": "A. Teacher characteristics",
        "interactions": "B. Teacher-school interactions",
        "spreads": "Standard deviations",
    },
}
PRINTED: dict[str, Rows] = {"table_02": TABLE_2, "table_03": TABLE_3, "table_04": TABLE_4}
# What tables 2 to 4 do not print and table 5 rests on, and the level of teachers' utilities.
FURTHER = {
    "correlation theta phi": "Correlation of effectiveness and schools' taste",
    "correlation eta_y eta_u": "Correlation of match effectiveness and teachers' tastes",
    "correlation eta_y eta_v": "Correlation of match effectiveness and schools' tastes",
    "correlation eta_u eta_v": "Correlation of teachers' and schools' match tastes",
    "sd eps": "SD of the error of scores",
    "sd school": "SD of schools' attraction",
    "fallback less schools": "Displaced: fallback less mean school",
    "fallback less vacancies": "Displaced: fallback less mean vacancy",
}
UNPRINTED = {
    "outcomes: prev_score_sq": "Prev. score squared",
    "outcomes: prev_score_cube": "Prev. score cubed",
    "outcomes: other": "Race - other",
    "outcomes: special_education": "Special education",
    "outcomes: teacher_black": "Race of teacher - Black",
    "outcomes: teacher_hispanic": "Race of teacher - Hispanic",
    "outcomes: teacher_other": "Race of teacher - other",
    "outcomes: share_other": "School % other",
    "outcomes: share_special_education": "School % special education",
    "outcomes: redesigned": "Redesigned test",
    "supply: share_other": "% other students",
    "supply: share_english_learner": "% English language learners",
    "supply: share_special_education": "% special education",
    "supply: teachers_other": "% other teachers",
    "demand: black": "Race - Black",
    "demand: hispanic": "Race - Hispanic",
    "demand: other": "Race - other",
}
PARTS = {
    "outcomes": "outcomes",
    "supply": "teachers",
    "demand": "schools",
    "demand standardised": "schools, over SD",
}
STANDARDISED = "demand standardised"


def parameters_of(table: str) -> dict[str, str]:
    """Printed names of the parameters of table 2, 3 or 4, in its order."""
    return dict(one for rows in PRINTED[table].values() for one in rows.values())


NAMED = {name: label for table in PRINTED for name, label in parameters_of(table).items()}
NAMED |= FURTHER | UNPRINTED


def parameter(name: str) -> str:
    """Printed name of a parameter; of one that is printed nowhere its own with spaces."""
    part, _, own = name.partition(": ")
    if part == STANDARDISED:
        return f"{parameter(f'demand: {own}')}, over SD"
    words = (own or name).replace("_", " ")
    return NAMED.get(name, words[0].upper() + words[1:])


def with_part(name: str) -> str:
    """`parameter`, with the equation in parentheses where the name alone leaves it open."""
    part = name.partition(":")[0]
    return f"{parameter(name)} ({PARTS[part]})" if part in PARTS else parameter(name)
