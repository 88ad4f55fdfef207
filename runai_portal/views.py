"""Pages that belong to no room: health, errors, the components."""

import sys

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from runai_portal.context import console
from workloads.wizard.words import INJECTED

BROKEN = "Nothing that you saved is lost. Try again; the log says what happened."
AWAY = "Its database does not answer. Nothing is lost; try again in a few seconds."


@login_not_required
def livez(request: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    return HttpResponse("ok", content_type="text/plain")


def components(request: HttpRequest) -> HttpResponse:
    """Show every component in its states."""
    return render(request, "pages/components.html")


def help_page(request: HttpRequest) -> HttpResponse:
    """Explain the words of the form."""
    return render(request, "pages/help.html", {"variables": INJECTED})


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
    """500, or 503 while the database is away. Drawn without asking it."""
    away = isinstance(sys.exception(), (OperationalError, InterfaceError))
    title = "The portal is busy" if away else "Something broke on our side"
    text = AWAY if away else BROKEN
    page = {"page": {"title": title, "text": text}} | console(request)
    body = render_to_string("pages/error.html", page)
    response = HttpResponse(body, status=503 if away else 500)
    if away:
        response["Retry-After"] = "5"
    return response
