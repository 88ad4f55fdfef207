"""What the navigation asks about policies."""

from typing import Any

from django import template

register = template.Library()


@register.filter
def reads_policies(user: Any) -> bool:
    """Whether there is a unit whose policy the user may read."""
    return bool(getattr(user, "is_authenticated", False)) and any(
        user.reach_for("read", "policies")
    )
