"""A request as views get it: somebody is signed in, the middleware sees to that."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from access.models import User


class Request(HttpRequest):
    """Only for annotations: `SignInFirst` lets no other request through to a view."""

    user: User
    htmx: HtmxDetails
