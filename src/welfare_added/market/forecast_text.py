"""Numbers of sections 1 and 3 about value added (Bates et al. 2022)."""

import pandas as pd


def text_numbers(
    experience: pd.DataFrame,
    structure: pd.DataFrame,
    bins: pd.DataFrame,
    movers: pd.DataFrame,
    own: pd.DataFrame,
) -> pd.DataFrame:
    """Numbers that the text states, by name.

    Parameters
    ----------
    experience, structure
        From `estimate_two_types`.
    bins, movers
        From `forecast_bins` and `mover_gain`.
    own
        From `market_forecasts`.

    Returns
    -------
    DataFrame
        name, value: first_year_return (second bin of experience less the first) [student SD],
        likelihood_ratio, likelihood_ratio_p, advantage_slope (of figure 2b), mover_gain and
        mover_gain_se (of all movers), forecast_sd and comparative_advantage_sd (of the market
        district's teachers) [student SD], forecast_teachers.

    """
    effect = experience["estimate"]
    parameter = structure.set_index("parameter")["estimate"]
    slope = bins.loc[bins["figure"] == "figure_02b", "slope"].iloc[0]
    gain = movers.set_index("sample").loc["all"]
    numbers = {
        "first_year_return": effect.iloc[1] - effect.iloc[0],
        "likelihood_ratio": parameter["likelihood_ratio"],
        "likelihood_ratio_p": parameter["likelihood_ratio_p"],
        "advantage_slope": slope,
        "mover_gain": gain["estimate"],
        "mover_gain_se": gain["standard_error"],
        "forecast_sd": own["absolute_advantage"].std(),
        "comparative_advantage_sd": own["comparative_advantage"].std(),
        "forecast_teachers": len(own),
    }
    return pd.DataFrame({"name": list(numbers), "value": [float(v) for v in numbers.values()]})
