"""The declared layout, drawn by crispy-forms through our own template pack."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, LayoutObject
from crispy_forms.utils import render_field
from django.template import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString

from workloads.wizard.forms import StepForm
from workloads.wizard.kept import picture
from workloads.wizard.parts import Fields, Pick, Section, Step


class Kept(LayoutObject):
    """An input, drawn once for all pages where it looks the same."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.fields: list[Any] = []

    def render(self, form: Any, context: Any, **kwargs: Any) -> str:
        """Draw it by crispy-forms, unless a like one is kept."""
        view = form[self.name].view
        return picture(
            "console/field.html",
            view,
            lambda: render_field(self.name, form, context, **kwargs),
        )


class Card(LayoutObject):
    """A section."""

    def __init__(self, section: Section, context: dict[str, Any], parts: list) -> None:
        self.section, self.context, self.fields = section, context, parts

    def render(self, form: Any, context: Any, **kwargs: Any) -> str:
        """Draw the head, then the parts."""
        body = self.get_rendered_fields(form, context, **kwargs)
        return get_template("console/section.html").render(
            {"section": self.section, "body": body, **self.context}
        )


class Group(LayoutObject):
    """Inputs side by side, perhaps folded."""

    def __init__(self, part: Fields, names: list, is_open: bool = False) -> None:
        self.part, self.is_open = part, is_open
        self.fields = [Kept(each) if isinstance(each, str) else each for each in names]

    def render(self, form: Any, context: Any, **kwargs: Any) -> str:
        """Draw the fields in one grid."""
        body = self.get_rendered_fields(form, context, **kwargs)
        return get_template("console/fields.html").render(
            {"part": self.part, "body": body, "open": self.is_open}
        )


class Radios(LayoutObject):
    """A choice, each of its options with what it brings."""

    def __init__(self, part: Pick, name: str, brings: dict[str, list[str]]) -> None:
        self.part, self.name, self.brings = part, name, brings
        self.fields: list[Any] = []

    def render(self, form: Any, context: Any, **kwargs: Any) -> str:
        """Draw each option, and behind it the fields that it brings."""
        view = form[self.name].view
        options = [
            (option, self.below(option.value, form, context, **kwargs))
            for option in view.options
        ]
        template = "segments" if self.part.short else "pick"
        if view.template == "checkbox" and len(options) == 1:
            template = "flag"
        return get_template(f"console/{template}.html").render(
            {"view": view, "options": options, "part": self.part}
        )

    def below(self, value: str, form: Any, context: Any, **kwargs: Any) -> SafeString:
        """Draw the fields that an option brings."""
        names = self.brings.get(value, ())
        drawn = (Kept(name).render(form, context, **kwargs) for name in names)
        return SafeString("".join(drawn))


class Own(LayoutObject):
    """A part with a template of its own."""

    def __init__(self, template: str, context: dict[str, Any]) -> None:
        self.template, self.context = template, context
        self.fields: list[Any] = []

    def render(self, form: Any, context: Any, **kwargs: Any) -> str:
        """Draw it."""
        return get_template(f"console/{self.template}.html").render(self.context)


def drawn(step: Step, form: StepForm, cards: list[Card]) -> SafeString:
    """Draw the sections of a step."""
    helper = FormHelper()
    helper.layout = Layout(*cards)
    return helper.render_layout(form, Context({"step": step}))
