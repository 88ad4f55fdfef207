"""Workloads in great numbers: rows made at once, through the models."""

from datetime import timedelta

from django.utils.timezone import now

from access.models import User
from projects.models import Project
from tests.support.demo import CRASHED, RUNNING, groups_of
from workloads.models import Workload
from workloads.models.columns import columns_of
from workloads.spec.workload import WorkloadSpec
from workloads.status import Phase

PHASES = (
    (Phase.RUNNING, RUNNING),
    (Phase.RUNNING, RUNNING),
    (Phase.PENDING, "16 GPUs needed, 8 free in quota"),
    (Phase.DEGRADED, CRASHED),
    (Phase.FAILED, "Leader: image tag 1.9 not found"),
    (Phase.RUNNING, RUNNING),
    (Phase.STOPPED, ""),
)
BATCH = 500


def spec_of(number: int) -> WorkloadSpec:
    """What the workload of that number says; a few kinds take turns."""
    pod = {
        "image": f"vllm/vllm-openai:v0.{number % 40}.0",
        "compute": {
            "gpuDevicesRequest": number % 8,
            "cpuCoreRequest": number % 32 + 1,
            "cpuMemoryRequest": f"{number % 500 + 1}G",
        },
    }
    workers = number % 4
    return WorkloadSpec.model_validate(
        {
            "replicas": number % 3 + 1,
            "workers": workers,
            "nodePools": (("h100",), ("a100", "h100"))[number % 2],
            "servingPort": {"port": 8000},
            "leader": pod,
            "worker": pod if workers else None,
        }
    )


def load(count: int, projects: list[Project], by: User) -> None:
    """Make so many workloads, spread over the projects."""
    specs = [spec_of(number) for number in range(min(count, 3000))]
    made = []
    for number in range(count):
        made.append(_workload(number, specs[number % 3000], projects, by))
        if len(made) == BATCH:
            Workload.objects.bulk_create(made)
            made = []
    Workload.objects.bulk_create(made)


def _workload(
    number: int, spec: WorkloadSpec, projects: list[Project], by: User
) -> Workload:
    project = projects[number % len(projects)]
    phase, message = PHASES[number % len(PHASES)]
    created = now() - timedelta(minutes=number * 7 % 500_000)
    columns = columns_of(spec, project, by.username)
    running = columns["requested_pods"] if phase == Phase.RUNNING else 1
    said = spec.model_dump(by_alias=True, mode="json", exclude_unset=True)
    name = f"load-{number}x"
    return Workload(
        project=project,
        name=name,
        created_by=by,
        created_at=created,
        phase=phase,
        phase_since=created + timedelta(minutes=number % 90),
        message=message,
        passing=False,
        running_pods=running,
        ready_replicas=running // (spec.workers + 1),
        allocated_gpus=columns["requested_gpus"] if phase == Phase.RUNNING else 0,
        pending_seconds=number * 13 % 7000,
        running_seconds=number * 29 % 70_000,
        address=f"http://{name}-ep.runai.svc.cluster.local",
        groups=groups_of(spec.replicas, spec.workers, running, phase == Phase.FAILED),
        document=said,
        resolved=said,
        generation=1,
        applied_generation=1,
        **columns,
    )


def fill(count: int) -> None:
    """Make so many workloads in the data folder of a portal that is stopped."""
    owner = User.objects.get(username="admin")
    load(count, list(Project.objects.order_by("pk")), owner)
