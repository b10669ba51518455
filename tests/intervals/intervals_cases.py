"""The paper's files of intervals, and the setting of tiny worlds."""

from dataclasses import replace
from pathlib import Path

from welfare_added.claims.intervals import SECTIONS
from welfare_added.intervals.declaration import changed
from welfare_added.intervals.worlds import setting_of
from welfare_added.run.choices import read_config

ROOT = Path(__file__).parents[2]
PAPER = ROOT / "workflow/papers/eastmond_2024"
DECLARATION, SCHEMA = PAPER / "intervals.yaml", ROOT / "workflow/schemas/intervals.schema.json"
PARAMETERS, TARGETS = (PAPER / f"calibration/{name}.yaml" for name in ("parameters", "inputs"))


def tiny_setting(**district):
    """Setting of worlds of a tiny district and few weights."""
    config = read_config(ROOT, "eastmond_2024")
    config = {section: config[section] for section in SECTIONS}  # what jobs of worlds are given
    small = {"district": {"size": "tiny", **district}, "allocation": {"weights": 11}}
    config = changed(config, small, "config")
    setting = setting_of(DECLARATION, SCHEMA, PARAMETERS, TARGETS, config)
    return replace(setting, declared=replace(setting.declared, weights=11))
