"""What a process used, and what is said where it cannot be measured."""

import subprocess
import sys


def test_time_and_memory_are_of_this_process():
    from welfare_added.run.usage import children_peak_mb, cpu_seconds, peak_mb

    before = cpu_seconds()
    assert sum(number**2 for number in range(300_000)) and cpu_seconds() > before
    assert peak_mb() > 10 and children_peak_mb() >= 0


def test_on_windows_the_message_says_what_to_do():
    code = "import sys; sys.modules['resource'] = None; import welfare_added.run.job"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode and "On Windows use it within WSL" in done.stderr
