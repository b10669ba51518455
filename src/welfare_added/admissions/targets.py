"""Targets of the config that no plan could meet."""

from collections.abc import Sequence

import numpy as np

from welfare_added.admissions.plans import Setting
from welfare_added.run.errors import UserError


def check_targets(setting: Setting, schools: Sequence[str]) -> None:
    """Refuse targets above the school's seats, or above the applicants who list it.

    schools: names, by place. Raises UserError naming the school, the group and the number there is.
    """
    pool = setting.pool
    for at, target in setting.targets.items():
        lists_it = (pool.lists == at).any(axis=1)
        for group, wanted in target.items():
            among = int(np.asarray(getattr(pool, group))[lists_it].sum())
            most, what = min(
                (int(pool.seats[at]), "seats"), (among, f"{group} applicants who list it")
            )
            if wanted > most:
                raise UserError(
                    f"config.yaml: plans.targets.{schools[at]}.{group} is {wanted}, and there are "
                    f"{most} {what}. Lower the target."
                )
