"""Parameters written back into the file that explains them."""

import pytest
import yaml

from welfare_added.calibration.commented import with_values

FILE = """\
# What the file is.
years:
  2009: {rate: 0.10, share: 0.5}   # of one year
  2010: {rate: 0.2, share: 0.25}
named: {"two words": 3, text: words}
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "parameters.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_only_what_differs_is_written_anew(file):
    values = yaml.safe_load(FILE)
    assert with_values(file, values) == FILE
    values["years"][2010]["rate"] = -0.375
    assert with_values(file, values) == FILE.replace("rate: 0.2,", "rate: -0.375,")


@pytest.mark.parametrize("number", [1e-5, -3.5e-7, 1e22, 2.0, 0.1 + 0.2, 123456.789])
def test_every_number_is_read_again_as_it_was(file, number):
    values = yaml.safe_load(FILE)
    values["named"]["two words"] = number
    assert yaml.safe_load(with_values(file, values)) == values


def test_long_lines_are_not_broken(file):
    long = f"many: {{{', '.join(f'key_{n}: {n}.5' for n in range(40))}}}\n"
    file.write_text(long, encoding="utf-8")
    values = yaml.safe_load(long)
    values["many"]["key_3"] = 0.125
    assert with_values(file, values) == long.replace("key_3: 3.5", "key_3: 0.125")


def test_a_key_that_the_file_has_not_is_an_error(file):
    with pytest.raises(KeyError):
        with_values(file, {"years": {2011: {"rate": 1.0}}})
