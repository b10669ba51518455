"""The table of exhibits in a paper's README."""

import pytest

from welfare_added.audit.readme import BEGIN, END, renewed
from welfare_added.run.errors import AuditError


def test_a_readme_without_marks_is_refused():
    with pytest.raises(AuditError, match="marks around the table of exhibits are gone"):
        renewed("nothing", "| table |")
    assert renewed(f"a\n{BEGIN}old\n{END}b", "new\n") == f"a\n{BEGIN}\nnew\n\n{END}b"
