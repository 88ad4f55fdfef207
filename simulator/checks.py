"""The sentences of the API server about wrong values, and what it takes for right."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from simulator.answers import Manifest, cause

Causes = Iterator[Manifest]
LABEL = re.compile(r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")
LABEL_TEXT = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or "
    "'-', and must start and end with an alphanumeric character"
)
SUBDOMAIN = re.compile(r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")
SUBDOMAIN_TEXT = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric "
    "characters, '-' or '.', and must start and end with an alphanumeric character"
)
VALUE = re.compile(r"^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$")
VALUE_TEXT = (
    "a valid label must be an empty string or consist of alphanumeric characters, "
    "'-', '_' or '.', and must start and end with an alphanumeric character"
)
KEY = re.compile(
    r"^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$"
)
KEY_TEXT = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must "
    "start and end with an alphanumeric character"
)
ENTRY = re.compile(r"^[-._a-zA-Z0-9]+$")
ENTRY_TEXT = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
)
LAST_ID = 2**31 - 1


def wrong(field: str, value: Any, text: str) -> Manifest:
    """A cause for an impossible value."""
    shown = f'"{value}"' if isinstance(value, str) else value
    return cause(field, "FieldValueInvalid", f"Invalid value: {shown}: {text}")


def repeated(field: str, value: str) -> Manifest:
    """A cause for a name that is there twice."""
    return cause(field, "FieldValueDuplicate", f'Duplicate value: "{value}"')


def needed(field: str, text: str = "") -> Manifest:
    """A cause for what is not said."""
    more = f": {text}" if text else ""
    return cause(field, "FieldValueRequired", f"Required value{more}")


def chosen(field: str, value: Any, choices: Iterable[str]) -> Causes:
    """Whether a word is one of those that there are."""
    if value is not None and value not in choices:
        words = ", ".join(f'"{choice}"' for choice in choices)
        text = f'Unsupported value: "{value}": supported values: {words}'
        yield cause(field, "FieldValueNotSupported", text)


def label_value(field: str, value: Any) -> Causes:
    """Whether a text can be the value of a label."""
    if len(str(value)) > 63:
        yield wrong(field, value, "must be no more than 63 bytes")
    elif not VALUE.match(str(value)):
        yield wrong(field, value, VALUE_TEXT)


def label_key(field: str, value: str) -> Causes:
    """Whether a text can be the key of a label."""
    if not KEY.match(value):
        yield wrong(field, value, KEY_TEXT)


def whole(field: str, value: Any, last: int | None = None) -> Causes:
    """Whether a number is not below zero, nor above the last one."""
    if value is None or (value >= 0 and (last is None or value <= last)):
        return
    if last is None:
        yield wrong(field, value, "must be greater than or equal to 0")
    else:
        yield wrong(field, value, f"must be between 0 and {last}, inclusive")


def without_way_up(field: str, path: str) -> Causes:
    """Whether a path stays below where it begins."""
    if ".." in path.split("/"):
        yield wrong(field, path, "must not contain '..'")
