# Kinds of chains of the sampler, and their files.
SAMPLER = {
    "rankings": RANKINGS,
    **{name: config["selection"][name] for name in ("seed", "priors", "start")},
}
CHAINS = config["selection"]["chains"]
DRAWS = LENGTHS["draws"]
PLAIN = {"rounds": 0, "moves": 1, "burn": 0}
COMPARISON = LENGTHS["comparison"]


def plain_schedule(lengths):
    """Schedule of plain chains of these lengths."""
    return {**PLAIN, **{one: lengths[one] for one in ("plain", "kept", "lists")}}


# Appendix B's order draws no tastes for vacancies left over: where those are the fallback it is not compared.
ORDERED = config["selection"]["fallback"] == "constant"
# Kinds of chains: how many, their likelihood of lists, their sweeps. The first is the study's own.
OTHER_RANKINGS = [name for name in ("full", "positive") if name != RANKINGS]
KINDS = {
    "study": {
        "chains": CHAINS,
        "rankings": RANKINGS,
        "schedule": {**LENGTHS["schedule"], "effects": -(-DRAWS // CHAINS)},
    },
    **{
        name: {
            "chains": COMPARISON["chains"],
            "rankings": name,
            "schedule": plain_schedule(COMPARISON),
        }
        for name in OTHER_RANKINGS
    },
}
if ORDERED:
    KINDS["published_order"] = {
        "chains": 1,
        "rankings": RANKINGS,
        "schedule": {**PLAIN, **LENGTHS["published_order"], "order": "published"},
    }


def chains_of(kind):
    """Files of all chains of a kind."""
    return [f"{SELECTION}/chains/{kind}/{number}.npz" for number in range(KINDS[kind]["chains"])]


CHAIN_FILES = [path for kind in KINDS for path in chains_of(kind)]
