"""How long a draft policy takes to be held against 10,000 workloads.

They lie in 50 projects of 10 submitters; one of three would be refused.
"""

import time

from access.models import User
from policies.services import save_policy
from projects.models import GeneralSettings, Project, ProjectQuota
from tests.support.load import load
from tests.support.organization import an_organization
from workloads.models import ImpactRun
from workloads.services.impact import start_impact
from workloads.sync.work import work_on_impact

WORKLOADS, PROJECTS, USERS = 10_000, 50, 10
HOLDS = "rules: {replicas: {max: 8}, leader: {compute: {gpuDevicesRequest: {max: 8}}}}"
DRAFT = "rules: {replicas: {max: 2}, leader: {compute: {gpuDevicesRequest: {max: 8}}}}"


def prepare() -> User:
    """Make the workloads, and the policy that holds."""
    made = an_organization()
    pools = list(made.cluster.node_pools.all())
    projects = [made.project, made.other]
    for number in range(PROJECTS - len(projects)):
        one = Project.objects.create(department=made.department, name=f"p-{number}")
        quotas = [ProjectQuota(project=one, pool=pool, gpus=8) for pool in pools]
        ProjectQuota.objects.bulk_create(quotas)
        projects.append(one)
    for number in range(USERS):
        user = User.objects.create_user(f"user-{number}")
        load(WORKLOADS // USERS, projects[number:] + projects[:number], user)
    save_policy(by=made.admin, unit=GeneralSettings.current(), text=HOLDS)
    return made.admin


def measure() -> dict[str, float]:
    """Return seconds of the whole check, and how long a request for it takes."""
    admin = prepare()
    begun = time.perf_counter()
    run = start_impact(by=admin, unit=GeneralSettings.current(), text=DRAFT)
    asked = time.perf_counter() - begun
    turns = []
    while ImpactRun.objects.due().filter(pk=run.pk).exists():
        turn = time.perf_counter()
        work_on_impact(run.pk)
        turns.append(time.perf_counter() - turn)
    run.refresh_from_db()
    assert (run.state, run.done) == ("done", WORKLOADS), run
    return {
        "asked": round(1000 * asked, 1),
        "whole": round(sum(turns), 1),
        "turn": round(max(turns), 1),
        "found": run.found,
    }
