"""Manifests as YAML, to be read by people and by kubectl."""

import re
from collections.abc import Iterable
from typing import Any

import yaml

from workloads.manifests.manifest import Manifest

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]*([-./_][A-Za-z0-9]+)*", re.ASCII)
WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


class _Dumper(yaml.CSafeDumper):
    """Writes every text in quotation marks, and nothing by reference."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _text(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(value), style='"')


def _mapping(dumper: _Dumper, value: Manifest) -> yaml.MappingNode:
    node = dumper.represent_mapping("tag:yaml.org,2002:map", value.items())
    for key, _ in node.value:
        if PLAIN.fullmatch(key.value) and key.value.lower() not in WORDS:
            key.style = None
    return node


_Dumper.add_multi_representer(str, _text)
_Dumper.add_representer(str, _text)
_Dumper.add_representer(dict, _mapping)


def yaml_text(manifests: Iterable[Manifest]) -> str:
    """Return the objects as one stream of documents.

    Whatever a text looks like, every YAML reader gets the same text back. Names of
    fields go without marks where no reader can take them for anything else.
    """
    return yaml.dump_all(
        manifests,
        Dumper=_Dumper,
        allow_unicode=True,
        default_flow_style=False,
        explicit_start=True,
        sort_keys=False,
        width=2**30,
    )
