"""Lists in pages, selectors, and watches that break off and go on."""

import json
import time
from contextlib import suppress
from threading import Thread

import pytest

from tests.support.simulator import JSON, MERGE, until
from workloads.cluster import Expired, Ref, Refused, Unavailable
from workloads.cluster.kinds import LWS

KIND = ("v1", "ConfigMap")
COLOURS = ("red", "red", "blue", "green", "")


@pytest.fixture
def mark(name):
    """A label value that only objects of this test bear."""
    return f"test={name}"


@pytest.fixture
def coloured(cluster, namespace, name):
    """Five maps, four of them with a colour."""
    for number, colour in enumerate(COLOURS):
        labels = {"test": name} | ({"colour": colour} if colour else {})
        cluster.apply(a_map(namespace, f"m{number}", labels))


def a_map(namespace, name, labels, **data):
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "data": data,
    }


def names(items):
    return {item["metadata"]["name"] for item in items}


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("colour=red", {"m0", "m1"}),
        ("colour==red", {"m0", "m1"}),
        ("colour!=red", {"m2", "m3", "m4"}),
        ("colour in (red,blue)", {"m0", "m1", "m2"}),
        ("colour notin (red,blue)", {"m3", "m4"}),
        ("colour", {"m0", "m1", "m2", "m3"}),
        ("!colour", {"m4"}),
        ("colour in (red),test", {"m0", "m1"}),
    ],
)
@pytest.mark.usefixtures("coloured")
def test_a_selector_takes(cluster, mark, selector, found):
    items, _ = cluster.list(*KIND, selector=f"{mark},{selector}")

    assert names(items) == found


@pytest.mark.usefixtures("coloured")
def test_a_selector_that_is_none_is_refused(cluster):
    with pytest.raises(Refused):
        cluster.list(*KIND, selector="colour in red")


@pytest.mark.usefixtures("coloured")
def test_a_field_selects_one_object(http, namespace):
    path = f"/api/v1/namespaces/{namespace}/configmaps"

    items = http.items(f"{path}?fieldSelector=metadata.name=m3")

    assert names(items) == {"m3"}


@pytest.mark.usefixtures("coloured")
def test_pages_hold_each_object_once(http, mark):
    found, following, pages = [], "", 0
    while pages == 0 or following:
        page = http(
            "GET", f"/api/v1/configmaps?labelSelector={mark}&limit=2{following}"
        )
        found += [item["metadata"]["name"] for item in page.body["items"]]
        told = page.body["metadata"].get("continue")
        following, pages = f"&continue={told}" if told else "", pages + 1

    assert (sorted(found), pages) == (["m0", "m1", "m2", "m3", "m4"], 3)


@pytest.mark.usefixtures("coloured")
def test_pages_are_of_one_moment(http, cluster, mark, namespace, name):
    first = http("GET", f"/api/v1/configmaps?labelSelector={mark}&limit=2").body
    cluster.apply(a_map(namespace, "m2a", {"test": name}))
    token = first["metadata"]["continue"]

    second = http(
        "GET", f"/api/v1/configmaps?labelSelector={mark}&limit=10&continue={token}"
    ).body

    versions = {page["metadata"]["resourceVersion"] for page in (first, second)}
    assert len(versions) == 1, "a watch from there tells of what came meanwhile"


def test_a_page_after_nothing_is_refused(http):
    answer = http("GET", "/api/v1/configmaps?limit=2&continue=nonsense")

    assert answer.code == 400
    assert "continue key is not valid" in answer.body["message"]


@pytest.mark.usefixtures("coloured")
def test_the_client_reads_all_pages(cluster, mark, monkeypatch):
    monkeypatch.setattr("workloads.cluster.client.PAGE", 2)

    items, version = cluster.list(*KIND, selector=mark)

    assert len(names(items)) == 5
    assert version


def told(cluster, since, mark, seconds=2):
    """What a watch tells until it ends."""
    return [
        (change.manifest["metadata"]["name"], change.gone)
        for change in cluster.watch(*KIND, since=since, selector=mark, seconds=seconds)
        if change.manifest
    ]


