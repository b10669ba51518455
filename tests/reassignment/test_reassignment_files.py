"""Tables of a year's draws as a file."""

import numpy as np
import pandas as pd
import pytest

from welfare_added.reassignment.year_files import read_tables, save_tables


def tables(year: int) -> dict[str, pd.DataFrame]:
    results = pd.DataFrame(
        {"planner": ["a", "longer"], "year": [year, year], "value": [0.1, np.nan]}
    )
    return {"results": results, "sizes": pd.DataFrame({"year": [year], "random_exact": [True]})}


def test_tables_come_back_as_they_were_and_all_years_below_each_other(tmp_path):
    for year in (2010, 2011):
        save_tables(tmp_path / f"{year}.npz", tables(year))
    found = read_tables([tmp_path / "2010.npz", tmp_path / "2011.npz"])
    assert list(found) == ["results", "sizes"]
    whole = pd.concat([tables(2010)["results"], tables(2011)["results"]], ignore_index=True)
    pd.testing.assert_frame_equal(found["results"], whole)
    assert found["sizes"]["random_exact"].tolist() == [True, True]


def test_a_file_is_the_same_bytes_again(tmp_path):
    save_tables(tmp_path / "a.npz", tables(2010))
    save_tables(tmp_path / "b.npz", tables(2010))
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    with pytest.raises(FileNotFoundError):
        read_tables([tmp_path / "c.npz"])
