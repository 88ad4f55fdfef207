"""Policies of the small organization, through the services."""

from typing import Any

from policies.models import PolicyVersion
from policies.services import Saved, save_policy
from policies.writing import policy_text
from projects.models import GeneralSettings
from tests.support.documents import a_document
from tests.support.organization import Organization


def unit_in(org: Organization, scope: str) -> Any:
    """Return the organization's unit of a scope."""
    if scope == "tenant":
        return GeneralSettings.current()
    return getattr(org, scope)


def a_text(defaults=None, rules=None, **more) -> str:
    """Write a policy; paths stand for what is below."""
    parts = {"defaults": a_document(defaults or {}), "rules": a_document(rules or {})}
    return policy_text({name: part for name, part in parts.items() if part} | more)


def in_force(
    org: Organization, scope="project", defaults=None, rules=None, **more
) -> Saved:
    """Save a policy as the administrator."""
    text = a_text(defaults, rules, **more)
    return save_policy(by=org.admin, unit=unit_in(org, scope), text=text)


def made_unreadable(saved: Saved) -> None:
    """Put into a stored policy what no release of the product would save."""
    rows = PolicyVersion.objects.filter(pk=saved.version.pk)
    rows.update(document={"rules": {"replicas": {"atLeast": 1}}})
