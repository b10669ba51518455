"""Interquantile difference-in-differences: exact, by cells."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import optimize, sparse

from welfare_added.run.errors import UserError
from welfare_added.sorting.quantile_differences import (
    TERMS,
    cell_quantiles,
    interquantile_table,
    place,
    quantile_differences,
)
from welfare_added.sorting.quantile_loops import weighted_quantiles

LEVELS = np.array([0.25, 0.5, 0.75])


def rows(seed, n=400, clusters=20):
    rng = np.random.default_rng(seed)
    cluster = rng.integers(0, clusters, n)
    treated, post = cluster % 2 == 0, rng.random(n) < 0.4
    outcome = (
        rng.normal(size=n) * (1 + 0.5 * treated * post) + 0.1 * rng.normal(size=clusters)[cluster]
    )
    return pd.DataFrame(
        {"y": outcome, "treated": treated * 1.0, "post": post * 1.0, "district": cluster}
    )


def design_of(frame):
    t, p = frame["treated"], frame["post"]
    return np.column_stack([np.ones(len(frame)), t, p, t * p])


def test_worked_example_e():
    # Cells 1..4, 10..14, 100..104 and 1000..1009: quantiles are the values of rank ceil(n tau).
    cells = [np.arange(1, 5), np.arange(10, 15), np.arange(100, 105), np.arange(1000, 1010)]
    outcome = np.concatenate(cells).astype(float)
    code = np.repeat(np.arange(4), [len(one) for one in cells])
    made = quantile_differences(outcome, code >= 2, code % 2 == 1, LEVELS)
    q25, q50, q75 = [1, 11, 101, 1002], [2, 12, 102, 1004], [3, 13, 103, 1007]
    for column, (u0, u1, t0, t1) in zip(made.T, (q25, q50, q75), strict=True):
        assert column.tolist() == [u0, t0 - u0, u1 - u0, t1 - t0 - u1 + u0]


def loss(x, y, beta, tau):
    left = y - x @ beta
    return np.sum(np.where(left > 0, tau * left, (tau - 1) * left))


@pytest.mark.parametrize("seed", range(4))
def test_no_other_coefficients_have_a_smaller_loss(seed):
    """The linear programme of quantile regression, solved by HiGHS, has the same minimum."""
    frame = rows(seed, n=120)
    x, y = design_of(frame), frame["y"].to_numpy()
    made = quantile_differences(y, frame["treated"] == 1, frame["post"] == 1, LEVELS)
    n = len(y)
    for tau, beta in zip(LEVELS, made.T, strict=True):
        cost = np.r_[np.zeros(4), np.full(n, tau), np.full(n, 1 - tau)]
        equal = sparse.hstack([x, sparse.eye_array(n), -sparse.eye_array(n)]).tocsr()
        bounds = [(None, None)] * 4 + [(0, None)] * (2 * n)
        peer = optimize.linprog(cost, A_eq=equal, b_eq=y, bounds=bounds, method="highs")
        assert loss(x, y, beta, tau) == pytest.approx(peer.fun, rel=1e-10)


def test_coefficients_are_those_of_quantreg():
    frame = rows(7, n=1_501)
    made = quantile_differences(
        frame["y"].to_numpy(), frame["treated"] == 1, frame["post"] == 1, LEVELS
    )
    for tau, beta in zip(LEVELS, made.T, strict=True):
        peer = sm.QuantReg(frame["y"], design_of(frame)).fit(q=tau, max_iter=5_000, p_tol=1e-8)
        # Where n tau of a cell is whole any value between two observations is a solution.
        np.testing.assert_allclose(beta, peer.params, atol=0.02)
        assert loss(design_of(frame), frame["y"], beta, tau) <= loss(
            design_of(frame), frame["y"], peer.params.to_numpy(), tau
        ) * (1 + 1e-9)


def test_the_interquartile_range_is_the_sum_of_its_halves():
    made = interquantile_table(
        rows(1), "y", treated="treated", post="post", cluster="district", replications=3, seed=1
    )
    estimate = made.set_index(["low", "high", "term"])["estimate"]
    for term in TERMS:
        halves = estimate[0.25, 0.5, term] + estimate[0.5, 0.75, term]
        assert estimate[0.25, 0.75, term] == pytest.approx(halves, abs=1e-14)


def test_drawing_every_cluster_once_gives_the_estimate():
    frame = rows(2)
    cells = (2 * frame["treated"] + frame["post"]).to_numpy(int)
    order = np.lexsort((frame["y"], cells))
    first = np.searchsorted(cells[order], np.arange(5))
    values, cluster = frame["y"].to_numpy()[order], frame["district"].to_numpy()[order]
    made = weighted_quantiles(values, cluster, first, np.ones(20, dtype=int), LEVELS)
    plain = [cell_quantiles(frame["y"].to_numpy()[cells == c], LEVELS) for c in range(4)]
    assert made.tolist() == np.array(plain).tolist()


@pytest.mark.parametrize("seed", range(5))
def test_clusters_drawn_again_are_rows_again(seed):
    frame = rows(seed)
    weights = np.bincount(np.random.default_rng(seed).integers(0, 20, 20), minlength=20)
    cells = (2 * frame["treated"] + frame["post"]).to_numpy(int)
    order = np.lexsort((frame["y"], cells))
    first = np.searchsorted(cells[order], np.arange(5))
    values, cluster = frame["y"].to_numpy()[order], frame["district"].to_numpy()[order]
    made = weighted_quantiles(values, cluster, first, weights, LEVELS)
    for cell in range(4):
        of = cells[order] == cell
        again = np.repeat(values[of], weights[cluster[of]])
        assert made[cell].tolist() == cell_quantiles(again, LEVELS).tolist()
        peer = np.quantile(again, LEVELS, method="inverted_cdf")
        assert made[cell].tolist() == peer.tolist()


def test_places():
    assert [place(q, 4) for q in (0.25, 0.5, 0.75, 1.0)] == [0, 1, 2, 3]
    assert [place(q, 5) for q in (0.25, 0.5, 0.75)] == [1, 2, 3]
    assert place(0.1 + 0.2, 10) == 2  # 3.0000000000000004 is three
    ten, alone, whole = np.arange(10.0), np.zeros(10, dtype=int), np.array([0, 10])
    made = weighted_quantiles(ten, alone, whole, np.array([1]), np.array([0.1 + 0.2]))
    assert made.item() == 2


def test_bootstrap_error_of_a_median_of_independent_clusters():
    """One row a cluster: the error of a cell's median is 1.2533 / sqrt(n) under normality."""
    rng = np.random.default_rng(0)
    n = 4_000
    frame = pd.DataFrame(
        {"y": rng.normal(size=n), "treated": np.arange(n) % 2, "post": np.arange(n) // 2 % 2}
    ).assign(district=np.arange(n))
    made = interquantile_table(
        frame,
        "y",
        treated="treated",
        post="post",
        cluster="district",
        replications=300,
        seed=3,
        ranges=((0.25, 0.75),),
    ).set_index("term")
    density = 0.317777  # of the standard normal at its quartiles
    quartiles = (2 * 0.25 * 0.75 - 2 * 0.25 * 0.25) / density**2 / (n / 4)
    assert made["standard_error"]["treated_x_post"] == pytest.approx(
        2 * np.sqrt(quartiles), rel=0.12
    )
    assert (made["replications"] == 300).all()


def test_refusals():
    frame = rows(0)
    arguments = {"treated": "treated", "post": "post", "cluster": "district"}
    with pytest.raises(UserError, match="no rows of the treated after"):
        interquantile_table(
            frame[~((frame.treated == 1) & (frame.post == 1))],
            "y",
            replications=2,
            seed=1,
            **arguments,
        )
    with pytest.raises(UserError, match="1 rows lack a value"):
        interquantile_table(
            frame.assign(y=frame["y"].where(frame.index > 0)),
            "y",
            replications=2,
            seed=1,
            **arguments,
        )
    with pytest.raises(UserError, match="two clusters or more"):
        interquantile_table(frame.assign(district=1), "y", replications=2, seed=1, **arguments)
