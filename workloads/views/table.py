"""The Workloads table."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from workloads.models import Workload


def workloads(request: HttpRequest) -> HttpResponse:
    """Show the workloads that the user may see."""
    found = Workload.objects.visible_to(request.user).live()
    return render(request, "workloads/list.html", {"workloads": found})


def deleted(request: HttpRequest) -> HttpResponse:
    """Show the workloads that were deleted in the last 14 days."""
    found = Workload.objects.visible_to(request.user).deleted()
    return render(request, "workloads/list.html", {"workloads": found})
