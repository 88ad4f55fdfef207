"""What a credential holds, and the Secrets that it becomes."""

import base64
import json

import pytest

from assets.contents import Kind, contents, key_names, registry_host, wrong_values

LOGIN = {"user": "ann", "password": "p:w", "url": "https://ghcr.io/v2/"}


def test_a_registrys_login_is_what_docker_clients_read():
    (secret,) = contents(Kind.DOCKER_REGISTRY, LOGIN)

    assert (secret.suffix, secret.type) == ("", "kubernetes.io/dockerconfigjson")
    config = json.loads(secret.data[".dockerconfigjson"])
    login = config["auths"]["ghcr.io"]
    assert (login["username"], login["password"]) == ("ann", "p:w")
    assert base64.b64decode(login["auth"]) == b"ann:p:w"


def test_an_ngc_key_is_two_secrets_one_to_pull_with_and_one_to_read():
    pull, key = contents(Kind.NGC_API_KEY, {"ngcApiKey": "nvapi-1"})

    login = json.loads(pull.data[".dockerconfigjson"])["auths"]["nvcr.io"]
    assert (pull.suffix, key.suffix) == ("-p", "-k")
    assert (login["username"], login["password"]) == ("$oauthtoken", "nvapi-1")
    assert (key.type, key.data) == ("Opaque", {"NGC_API_KEY": b"nvapi-1"})


@pytest.mark.parametrize("kind", [Kind.ACCESS_KEY, Kind.PASSWORD, Kind.GENERIC])
def test_other_kinds_are_one_secret_with_the_keys_that_were_entered(kind):
    values = {
        Kind.ACCESS_KEY: {"accessKeyId": "a", "secretAccessKey": "é"},
        Kind.PASSWORD: {"user": "a", "password": "é"},
        Kind.GENERIC: {"ssh": "a", "other.key": "é"},
    }[kind]

    (secret,) = contents(kind, values)

    assert secret.type == "Opaque"
    assert list(secret.data) == list(values) == key_names(kind, values)
    assert secret.data[list(values)[1]] == "é".encode()


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("ghcr.io", "ghcr.io"),
        ("https://GHCR.io/v2/", "ghcr.io"),
        ("registry.example:5000", "registry.example:5000"),
        ("docker.io", "https://index.docker.io/v1/"),
        ("https://index.docker.io/v1/", "https://index.docker.io/v1/"),
        ("hub.docker.com", "https://index.docker.io/v1/"),
    ],
)
def test_a_registry_is_looked_up_under_its_host(url, host):
    assert registry_host(url) == host


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        (Kind.DOCKER_REGISTRY, LOGIN | {"url": ""}, "url"),
        (Kind.DOCKER_REGISTRY, LOGIN | {"url": "a b"}, "url"),
        (Kind.DOCKER_REGISTRY, LOGIN | {"token": "x"}, "token"),
        (Kind.PASSWORD, {"user": "a"}, "password"),
        (Kind.NGC_API_KEY, {"ngcApiKey": "with blank"}, "ngcApiKey"),
        (Kind.NGC_API_KEY, {"ngcApiKey": "newline\n"}, "ngcApiKey"),
        (Kind.GENERIC, {}, ""),
        (Kind.GENERIC, {"a/b": "x"}, "a/b"),
        (Kind.GENERIC, {"..": "x"}, ".."),
        (Kind.GENERIC, {"a" * 254: "x"}, "a" * 254),
        (Kind.GENERIC, {"a": ""}, "a"),
        (Kind.GENERIC, {"a": "x" * 2**20}, ""),
    ],
)
def test_what_no_secret_can_hold_is_said_at_its_field(kind, values, field):
    found = list(wrong_values(kind, values))

    assert [each.field for each in found] == [field]
    assert not any(v in each.text for each in found for v in values.values() if v)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Kind.DOCKER_REGISTRY, LOGIN),
        (Kind.GENERIC, {"ssh": "-----BEGIN\n"}),
        (Kind.NGC_API_KEY, {"ngcApiKey": "nvapi-_.1"}),
    ],
)
def test_nothing_is_wrong_with_what_is_right(kind, values):
    assert list(wrong_values(kind, values)) == []
