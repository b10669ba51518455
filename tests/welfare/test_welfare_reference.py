"""The aggregated arithmetic against loops over single students."""

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from welfare_added.allocation.frontier import frontier, subject_shares
from welfare_added.welfare.bias import bias_table, read_true_effects
from welfare_added.welfare.classrooms import build_classrooms, subject_weights
from welfare_added.welfare.deselection import deselection_table
from welfare_added.welfare.earnings import earnings_table
from welfare_added.welfare.gaps import gaps_table
from welfare_added.welfare.reallocations import Reallocation
from welfare_added.welfare.winners import status_quo_table, winners_table

WEIGHTS = np.array([0.0, 0.5, 1.0])
KEY = ["year", "grade", "school_id", "class_id"]
PRICES = {"ela": 1524.0, "math": 650.0}


class Slow:
    """One plan seen student by student."""

    def __init__(self, students, slots, teachers, subject, truth=None):
        rows = students.merge(slots[[*KEY, "slot"]], on=KEY)
        records = slots.to_dict("records")
        true = (
            {(r.subject, r.teacher_id, r.year): r for r in truth.itertuples()}
            if (truth is not None)
            else {}
        )
        self.subjects = dict(zip(("ela", "math"), subject_weights(subject, 0.75), strict=True))
        self.pupils = []
        for row in rows.to_dict("records"):
            old, new = records[row["slot"]], records[teachers[row["slot"]]]
            pupil = dict(row)
            for subject_ in ("ela", "math"):
                group = "lower" if row[f"lower_{subject_}"] else "higher"
                column = f"va_{group}_{subject_}"
                pupil[subject_ + "_change"] = new[column] - old[column]
                pupil[subject_ + "_own"] = old[column]
                standard = f"va_standard_{subject_}"
                pupil[subject_ + "_standard"] = new[standard] - old[standard]
                if true:
                    after = true[subject_, new["teacher_id"], new["year"]]
                    before = true[subject_, old["teacher_id"], old["year"]]
                    name = f"true_{group}"
                    pupil[subject_ + "_true"] = getattr(after, name) - getattr(before, name)
            self.pupils.append(pupil)

    def score(self, pupil, what):
        return sum(w * pupil[f"{s}_{what}"] for s, w in self.subjects.items())

    def mean(self, values):
        values = list(values)
        return sum(values) / len(values)


@pytest.fixture(scope="module")
def case(make):
    students, slots = make.tables(7)
    truth = make.truth(slots, 8)
    plans = {s: make.plan(slots, "district", 3, n) for n, s in enumerate(("ela", "math", "both"))}
    return students, slots, truth, plans, build_classrooms(slots, students, "slots")


def reallocations(plans):
    return [Reallocation(s, "district", "heterogeneous", WEIGHTS, t) for s, t in plans.items()]


def each(case):
    students, slots, truth, plans, _ = case
    for subject, teachers in plans.items():
        for position, weight in enumerate(WEIGHTS):
            yield subject, weight, Slow(students, slots, teachers[position], subject, truth)


def row(table, subject, weight, **more):
    chosen = (table["subject"] == subject) & (table["weight"] == weight)
    for column, value in more.items():
        chosen &= table[column] == value
    (found,) = table[chosen].to_dict("records")
    return found


def test_gaps(case):
    table = gaps_table(reallocations(case[3]), case[4], np.zeros((2, 2)), 0.75)
    for subject, weight, slow in each(case):
        achievement = 0.0
        for s, w in slow.subjects.items():
            groups = {True: [], False: []}
            for pupil in slow.pupils:
                groups[pupil[f"lower_{s}"]].append(pupil[f"{s}_change"])
            achievement += w * (slow.mean(groups[False]) - slow.mean(groups[True]))
        race = {
            names: slow.mean(
                slow.score(p, "change") for p in slow.pupils if p["ethnicity"] in names
            )
            for names in (("white", "asian"), ("black", "hispanic"))
        }
        found = row(table, subject, weight)
        assert found["change_higher_lower"] == approx(achievement, abs=1e-14)
        assert found["change_racial"] == approx(
            race["white", "asian"] - race["black", "hispanic"], abs=1e-14
        )


def test_winners(case):
    table = winners_table(reallocations(case[3]), case[4], 0.75)
    for subject, weight, slow in each(case):
        changes = [slow.score(pupil, "change") for pupil in slow.pupils]
        losses = [-change for change in changes if change < -1e-12]
        wins = [change for change in changes if change > 1e-12]
        found = row(table, subject, weight)
        assert found["share_harmed"] == approx(len(losses) / len(changes))
        assert found["mean_loss"] == approx(slow.mean(losses))
        assert found["share_helped"] == approx(len(wins) / len(changes))
        assert found["mean_win"] == approx(slow.mean(wins))


def test_earnings(case):
    reallocation = reallocations(case[3])[2]
    table = earnings_table([reallocation], case[4], PRICES, 15.5).assign(subject="both")
    for subject, weight, slow in each(case):
        if subject != "both":
            continue
        total = sum(15.5 * PRICES[s] * p[f"{s}_change"] for p in slow.pupils for s in PRICES)
        lower = sum(
            15.5 * PRICES[s] * slow.mean(p[f"{s}_change"] for p in slow.pupils if p[f"lower_{s}"])
            for s in PRICES
        )
        found = row(table, "both", weight)
        assert found["total_per_year"] == approx(total / 2)
        assert found["earnings_lower"] == approx(lower)


