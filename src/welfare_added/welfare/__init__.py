"""What an allocation is worth: gaps, index, winners and losers, earnings, public funds, bias."""
