"""Watches: every change in order, bookmarks, selectors, and 410."""

import http.client
import json
import urllib.parse

from tests.cluster.simulator.conftest import Space
from tests.support.simulator import MERGE


class Watch:
    """A watch read line by line."""

    def __init__(self, space: Space, query: str):
        where = urllib.parse.urlsplit(space.http.url)
        self.connection = http.client.HTTPConnection(where.netloc, timeout=10)
        path = f"{space.path('configmaps')}?watch=true&{query}"
        headers = {"Authorization": f"Bearer {space.http.token}"}
        self.connection.request("GET", path, headers=headers)
        self.response = self.connection.getresponse()

    def line(self):
        text = self.response.readline()
        return json.loads(text) if text else None

    def words(self, count: int):
        found = [self.line() for _ in range(count)]
        return [(line["type"], line["object"]["metadata"]["name"]) for line in found]


def config(name: str, **labels: str):
    return {"metadata": {"name": name, "labels": labels}}


def version(space: Space) -> str:
    body = space.http("GET", space.path("configmaps")).body
    return body["metadata"]["resourceVersion"]


def test_changes_come_in_order_from_a_version_on(space: Space):
    since = version(space)
    space.http("POST", space.path("configmaps"), config("a"))
    watch = Watch(space, f"resourceVersion={since}")

    space.http("PATCH", space.path("configmaps", "a"), {"data": {"k": "v"}}, MERGE)
    space.http("DELETE", space.path("configmaps", "a"))

    assert watch.words(3) == [("ADDED", "a"), ("MODIFIED", "a"), ("DELETED", "a")]


def test_an_object_that_leaves_the_selection_is_deleted_for_the_watch(space: Space):
    since = version(space)
    watch = Watch(space, f"resourceVersion={since}&labelSelector=tier=x")
    path = space.path("configmaps", "a")
    space.http("POST", space.path("configmaps"), config("a", tier="x"))
    space.http("POST", space.path("configmaps"), config("b", tier="y"))

    space.http("PATCH", path, {"metadata": {"labels": {"tier": "y"}}}, MERGE)
    space.http("PATCH", path, {"metadata": {"labels": {"tier": "x"}}}, MERGE)

    assert watch.words(3) == [("ADDED", "a"), ("DELETED", "a"), ("ADDED", "a")]


def test_an_old_version_is_told_as_410_inside_the_stream(space: Space, simulator):
    since = version(space)
    space.http("POST", space.path("configmaps"), config("a"))
    simulator.fault(do="expire")

    watch = Watch(space, f"resourceVersion={since}")
    line = watch.line()

    assert watch.response.status == 200
    assert (line["type"], line["object"]["code"]) == ("ERROR", 410)
    assert line["object"]["reason"] == "Expired"
    assert line["object"]["message"].startswith(f"too old resource version: {since} (")
    assert watch.line() is None


def test_a_watch_may_begin_with_everything_and_a_bookmark(space: Space):
    space.http("POST", space.path("configmaps"), config("a"))

    query = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
    watch = Watch(space, f"{query}&allowWatchBookmarks=true")
    first, mark = watch.line(), watch.line()

    assert first["type"] == "ADDED"
    assert mark["type"] == "BOOKMARK"
    annotations = mark["object"]["metadata"]["annotations"]
    assert annotations == {"k8s.io/initial-events-end": "true"}


def test_a_watch_ends_by_itself_after_its_time(space: Space):
    watch = Watch(space, f"resourceVersion={version(space)}&timeoutSeconds=0.1")

    assert watch.line() is None


def test_watches_can_be_cut(space: Space, simulator):
    watch = Watch(space, f"resourceVersion={version(space)}&timeoutSeconds=60")

    simulator.fault(do="cut-watches")

    assert watch.line() is None
