"""Which modules a file imports, found by parsing it."""

import pytest

from welfare_added.run.imports import project_modules


def test_imports_are_followed_through_modules(tmp_path):
    package = tmp_path / "src" / "welfare_added"
    (package / "a").mkdir(parents=True)
    for name, text in {
        "__init__.py": "",
        "a/__init__.py": "",
        "a/one.py": "from welfare_added.a import two\nimport numpy\n",
        "a/two.py": "def f():\n    import welfare_added.three\n",
        "three.py": "",
        "four.py": "",
    }.items():
        (package / name).write_text(text)
    script = tmp_path / "script.py"
    script.write_text("from welfare_added.a.one import something\n")
    found = {p.name for p in project_modules([script], tmp_path / "src")}
    assert found == {"script.py", "__init__.py", "one.py", "two.py", "three.py"}


def test_a_relative_import_is_refused(tmp_path):
    (tmp_path / "script.py").write_text("from . import something\n")
    with pytest.raises(ValueError, match="line 1 imports relatively; write the full module name"):
        project_modules([tmp_path / "script.py"], tmp_path)
