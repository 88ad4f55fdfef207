"""A health check that asks nothing yet: the page knows which way of asking is open."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from policies.engine.judge import Verdict
from workloads.spec.issues import Issue
from workloads.spec.paths import Location

FIRST = {
    "httpGet": "port",
    "tcpSocket": "port",
    "exec": "command",
    "grpc": "port",
}
"""What each way of asking cannot do without."""


def at_open_handlers(verdict: Verdict, controls: Mapping[str, Any]) -> Verdict:
    """Move the issue "how is it asked?" to the input that the page has open."""
    return replace(verdict, issues=tuple(_moved(i, controls) for i in verdict.issues))


def _moved(issue: Issue, controls: Mapping[str, Any]) -> Issue:
    if issue.rule != "handler" or issue.kind != "missing":
        return issue
    here = issue.location.index("handler")
    probe = Location(issue.location[:here])
    kind = str(controls.get(f"{probe}:handler", "httpGet"))
    place = Location((*probe, "handler", kind, FIRST.get(kind, "port")))
    return replace(issue, location=place, text="is required")
