"""Rows for looking at pages without a cluster: call demo() in a temp data folder."""

from datetime import timedelta
from itertools import cycle

from django.utils.timezone import now

from access.models import AccessRule, User
from access.roles import Role
from projects.models import Cluster, Department, NodePool, Project, ProjectQuota
from workloads.models import Event, PhaseChange, Pod, Termination, Workload
from workloads.models.columns import columns_of
from workloads.spec.workload import WorkloadSpec

RUNNING = "3 of 3 replicas ready"
CRASHED = "2 of 3 replicas ready: worker 3 of replica 2 crashed"
WORKLOADS = (
    # name, phase, message, replicas, workers, running pods, GPUs a pod, age in minutes
    ("gpt-oss-120b-eval", "Creating", "Waiting for the scheduler", 1, 1, 0, 4, 0.2),
    ("qwen3-235b-a22b", "Pending", "16 GPUs needed, 8 free in quota", 2, 1, 0, 4, 6),
    ("mixtral-8x22b-chat", "Initializing", "Image pull on 2 nodes", 1, 3, 2, 4, 9),
    ("phi-4-reasoning", "Pending", "4 GPUs needed, a100 nodes full", 1, 1, 0, 2, 31),
    ("llama-4-maverick", "Degraded", CRASHED, 3, 3, 11, 4, 125),
    ("command-a-rag", "Failed", "Leader: image tag 1.9 not found", 1, 1, 0, 2, 180),
    ("deepseek-r1-671b", "Running", "2 of 2 replicas ready", 2, 1, 4, 8, 1500),
    ("gpt-oss-120b", "Updating", "Replica 3 of 4 moves to v0.11.0", 4, 1, 6, 4, 2900),
    ("bge-m3-embeddings", "Running", "Scaling 4 to 8, 6 ready", 8, 1, 13, 1, 4400),
    ("llama-3-3-70b-chat", "Running", RUNNING, 3, 3, 12, 2, 7300),
    (
        "gemma-3-27b-lab",
        "Unknown",
        "Was Running, last seen 14 min ago",
        1,
        1,
        2,
        2,
        9000,
    ),
    ("nemotron-ultra-253b", "Deleting", "2 of 9 pods left", 1, 8, 2, 2, 17_000),
    ("codestral-22b-ide", "Running", "1 of 1 replica ready", 1, 1, 2, 1, 37_000),
)
PASSING = {"Creating", "Initializing", "Updating", "Deleting"}


def organization() -> tuple[Project, ...]:
    """A cluster, two departments and a project in each."""
    cluster = Cluster.objects.create(
        name="gpu-west-1", server="http://127.0.0.1:1", external_access=True
    )
    pool = NodePool.objects.create(cluster=cluster, name="h100")
    projects = []
    for department, name in (
        ("research", "llm-serving"),
        ("product", "search-ranking"),
    ):
        unit = Department.objects.create(cluster=cluster, name=department)
        project = Project.objects.create(
            department=unit, name=name, default_node_pools=["h100"]
        )
        ProjectQuota.objects.create(
            project=project, pool=pool, queue=name, gpus=64, gpus_allocated=40
        )
        projects.append(project)
    return tuple(projects)


def spec_of(name: str, replicas: int, workers: int, gpus: int) -> WorkloadSpec:
    """What a workload of the demo says."""
    pod = {
        "image": "vllm/vllm-openai:v0.11.0",
        "compute": {
            "gpuDevicesRequest": gpus,
            "cpuCoreRequest": 32,
            "cpuMemoryRequest": "256G",
        },
    }
    return WorkloadSpec.model_validate(
        {
            "replicas": replicas,
            "workers": workers,
            "nodePools": ("h100",),
            "servingPort": {
                "port": 8000,
                "authorizationType": "authorizedGroups",
                "authorizedGroups": ("ml-platform", "chat-frontend"),
            },
            "leader": pod,
            "worker": pod if workers else None,
        }
    )


