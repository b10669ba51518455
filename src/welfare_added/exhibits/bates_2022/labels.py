"""Names of parameters, policies, groups and months as the paper prints them."""

from collections.abc import Iterable

from welfare_added.exhibits.style import Look

MONTHS = {
    "april": "April",
    "may": "May",
    "june": "June",
    "july": "July",
    "august": "August",
}
POLICIES = {
    "status_quo": "Status quo",
    "school_proposing": "Status quo, school proposing",
    "all_options": "All options",
    "principals_windows": "Principals max VA, in the windows",
    "principals": "Principals max VA",
    "teachers": "Teachers max VA",
    "both": "Principals and teachers max VA",
    "best": "Max VA",
}
# Points of figures 7 and 8, by the number that the paper gives them.
POINTS = {
    "status_quo": "1 Status quo",
    "all_options": "2 All options",
    "principals": "3 Principals max VA",
    "both": "4 Principals and teachers max VA",
}
POLICY_LOOKS = {
    "all_options": Look("#0072B2", "-", "o"),
    "principals": Look("#D55E00", (0, (5, 1.5)), "s"),
    "teachers": Look("#E69F00", (0, (1, 1.2)), "^"),
    "both": Look("#009E73", (0, (3, 1, 1, 1)), "D"),
    "best": Look("#000000", "-", "v"),
}
TEACHERS = {
    "constant": "Constant",
    "commute": "Commute time",
    "commute_missing": "Commute time missing",
    "value_added": "Value added",
    "value_added_sd": "SD of value added RC",
    "disadvantaged": "Fraction disadvantaged",
    "black_share": "Fraction Black",
    "hispanic_share": "Fraction Hispanic",
    "above_median": "Fraction above median",
    "absolute_advantage_x_disadvantaged": "AA x fraction disadvantaged",
    "absolute_advantage_x_black": "AA x fraction Black",
    "absolute_advantage_x_hispanic": "AA x fraction Hispanic",
    "absolute_advantage_x_above_median": "AA x fraction above median",
    "black_x_black": "Black x fraction Black",
    "hispanic_x_hispanic": "Hispanic x fraction Hispanic",
    "disadvantaged_sd": "SD of fraction disadvantaged RC",
    "black_share_sd": "SD of fraction Black RC",
    "hispanic_share_sd": "SD of fraction Hispanic RC",
    "above_median_sd": "SD of fraction above median RC",
    "value_added_not_disadvantaged": "VA, students not disadvantaged",
    "value_added_disadvantaged": "VA, disadvantaged students",
    "in_district": "In district",
    "black": "Black",
    "hispanic": "Hispanic",
    "female": "Female",
    "experience_2_3": "Experience 2-3",
    "experience_4_6": "Experience 4-6",
    "experience_7": "Experience 7+",
    "random_effect_sd": "SD of random effect",
    "value_added_missing": "Value added missing",
    "va_missing": "Value added missing",
    "students": "Number of students",
}
PRINCIPALS = {
    "constant": "Constant",
    "random_effect_sd": "SD of random effect",
    "title1": "Title I",
    "value_added": "Value added",
    "experience_2_3": "Experience 2-3",
    "experience_4_6": "Experience 4-6",
    "experience_7": "Experience 7+",
    "experience_missing": "Experience missing",
    "masters": "Masters",
    "black": "Black",
    "black_black_share": "Black x fraction Black",
    "hispanic": "Hispanic",
    "hispanic_hispanic_share": "Hispanic x fraction Hispanic",
    "female": "Female",
    "gender_missing": "Gender missing",
    "race_missing": "Race missing",
    "value_added_missing": "VA missing",
}
YEAR = "year_"  # before the spring of the jobs, in rows of other cycles
ROBUSTNESS = {
    "baseline": ("", "Baseline"),
    "split_achievement": ("Student types", "Achievement"),
    "split_race": ("Student types", "Race"),
    "buffer_7": ("Teachers' choice sets", "7 day buffer"),
    "first_day": ("Teachers' choice sets", "First day only"),
    "drop_single": ("Teachers' choice sets", "Drop single applications"),
    "teachers_none": ("Teachers' logit", "No effects"),
    "teachers_school_fe": ("Teachers' logit", "School FE"),
    "teachers_school_re": ("Teachers' logit", "School RE"),
    "teachers_teacher_fe": ("Teachers' logit", "Teacher FE"),
    "teachers_teacher_re": ("Teachers' logit", "Teacher RE"),
    "teachers_teacher_re_school_fe": ("Teachers' logit", "Teacher RE, school FE"),
    "teachers_teacher_fe_school_fe": ("Teachers' logit", "Teacher FE, school FE"),
    "teachers_correlated": ("Random coefficients", "Correlated"),
    "principals_two_weeks": ("Principals' window", "Within 2 weeks of hire"),
    "principals_first_half": ("Principals' window", "First half"),
    "principals_second_half": ("Principals' window", "Second half"),
    "principals_rank_all": ("Principals' ratings", "Rank order, all data"),
    "principals_rank_active": ("Principals' ratings", "Rank order, active choices"),
    "principals_hire_only": ("Principals' ratings", "Hires only"),
    "constant_class_size": ("Class size", "Constant"),
    "full_sample": ("Sample", "All teachers"),
}


def specification(row: str) -> tuple[str, str]:
    """Panel and label of a row of table 7; those of other cycles are a choice."""
    return ("Year", row.removeprefix(YEAR)) if row.startswith(YEAR) else ROBUSTNESS[row]


def specifications(rows: Iterable[str]) -> list[str]:
    """All rows of table 7 in its order, of other cycles those that are among ``rows``."""
    years = sorted(row for row in rows if row.startswith(YEAR))
    first, *others = ROBUSTNESS
    return [first, *years, *others]


def teacher_parameter(name: str) -> str:
    """Printed name of a parameter of table 5; an unknown name with spaces."""
    if name.startswith("mean_"):
        return f"{teacher_parameter(name.removeprefix('mean_'))}, mean"
    return TEACHERS.get(name, name.replace("_", " ").capitalize())


def principal_parameter(name: str) -> str:
    """Printed name of a parameter of table 6; an ending ``_x`` is "times Title I"."""
    if name.endswith("_x"):
        return f"{principal_parameter(name.removesuffix('_x'))} x Title I"
    return PRINCIPALS.get(name, name.replace("_", " ").capitalize())


PARAMETERS = {"teachers": teacher_parameter, "principals": principal_parameter}
