"""What templates ask about policies."""

from typing import Any

from django import template

register = template.Library()


@register.filter
def reads_policies(user: Any) -> bool:
    """Whether there is a unit whose policy the user may read."""
    return bool(getattr(user, "is_authenticated", False)) and any(
        user.reach_for("read", "policies")
    )


@register.filter
def standing(text: str) -> str:
    """Return what is said of a field as a sentence of its own."""
    quoted = text.startswith("json: ")
    return f"{text if quoted else text[:1].upper() + text[1:]}."
