"""A field that is not drawn again looks as if it were."""

from dataclasses import fields, replace

import pytest

from tests.support.wizard import Page
from workloads.spec.paths import FieldPath
from workloads.wizard import kept
from workloads.wizard.kept import picture
from workloads.wizard.view import Option, View, about

OTHERS = {
    str: "other",
    bool: True,
    list: ["other"],
    tuple: (("other", "Other"),),
}
pytestmark = pytest.mark.django_db

IMAGE = View(
    name="leader.image",
    id="leader-image",
    about=about(FieldPath.parse("leader.image")),
    text="vllm",
    values=[],
    options=[],
    required=False,
    issues=[],
    warnings=[],
)
OTHER_ABOUT = about(FieldPath.parse("worker.command"))


@pytest.fixture(autouse=True)
def nothing_kept():
    kept._kept.cache_clear()


@pytest.mark.parametrize("name", [field.name for field in fields(View)])
def test_a_field_that_shows_anything_else_is_drawn_anew(name):
    now = getattr(IMAGE, name)
    other = OTHER_ABOUT if name == "about" else OTHERS[type(now)]
    if name == "options":
        other = [Option("a", "A", "", True, "")]

    picture("cell", IMAGE, lambda: "before")
    after = picture("cell", replace(IMAGE, **{name: other}), lambda: "after")

    assert after == "after"


def test_a_field_that_shows_the_same_is_drawn_once():
    picture("cell", IMAGE, lambda: "before")

    after = picture("cell", replace(IMAGE), lambda: "after")

    assert after == "before"


def test_another_template_draws_its_own():
    picture("cell", IMAGE, lambda: "a cell")

    assert picture("field", IMAGE, lambda: "a field") == "a field"


def test_long_texts_are_not_kept():
    long = replace(IMAGE, text="x" * 501)

    picture("cell", long, lambda: "before")

    assert picture("cell", long, lambda: "after") == "after"


@pytest.mark.parametrize("step", ["environment", "leader", "workers", "setup"])
def test_a_step_looks_the_same_whether_its_fields_were_kept_or_not(wizard, step):
    first = wizard.open(step)

    again = wizard.open(step)

    assert kept._kept.cache_info().hits > 0
    assert drawn(again) == drawn(first)


def drawn(page: Page):
    """All inputs with their values but those that name the page itself."""
    own = ("editor", "csrfmiddlewaretoken", "count", "revision")
    return {name: value for name, value in page.inputs.items() if name not in own}
