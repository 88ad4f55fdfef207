"""What an answer of the API server means to the product (kubernetes.md §5.2)."""

import json
import re
from typing import Any

from workloads.cluster.interface import (
    Cause,
    ClusterError,
    Conflict,
    Expired,
    Forbidden,
    NotFound,
    Raced,
    Refused,
    Unavailable,
)

STRUCTURE = ("failed to create typed patch object", "failed to convert new object")
DENIED = re.compile(r'^admission webhook "[^"]+" denied the request: (.*)$', re.DOTALL)
AT_PATH = re.compile(r"^\.?([A-Za-z][\w.\[\]=\"-]*): (.*)$", re.DOTALL)
SEVERAL = re.compile(r", (?=(?:spec|metadata)\.)")
NO_RIGHT = ('" cannot ', "is attempting to grant RBAC permissions")
MANAGER = re.compile(r'conflict with "([^"]+)"')


def refusal(status: int, body: bytes | str, headers: Any = None) -> ClusterError:
    """Return the error that an answer stands for. Never raises."""
    answer = _answer(body)
    text = str(answer.get("message") or f"The cluster answered {status}.")
    match status:
        case 409:
            return _conflict(answer, text)
        case 410:
            return Expired(text)
        case 404:
            return NotFound(text)
        case 403:
            return _forbidden(text)
        case 500 if text.startswith(STRUCTURE):
            return _misfit(text)
        case 422 if any(cause.field == "metadata.uid" for cause in _causes(answer)):
            return Raced(text)  # the name has another object by now
        case 400 | 413 | 422:
            return Refused(text, _causes(answer))
        case _:
            return Unavailable(text, _retry_after(headers))


def _answer(body: bytes | str) -> dict[str, Any]:
    try:
        found = json.loads(body or "{}")
    except ValueError:
        return {"message": str(body)[:500]}
    return found if isinstance(found, dict) else {}


def _causes(answer: dict[str, Any]) -> tuple[Cause, ...]:
    details = answer.get("details") or {}
    found = details.get("causes") or []
    return tuple(
        Cause(str(cause.get("field", "")).lstrip("."), str(cause.get("message", "")))
        for cause in found
        if isinstance(cause, dict)
    )


def _conflict(answer: dict[str, Any], text: str) -> ClusterError:
    """Somebody's field or name; else two writes met, and the next try sees both."""
    details = answer.get("details") or {}
    held = any(
        isinstance(cause, dict) and cause.get("reason") == "FieldManagerConflict"
        for cause in details.get("causes") or []
    )
    match = MANAGER.search(text)
    if held or match or answer.get("reason") == "AlreadyExists":
        return Conflict(text, match[1] if match else "")
    return Raced(text)


def _forbidden(text: str) -> ClusterError:
    """A webhook's denial is a refusal at a path; the rest is about rights or quota."""
    denied = DENIED.match(text)
    if denied is None:
        rights = text.startswith("User ") or any(word in text for word in NO_RIGHT)
        return Forbidden(text) if rights else Refused(text)
    told = denied[1]
    parts = SEVERAL.split(told[1:-1]) if told.startswith("[") else [told]
    found = (AT_PATH.match(part) for part in parts)
    return Refused(told, tuple(Cause(at[1], at[2]) for at in found if at))


def _misfit(text: str) -> ClusterError:
    """Structural mistakes in an apply are 500 without causes, and still the user's.

    One stands behind the head; several stand a line each.
    """
    _, _, rest = text.partition("): ")
    parts = [line.strip().partition(": ") for line in rest.splitlines()]
    found = [(field, message) for field, mark, message in parts if mark]
    return Refused(text, tuple(Cause(at.lstrip("."), told) for at, told in found))


def _retry_after(headers: Any) -> float | None:
    try:
        return float((headers or {}).get("Retry-After") or "")
    except (TypeError, ValueError):
        return None
