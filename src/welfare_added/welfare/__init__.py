"""What an allocation is worth: achievement gaps, winners and losers, earnings, public funds."""
