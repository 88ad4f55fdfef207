"""Pages that belong to no room: health, errors, the components."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_not_required
def livez(request: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    return HttpResponse("ok", content_type="text/plain")


def components(request: HttpRequest) -> HttpResponse:
    """Show every component in its states."""
    return render(request, "pages/components.html")


def _error(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    page = {"title": title, "text": text}
    return render(request, "pages/error.html", {"page": page}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return _error(request, 400, "This request cannot be read", "Go back and try again.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    text = "Ask an administrator of your project for the right to do this."
    return _error(request, 403, "You may not do this", text)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404. What is out of scope looks like what never was."""
    text = "It may have been deleted, or you may not have access to it."
    return _error(request, 404, "There is no such page", text)


def broken(request: HttpRequest) -> HttpResponse:
    """500."""
    text = "Nothing that you saved is lost. Try again; the log says what happened."
    return _error(request, 500, "Something broke on our side", text)
