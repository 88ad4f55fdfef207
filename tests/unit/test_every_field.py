"""docs/fields.md is true: each field changes the golden case that it names."""

import pytest

from tests.fields import (
    EXCEPTIONS,
    LEFT_OUT,
    PAGE,
    cases,
    changes_with,
    leaves,
    lines,
    page,
    read_page,
)
from workloads.spec.schema import SCHEMA

NAMED = read_page()
CASES = {case.name: case for case in cases()}
FIELDS = dict(leaves())
SHOWN = {
    path: fields
    for path, fields in FIELDS.items()
    if path not in EXCEPTIONS and not path.endswith(".exclude")
}


@pytest.mark.parametrize("path", SHOWN)
def test_a_field_alone_changes_its_golden_case(path):
    case = CASES[NAMED[path]]

    assert any(changes_with(case, field) for field in SHOWN[path])


@pytest.mark.parametrize("path", EXCEPTIONS)
def test_an_exception_is_a_field_that_changes_no_golden_case(path):
    found = [
        case.name
        for case in CASES.values()
        for field in FIELDS[path]
        if changes_with(case, field)
    ]

    assert path in FIELDS
    assert found == []
    assert NAMED[path] == EXCEPTIONS[path]


def test_every_field_is_on_the_page_once():
    assert list(NAMED) == list(FIELDS)
    left_out = [path for path in FIELDS if path.endswith(".exclude")]
    assert {NAMED[path] for path in left_out} == {LEFT_OUT}
    roles = {
        tuple(f.path[1:]) for f in SCHEMA if not f.children and f.path[0] == "worker"
    }
    assert {tuple(p.split(".")[1:]) for p in FIELDS if p.startswith("x.")} == roles


def test_the_page_is_up_to_date():
    assert PAGE.read_text() == page(lines())


def test_every_field_has_a_step_rows_and_a_title():
    lacking = [
        line.path for line in lines() if not (line.title and line.step and line.rows)
    ]

    assert lacking == []


def test_what_is_rendered_names_its_renderer():
    lacking = [line.path for line in lines() if line.case and not line.renderer]

    assert lacking == []
