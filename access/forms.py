"""Signing in."""

from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    """One message for a wrong name and for a wrong password."""

    error_messages = {
        "invalid_login": "The name or the password is wrong. Check both and try again.",
        "inactive": "The name or the password is wrong. Check both and try again.",
    }
