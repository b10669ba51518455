"""Column names and categories that all tables share: subjects, groups, traits, keys."""

SUBJECTS = ("ela", "math")
# Students whose lagged score is below, or not below, the median (section 3.2).
GROUPS = ("lower", "higher")
SCOPES = ("district", "school")
# The planner uses value added on each group (heterogeneous), or on all students (standard).
INFORMATION = ("heterogeneous", "standard")
ESTIMATES = ("va_standard", "va_lower", "va_higher")
ETHNICITIES = ("white", "asian", "black", "hispanic", "other")
OUTCOMES = (
    "graduated_high_school",
    "two_year_college",
    "four_year_college",
    "bachelors_in_six_years",
)

CLASS_YEAR = ["class_id", "year"]  # class ids may recur in other years
PLACE = ["teacher_id", "year", "grade", "school_id"]  # the unit of the table of estimates

# The race groups whose gap the paper measures (section 4.3).
WHITE_ASIAN, BLACK_HISPANIC, OTHER = 0, 1, 2
RACES = {
    "white": WHITE_ASIAN,
    "asian": WHITE_ASIAN,
    "black": BLACK_HISPANIC,
    "hispanic": BLACK_HISPANIC,
}
