"""Tables written part by part."""

import pandas as pd
import pytest

from welfare_added.run.writing import write_csv, write_csv_parts


def test_parts_of_csv_keep_one_header(tmp_path):
    table = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y, z", None]})
    write_csv(table, tmp_path / "whole.csv")
    for number, rows in enumerate([slice(0, 2), slice(2, 2), slice(2, 3)]):
        write_csv(table[rows], tmp_path / f"{number}.csv")
    write_csv_parts([tmp_path / f"{number}.csv" for number in range(3)], tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_what_does_not_fit_leaves_no_file(tmp_path):
    write_csv(pd.DataFrame({"a": [1]}), tmp_path / "a.csv")
    write_csv(pd.DataFrame({"b": [1]}), tmp_path / "b.csv")
    with pytest.raises(ValueError, match=r"b\.csv: columns b, not a"):
        write_csv_parts([tmp_path / "a.csv", tmp_path / "b.csv"], tmp_path / "whole.csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "b.csv"]