def test_a_watch_tells_of_changes_in_order(cluster, namespace, name, mark):
    _, since = cluster.list(*KIND, selector=mark)
    labels = {"test": name}
    made = cluster.apply(a_map(namespace, "a", labels))
    cluster.apply(a_map(namespace, "a", labels, b="1"))
    cluster.apply(a_map(namespace, "c", labels))
    cluster.delete(Ref.of(made), uid=made["metadata"]["uid"])

    assert told(cluster, since, mark, 1) == [
        ("a", False),
        ("a", False),
        ("c", False),
        ("a", True),
    ]


def test_what_leaves_the_selection_is_gone(cluster, http, namespace, name, mark):
    made = cluster.apply(a_map(namespace, "a", {"test": name}))
    _, since = cluster.list(*KIND, selector=mark)

    path = f"/api/v1/namespaces/{namespace}/configmaps/a"
    http("PATCH", path, {"metadata": {"labels": {"test": "other"}}}, MERGE)

    assert told(cluster, since, mark, 1) == [("a", True)]
    assert cluster.get(Ref.of(made))


def follow(cluster, version, mark, seen, ends):
    """Watch until six were seen, and go on where it broke off."""
    while len(seen) < 6:
        with suppress(Unavailable):
            for change in cluster.watch(*KIND, since=version, selector=mark, seconds=3):
                version = change.version
                seen += [change.manifest["metadata"]["name"]] if change.manifest else []
        ends.append(version)


def test_a_watch_that_broke_off_goes_on_without_loss_or_repetition(
    cluster, namespace, name, mark
):
    _, since = cluster.list(*KIND, selector=mark)
    seen, ends = [], []
    thread = Thread(target=follow, args=(cluster, since, mark, seen, ends), daemon=True)
    thread.start()
    for number in range(6):
        cluster.apply(a_map(namespace, f"n{number}", {"test": name}))
        until(lambda count=number: len(seen) > count)
        cluster.hang_up()
    thread.join(20)

    assert seen == [f"n{number}" for number in range(6)]
    assert len(ends) > 3, "it was cut again and again"


def test_a_version_that_is_too_old_has_expired(cluster):
    with pytest.raises(Expired, match="too old resource version: 1 "):
        list(cluster.watch(LWS, "LeaderWorkerSet", since="1", seconds=5))


def test_an_expired_watch_is_a_200_that_tells_the_error_and_ends(http):
    path = f"/apis/{LWS}/leaderworkersets?watch=true&resourceVersion=1"

    answer = http.send(f"{path}&timeoutSeconds=5", None, JSON, method="GET")

    ((sort, status),) = lines(answer.body)
    assert (answer.code, sort) == (200, "ERROR")
    assert (status["code"], status["reason"]) == (410, "Expired")


INITIAL = "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"


def initial(http, mark):
    """What a watch tells that begins with what is there."""
    path = f"/api/v1/configmaps?watch=true&labelSelector={mark}&timeoutSeconds=1"
    path += f"{INITIAL}&allowWatchBookmarks=true"
    return lines(http.send(path, None, JSON, method="GET").body)


def lines(text):
    """The changes of a watch; one alone was read as JSON."""
    found = [text] if isinstance(text, dict) else map(json.loads, text.splitlines())
    return [(each["type"], each["object"]) for each in found]


def test_a_watch_begins_with_what_is_there_and_marks_the_end(
    http, cluster, namespace, name, mark
):
    cluster.apply(a_map(namespace, "a", {"test": name}))

    first, end = initial(http, mark)[:2]

    assert (first[0], first[1]["metadata"]["name"]) == ("ADDED", "a")
    metadata = end[1]["metadata"]
    assert end[0] == "BOOKMARK"
    assert metadata["annotations"] == {"k8s.io/initial-events-end": "true"}


def test_a_bookmark_is_a_version_to_go_on_from(http, cluster, namespace, name, mark):
    sort, marked = initial(http, mark)[0]

    cluster.apply(a_map(namespace, "later", {"test": name}))

    assert sort == "BOOKMARK"
    version = marked["metadata"]["resourceVersion"]
    assert told(cluster, version, mark, 1) == [("later", False)]


def test_a_watch_ends_when_its_time_is_over(cluster, mark):
    _, since = cluster.list(*KIND, selector=mark)

    begun = time.monotonic()
    assert told(cluster, since, mark, 1) == []

    assert 0.5 < time.monotonic() - begun < 4
