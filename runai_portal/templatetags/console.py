"""Tags that pages of the console use."""

from functools import cache

from django import template
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from workloads.wizard.kept import picture
from workloads.wizard.view import View

register = template.Library()


@register.simple_tag
@cache
def icon(name: str, classes: str = "") -> SafeString:
    """Draw a symbol of the sprite; words beside it say what it means."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f"icon {classes}".rstrip(),
        static("icons.svg"),
        name,
    )


@register.simple_tag
def cell(view: View) -> str:
    """Draw a field in a row of a list."""
    return _drawn("console/cell.html", view)


@register.simple_tag
def piece(view: View) -> str:
    """Draw a field in a part with a template of its own."""
    return _drawn("console/pieces/volume_field.html", view)


def _drawn(name: str, view: View) -> str:
    return picture(name, view, lambda: get_template(name).render({"view": view}))
