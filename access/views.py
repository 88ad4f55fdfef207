"""Signing in and out."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from access.carried import pairs_of, takes_carried
from access.forms import SignInForm

THEMES = ("", "light", "dark")
YEAR = 365 * 24 * 60 * 60


class SignIn(LoginView):
    """The sign-in form."""

    form_class = SignInForm
    template_name = "access/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Carry on what was typed when the session had ended."""
        carried = self.request.POST.get("carried", "")
        return super().get_context_data(**kwargs) | {"carried": carried}

    def form_valid(self, form: Any) -> HttpResponse:
        """Begin a session; what was carried is sent again to where it was meant for."""
        response = super().form_valid(form)
        pairs = pairs_of(self.request.POST.get("carried", ""))
        page = self.request.POST.get("next", "")
        if not pairs or not takes_carried(page):
            return response
        context = {"next": page, "pairs": pairs, "at_once": True}
        return render(self.request, "access/again.html", context)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("sign-in")


class ChangePassword(PasswordChangeView):
    """Choose a password of one's own."""

    template_name = "access/password.html"
    success_url = reverse_lazy("workloads:list")

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the password, and forget that there was a first one."""
        form.user.must_change_password = False
        messages.success(self.request, "Your password is changed.")
        return super().form_valid(form)


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Remember the theme, then show the page again."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        back = "/"
    response = redirect(back)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie("theme", theme, max_age=YEAR, samesite="Lax", httponly=True)
    return response
