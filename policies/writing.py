"""A policy's document as YAML text, for the editor."""

import re
from typing import Any

import yaml

SAFE = re.compile(r"[A-Za-z/][\w./-]*(:[\w./-]+)*", re.ASCII)
"""Texts that no YAML reader takes for anything else, unless they are a word."""

WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
TEXT = "tag:yaml.org,2002:str"


class _Dumper(yaml.CSafeDumper):
    """Writes nothing by reference, and texts in quotation marks where one may doubt."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _text(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    plain = SAFE.fullmatch(value) and value.lower() not in WORDS
    return dumper.represent_scalar(TEXT, str(value), style=None if plain else '"')


_Dumper.add_multi_representer(str, _text)
_Dumper.add_representer(str, _text)


def policy_text(document: Any) -> str:
    """Return the document as text that `reading` reads the same way."""
    return _dumped(document, flow=False)


def flow_text(document: Any) -> str:
    """Return the same in one row."""
    return _dumped(document, flow=True).rstrip("\n")


def _dumped(document: Any, *, flow: bool) -> str:
    return yaml.dump(
        document,
        Dumper=_Dumper,
        allow_unicode=True,
        default_flow_style=flow,
        sort_keys=False,
        width=2**30,
    )
