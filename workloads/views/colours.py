"""YAML and JSON with their keys, texts and numbers told apart by colour."""

import re
from collections.abc import Iterator

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

LINE = re.compile(
    r'(?P<indent>\s*(?:- )*)(?P<key>"?[\w./-]+"?)(?P<colon>:)(?P<value>.*)'
)
NUMBER = re.compile(r"\s*(?:-?\d[\d.]*|true|false|null),?")


def coloured(text: str) -> SafeString:
    """The same text; only marks are added, so that copying it gives the text."""
    return format_html_join("\n", "{}", ((part,) for part in _lines(text)))


def _lines(text: str) -> Iterator[SafeString]:
    for line in text.split("\n"):
        if line.lstrip().startswith("#"):
            yield _marked("c", line)
        elif found := LINE.fullmatch(line):
            yield format_html(
                "{}{}{}{}",
                found["indent"],
                _marked("k", found["key"]),
                found["colon"],
                _value(found["value"]),
            )
        else:
            yield conditional_escape(line)


def _value(text: str) -> SafeString:
    if NUMBER.fullmatch(text):
        return _marked("n", text)
    if text.lstrip().startswith('"'):
        return _marked("s", text)
    return conditional_escape(text)


def _marked(kind: str, text: str) -> SafeString:
    return format_html('<span class="y-{}">{}</span>', kind, text)
