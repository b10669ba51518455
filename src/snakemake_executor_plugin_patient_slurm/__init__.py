"""Snakemake's executor for Slurm, which keeps its running jobs while Slurm does not answer.

Set by the profile (``executor: patient-slurm``). Settings are those of
``snakemake-executor-plugin-slurm``, whose version 2.8.0 drops all running jobs when none of its
queries about them is answered: Snakemake then waits for ever, and says nothing.
"""

from collections.abc import AsyncGenerator

from snakemake_executor_plugin_slurm import Executor as SlurmExecutor
from snakemake_executor_plugin_slurm import ExecutorSettings, common_settings
from snakemake_interface_executor_plugins.executors.base import SubmittedJobInfo

__all__ = ["Executor", "ExecutorSettings", "common_settings"]


class Executor(SlurmExecutor):
    """Asks again about jobs of which Slurm has told nothing."""

    def __init__(self, *arguments, **named) -> None:
        """As Slurm's; no job has ended."""
        self._ended: set[int] = set()
        super().__init__(*arguments, **named)

    def report_job_success(self, job_info: SubmittedJobInfo) -> None:
        """A job has ended well."""
        self._ended.add(id(job_info))
        super().report_job_success(job_info)

    def report_job_error(self, job_info: SubmittedJobInfo, *arguments, **named) -> None:
        """A job has failed."""
        self._ended.add(id(job_info))
        super().report_job_error(job_info, *arguments, **named)

    async def check_active_jobs(
        self, active_jobs: list[SubmittedJobInfo]
    ) -> AsyncGenerator[SubmittedJobInfo, None]:
        """Jobs that run on, and those that were neither found running nor reported as ended."""
        self._ended.clear()
        running = [job async for job in super().check_active_jobs(active_jobs)]
        settled = self._ended | {id(job) for job in running}
        unknown = [job for job in active_jobs if id(job) not in settled]
        if unknown:
            self.logger.warning(
                f"Slurm does not answer: {len(unknown)} running job(s) asked about again."
            )
        for job in running + unknown:
            yield job
