"""Figure 1: absolute advantage, comparative advantage and social preferences (section 2.4).

A worked example, not data: two elliptical frontiers and a planner with linear indifference
curves, so that tangency points have a closed form.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from welfare_added.exhibits.output import Drawn
from welfare_added.exhibits.style import house_style, legend_below, single_panel

FRONTIERS = {"ppf_ate": "PPF: ATE", "ppf_cate": "PPF: CATE"}
POINTS = {
    "status_quo": ("s", "white"),
    "absolute_advantage": ("o", "#F0E442"),
    "comparative_advantage": ("o", "#E69F00"),
    "social_preferences": ("o", "#D55E00"),
}


def figure_01(*, note: str) -> Drawn:
    """Three sources of welfare, a worked example (section 2.4)."""
    data = theory_data()
    return data, draw_theory(data)


@dataclass(frozen=True)
class Example:
    """Half-axes (group 2, group 1) of the frontiers, group 1's social weight, the status quo."""

    ate: tuple[float, float] = (1.0, 0.66)
    cate: tuple[float, float] = (1.32, 1.22)
    weight: float = 0.72
    status_quo: tuple[float, float] = (0.62, 0.34)

    def contact(self, axes: tuple[float, float], weight: float) -> tuple[float, float]:
        """Tangency point of an ellipse and a line that weighs group 1 by ``weight``."""
        pull = np.array([1 - weight, weight]) * np.square(axes)
        across, up = pull / np.sqrt(pull @ [1 - weight, weight])
        return float(across), float(up)

    def welfare(self, point: tuple[float, float]) -> float:
        """Return the weighted sum of both groups' scores."""
        return (1 - self.weight) * point[0] + self.weight * point[1]

    def points(self) -> dict[str, tuple[float, float]]:
        """Return the four allocations of the figure in the order of their welfare."""
        return {
            "status_quo": self.status_quo,
            "absolute_advantage": self.contact(self.ate, 0.5),
            "comparative_advantage": self.contact(self.cate, 0.5),
            "social_preferences": self.contact(self.cate, self.weight),
        }


def theory_data(example: Example | None = None) -> pd.DataFrame:
    """Compute the curves and points of figure 1.

    Returns
    -------
    DataFrame
        Columns element (ppf_ate|ppf_cate|indifference_0..3|a point's name), kind
        (frontier|indifference|point), group_2, group_1, welfare (of points and indifference
        curves; scores are in no unit).

    """
    example = example or Example()
    angle = np.linspace(0, np.pi / 2, 91)
    parts = [
        pd.DataFrame(
            {
                "element": name,
                "kind": "frontier",
                "group_2": half[0] * np.sin(angle),
                "group_1": half[1] * np.cos(angle),
            }
        )
        for name, half in zip(FRONTIERS, (example.ate, example.cate), strict=True)
    ]
    across = np.array([0.0, 1.08 * example.cate[0]])
    for order, point in enumerate(example.points().values()):
        welfare = example.welfare(point)
        up = (welfare - (1 - example.weight) * across) / example.weight
        parts.append(
            pd.DataFrame(
                {
                    "element": f"indifference_{order}",
                    "kind": "indifference",
                    "group_2": across,
                    "group_1": up,
                    "welfare": welfare,
                }
            )
        )
    points = [
        {
            "element": name,
            "kind": "point",
            "group_2": point[0],
            "group_1": point[1],
            "welfare": example.welfare(point),
        }
        for name, point in example.points().items()
    ]
    return pd.concat([*parts, pd.DataFrame(points)], ignore_index=True)


@house_style
def draw_theory(data: pd.DataFrame) -> Figure:
    """Draw figure 1 from :func:`theory_data`."""
    figure, panel = single_panel(height=3.9)
    for order, name in enumerate(FRONTIERS):
        curve = data[data["element"] == name]
        panel.plot(curve["group_2"], curve["group_1"], color="black", linewidth=1.0 + 0.8 * order)
        end = curve.iloc[-1]
        panel.annotate(
            FRONTIERS[name].replace("ATE", "$\\mathit{ATE}$").replace("C$", "$C"),
            (end["group_2"], end["group_1"]),
            xytext=(0, -4),
            textcoords="offset points",
            ha="center",
            va="top",
        )
    for order in range(len(POINTS)):
        line = data[data["element"] == f"indifference_{order}"]
        panel.plot(line["group_2"], line["group_1"], color="#6E6E6E", linewidth=0.9, linestyle=":")
        panel.annotate(
            f"$\\tilde{{\\mathcal{{W}}}}_{order}$",
            tuple(line[["group_2", "group_1"]].iloc[-1]),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
        )
    for name, (marker, fill) in POINTS.items():
        point = data[data["element"] == name]
        panel.plot(
            point["group_2"],
            point["group_1"],
            marker=marker,
            markersize=8,
            markerfacecolor=fill,
            color="black",
            linestyle="none",
            label=name.replace("_", " ").capitalize(),
        )
    panel.set(xticks=[], yticks=[], xlim=(0, None), ylim=(0, None))
    panel.set_xlabel("Mean score of group 2 (higher-scoring)", labelpad=14)
    panel.set_ylabel("Mean score of group 1 (lower-scoring)")
    legend_below(figure, panel, columns=2)
    return figure