def groups_of(replicas: int, workers: int, running: int, failed: bool) -> list[dict]:
    """Pods in order: so many are ready, then one that starts or failed, then none."""
    groups, left = [], running
    for index in range(replicas):
        pods = []
        for place in range(min(workers + 1, left + 1)):
            ready = place < left
            pods.append(
                {
                    "name": f"pod-{index}-{place}" if place else f"pod-{index}",
                    "uid": f"uid-{index}-{place}",
                    "role": "worker" if place else "leader",
                    "index": place,
                    "state": "Ready" if ready else "Error" if failed else "Starting",
                    "node": f"hgx-{index:02}{place}",
                    "pool": "h100",
                    "reason": "" if ready else "OOMKilled" if failed else "Pulling",
                    "message": "" if ready else "Out of memory, exit code 137",
                    "ready": ready,
                    "restarts": 0 if ready else 4,
                }
            )
        left = max(0, left - workers - 1)
        ready = len(pods) == workers + 1 and all(pod["ready"] for pod in pods)
        state = "Ready" if ready else "Error" if failed else "Starting"
        groups.append({"index": index, "state": state, "message": "", "pods": pods})
    return groups


def workload(project: Project, by: User, row: tuple, **columns: object) -> Workload:
    """One row of the list above."""
    name, phase, message, replicas, workers, running, gpus, minutes = row
    spec = spec_of(name, replicas, workers, gpus)
    created = now() - timedelta(minutes=minutes)
    said = spec.model_dump(by_alias=True, mode="json", exclude_unset=True)
    served = phase in ("Running", "Degraded", "Updating", "Unknown")
    return Workload.objects.create(
        project=project,
        name=name,
        created_by=by,
        created_at=created,
        phase=phase,
        phase_since=created + timedelta(minutes=minutes / 2),
        message=message,
        passing=phase in PASSING,
        running_pods=running,
        ready_replicas=running // (workers + 1),
        allocated_gpus=gpus * running,
        address=f"https://{name}.gpu-west-1.example.com" if served else "",
        groups=groups_of(replicas, workers, running, phase in ("Failed", "Degraded")),
        document=said,
        resolved=said,
        **columns_of(spec, project, by.username),
        **columns,
    )


def history(of: Workload) -> None:
    """Phases, events and an instance that ended."""
    ends = now() - timedelta(minutes=4)
    for minutes, phase in ((9, "Initializing"), (30, "Pending"), (31, "Creating")):
        at = now() - timedelta(minutes=minutes)
        PhaseChange.objects.create(workload=of, at=at, phase=phase, message="")
    PhaseChange.objects.create(workload=of, at=ends, phase=of.phase, message=of.message)
    for number, (kind, reason, text) in enumerate(
        [
            ("Warning", "BackOff", "Back-off restarting failed container worker"),
            ("Normal", "Pulled", "Image pulled on 6 nodes"),
            ("Normal", "Scheduled", "All replicas found nodes in h100"),
        ]
    ):
        Event.objects.create(
            uid=f"{of.pk}-{number}",
            workload=of,
            at=ends - timedelta(minutes=number),
            manifest={
                "type": kind,
                "reason": reason,
                "message": text,
                "count": 4,
                "involvedObject": {"kind": "Pod", "name": f"{of.name}-2-3"},
                "source": {"component": "kubelet"},
            },
        )
    log = "INFO loading shard 7 of 8\nWARN pinned host buffers take 231 GiB\n"
    Termination.objects.create(
        workload=of,
        pod_uid="uid-2-3",
        pod=f"{of.name}-2-3",
        container="worker",
        at=ends,
        reason="OOMKilled",
        exit_code=137,
        log=f"{log}ERROR cannot pin 12884901888 bytes\n",
    )
    for group in of.groups:
        for pod in group["pods"]:
            name = pod["name"].replace("pod", of.name)
            manifest = {"spec": {"containers": [{"name": pod["role"]}]}}
            uid = f"{of.pk}-{pod['uid']}"
            Pod.objects.create(uid=uid, workload=of, name=name, manifest=manifest)


def demo(count: int = 13) -> None:
    """Everything, for a user named admin with that password."""
    admin = User.objects.create_superuser("admin", password="admin", is_staff=True)
    AccessRule.objects.create(user=admin, role=Role.SYSTEM_ADMINISTRATOR)
    projects = organization()
    for number, (row, project) in enumerate(
        zip(cycle(WORKLOADS), cycle(projects), strict=False)
    ):
        if number == count:
            break
        again = number // len(WORKLOADS)
        name = f"{row[0]}-{'abcdefghij'[again % 10]}{again}" if again else row[0]
        made = workload(project, admin, (name, *row[1:]))
        if not again:
            history(made)
    gone = ("old-experiment", "Deleting", "", 1, 1, 0, 2, 9000)
    workload(projects[0], admin, gone, deleted_at=now() - timedelta(hours=5))
