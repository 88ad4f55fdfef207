"""The gate of the API server: who is there, and what they may do."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from simulator.answers import Manifest, Refusal
from simulator.faults import Faults
from simulator.kinds import ACCESS_REVIEW, ACCOUNT, SELF_REVIEW, Kind
from simulator.rbac import Rbac, asked, review
from simulator.registry import Registry
from simulator.requests import Target
from simulator.users import User, Users

PREFIX = "/token/"
PATH = web.RequestKey("path", str)
USER = web.RequestKey("user", User)
PROGRAM = web.RequestKey("program", bool)


class Gate:
    """Knows the users and their rights; ``programs`` are spared every fault."""

    def __init__(
        self,
        registry: Registry,
        users: Mapping[str, User],
        programs: Mapping[str, User],
        faults: Faults,
    ) -> None:
        self.registry = registry
        self.users = Users({**users, **programs})
        self.programs = frozenset(programs)
        self.faults = faults
        self.rbac = Rbac(registry.store)

    def authenticate(self, request: web.Request) -> None:
        """Take the token from the header, or from the path: ``/token/<token>/…``.

        kubectl sends no header over plain HTTP; as part of the server's URL the token
        reaches us all the same.
        """
        word, _, token = request.headers.get("Authorization", "").partition(" ")
        request[PATH] = request.path
        if request.path.startswith(PREFIX):
            token, _, rest = request.path.removeprefix(PREFIX).partition("/")
            word, request[PATH] = "Bearer", f"/{rest}"
        request[PROGRAM] = token in self.programs
        user = self.users.of(token) if word == "Bearer" else None
        if user is None:
            raise Refusal(401, "Unauthorized", "Unauthorized")
        request[USER] = user

    def authorize(self, request: web.Request, verb: str, found: Target) -> None:
        """Refuse what the user has no right to."""
        self.rbac.expect(request[USER], asked(verb, found))

    def expect_creation(self, request: web.Request, found: Target) -> None:
        """An apply that would make an object needs the right to create it too."""
        place = found.namespace, found.name
        if self.registry.store.get(found.kind, *place) is None:
            self.authorize(request, "create", found)

    def expect_no_escalation(
        self, request: web.Request, found: Target, item: Any
    ) -> None:
        """Nobody gives away what they do not have."""
        if isinstance(item, dict):
            self.rbac.expect_no_escalation(
                request[USER], found.kind, found.namespace, item
            )

    def answers(self, kind: Kind, request: web.Request, body: Manifest) -> Manifest:
        """What a review of the user answers."""
        user = request[USER]
        if kind is SELF_REVIEW:
            return body | {"status": {"userInfo": user.shown()}}
        attributes = (body.get("spec") or {}).get("resourceAttributes") or {}
        allowed = review(self.rbac, user, attributes)
        return body | {
            "status": {"allowed": allowed and not self.faults.deny(attributes)}
        }

    def token(self, found: Target) -> Manifest:
        """A token of a service account, as a TokenRequest answers it."""
        self.registry.record(ACCOUNT, found.namespace, found.name)
        issued = self.users.issue(found.namespace, found.name)
        return {
            "kind": "TokenRequest",
            "apiVersion": "authentication.k8s.io/v1",
            "status": {"token": issued},
        }


def is_review(kind: Kind) -> bool:
    """Whether a kind is a question about oneself."""
    return kind in (ACCESS_REVIEW, SELF_REVIEW)
