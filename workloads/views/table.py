"""The Workloads table."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from workloads.models import Workload


def workloads(request: HttpRequest) -> HttpResponse:
    """Show the workloads that the user may see."""
    found = Workload.objects.visible_to(request.user).live()
    return render(request, "workloads/list.html", {"workloads": found})
