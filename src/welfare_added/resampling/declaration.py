"""What standard errors by school depend on, and whether those kept are of a run's choices."""

import json
from collections.abc import Mapping
from pathlib import Path

from welfare_added.run.digests import digest, sha256
from welfare_added.value_added.choices import estimation

# What the synthetic district's draws depend on, beside `choices_from`.
DISTRICT = ("size", "seed", "years", "grades", "lag")
DRAWS = ("replications", "seed", "level")


def choices_from(config: Mapping) -> dict[str, object]:
    """Arguments of `quantities.Choices` from the configuration of a run."""
    district, allocation, welfare = (config[name] for name in ("district", "allocation", "welfare"))
    return {
        **{name: district[name] for name in ("split", "lower", "class_size")},
        "estimation": estimation(config["value_added"]),
        "weights": config["bootstrap"]["weights"],
        **{name: allocation[name] for name in ("ends", "solver", "tolerance", "counts", "ties")},
        "tie_seed": allocation["seed"],
        "weight_ela": welfare["subject_weight_ela"],
        **{name: welfare[name] for name in ("earnings_per_sd", "lifetime_multiplier", "tax_rate")},
    }


def batches(replications: int, size: int) -> list[tuple[int, int]]:
    """First and last replication of each job, counted from 0."""
    starts = range(0, replications, size)
    return [(first, min(first + size, replications) - 1) for first in starts]


def source(config: Mapping, paper: Path) -> dict[str, str]:
    """Digests of what the synthetic district's standard errors depend on, apart from the code."""
    choices = [
        choices_from(config),
        {name: config["district"][name] for name in DISTRICT},
        {name: config["bootstrap"][name] for name in DRAWS},
    ]
    return {
        "choices": digest(choices),
        "parameters": sha256(Path(paper) / "calibration/parameters.yaml"),
    }


def fits(provenance: Path | str, wanted: Mapping[str, str]) -> bool:
    """Whether kept standard errors are of these choices and parameters; false if none are kept."""
    path = Path(provenance)
    return path.is_file() and json.loads(path.read_text(encoding="utf-8"))["source"] == wanted
