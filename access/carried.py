"""What was typed into a form whose session had ended: carried over the sign-in."""

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve

from access.forms import SignInForm

LARGEST = 256 * 1024
"""Bytes of a post that is carried."""

NOT_CARRIED = frozenset({"csrfmiddlewaretoken"})
TOO_LARGE = (
    "What you sent last was too much to carry over the sign-in. What was saved "
    "before is still there."
)


def carries_posts(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view whose posts survive the end of a session."""
    view.carries_posts = True  # type: ignore[attr-defined]
    return view


def sign_in_carrying(request: HttpRequest) -> HttpResponse:
    """Show the sign-in form with the post in it, to be sent again afterwards."""
    size = int(request.META.get("CONTENT_LENGTH") or 0)
    context = {
        "form": SignInForm(request),
        "next": request.path,
        "carried": json.dumps(_posted(request)) if size <= LARGEST else "",
        "notice": TOO_LARGE if size > LARGEST else "",
    }
    return render(request, "access/sign_in.html", context)


def stale_token(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a post whose token is no longer good: somebody signed in meanwhile.

    A fragment's request is sent again by the page itself, with the new token; a post
    that is carried needs one click, so that no other site can make it.
    """
    if request.headers.get("HX-Request"):
        return HttpResponse("The token is old.", status=401)
    if not takes_carried(request.path):
        page = {"title": "You may not do this", "text": "Go back and try again."}
        return render(request, "pages/error.html", {"page": page}, status=403)
    if not request.user.is_authenticated:
        return sign_in_carrying(request)
    context = {"next": request.path, "pairs": _posted(request), "at_once": False}
    return render(request, "access/again.html", context)


def _posted(request: HttpRequest) -> list[tuple[str, str]]:
    return [
        (name, text)
        for name, texts in request.POST.lists()
        if name not in NOT_CARRIED
        for text in texts
    ]


def pairs_of(text: str) -> list[tuple[str, str]]:
    """Return the names and texts of a carried post; nothing of a forged one."""
    try:
        found = json.loads(text)
    except ValueError:
        return []
    if not isinstance(found, list):
        return []
    return [
        (pair[0], pair[1])
        for pair in found
        if isinstance(pair, list)
        and len(pair) == 2
        and all(isinstance(part, str) for part in pair)
        and pair[0] not in NOT_CARRIED
    ]


def takes_carried(path: str) -> bool:
    """Whether the address is one whose posts are carried."""
    try:
        view = resolve(path).func
    except Resolver404:
        return False
    return bool(getattr(view, "carries_posts", False))
