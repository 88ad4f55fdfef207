"""What holds for every answer."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse

from access.carried import sign_in_carrying

Answer = Callable[[HttpRequest], HttpResponse]

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)


class SecurityHeaders:
    """Sends the strict policy, and keeps personal pages out of every cache."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", POLICY)
        response.setdefault("Permissions-Policy", "camera=(), microphone=()")
        if not request.path.startswith(f"/{settings.STATIC_URL.strip('/')}/"):
            response.setdefault("Cache-Control", "no-store")
        return response


class SignInFirst(LoginRequiredMiddleware):
    """Lets nobody in unknown: a page goes to the sign-in form, a fragment gets 401."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable) -> Any:
        if request.headers.get("HX-Request"):
            return HttpResponse("Your session has ended.", status=401)
        if request.method == "POST" and getattr(view_func, "carries_posts", False):
            return sign_in_carrying(request)
        return super().handle_no_permission(request, view_func)
