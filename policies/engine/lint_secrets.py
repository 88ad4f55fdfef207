"""Values of a policy that look like secrets: whoever reads the policy reads them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from policies.engine.advice import Advice, Instead, View
from policies.engine.rules import parts
from workloads.spec.paths import Key, Location
from workloads.spec.rules.reserved import names_a_secret

KNOWN = re.compile(
    r"(?<![\w-])(?:hf_|nvapi-|AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|sk-|xox[abp]-)"
    r"[\w-]{8,}"
    r"|(?<![\w-])eyJ[\w-]{8,}\.[\w-]+\."
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\w://[^/\s:@]*:[^/\s@]+@"
)
"""How tokens of known services, signed tokens, keys and addresses with a password
begin."""

CALLED = (
    "is called as secrets are: whoever reads policies or workloads here reads its value"
)
LOOKS = "looks like a secret, and whoever reads policies or workloads here reads it"


def secrets(view: View) -> Iterator[Advice]:
    """Yield the defaults in which a secret seems to stand."""
    for path, items in view.policy.instances.items():
        for key, item in items.items():
            yield from _item(view, Location(("defaults", *path, Key(key))), key, item)
    for path, value in view.policy.defaults.items():
        if _looks(value):
            place = Location(("defaults", *path))
            yield Advice(view.warns(place, "secret", f"{LOOKS}: take it out"))


def _item(view: View, place: Location, key: str, item: Any) -> Iterator[Advice]:
    variable = place.path[-1] == "environmentVariables"
    for inner, value in _texts(place, item):
        called = variable and inner[-1] == "value" and bool(value)
        called = called and names_a_secret(key)
        if not called and not _looks(value):
            continue
        says = CALLED if called else LOOKS
        if not variable or inner[-1] != "value":
            yield Advice(view.warns(inner, "secret", f"{says}: take it out"))
            continue
        text = f"{says}. Name a credential's secret and its key instead"
        secret = {"name": None, "key": key}
        offer = Instead("Refer to a secret", inner, "secret", secret)
        yield Advice(view.warns(inner, "secret", text), offer)


def _texts(place: Location, item: Mapping[str, Any]) -> Iterator[tuple[Location, Any]]:
    for name, value in item.items():
        if isinstance(value, Mapping):
            yield from _texts(place / name, value)
        else:
            yield place / name, value


def _looks(value: Any) -> bool:
    return any(isinstance(each, str) and KNOWN.search(each) for each in parts(value))
