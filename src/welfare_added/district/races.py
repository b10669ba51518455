"""The race groups whose gap the paper measures (section 4.3)."""

WHITE_ASIAN, BLACK_HISPANIC, OTHER = 0, 1, 2
RACES = {
    "white": WHITE_ASIAN,
    "asian": WHITE_ASIAN,
    "black": BLACK_HISPANIC,
    "hispanic": BLACK_HISPANIC,
}
