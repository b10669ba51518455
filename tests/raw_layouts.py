"""The raw tables of the papers, as the workflow reads them."""

from pathlib import Path

from welfare_added.district.layout import Layout, read_layout
from welfare_added.run.choices import PAPERS, papers

ROOT = Path(__file__).parents[1]
SCHEMA = ROOT / "workflow/schemas/raw_tables.schema.json"


def layout_of(paper: str) -> Layout:
    path = ROOT / PAPERS / paper / "raw_tables.yaml"
    return read_layout(path, SCHEMA) if path.is_file() else Layout()


LAYOUT = layout_of("eastmond_2024")
WITH_RAW_TABLES = [paper for paper in papers(ROOT) if layout_of(paper).tables]
