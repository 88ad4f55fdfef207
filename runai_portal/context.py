"""What every page of the console knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def console(request: HttpRequest) -> dict[str, Any]:
    """The theme and navigation that the user chose, and whether this is the demo."""
    return {
        "theme": chosen(request, "theme", ("light", "dark")),
        "nav": chosen(request, "nav", ("full", "icons")),
        "embedded": settings.EMBEDDED,
    }


def chosen(request: HttpRequest, cookie: str, choices: tuple[str, ...]) -> str:
    """What the cookie says, if that is one of the choices."""
    value = request.COOKIES.get(cookie, "")
    return value if value in choices else ""
