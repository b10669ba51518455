"""How many minority and free-lunch students a school's class is to have."""

from collections.abc import Mapping, Sequence

import numpy as np

from welfare_added.admissions.plans import Setting, current_class
from welfare_added.run.errors import UserError

GROUPS = ("minority", "frpl")


def target_at(
    setting: Setting, schools: Sequence[str], at: int, chosen: Mapping[str, Mapping[str, int]]
) -> tuple[int, int]:
    """Minority and free-lunch students that plans tuned at a school must have.

    Those of the plan in force, unless ``chosen`` (plans.targets, by school) gives others. Raises
    UserError if more are wanted than there are seats, or applicants who list the school.
    """
    own = chosen.get(schools[at], {})
    target = dict(zip(GROUPS, current_class(setting, at), strict=True)) | dict(own)
    pool = setting.pool
    lists_it = (pool.lists == at).any(axis=1)
    for group, wanted in target.items():
        among = int(np.asarray(getattr(pool, group))[lists_it].sum())
        most, what = min((int(pool.seats[at]), "seats"), (among, f"{group} applicants who list it"))
        if wanted > most:
            raise UserError(
                f"config.yaml: plans.targets.{schools[at]}.{group} is {wanted}, and there are "
                f"{most} {what}. Lower the target."
            )
    return target["minority"], target["frpl"]