def test_bias(case, tmp_path):
    _, _, truth, plans, classrooms = case
    truth.sample(frac=1, random_state=3).to_parquet(tmp_path / "truth.parquet")
    effects = read_true_effects(tmp_path / "truth.parquet", classrooms)
    table = bias_table(reallocations(plans), classrooms, effects, 0.75, 0.7, 0.5)
    assert table["identity_error"].abs().max() < 1e-12
    for subject, weight, slow in each(case):
        gammas, changes, groups, predicted, standard = [], [], [], [], []
        for pupil in slow.pupils:
            lower = {s: pupil[f"lower_{s}"] for s in ("ela", "math")}
            planner = sum(w * (0.7 if lower[s] else 0.3) for s, w in slow.subjects.items())
            gammas.append(planner * (1.5 if pupil["ethnicity"] in ("black", "hispanic") else 1))
            changes.append(slow.score(pupil, "true"))
            predicted.append(slow.score(pupil, "change"))
            standard.append(slow.score(pupil, "standard"))
            groups.append(tuple(lower.values()) if subject == "both" else lower[subject])
        frame = pd.DataFrame({"g": gammas, "d": changes, "p": predicted, "s": standard})
        frame["g"] /= frame["g"].mean()
        welfare = (frame["g"] * frame["d"]).mean()
        first = row(table, subject, weight, theorem=1)
        assert first["welfare"] == approx(welfare, abs=1e-14)
        assert first["estimate"] == approx(frame["s"].mean(), abs=1e-14)
        assert first["covariance"] == approx(frame[["g", "d"]].cov(ddof=0).loc["g", "d"], abs=1e-14)
        second = row(table, subject, weight, theorem=2)
        parts = list(frame.groupby(pd.Series(groups)))
        share = [len(part) / len(frame) for _, part in parts]
        estimate = [part["g"].mean() * part["p"].mean() for _, part in parts]
        covariance = [part[["g", "d"]].cov(ddof=0).loc["g", "d"] for _, part in parts]
        validity = [part["g"].mean() * (part["d"] - part["p"]).mean() for _, part in parts]
        assert second["estimate"] == approx(np.dot(share, estimate), abs=1e-14)
        assert second["covariance"] == approx(np.dot(share, covariance), abs=1e-14)
        assert second["external_validity"] == approx(np.dot(share, validity), abs=1e-14)


def test_status_quo(case):
    students, slots, _, _, classrooms = case
    table = status_quo_table(classrooms, 0.75).set_index(["subject", "quantity"])["value"]
    slow = Slow(students, slots, np.arange(len(slots)), "math")
    below = []
    for pupil in slow.pupils:
        group = "lower" if pupil["lower_math"] else "higher"
        same = slots[
            (
                slots[["year", "grade", "school_id"]]
                == [pupil["year"], pupil["grade"], pupil["school_id"]]
            ).all(axis=1)
        ]
        values = same[f"va_{group}_math"].to_numpy()
        if pupil["math_own"] < np.median(values):
            below.append(values.mean() - pupil["math_own"])
    assert table["math", "share_below_median"] == approx(len(below) / len(slow.pupils))
    assert table["math", "mean_loss"] == approx(np.mean(below))


def test_deselection(case):
    students, slots, _, _, classrooms = case
    frontiers = pd.DataFrame(
        [
            (subject, scope, "heterogeneous", 0.5, 0.1)
            for subject in ("ela", "math", "both")
            for scope in ("district", "school")
        ],
        columns=["subject", "scope", "information", "weight", "gain_mean"],
    )
    table = deselection_table(classrooms, frontiers, np.full((2, 2), 0.5), 0.5, 0.75, 0.2)
    found = table.set_index(["subject", "quantity"])["value"]
    dismissed, wrong = set(), 0
    for year in sorted(slots["year"].unique()):
        now = slots[slots["year"] == year]
        number = int(np.floor(0.2 * len(now) + 0.5))
        out = now.sort_values("va_standard_ela")["slot"].head(number)
        mean = (now["va_lower_ela"] + now["va_higher_ela"]) / 2
        deserved = now.loc[mean.sort_values().index, "slot"].head(number)
        dismissed |= set(out)
        wrong += len(set(out) - set(deserved))
    gains = {True: [], False: []}
    for pupil in Slow(students, slots, np.arange(len(slots)), "ela").pupils:
        gain = -pupil["ela_own"] if pupil["slot"] in dismissed else 0.0
        gains[pupil["lower_ela"]].append(gain)
    assert found["ela", "gain_lower"] == approx(np.mean(gains[True]))
    assert found["ela", "gain_higher"] == approx(np.mean(gains[False]))
    assert found["ela", "gain_per_student"] == approx(np.mean(gains[True] + gains[False]))
    assert found["ela", "share_wrongly_dismissed"] == approx(wrong / len(dismissed))
    assert 0 < wrong < len(dismissed)


def test_gap_changes_are_differences_of_the_frontiers(case):
    _, slots, _, plans, classrooms = case
    table = gaps_table(reallocations(plans), classrooms, np.zeros((2, 2)), 0.75)
    for subject, teachers in plans.items():
        names = [f"w{position:03d}" for position in range(3)]
        plan = pd.DataFrame(dict(zip(names, teachers, strict=True)))
        plan.insert(0, "slot", slots["slot"])
        certificates = pd.DataFrame({"weight": WEIGHTS, "relative_gap": 0.0})
        gains = frontier(slots, plan, certificates, subject_shares(subject, 0.75))
        want = gains["gain_higher"] - gains["gain_lower"]
        found = table.loc[table["subject"] == subject, "change_higher_lower"]
        assert np.abs(found.to_numpy() - want.to_numpy()).max() < 1e-14
