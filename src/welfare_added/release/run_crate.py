"""The history of published files as an RO-Crate (Provenance Run Crate)."""

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from rocrate.model import ContextEntity, File
from rocrate.model.computationalworkflow import ComputationalWorkflow
from rocrate.rocrate import ROCrate

from welfare_added.run.digests import sha256

VERSION = version("welfare-added")
RO_CRATE = "https://w3id.org/ro/crate/1.1"
WORKFLOW_CRATE = "https://w3id.org/workflowhub/workflow-ro-crate/1.0"
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/ro/wfrun/provenance/0.5": "Provenance Run Crate",
    WORKFLOW_CRATE: "Workflow RO-Crate",
}
LICENCE = "https://spdx.org/licenses/MIT"
SNAKEMAKE = "https://snakemake.github.io"
WORKFLOW, README = "Snakefile", "README.md"
KINDS = {
    ".csv": "text/csv",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".html": "text/html",
    ".tex": "application/x-tex",
    ".py": "text/x-python",
    ".md": "text/markdown",
    ".json": "application/json",
}


def as_crate(folder: Path, history: Mapping, title: str, described: str) -> None:
    """Describe a folder as a Provenance Run Crate 0.5: writes ``ro-crate-metadata.json`` there.

    Parameters
    ----------
    folder
        Holds the published files by the names that the history uses, ``Snakefile`` and
        ``README.md``.
    history
        As `release.history.history` makes it.
    title, described
        Name and description of the whole.

    """
    crate = ROCrate(version="1.1")
    crate.name, crate.description = title, described
    crate.license = LICENCE
    crate.add(ContextEntity(crate, LICENCE, {"@type": "CreativeWork", "name": "MIT License"}))
    ended = max(job["ended"] for job in history["jobs"].values())
    crate.datePublished = ended
    crate.root_dataset["conformsTo"] = [
        crate.add(
            ContextEntity(
                crate,
                address,
                {"@type": "CreativeWork", "name": name, "version": address.rsplit("/", 1)[1]},
            )
        )
        for address, name in PROFILES.items()
    ]
    crate.metadata["conformsTo"] = [{"@id": address} for address in (RO_CRATE, WORKFLOW_CRATE)]
    readme = _data(crate, folder, README, sha256(folder / README))
    readme["about"] = crate.root_dataset
    files = _files(crate, folder, history)
    workflow = _workflow(crate, folder)
    tools, steps = _tools(crate, folder, history, workflow)
    actions = _actions(crate, history, files, tools)
    _runs(crate, history, files, workflow, actions, steps)
    crate.metadata.write(folder)


def _files(crate: ROCrate, folder: Path, history: Mapping) -> dict[str, ContextEntity]:
    """An entity per file: published ones as data, others as works outside the crate."""
    entities = {}
    for name, entry in history["files"].items():
        digest = entry.get("sha256") or entry["keyed_digest"]
        if (folder / name).is_file():
            entities[name] = _data(crate, folder, name, digest)
        else:
            properties = {"@type": "CreativeWork", "name": name, "identifier": digest}
            entities[name] = crate.add(ContextEntity(crate, f"#{name}", properties))
    return entities


def _data(crate: ROCrate, folder: Path, name: str, digest: str) -> File:
    path = folder / name
    properties = {
        "name": name,
        "encodingFormat": KINDS.get(path.suffix, "text/plain"),
        "contentSize": str(path.stat().st_size),
        "sha256": digest,
    }
    return crate.add(File(crate, source=path, dest_path=name, properties=properties))


def _workflow(crate: ROCrate, folder: Path) -> ComputationalWorkflow:
    language = ContextEntity(
        crate,
        "#snakemake",
        {
            "@type": "ComputerLanguage",
            "name": "Snakemake",
            "identifier": {"@id": SNAKEMAKE},
            "url": {"@id": SNAKEMAKE},
        },
    )
    crate.add(language)
    workflow = ComputationalWorkflow(
        crate,
        source=folder / WORKFLOW,
        dest_path=WORKFLOW,
        properties={
            "encodingFormat": "text/x-snakemake",
            "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"],
            "name": "welfare-added",
            "version": VERSION,
        },
    )
    workflow["programmingLanguage"] = language
    crate.mainEntity = crate.add(workflow)
    return workflow


