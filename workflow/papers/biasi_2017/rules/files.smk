# Files of a world, by name.
from welfare_added.district.files import raw_tables
from welfare_added.pay.frames import FRAMES

TRUE_TABLES = ("districts", "teachers", "teacher_years", "cells", "parameters")


def of_world(world, name):
    """A folder of a world's files."""
    return f"{PRIVATE}/{name}{WORLDS[world]}"


def raw_of(world):
    """Raw tables of a world, by name; a user's folder may lack optional ones."""
    return raw_tables(SOURCE, LAYOUT, made_in=of_world(world, "raw"))


def records_of(world):
    """Prepared records of a world, by name."""
    return {name: f"{of_world(world, 'records')}/{name}.parquet" for name in FRAMES}


def value_added_of(world):
    """Value added of a world's teachers."""
    return f"{of_world(world, 'value_added')}.parquet"


def panel_of(world):
    """Teacher-years of a world with value added."""
    return f"{of_world(world, 'records')}/panel.parquet"


def made_raw(world):
    """Raw tables that a synthetic state has, by name."""
    return {name: f"{of_world(world, 'raw')}/{name}.csv" for name in LAYOUT.tables}


def truth_of(world):
    """Files of a world's truth, by name."""
    return {f"true_{name}": f"{of_world(world, 'truth')}/{name}.parquet" for name in TRUE_TABLES}
