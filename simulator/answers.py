"""The Status bodies with which the API refuses."""

import datetime
from typing import Any

from simulator.kinds import Kind

Manifest = dict[str, Any]


class Refusal(Exception):
    """A request was refused; knows the Status to answer with."""

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        *,
        details: Manifest | None = None,
        retry_after: int = 0,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details or {}
        self.retry_after = retry_after

    def status(self) -> Manifest:
        """Return the Status object."""
        details = dict(self.details)
        if self.retry_after:
            details["retryAfterSeconds"] = self.retry_after
        body: Manifest = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "code": self.code,
        }
        if self.reason:
            body["reason"] = self.reason
        if details:
            body["details"] = details
        return body


def details_of(kind: Kind, name: str, causes: list[Manifest] | None = None) -> Manifest:
    """Name the object that a Status is about."""
    details: Manifest = {"name": name, "group": kind.group, "kind": kind.plural}
    if causes:
        details["causes"] = causes
    return details


def not_found(kind: Kind, name: str) -> Refusal:
    """404 for an object that is not there."""
    text = f'{kind.resource} "{name}" not found'
    return Refusal(404, "NotFound", text, details=details_of(kind, name))


def already_exists(kind: Kind, name: str) -> Refusal:
    """409 for a name that is taken."""
    text = f'{kind.resource} "{name}" already exists'
    return Refusal(409, "AlreadyExists", text, details=details_of(kind, name))


def stale(kind: Kind, name: str, why: str = "") -> Refusal:
    """409 for a version or uid that is no longer the current one."""
    why = why or (
        "the object has been modified; please apply your changes to the latest "
        "version and try again"
    )
    text = f'Operation cannot be fulfilled on {kind.resource} "{name}": {why}'
    return Refusal(409, "Conflict", text, details=details_of(kind, name))


def invalid(kind: Kind, name: str, causes: list[Manifest]) -> Refusal:
    """422 with one cause per mistake: ``{field, reason, message}``."""
    texts = [f"{cause['field']}: {cause['message']}" for cause in causes]
    joined = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    title = f"{kind.name}.{kind.group}" if kind.group else kind.name
    text = f'{title} "{name}" is invalid: {joined}'
    return Refusal(422, "Invalid", text, details=details_of(kind, name, causes))


def forbidden(kind: Kind, name: str, why: str) -> Refusal:
    """403 of an admission check."""
    text = f'{kind.resource} "{name}" is forbidden: {why}'
    return Refusal(403, "Forbidden", text, details=details_of(kind, name))


def denied(webhook: str, why: str) -> Refusal:
    """403 of a validating webhook."""
    return Refusal(
        403, "Forbidden", f'admission webhook "{webhook}" denied the request: {why}'
    )


def bad_request(why: str) -> Refusal:
    """400 for a request that cannot be read."""
    return Refusal(400, "BadRequest", why)


def expired(version: int, oldest: int) -> Refusal:
    """410 for a version that has left the window."""
    return Refusal(410, "Expired", f"too old resource version: {version} ({oldest})")


def cause(field: str, reason: str, message: str) -> Manifest:
    """One cause of a 422: the path and what is wrong there."""
    return {"reason": reason, "message": message, "field": field}


def timestamp() -> str:
    """The time as objects carry it, in whole seconds."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def precise_timestamp() -> str:
    """The time as events carry it, in microseconds."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
