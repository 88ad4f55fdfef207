"""RBAC: who may do what, by the roles and bindings that are there."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from simulator.answers import Manifest, Refusal, details_of, forbidden, not_found
from simulator.kinds import (
    BY_PATH,
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
    NAMESPACE,
    RBAC,
    ROLE,
    ROLE_BINDING,
    Kind,
)
from simulator.requests import Target
from simulator.selectors import Selector
from simulator.store import Store
from simulator.users import User

ROLES = (ROLE, CLUSTER_ROLE)
BINDINGS = (ROLE_BINDING, CLUSTER_ROLE_BINDING)
REVIEWS = ("authorization.k8s.io", "authentication.k8s.io")
NOT_HELD = "is attempting to grant RBAC permissions not currently held:"


@dataclass(frozen=True)
class Asked:
    """What somebody wants to do."""

    verb: str
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""

    @property
    def whole(self) -> str:
        """The resource as rules name it: ``pods/log``."""
        return "/".join(filter(None, (self.resource, self.subresource)))


def asked(verb: str, target: Target) -> Asked:
    """What a request wants to do."""
    kind = target.kind
    return Asked(
        verb,
        kind.group,
        kind.plural,
        target.subresource,
        target.name if kind is NAMESPACE else target.namespace,
        "" if verb == "create" and not target.subresource else target.name,
    )


@dataclass(frozen=True)
class Rbac:
    """Answers from the roles and bindings of a store."""

    store: Store

    def allows(self, user: User, wanted: Asked) -> bool:
        """Whether a user may do what is asked."""
        if user.masters or wanted.group in REVIEWS:
            return True
        return any(grants(rule, wanted) for rule in self._rules(user, wanted))

    def expect(self, user: User, wanted: Asked) -> None:
        """Raise the 403 of a right that is missing."""
        if not self.allows(user, wanted):
            raise self._refusal(user, wanted)

    def expect_no_escalation(
        self, user: User, kind: Kind, namespace: str, item: Manifest
    ) -> None:
        """Refuse that somebody grants what he does not hold."""
        if user.masters or kind not in (*ROLES, *BINDINGS):
            return
        name = (item.get("metadata") or {}).get("name", "")
        if kind in ROLES:
            grant = Asked("escalate", RBAC, kind.plural, "", namespace, name)
            rules = item.get("rules") or []
        else:
            grant = self._binding(namespace, item)
        if self.allows(user, grant):
            return
        if kind in BINDINGS:
            rules = self._granted(item, namespace, complain=True)
        missing = [each for rule in rules for each in self._gaps(user, rule, namespace)]
        if missing:
            raise forbidden(kind, name, not_held(user, missing))

    def _binding(self, namespace: str, item: Manifest) -> Asked:
        said = item.get("roleRef") or {}
        kind = CLUSTER_ROLE if said.get("kind") == "ClusterRole" else ROLE
        return Asked("bind", RBAC, kind.plural, "", namespace, said.get("name", ""))

    def _gaps(self, user: User, rule: Manifest, namespace: str) -> Iterator[Manifest]:
        """Each verb of a rule on each of its resources that the user may not."""
        for group, resource, verb, name in product(
            rule.get("apiGroups") or (),
            rule.get("resources") or (),
            rule.get("verbs") or (),
            rule.get("resourceNames") or ("",),
        ):
            plural, _, below = resource.partition("/")
            wanted = Asked(verb, group, plural, below, namespace, name)
            if not self.allows(user, wanted):
                yield {"APIGroups": [group], "Resources": [resource], "Verbs": [verb]}

    def _rules(self, user: User, wanted: Asked) -> Iterator[Manifest]:
        for binding, namespace in self._bindings(wanted.namespace):
            subjects = binding.get("subjects") or ()
            if any(means(subject, user, namespace) for subject in subjects):
                yield from self._granted(binding, namespace)

    def _bindings(self, namespace: str) -> Iterator[tuple[Manifest, str]]:
        for record in self.store.records[CLUSTER_ROLE_BINDING].values():
            yield record.item, ""
        if namespace:
            for record in self.store.find(ROLE_BINDING, Selector(namespace)):
                yield record.item, namespace

    def _granted(
        self, binding: Manifest, namespace: str, *, complain: bool = False
    ) -> list[Manifest]:
        said = binding.get("roleRef") or {}
        kind = CLUSTER_ROLE if said.get("kind") == "ClusterRole" else ROLE
        role = self.store.get(kind, namespace, said.get("name", ""))
        if role is None and complain:
            raise not_found(kind, said.get("name", ""))
        return (role.item.get("rules") or []) if role else []

    def _refusal(self, user: User, wanted: Asked) -> Refusal:
        kind = kind_of(wanted.group, wanted.resource)
        where = (
            f'in the namespace "{wanted.namespace}"'
            if wanted.namespace
            else "at the cluster scope"
        )
        name = f' "{wanted.name}"' if wanted.name else ""
        text = f'{kind.resource}{name} is forbidden: User "{user.name}" cannot '
        text += f'{wanted.verb} resource "{wanted.whole}" in API group '
        text += f'"{wanted.group}" {where}'
        details = details_of(kind, wanted.name)
        return Refusal(403, "Forbidden", text, details=details)


def kind_of(group: str, plural: str) -> Kind:
    """The kind of a resource that is served."""
    return next(
        kind for (g, _, p), kind in BY_PATH.items() if (g, p) == (group, plural)
    )


def grants(rule: Manifest, wanted: Asked) -> bool:
    """Whether one rule of a role allows what is asked."""
    names = rule.get("resourceNames") or ()
    below = f"*/{wanted.subresource}" if wanted.subresource else wanted.whole
    return (
        has(rule.get("verbs"), wanted.verb)
        and has(rule.get("apiGroups"), wanted.group)
        and has(rule.get("resources"), wanted.whole, below)
        and (not names or wanted.name in names)
    )


def has(words: Any, *wanted: str) -> bool:
    """Whether a list of a rule has one of the words, or the star."""
    return not {"*", *wanted}.isdisjoint(words or ())


def means(subject: Manifest, user: User, namespace: str) -> bool:
    """Whether a subject of a binding is the user."""
    name = subject.get("name", "")
    match subject.get("kind"):
        case "User":
            return name == user.name
        case "Group":
            return name in user.groups
        case "ServiceAccount":
            home = subject.get("namespace") or namespace
            return user.name == f"system:serviceaccount:{home}:{name}"
        case _:
            return False


def not_held(user: User, missing: list[Manifest]) -> str:
    """The text about rights that somebody wanted to give away."""
    groups = json.dumps(list(user.groups)).replace(", ", " ")
    lines = [
        "{"
        + ", ".join(f"{word}:{json.dumps(said)}" for word, said in each.items())
        + "}"
        for each in missing
    ]
    text = "\n".join([NOT_HELD, *lines])
    return f'user "{user.name}" (groups={groups}) {text}'


def review(rbac: Rbac, user: User, attributes: Manifest) -> bool:
    """Answer what a SelfSubjectAccessReview asks."""
    words = ("verb", "group", "resource", "subresource", "namespace", "name")
    said = {word: attributes.get(word, "") for word in words}
    return rbac.allows(user, replace(Asked(""), **said))
