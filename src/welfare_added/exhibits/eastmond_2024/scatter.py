"""Figures 2 and A.1: teachers' value added on one group against that on another."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from welfare_added.exhibits.output import Drawn, choose, quantity
from welfare_added.exhibits.style import REFERENCE, SUBJECTS, house_style, panels, stamp
from welfare_added.value_added.group_pairs import CROSSED, GROUPED, points

DOTS = {"s": 5, "color": "#0072B2", "alpha": 0.22, "linewidths": 0}
BINS = {"s": 18, "color": "#0072B2", "linewidths": 0}


def figure_02(
    moments: pd.DataFrame,
    value_added: pd.DataFrame | None = None,
    bins: pd.DataFrame | None = None,
    *,
    note: str,
) -> Drawn:
    """Value added on higher- over lower-scoring students; bin means if confidential."""
    data = group_data(value_added, moments) if bins is None else binned_data(bins, GROUPED)
    return data, draw_groups(data, note)


def figure_a1(
    value_added: pd.DataFrame | None = None, bins: pd.DataFrame | None = None, *, note: str
) -> Drawn:
    """Value added across subjects and groups; bin means if confidential."""
    data = cross_data(value_added) if bins is None else binned_data(bins, CROSSED)
    return data, draw_cross(data, note)


def group_data(value_added: pd.DataFrame, moments: pd.DataFrame) -> pd.DataFrame:
    """Select figure 2: value added on higher- over lower-scoring students, by subject.

    Parameters
    ----------
    value_added
        The table of estimates.
    moments
        Holds the correlation and slope of each subject.

    Returns
    -------
    DataFrame
        Columns panel (subject), layer (estimate|best fit), x, y [student SD], correlation, slope
        (the last two on the best fit's rows only). No teacher is named.

    """
    parts = []
    for subject in SUBJECTS:
        correlation = quantity(moments, f"value_added.{subject}.correlation")
        slope = quantity(moments, f"value_added.{subject}.slope_higher_on_lower")
        parts.append(_panel(subject, points(value_added, subject), correlation, slope))
    return pd.concat(parts, ignore_index=True)


def cross_data(value_added: pd.DataFrame) -> pd.DataFrame:
    """Select figure A.1: value added on one group and subject over the other group and subject.

    The correlation and slope in each label are those of the plotted points.

    Returns
    -------
    DataFrame
        As :func:`group_data`; panels math_on_ela and ela_on_math, the first subject's
        higher-scoring students on the second's lower-scoring ones.

    """
    parts = []
    for name in CROSSED:
        cloud = points(value_added, name)
        covariance = np.cov(cloud["x"], cloud["y"])
        slope = covariance[0, 1] / covariance[0, 0]
        correlation = covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])
        parts.append(_panel(name, cloud, correlation, slope))
    return pd.concat(parts, ignore_index=True)


def binned_data(bins: pd.DataFrame, panels: Iterable[str]) -> pd.DataFrame:
    """Select figure 2 or A.1 from bins of teachers, if records are confidential.

    Parameters
    ----------
    bins
        panel, bin, x, y, teachers, correlation, slope; bins without x are not shown.
    panels
        Panels of the figure.

    Returns
    -------
    DataFrame
        As :func:`group_data`, and teachers (of a bin).

    """
    parts = []
    for name in panels:
        rows = choose(bins, panel=name).dropna(subset=["x"])
        correlation, slope = rows[["correlation", "slope"]].iloc[0]
        parts.append(_panel(name, rows[["x", "y", "teachers"]], correlation, slope))
    return pd.concat(parts, ignore_index=True)


def _panel(name: str, cloud: pd.DataFrame, correlation: float, slope: float) -> pd.DataFrame:
    """Stack the sorted points and the two ends of the best-fit line through their mean."""
    counted = [column for column in ("teachers",) if column in cloud]
    cloud = cloud[["x", "y", *counted]].sort_values(["x", "y"], ignore_index=True)
    ends = cloud["x"].iloc[[0, -1]].to_numpy()
    fit = pd.DataFrame(
        {
            "x": ends,
            "y": cloud["y"].mean() + slope * (ends - cloud["x"].mean()),
            "correlation": correlation,
            "slope": slope,
        }
    )
    both = pd.concat([cloud.assign(layer="estimate"), fit.assign(layer="best fit")])
    both.insert(0, "panel", name)
    return both[["panel", "layer", "x", "y", *counted, "correlation", "slope"]]


@house_style
def draw_groups(data: pd.DataFrame, note: str) -> Figure:
    """Draw figure 2 from :func:`group_data`; lines and text are vectors, dots may be pixels."""
    figure, axes = _draw(data)
    for panel, title in zip(axes, SUBJECTS.values(), strict=True):
        panel.set_title(title, loc="left")
        panel.set_xlabel("Value added on lower-scoring students\n(student SD)")
    axes[0].set_ylabel("Value added on higher-scoring students\n(student SD)")
    stamp(figure, note)
    return figure


@house_style
def draw_cross(data: pd.DataFrame, note: str) -> Figure:
    """Draw figure A.1 from :func:`cross_data`."""
    figure, axes = _draw(data)
    for panel, name in zip(axes, data["panel"].unique(), strict=True):
        higher, lower = (SUBJECTS[subject] for subject in name.split("_on_"))
        panel.set_title(f"{higher} over {lower}", loc="left")
        panel.set_xlabel(f"{lower} value added, lower-scoring students\n(student SD)")
        panel.set_ylabel(f"{higher} value added, higher-scoring students\n(student SD)")
    stamp(figure, note)
    return figure


def _draw(data: pd.DataFrame) -> tuple[Figure, list[Axes]]:
    figure, [axes] = panels(height=3.6)
    limit = 1.04 * data.loc[data["layer"] == "estimate", ["x", "y"]].abs().to_numpy().max()
    for panel, name in zip(axes, data["panel"].unique(), strict=True):
        rows = data[data["panel"] == name]
        dots = rows[rows["layer"] == "estimate"]
        fit = rows[rows["layer"] == "best fit"]
        panel.plot([-limit, limit], [-limit, limit], color=REFERENCE, linewidth=0.8)
        panel.scatter(dots["x"], dots["y"], **(BINS if "teachers" in data else DOTS))
        panel.plot(fit["x"], fit["y"], color="black", linewidth=1.2, linestyle="--")
        panel.text(
            0.03,
            0.97,
            f"correlation {fit['correlation'].iloc[0]:.2f}\nslope {fit['slope'].iloc[0]:.2f}",
            transform=panel.transAxes,
            va="top",
        )
        panel.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal")
        panel.xaxis.set_major_locator(MaxNLocator(5))
        panel.yaxis.set_major_locator(MaxNLocator(5))
    return figure, axes
