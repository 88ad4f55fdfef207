"""What a reader may do with a workload now, and where it is done."""

from typing import NamedTuple

from django.shortcuts import get_object_or_404

from access.models import User
from access.requests import Request
from workloads.models import Workload
from workloads.status import Phase


class Abilities(NamedTuple):
    """Which actions to offer."""

    scale: bool = False
    copy: bool = False
    retry: bool = False
    edit: bool = False
    recreate: bool = False
    delete: bool = False

    @classmethod
    def of(cls, workload: Workload, user: User) -> "Abilities":
        """The actions that the workload's state and the user's roles allow."""
        project = workload.project
        alive = workload.deleted_at is None
        staying = alive and workload.desired != Workload.Desired.DELETED
        update = staying and user.may("update", "workloads", project)
        create = user.may("create", "workloads", project)
        failed = staying and workload.phase == Phase.FAILED
        return cls(
            scale=update,
            copy=create,
            retry=update and failed,
            edit=create and failed,
            recreate=update and workload.removed_outside(),
            delete=staying and user.may("delete", "workloads", project),
        )


def workload_of(request: Request, pk: object) -> Workload:
    """The workload, if its reader may see it; 404 else, as if it never was."""
    seen = Workload.objects.visible_to(request.user)
    rows = seen.select_related("project__department__cluster")
    return get_object_or_404(rows.live() | rows.deleted(), pk=pk)