def _tools(
    crate: ROCrate, folder: Path, history: Mapping, workflow: ComputationalWorkflow
) -> tuple[dict[str, ContextEntity], dict[str, ContextEntity]]:
    """A tool and a workflow step for every rule that ran."""
    tools, steps = {}, {}
    for position, rule in enumerate(sorted({job["rule"] for job in history["jobs"].values()}), 1):
        properties = {
            "@type": "SoftwareApplication",
            "name": f"rule {rule}",
            "softwareVersion": VERSION,
        }
        tools[rule] = crate.add(ContextEntity(crate, f"#rule/{rule}", properties))
        step = {
            "@type": "HowToStep",
            "position": str(position),
            "workExample": {"@id": f"#rule/{rule}"},
        }
        steps[rule] = crate.add(ContextEntity(crate, f"#step/{rule}", step))
    workflow["hasPart"], workflow["step"] = list(tools.values()), list(steps.values())
    return tools, steps


def _actions(
    crate: ROCrate, history: Mapping, files: Mapping, tools: Mapping
) -> dict[str, ContextEntity]:
    """An action per job, with its inputs and outputs."""
    actions = {}
    for name, job in history["jobs"].items():
        properties = {
            "@type": "CreateAction",
            "name": f"run of {name}",
            "description": f"What the job {name} of rule {job['rule']} read and wrote",
            "startTime": job["started"],
            "endTime": job["ended"],
            "actionStatus": "http://schema.org/CompletedActionStatus",
        }
        action = crate.add(ContextEntity(crate, f"#job/{name}", properties))
        action["instrument"] = tools[job["rule"]]
        action["object"] = _plain([files[one] for one in job["inputs"]])
        action["result"] = _plain([files[one] for one in job["outputs"]])
        actions[name] = action
    return actions


def _plain(entities: list) -> object:
    """A list of one entity as that entity, as RO-Crate requires."""
    return entities[0] if len(entities) == 1 else entities


def _runs(
    crate: ROCrate,
    history: Mapping,
    files: Mapping,
    workflow: ComputationalWorkflow,
    actions: Mapping,
    steps: Mapping,
) -> None:
    """Add the run as a whole, and Snakemake's start of each job."""
    jobs = history["jobs"]
    times = {
        "startTime": min(job["started"] for job in jobs.values()),
        "endTime": max(job["ended"] for job in jobs.values()),
    }
    properties = {
        "@type": "CreateAction",
        "name": "run of the workflow",
        "description": crate.description,
    }
    run = crate.add(ContextEntity(crate, "#run", {**properties, **times}))
    run["instrument"] = workflow
    run["result"] = [files[name] for job in jobs.values() for name in job["outputs"]]
    run["object"] = [
        files[name] for name, entry in history["files"].items() if entry["job"] is None
    ]
    engine = {"@type": "SoftwareApplication", "name": "Snakemake", "url": SNAKEMAKE}
    engine["softwareVersion"] = _version(history)
    snakemake = crate.add(ContextEntity(crate, "#engine", engine))
    controls = []
    for name, action in actions.items():
        properties = {"@type": "ControlAction", "name": f"order to {name}"}
        control = crate.add(ContextEntity(crate, f"#control/{name}", properties))
        control["instrument"], control["object"] = steps[jobs[name]["rule"]], action
        controls.append(control)
    order = {"@type": "OrganizeAction", "name": "Snakemake's run", **times}
    organised = crate.add(ContextEntity(crate, "#organised", order))
    organised["instrument"], organised["object"], organised["result"] = snakemake, controls, run
    crate.root_dataset["mentions"] = [run, organised, *actions.values()]


def _version(history: Mapping) -> str:
    return next(iter(history["environments"].values()))["distributions"]["snakemake"]
