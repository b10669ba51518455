"""A real Slurm of two nodes on this machine's loopback: munged, slurmctld and two slurmds.

Two daemons on one kernel prove the scheduler and the executor, not a network of hosts.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "sinfo", "srun")
NODES = ("n1", "n2")
CONF = """\
ClusterName=loopback
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={run}/munge.socket
SlurmctldPidFile={run}/slurmctld.pid
SlurmdPidFile={run}/slurmd-%n.pid
StateSaveLocation={base}/state
SlurmdSpoolDir={base}/spool-%n
SlurmctldLogFile={base}/slurmctld.log
SlurmdLogFile={base}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
MinJobAge=86400
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=5
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} CPUs=2 RealMemory=8000
NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]} CPUs=2 RealMemory=8000
PartitionName=local Nodes=n1,n2 Default=YES State=UP MaxTime=INFINITE
"""
# Slurm's own srun forgets where its configuration is, since Snakemake takes SLURM_ variables away.
SRUN = """\
#!/bin/sh
export SLURM_CONF={conf}
exec {srun} "$@"
"""


class Cluster:
    """Slurm's daemons in a folder of their own, whose parents are not group-writable."""

    def __init__(self, base: Path):
        """Write the configuration; nothing runs yet."""
        missing = [program for program in PROGRAMS if _which(program) is None]
        if missing:
            raise FileNotFoundError(
                f"{', '.join(missing)}: not there; Debian: apt-get install slurm-wlm munge"
            )
        self.base, self.run = base, base / "run"
        self.conf = base / "slurm.conf"
        for folder in (base / "munge", base / "state", base / "bin"):
            folder.mkdir(parents=True)
        (base / "munge").chmod(0o700)
        self.run.mkdir()
        self.run.chmod(0o755)
        key = base / "munge/key"
        key.write_bytes(secrets.token_bytes(1024))
        key.chmod(0o400)
        host, user = socket.gethostname(), _user()
        self.conf.write_text(
            CONF.format(base=base, run=self.run, host=host, user=user, ports=_free_ports(3))
        )
        wrapper = base / "bin/srun"
        wrapper.write_text(SRUN.format(conf=self.conf, srun=_which("srun")))
        wrapper.chmod(0o755)

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which Slurm's programs find this cluster."""
        path = os.pathsep.join([str(self.base / "bin"), os.environ["PATH"], "/usr/sbin"])
        return {**os.environ, "SLURM_CONF": str(self.conf), "PATH": path}

    def __enter__(self) -> "Cluster":
        """Start all daemons, and wait until both nodes are idle."""
        try:
            munge = [f"--{name}={self.base}/munge/{name}" for name in ("log-file", "seed-file")]
            sockets = [f"--socket={self.run}/munge.socket", f"--pid-file={self.run}/munged.pid"]
            key = f"--key-file={self.base}/munge/key"
            self._call("munged", key, *sockets, *munge, "--num-threads=2")
            self.start_controller()
            for node in NODES:
                self._call("slurmd", "-N", node)
            self.wait(
                lambda: self.ask("sinfo", "-h", "-t", "idle", "-o", "%D") == "2", "idle nodes"
            )
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Stop all daemons by their process numbers."""
        names = [*(f"slurmd-{node}" for node in NODES), "slurmctld", "munged"]
        for name in names:
            self._stop(name, signal.SIGTERM)

    def start_controller(self) -> None:
        """Start slurmctld, with whatever state it had."""
        self._call("slurmctld")

    def kill_controller(self) -> None:
        """Kill slurmctld without a word."""
        self._stop("slurmctld", signal.SIGKILL)

    def ask(self, *command: str) -> str:
        """What a program of Slurm prints; empty if it fails."""
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    def suspend(self, number: str) -> None:
        """Stop a running job where it is, and wait until the controller's saved state has it.

        The controller saves its state some seconds later; a job that is not in it is lost with it.
        """
        saved, before = self.base / "state/job_state", time.time()
        self.ask("scontrol", "suspend", number)
        self.wait(lambda: saved.exists() and saved.stat().st_mtime > before, "saved state")

    def resume(self, number: str) -> None:
        """Let a suspended job go on, and wait until it does."""
        self.ask("scontrol", "resume", number)
        self.wait(lambda: self.jobs().get(number) != "SUSPENDED", f"job {number} that goes on")

    def jobs(self) -> dict[str, str]:
        """State of every job that the cluster has known, by number."""
        lines = self.ask("squeue", "-h", "-t", "all", "-o", "%i %T").splitlines()
        return dict(line.split() for line in lines)

    def wait(self, there: Callable[[], bool], what: str, seconds: float = 60) -> None:
        """Wait for something; raises TimeoutError naming it, with the controller's last words."""
        end = time.monotonic() + seconds
        while not there():
            if time.monotonic() > end:
                said = (self.base / "slurmctld.log").read_text()[-2000:]
                raise TimeoutError(f"no {what} after {seconds:.0f} s. slurmctld says:\n{said}")
            time.sleep(0.1)

    def _call(self, program: str, *arguments: str) -> None:
        command = [_which(program), *arguments]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{program} does not start: {done.stderr.strip()}")

    def _stop(self, name: str, how: signal.Signals) -> None:
        try:
            process = int((self.run / f"{name}.pid").read_text())
            os.kill(process, how)
        except (FileNotFoundError, ProcessLookupError):
            return
        end = time.monotonic() + 20
        while _runs(process) and time.monotonic() < end:
            time.sleep(0.05)
        if _runs(process):
            os.kill(process, signal.SIGKILL)


def _which(program: str) -> str | None:
    return shutil.which(program, path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")


def _user() -> str:
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _runs(process: int) -> bool:
    """Whether a process is alive; what has stopped may stay as a zombie."""
    try:
        state: Mapping[str, str] = dict(
            line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines()
        )
    except FileNotFoundError:
        return False
    return "Z" not in state["State"]
