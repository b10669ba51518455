"""The names that the package offers: loaded when they are used, and callable."""

import inspect
import subprocess
import sys

import pytest

import welfare_added as wa
from welfare_added.run.errors import UserError


def loaded_after(code):
    """Modules that Python has loaded after some code, in a process of its own."""
    script = f"import sys\n{code}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_the_package_alone_loads_nothing_else():
    mine = set(loaded_after("import welfare_added")) - set(loaded_after(""))
    others = {name for name in mine if name.split(".")[0] not in sys.stdlib_module_names}
    assert others == {"welfare_added"}


def test_estimating_needs_no_figures_and_no_workflow():
    after = loaded_after("import welfare_added as wa; wa.value_added.__signature__; wa.assign")
    assert not {"matplotlib", "snakemake", "highspy"} & set(after)
    assert "welfare_added.api.value_added" in after


@pytest.mark.parametrize(
    "first",
    [
        "pass",
        "import welfare_added.value_added.estimate",
        "from welfare_added.value_added import forecast",
    ],
)
def test_value_added_is_called_whatever_was_imported_before(first):
    code = f"""
{first}
import welfare_added as wa
import welfare_added.value_added.prediction as prediction
assert prediction.predict and callable(wa.value_added)
try:
    wa.value_added([], teacher="t", year="y", outcome="z")
except wa.UserError as error:
    assert "want a pandas DataFrame" in str(error), error
else:
    raise SystemExit("not refused")
"""
    assert loaded_after(code)


def test_every_name_is_offered_with_its_signature_and_help():
    assert wa.__all__ == ["UserError", "assign", "choice", "frontier", "value_added"]
    assert set(wa.__all__) <= set(dir(wa))
    assert wa.UserError is UserError
    named = inspect.signature(wa.value_added).parameters
    assert [*named][:4] == ["students", "teacher", "year", "outcome"]
    assert {"by", "absorb", "tfx_resid", "drift_limit", "quasi"} <= named.keys()
    for function in (
        wa.assign,
        wa.frontier,
        sys.modules["welfare_added.api.value_added"].value_added,
    ):
        assert "Raises\n" in inspect.getdoc(function)
    with pytest.raises(AttributeError, match="no attribute 'value_subtracted'"):
        _ = wa.value_subtracted


def test_discrete_choice_is_offered_by_name_and_loaded_when_used():
    assert not {"numba", "scipy"} & set(loaded_after("import welfare_added as wa; wa.choice"))
    after = loaded_after("import welfare_added as wa; wa.choice.gauss_hermite(3)")
    assert "welfare_added.choice.draws" in after
    assert not {"numba", "welfare_added.choice.maximum"} & set(after)
    assert set(wa.choice.__all__) <= set(dir(wa.choice))
    for name in wa.choice.__all__:
        offered = getattr(wa.choice, name)
        assert offered.__name__ == name and inspect.getdoc(offered)
    for name in ("binary_logit", "multinomial_logit", "maximise", "covariance", "sobol"):
        assert "Raises\n" in inspect.getdoc(getattr(wa.choice, name))
    with pytest.raises(AttributeError, match="no attribute 'probit'"):
        _ = wa.choice.probit
