import pandas as pd
import pytest


@pytest.fixture
def files(tmp_path):
    """Write a table under its contract name and return the path."""

    def write(name: str, table: pd.DataFrame):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".parquet":
            table.to_parquet(path, index=False)
        else:
            table.to_csv(path, index=False)
        return path

    return write
