"""What every page of the console knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def console(request: HttpRequest) -> dict[str, Any]:
    """The theme that the user chose, and whether this is the demo."""
    return {
        "theme": request.COOKIES.get("theme", ""),
        "embedded": settings.EMBEDDED,
    }
