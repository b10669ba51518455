"""All tables that describe the platform, by the name of their file."""

import pandas as pd

from welfare_added.market import timing
from welfare_added.market.outcomes import outcome_days, outcomes
from welfare_added.market.platform import Platform
from welfare_added.market.platform_numbers import text_numbers
from welfare_added.market.samples import class_size_bins, samples
from welfare_added.market.set_sizes import application_rates, set_sizes


def platform_tables(
    platform: Platform, teachers: pd.DataFrame, schools: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Tables 3, 4, A1, A8 and figures 2a, 3, 4, A11, A12, and the text's numbers.

    teachers, schools: of records.
    """
    waited = timing.waits(platform)
    tables = {
        "timing": timing.timing(platform, schools),
        "posting_months": timing.posting_months(platform.positions),
        "timing_weeks": timing.timing_weeks(platform),
        "wait_days": timing.wait_days(waited),
        "stock_flow": timing.stock_flow(platform, waited),
        "outcomes": outcomes(platform),
        "outcome_days": outcome_days(platform.applications),
        "set_sizes": set_sizes(platform),
        "distance": application_rates(platform.pairs),
        "samples": samples(platform, teachers, schools),
        "class_size_bins": class_size_bins(teachers, schools),
        "sample": platform.steps,
    }
    return {**tables, "text_numbers": text_numbers(platform, tables, schools)}
