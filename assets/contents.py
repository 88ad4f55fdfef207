"""What a credential holds, and the Kubernetes Secrets that it becomes. Pure.

Kinds, fields and keys: policies.md §6, kubernetes.md §2.9.
"""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}", re.ASCII)
NGC_KEY = re.compile(r"[-._A-Za-z0-9]+", re.ASCII)
HOST = re.compile(r"(https?://)?(?P<host>[^/\s@]+)(/\S*)?", re.ASCII)
LARGEST = 2**20
"""Bytes of a whole Secret, which Kubernetes does not exceed."""

DOCKER_HUB = "https://index.docker.io/v1/"
HUB_NAMES = frozenset(
    {"docker.io", "index.docker.io", "registry-1.docker.io", "hub.docker.com"}
)
NGC_HOST, NGC_USER, NGC_NAME = "nvcr.io", "$oauthtoken", "NGC_API_KEY"
OPAQUE, PULL = "Opaque", "kubernetes.io/dockerconfigjson"
CONFIG = ".dockerconfigjson"

Values = Mapping[str, str]


class Kind(StrEnum):
    """Kinds of credentials, as the reference API names them."""

    DOCKER_REGISTRY = "dockerRegistry"
    GENERIC = "genericSecret"
    ACCESS_KEY = "accessKey"
    PASSWORD = "password"
    NGC_API_KEY = "ngcApiKey"


FIELDS: dict[Kind, tuple[str, ...]] = {
    Kind.DOCKER_REGISTRY: ("user", "password", "url"),
    Kind.ACCESS_KEY: ("accessKeyId", "secretAccessKey"),
    Kind.PASSWORD: ("user", "password"),
    Kind.NGC_API_KEY: ("ngcApiKey",),
}
"""What each kind asks for; a generic secret has names of its own."""

SPELLED = {
    "ngcApiKey": (NGC_KEY, "has letters, digits, '-', '_' and '.' only"),
    "url": (HOST, "must be the address of a registry, such as ghcr.io"),
}
"""Fields whose values are checked, with what is said of others."""

PULLS = frozenset({Kind.DOCKER_REGISTRY, Kind.NGC_API_KEY})
"""Kinds that pull images."""


class Content(NamedTuple):
    """One Kubernetes Secret of a credential."""

    suffix: str
    """Behind the credential's name: ``-p`` for pulls, ``-k`` for keys, or nothing."""

    type: str
    data: dict[str, bytes]


class Wrong(NamedTuple):
    """What is wrong with one value."""

    field: str
    text: str


def wrong_values(kind: Kind, values: Values) -> Iterator[Wrong]:
    """Yield what is wrong with the values of a new credential. Never tells a value."""
    if not texts_alone(values):
        yield Wrong("", "must be names with texts")
        return
    names = FIELDS.get(kind, tuple(values))
    for name in values:
        if name not in names:
            yield Wrong(name, "is no field of this kind of credential")
    for name in names:
        if not values.get(name):
            yield Wrong(name, "is required")
    yield from _wrong_keys(values) if kind is Kind.GENERIC else _misspelled(values)
    if sum(len(name) + len(value.encode()) for name, value in values.items()) > LARGEST:
        yield Wrong("", "is larger than 1 MiB: Kubernetes keeps no such Secret")


def texts_alone(values: object) -> bool:
    """Whether these are texts by name, and such as can be written down."""
    if not isinstance(values, Mapping):
        return False
    found = [*values, *values.values()]
    try:
        return all(
            isinstance(each, str) and each.encode() is not None for each in found
        )
    except UnicodeEncodeError:
        return False


def key_names(kind: Kind, values: Values) -> list[str]:
    """Return the keys that a variable or a file can take from it."""
    if kind is Kind.DOCKER_REGISTRY:
        return [CONFIG]
    if kind is Kind.NGC_API_KEY:
        return [NGC_NAME]
    return list(FIELDS.get(kind, tuple(values)))


def contents(kind: Kind, values: Values) -> list[Content]:
    """Return the Secrets of a credential whose values are right."""
    match kind:
        case Kind.DOCKER_REGISTRY:
            return [_pulling("", values["url"], values["user"], values["password"])]
        case Kind.NGC_API_KEY:
            key = values["ngcApiKey"]
            pull = _pulling("-p", NGC_HOST, NGC_USER, key)
            return [pull, Content("-k", OPAQUE, {NGC_NAME: key.encode()})]
    data = {name: value.encode() for name, value in values.items()}
    return [Content("", OPAQUE, data)]


def registry_host(url: str) -> str:
    """Return the name under which clients look a registry up: its host and port."""
    match = HOST.fullmatch(url.strip())
    host = match["host"].lower() if match else url
    return DOCKER_HUB if host in HUB_NAMES else host


def _pulling(suffix: str, url: str, user: str, password: str) -> Content:
    both = base64.b64encode(f"{user}:{password}".encode()).decode()
    login = {"username": user, "password": password, "auth": both}
    config = json.dumps({"auths": {registry_host(url): login}})
    return Content(suffix, PULL, {CONFIG: config.encode()})


def _wrong_keys(values: Values) -> Iterator[Wrong]:
    if not values:
        yield Wrong("", "needs at least one key")
    for name in values:
        if not KEY.fullmatch(name) or name in (".", ".."):
            text = "must have letters, digits, '-', '_' and '.' only, 253 at most"
            yield Wrong(name, text)


def _misspelled(values: Values) -> Iterator[Wrong]:
    for name, (pattern, text) in SPELLED.items():
        if (value := values.get(name)) and not pattern.fullmatch(value):
            yield Wrong(name, text)
