"""Schools that are open: how many, and which."""

import numpy as np
import pytest

from welfare_added.district.parameters import SCHOOLS, SchoolParameters
from welfare_added.district.synthetic_schools import draw_schools


@pytest.mark.parametrize("size", list(SCHOOLS))
@pytest.mark.parametrize("open_schools", [127, 110, 100])
def test_all_schools_occur_and_the_chosen_share_at_a_time(size, open_schools):
    made = draw_schools(size, 11, SchoolParameters(open_schools), np.random.default_rng(2))
    there = -(-open_schools * SCHOOLS[size] // 127)
    assert made.number.shape == (there, 12)
    assert set(np.unique(made.number[:, 1:])) == set(range(SCHOOLS[size]))
    assert all(len(set(column)) == there for column in made.number.T)
    # A school that has closed does not come back.
    changes = (made.number[:, 1:] != made.number[:, :-1]).sum(axis=1)
    assert changes.max() <= 1 and changes.sum() == SCHOOLS[size] - there
    assert (made.number[:, 0] == made.number[:, 1]).all()
    assert made.change == pytest.approx(changes.sum() / (10 * there))
    assert made.share.sum() == pytest.approx(1)


@pytest.mark.parametrize("open_schools", [63, 128])
def test_a_number_that_cannot_be_is_refused(open_schools):
    with pytest.raises(ValueError, match=rf"schools.open is {open_schools}; choose .* 64 to 127"):
        draw_schools("full", 11, SchoolParameters(open_schools), np.random.default_rng(2))
