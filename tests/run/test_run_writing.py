"""Tables written part by part."""

import pandas as pd
import pyarrow.parquet as pq
import pytest

from welfare_added.run.writing import write_csv, write_csv_parts, write_parquet_parts


def test_parts_of_parquet_are_row_groups_and_empty_ones_none(tmp_path):
    parts = [
        pd.DataFrame({"a": [1, 2]}),
        pd.DataFrame({"a": [3]}),
        pd.DataFrame({"a": [4]}).head(0),
    ]
    write_parquet_parts(iter(parts), tmp_path / "whole.parquet")
    assert pd.read_parquet(tmp_path / "whole.parquet")["a"].tolist() == [1, 2, 3]
    assert pq.ParquetFile(tmp_path / "whole.parquet").num_row_groups == 2
    write_parquet_parts(parts[2:], tmp_path / "none.parquet")
    assert pd.read_parquet(tmp_path / "none.parquet").dtypes.to_dict() == {"a": "int64"}


def test_parts_put_together_again_give_the_same_bytes(tmp_path):
    parts = [pd.DataFrame({"a": [1, 2], "b": ["x", None]}), pd.DataFrame({"a": [3], "b": ["y"]})]
    write_parquet_parts(parts, tmp_path / "whole.parquet")
    for number, part in enumerate(parts):
        write_parquet_parts([part], tmp_path / f"{number}.parquet")
    again = (pd.read_parquet(tmp_path / f"{number}.parquet") for number in range(2))
    write_parquet_parts(again, tmp_path / "again.parquet")
    assert (tmp_path / "again.parquet").read_bytes() == (tmp_path / "whole.parquet").read_bytes()


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
    with pytest.raises(ValueError, match="no part to write"):
        write_parquet_parts([], tmp_path / "whole.parquet")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "b.csv"]
