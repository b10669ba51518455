"""Named sets of disclosure limits."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Profile:
    """Disclosure limits of every published cell.

    Attributes
    ----------
    students, teachers, schools
        Fewest that a cell may rest on.
    degrees
        Fewest degrees of freedom of a regression.
    largest_two
        Largest share of a population's student-years that two teachers, or two schools, may hold.
    base
        Counts are rounded to its multiples, which hides small differences of nested samples.
    digits
        Significant digits of everything else.

    """

    students: int
    teachers: int
    schools: int
    degrees: int = 10
    largest_two: float = 0.85
    base: int = 5
    digits: int = 4

    def minimum(self, unit: str) -> int:
        """Fewest of a unit; classes have the limit of teachers."""
        return {
            "students": self.students,
            "teachers": self.teachers,
            "classes": self.teachers,
            "schools": self.schools,
            "degrees": self.degrees,
        }[unit]


PROFILES = {
    "n10": Profile(students=10, teachers=10, schools=3),
    "ies": Profile(students=10, teachers=10, schools=3, base=10),
    "strict15": Profile(students=15, teachers=15, schools=5, base=10, digits=3),
}


def profile_of(name: str, minimum: int | None = None) -> Profile:
    """Profile by name; ``minimum`` replaces its fewest students and teachers."""
    profile = PROFILES[name]
    return profile if minimum is None else replace(profile, students=minimum, teachers=minimum)
