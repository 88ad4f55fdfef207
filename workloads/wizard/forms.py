"""A step's Django form, made of drawn fields. It parses nothing and never fails."""

from collections.abc import Iterable
from typing import Any

from django import forms

from workloads.wizard.view import View, dashed


class Drawn(forms.Widget):
    """Draws a field by the template of its kind."""

    def __init__(self, view: View) -> None:
        super().__init__()
        self.view = view
        self.template_name = f"console/inputs/{view.template}.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """All that the template needs stands in the view."""
        return {"view": self.view}


class Dashed(forms.BoundField):
    """Names have dots, ids have dashes."""

    @property
    def auto_id(self) -> str:
        """The id of the input."""
        return dashed(self.html_name)

    @property
    def view(self) -> View:
        """The field as the page draws it."""
        return self.field.widget.view


class StepForm(forms.Form):
    """The inputs of one step, under the names of their fields."""

    bound_field_class = Dashed

    def __init__(self, views: Iterable[View]) -> None:
        super().__init__()
        for view in views:
            self.fields[view.name] = forms.Field(
                required=False, label=view.label, widget=Drawn(view)
            )
