"""A wheel also holds what a project of one's own needs: workflow, scripts and choices."""

import runpy
import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
PROJECT = runpy.run_path(str(ROOT / "src/welfare_added/cli/parts.py"))


class BuildWithTemplate(build_py):
    """Copy the parts of a project into the package that is built."""

    def run(self):
        super().run()
        if self.editable_mode:
            return
        template = Path(self.build_lib, "welfare_added", PROJECT["TEMPLATE"])
        shutil.rmtree(template, ignore_errors=True)
        template.mkdir(parents=True)
        for part in PROJECT["PARTS"]:
            PROJECT["copy_part"](ROOT / part, template / part)


setup(cmdclass={"build_py": BuildWithTemplate})
