"""Snakemake's output: a line when a job begins, one when it ends, one message per error.

Set by the profile (``logger: lines``). Snakemake's own, longer log is in ``.snakemake/log``.
"""

import re
import sys
import time
from logging import WARNING, LogRecord
from pathlib import Path

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

LONGEST = 160  # characters of a line; errors are not cut
# Errors that only repeat that a job failed.
REPETITIONS = ("CalledProcessError", "SpawnedJobError", "WorkflowError\nAt least one job")
NOT_PRINTED = (
    "Building DAG", "Using shell", "Provided cores", "Rules claiming", "Conda environments",
    "Assuming", "Using workflow specific", "Select jobs", "Execute ", "Complete log", "Elapsed",
    "Shutting down", "Exiting because", "Logfile ", "host:", "Config file", "This was a dry-run",
)  # fmt: skip


class LogHandler(LogHandlerBase):
    """Turns Snakemake's events into lines on the terminal."""

    writes_to_stream = True
    writes_to_file = False
    has_filter = False
    has_formatter = True
    needs_rulegraph = False

    def __post_init__(self) -> None:
        """Start without jobs; each will have its message and start time."""
        self.jobs: dict[int, tuple[str, float]] = {}
        self.finished: list[int] = []
        self.plan = ""
        self.stream = sys.stdout if self.common_settings.stdout else sys.stderr

    def emit(self, record: LogRecord) -> None:
        """Print the text for a record, if it has one."""
        text = self._text(record)
        if text:
            print(text, file=self.stream, flush=True)

    def _text(self, record: LogRecord) -> str:
        match getattr(record, "event", None):
            case LogEvent.JOB_INFO:
                return self._begins(record)
            case LogEvent.JOB_FINISHED:
                self.finished.append(record.job_id)
                return ""
            case LogEvent.PROGRESS:
                return self._done(record.done, record.total)
            case LogEvent.JOB_ERROR:
                return self._failed(record)
            case LogEvent.RUN_INFO:
                return self._plan(record)
            case LogEvent.SHELLCMD | LogEvent.DEBUG_DAG | LogEvent.GROUP_INFO:
                return self._plain(record) if record.levelno >= WARNING else ""
            case LogEvent.WORKFLOW_STARTED | LogEvent.JOB_STARTED | LogEvent.RESOURCES_INFO:
                return ""
            case LogEvent.ERROR:
                return self._error(record)
        return self._plain(record)

    def _begins(self, record: LogRecord) -> str:
        what = record.rule_msg or record.rule_name
        self.jobs[record.jobid] = what, time.monotonic()
        if self.common_settings.dryrun:
            return f"{what}\n    {_short(str(record.reason))}"
        return f"           {what}"

    def _done(self, done: int, total: int) -> str:
        lines = []
        for number, job in enumerate(self.finished, done - len(self.finished) + 1):
            what, began = self.jobs.get(job, ("", time.monotonic()))
            place = f"{number} of {total}"
            lines.append(f"{place:>10} {what} ({time.monotonic() - began:.1f} s)")
        self.finished.clear()
        return "\n".join(lines)

    def _failed(self, record: LogRecord) -> str:
        """The job, and the last error message of its log."""
        what = self.jobs.get(record.jobid, (record.rule_name, 0))[0]
        lines = [f"FAILED     {what}"]
        for log in record.log or []:
            text = Path(log).read_text(encoding="utf-8") if Path(log).is_file() else ""
            *_, message = re.split(r"^ERROR [\w.]+: ", text, flags=re.MULTILINE)
            lines += [message.rstrip()] if message != text else []
            lines.append(f"Log: {log}")
        return "\n".join(lines)

    def _plan(self, record: LogRecord) -> str:
        if self.common_settings.dryrun:
            repeated, self.plan = record.getMessage() == self.plan, record.getMessage()
            return "" if repeated else self.plan
        jobs = record.stats.get("total", 0) if isinstance(record.stats, dict) else 0
        return f"{jobs} jobs to run" if jobs else ""

    def _error(self, record: LogRecord) -> str:
        """Snakemake's error without the traceback through its rules."""
        text = record.getMessage()
        if any(one in text for one in REPETITIONS):
            return ""
        lines = text.splitlines()
        ours = [line for line in lines[1:] if not line.startswith('  File "')]
        return "\n".join(ours if lines[0].startswith("WorkflowError") and ours else lines)

    def _plain(self, record: LogRecord) -> str:
        text = record.getMessage().strip()
        if record.levelno < WARNING and text.startswith(NOT_PRINTED):
            return ""
        return "\n".join(map(_short, text.splitlines())) if record.levelno < WARNING else text


def _short(text: str) -> str:
    return f"{text[:LONGEST]}..." if len(text) > LONGEST else text
