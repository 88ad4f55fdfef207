"""No pattern of the pure packages can be slowed down by a text (Q-19)."""

import inspect
import pkgutil
import re
import time
from importlib import import_module

import pytest

import policies.engine
import workloads.spec

LONG = 50_000
PARTS = ("a", "A", "0", "-", ".", "_", "/", "'", '"', "\\", " ", "\n", ":", "@", "a-",
         "a.", "a/", '"\\', "0.", "metadata.labels['", "https://a:", "https://a@",
         "RUNAI_", "_KEY", "\u200b")  # fmt: skip
ATTACKS = [part * (LONG // len(part)) + end for part in PARTS for end in ("", "!")]


SEARCHING = re.compile(r"\b([A-Z_]+)\.(?:search|sub|findall|finditer)\(")


def patterns():
    """Every pattern, with each way in which its module uses it."""
    for package in (workloads.spec, policies.engine):
        found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        for module in (import_module(info.name) for info in found):
            searched = set(SEARCHING.findall(inspect.getsource(module)))
            for name, value in vars(module).items():
                if isinstance(value, re.Pattern):
                    ways = ["search"] if name in searched else ["fullmatch", "match"]
                    yield from ((f"{module.__name__}.{name}", value, w) for w in ways)


@pytest.mark.parametrize(
    ("pattern", "way"),
    [pytest.param(value, way, id=f"{name} {way}") for name, value, way in patterns()],
)
def test_no_text_slows_a_pattern_down(pattern, way):
    slow = [attack[:8] for attack in ATTACKS if _spent(pattern, way, attack) > 0.05]

    assert slow == []


def _spent(pattern, way, attack):
    begun = time.thread_time()
    getattr(pattern, way)(attack)
    return time.thread_time() - begun
