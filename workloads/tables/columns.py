"""The one registry of columns: table, CSV, filters and the REST API read it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workloads.tables import asked, texts

Values = dict[str, Any]
"""A row of `QuerySet.values()`."""

TYPE = "Inference (distributed)"
TEXT_OPERATORS = ("==", "!=", "=@", "!@", "=^", "=$")
ORDER_OPERATORS = ("==", "!=", "<=", ">=")


@dataclass(frozen=True)
class Column:
    """A fact of a workload, by the name that the API has for it."""

    key: str
    title: str
    field: str = ""
    """The column of the row; empty: the same for every workload."""

    text: Callable[[Values], str] | None = None
    kind: str = "text"
    """How it is compared: a name of `values.READERS`; "shown": not at all."""

    shown: bool = False
    """Whether it is there before somebody chose."""

    listed: bool = True
    """Whether people choose it; the others only filter."""

    def words(self, row: Values) -> str:
        """Its value as the CSV has it."""
        if self.text:
            return self.text(row)
        return str(row[self.field])

    @property
    def operators(self) -> tuple[str, ...]:
        """What it can be compared by."""
        if self.kind == "shown":
            return ()
        return TEXT_OPERATORS if self.kind in ("text", "phase") else ORDER_OPERATORS


def _number(field: str) -> Callable[[Values], str]:
    return lambda row: texts.number(row[field])


def _time(field: str) -> Callable[[Values], str]:
    return lambda row: texts.iso(row[field])


def _yes(field: str) -> Callable[[Values], str]:
    return lambda row: "Yes" if row[field] else "No"


COLUMNS = (
    Column("name", "Workload", "name", shown=True),
    Column("image", "Image", "image", shown=True),
    Column("type", "Type", text=lambda row: TYPE, shown=True),
    Column("phase", "Status", "phase", kind="phase", shown=True),
    Column("phaseMessage", "Status message", "message", shown=True),
    Column("projectName", "Project", "project_name", shown=True),
    Column("departmentName", "Department", "department_name", shown=True),
    Column("runningPods", "Running pods", "running_pods", kind="number", shown=True),
    Column(
        "requestedPods", "Requested pods", "requested_pods", kind="number", shown=True
    ),
    Column(
        "allocatedGPU",
        "GPU allocation",
        "allocated_gpus",
        _number("allocated_gpus"),
        kind="decimal",
        shown=True,
    ),
    Column(
        "requestedGPU",
        "GPU request",
        "requested_gpus",
        _number("requested_gpus"),
        kind="decimal",
        shown=True,
    ),
    Column("nodepool", "Node pool(s)", "pools", shown=True),
    Column("connection", "Connection(s)", "address", shown=True),
    Column("access", "Access", "access", shown=True),
    Column(
        "priority",
        "Priority",
        "priority",
        lambda row: texts.priority(row["priority"]),
        kind="priority",
        shown=True,
    ),
    Column(
        "preemptible",
        "Preemptible",
        "preemptible",
        _yes("preemptible"),
        kind="yes",
        shown=True,
    ),
    Column(
        "createdAt",
        "Creation time",
        "created_at",
        _time("created_at"),
        kind="time",
        shown=True,
    ),
    Column("submittedBy", "Created by", "submitted_by", shown=True),
    Column(
        "phaseUpdatedAt",
        "Status since",
        "phase_since",
        _time("phase_since"),
        kind="time",
    ),
    Column("clusterName", "Cluster", "cluster_name"),
    Column(
        "totalPendingTimeSeconds",
        "Total pending time",
        "pending_seconds",
        lambda row: texts.duration(row["pending_seconds"]),
        kind="duration",
    ),
    Column(
        "totalRunningTimeSeconds",
        "Total runtime",
        "running_seconds",
        lambda row: texts.duration(row["running_seconds"]),
        kind="duration",
    ),
    Column(
        "requestedCpu",
        "CPU compute request (cores)",
        "requested_cpu",
        lambda row: texts.cores(row["requested_cpu"]),
        kind="cores",
    ),
    Column(
        "requestedMemory",
        "CPU memory request",
        "requested_memory",
        lambda row: texts.memory(row["requested_memory"]),
        kind="size",
    ),
    Column(
        "allocatedCpu",
        "CPU compute allocation (cores)",
        "allocated_cpu",
        lambda row: texts.cores(row["allocated_cpu"]),
        kind="cores",
    ),
    Column(
        "allocatedMemory",
        "CPU memory allocation",
        "allocated_memory",
        lambda row: texts.memory(row["allocated_memory"]),
        kind="size",
    ),
    Column(
        "requestedGpuMemory",
        "GPU memory request",
        "resolved",
        lambda row: asked.gpu_memory(row["resolved"]),
        kind="shown",
    ),
    Column("datasource", "Data source(s)", "data_sources"),
    Column("category", "Category", "category"),
    Column("architecture", "Workload architecture", text=lambda row: "Distributed"),
    Column(
        "deletedAt",
        "Deletion time",
        "deleted_at",
        _time("deleted_at"),
        kind="time",
        listed=False,
    ),
    Column("projectId", "Project id", "project_id", kind="number", listed=False),
    Column(
        "departmentId",
        "Department id",
        "project__department_id",
        kind="number",
        listed=False,
    ),
    Column(
        "clusterId",
        "Cluster id",
        "project__department__cluster_id",
        kind="id",
        listed=False,
    ),
)
BY_KEY = {column.key: column for column in COLUMNS}
LISTED = tuple(column for column in COLUMNS if column.listed)
SHOWN = tuple(column.key for column in COLUMNS if column.shown)


@dataclass(frozen=True)
class Cell:
    """What the table draws in one place: a fact and what qualifies it."""

    name: str
    title: str
    parts: tuple[str, ...]
    sort: str
    """The column that its head sorts by."""


GPUS = ("allocatedGPU", "requestedGPU", "nodepool")
CELLS = (
    Cell("name", "Workload", ("name", "image"), "name"),
    Cell("type", "Type", ("type",), ""),
    Cell("status", "Status", ("phase", "phaseMessage"), "phase"),
    Cell("project", "Project", ("projectName", "departmentName"), "projectName"),
    Cell("pods", "Pods", ("runningPods", "requestedPods"), "runningPods"),
    Cell("gpus", "GPUs, pool", GPUS, "allocatedGPU"),
    Cell("link", "Connections", ("connection", "access"), "connection"),
    Cell("rank", "Priority", ("priority", "preemptible"), "priority"),
    Cell("when", "Created", ("createdAt", "submittedBy"), "createdAt"),
    Cell("data", "Data source(s)", ("datasource",), "datasource"),
)  # fmt: skip
MERGED = frozenset(part for cell in CELLS for part in cell.parts)
ALONE = tuple(column for column in LISTED if column.key not in MERGED)
"""Columns that have a cell of their own, after the others."""
