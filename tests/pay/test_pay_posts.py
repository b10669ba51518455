"""Who gets which teaching post: by kind, by chance, and never two on one."""

import numpy as np

from welfare_added.pay.synthetic_posts import by_chance, exchanged, matched


def test_each_offer_is_taken_once_and_by_its_own_kind():
    rng = np.random.default_rng(1)
    wanted, offered = rng.integers(0, 30, 400), rng.integers(0, 40, 300)
    taken = matched(wanted, offered, rng)
    got = taken >= 0
    assert (offered[taken[got]] == wanted[got]).all()
    assert len(set(taken[got])) == got.sum()
    number = np.minimum(np.bincount(wanted, minlength=40), np.bincount(offered, minlength=40))
    assert got.sum() == number.sum()
    assert (matched(wanted, np.zeros(0, int), rng) == -1).all()


def test_up_to_a_number_of_each_group_by_chance():
    group, number = np.repeat([0, 1, 2], [10, 3, 5]), np.array([4, 9, 0])
    counts = np.zeros(len(group))
    for seed in range(400):
        drawn = by_chance(group, number, np.random.default_rng(seed))
        assert np.bincount(group[drawn], minlength=3).tolist() == [4, 3, 0]
        counts[drawn] += 1
    assert np.abs(counts[:10] / 400 - 0.4).max() < 4 * np.sqrt(0.4 * 0.6 / 400)


def test_values_are_exchanged_within_groups_alone():
    rng = np.random.default_rng(3)
    group = rng.integers(0, 6, 200)
    values = 1000 * group + np.arange(200)
    made = exchanged(values, group, rng)
    assert (made // 1000 == group).all() and (np.sort(made) == np.sort(values)).all()
    assert (made != values).mean() > 0.5
