# For confidential records: the persons behind published numbers.
POPULATION_FILES = []
