"""Values of a policy that look like secrets: whoever reads the policy reads them."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.engine.advice import Advice, Instead, View
from policies.engine.secretive import called_secret, looks_secret
from workloads.spec.paths import Key, Location

READ = "Whoever reads policies or workloads here reads it"
CALLED = f"is the value of a variable that is called as secrets are. {READ}"
LOOKS = f"looks like a secret. {READ}"


def secrets(view: View) -> Iterator[Advice]:
    """Yield the defaults in which a secret seems to stand."""
    for path, items in view.policy.instances.items():
        for key, item in items.items():
            yield from _item(view, Location(("defaults", *path, Key(key))), key, item)
    for path, value in view.policy.defaults.items():
        if looks_secret(value):
            place = Location(("defaults", *path))
            yield Advice(view.warns(place, "secret", f"{LOOKS}: take it out"))


def _item(view: View, place: Location, key: str, item: Any) -> Iterator[Advice]:
    variable = place.path[-1] == "environmentVariables"
    for inner, value in _texts(place, item):
        plain = variable and inner[-1] == "value"
        called = plain and called_secret(key, value)
        if not called and not looks_secret(value):
            continue
        says = CALLED if called else LOOKS
        if not plain:
            yield Advice(view.warns(inner, "secret", f"{says}: take it out"))
            continue
        text = f"{says}. Name a credential's secret and its key instead"
        secret = {
            "name": "",
            "key": key,
        }  # empty: it cannot be saved before it is named
        offer = Instead("Refer to a secret", inner, "secret", secret)
        yield Advice(view.warns(inner, "secret", text), offer)


def _texts(place: Location, item: Mapping[str, Any]) -> Iterator[tuple[Location, Any]]:
    for name, value in item.items():
        if isinstance(value, Mapping):
            yield from _texts(place / name, value)
        else:
            yield place / name, value
