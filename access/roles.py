"""Roles and what they may do (policies.md §8)."""

from django.db import models

ACTIONS = frozenset({"create", "read", "update", "delete"})
READ = frozenset({"read"})
NOTHING: frozenset[str] = frozenset()


class Role(models.TextChoices):
    """The predefined roles."""

    SYSTEM_ADMINISTRATOR = "system-administrator", "System administrator"
    DEPARTMENT_ADMINISTRATOR = "department-administrator", "Department administrator"
    PROJECT_ADMINISTRATOR = "project-administrator", "Project administrator"
    DATA_ADMINISTRATOR = "data-administrator", "Data and storage administrator"
    PRACTITIONER = "ai-practitioner", "AI practitioner"
    VIEWER = "viewer", "Viewer"


BY_ADMINISTRATORS = {
    Role.SYSTEM_ADMINISTRATOR: ACTIONS,
    Role.DEPARTMENT_ADMINISTRATOR: ACTIONS,
    Role.PROJECT_ADMINISTRATOR: ACTIONS,
    Role.DATA_ADMINISTRATOR: READ,
    Role.PRACTITIONER: READ,
    Role.VIEWER: READ,
}
"""Of what practitioners use: environments and compute resources."""

MATRIX: dict[str, dict[Role, frozenset[str]]] = {
    "workloads": {
        Role.SYSTEM_ADMINISTRATOR: ACTIONS,
        Role.DEPARTMENT_ADMINISTRATOR: ACTIONS,
        Role.PROJECT_ADMINISTRATOR: ACTIONS,
        Role.DATA_ADMINISTRATOR: READ,
        Role.PRACTITIONER: ACTIONS,
        Role.VIEWER: READ,
    },
    "projects": {
        Role.SYSTEM_ADMINISTRATOR: ACTIONS,
        Role.DEPARTMENT_ADMINISTRATOR: ACTIONS,
        Role.PROJECT_ADMINISTRATOR: READ | {"update"},
        Role.DATA_ADMINISTRATOR: READ,
        Role.PRACTITIONER: READ,
        Role.VIEWER: READ,
    },
    "policies": {
        Role.SYSTEM_ADMINISTRATOR: ACTIONS,
        Role.DEPARTMENT_ADMINISTRATOR: ACTIONS,
        Role.PROJECT_ADMINISTRATOR: READ,
        Role.DATA_ADMINISTRATOR: READ,
        Role.VIEWER: READ,
    },
    "environments": BY_ADMINISTRATORS,
    "compute-resources": BY_ADMINISTRATORS,
    "data-sources": BY_ADMINISTRATORS | {Role.DATA_ADMINISTRATOR: ACTIONS},
    "credentials": {
        Role.SYSTEM_ADMINISTRATOR: ACTIONS,
        Role.DEPARTMENT_ADMINISTRATOR: ACTIONS,
        Role.PROJECT_ADMINISTRATOR: ACTIONS,
        Role.DATA_ADMINISTRATOR: ACTIONS,
        Role.PRACTITIONER: READ,
    },
    "settings": {
        Role.SYSTEM_ADMINISTRATOR: ACTIONS,
        Role.DEPARTMENT_ADMINISTRATOR: READ,
    },
}


def may(role: str, action: str, entity: str) -> bool:
    """Whether the role allows the action on things of this kind."""
    return action in MATRIX[entity].get(Role(role), NOTHING)
