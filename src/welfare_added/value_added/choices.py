"""The choices of config.yaml, section value_added, on which estimates depend."""

from collections.abc import Mapping

ESTIMATION = (
    *("estimator", "groups", "absorb", "years_used", "weighting", "drift_limit"),
    *("minimum_class_size", "teacher_share", "seed"),
)


def estimation(section: Mapping[str, object]) -> dict[str, object]:
    """Arguments of `estimate_value_added` from the section value_added of config.yaml.

    Others of its keys change how the work is done, or tests of comparative advantage alone.
    """
    return {name: section[name] for name in ESTIMATION}
