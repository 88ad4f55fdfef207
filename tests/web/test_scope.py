"""Every address of the site, walked as everybody who is not meant to be there.

The walk reads the addresses from the site itself, and fails when one of them is not in
the table below.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.timezone import now

from access.models import AccessRule, User
from access.roles import Role
from assets.models import ComputeResource
from policies.models import PolicyVersion, UnitPolicy
from projects.models import AuditEntry, Project
from tests.support.organization import an_organization
from tests.support.policies import in_force
from tests.support.rows import a_workload
from workloads.models import Draft, ImpactRun, Workload

pytestmark = pytest.mark.django_db
NAME = "alices-own"
ASSET = str(uuid4())
CHANGING = "changing"
"""A post that changes something of a project: needs the right to."""

OWN = "own"
"""A post that changes only what belongs to whoever posts."""

READING = "reading"


@dataclass(frozen=True)
class Door:
    """What an address is for, and whose id is in it."""

    kind: str
    of: str = ""
    slug: str | int = ""
    more: tuple[str, ...] = ()


DOORS = {
    "sign-in": Door(OWN),
    "sign-out": Door(OWN),
    "password": Door(OWN),
    "theme": Door(OWN),
    "livez": Door(READING),
    "components": Door(READING),
    "help": Door(READING),
    "policies:list": Door(READING),
    "policies:new": Door(OWN),
    "policies:effective": Door(READING),
    "policies:explain": Door(READING),
    "policies:detail": Door(READING, "policy"),
    "policies:edit": Door(CHANGING, "policy"),
    "policies:history": Door(READING, "policy"),
    "policies:delete": Door(CHANGING, "policy"),
    "policies:version": Door(READING, "policy", 1),
    "policies:restore": Door(CHANGING, "policy", 1),
    "workloads:policy-try": Door(READING),
    "workloads:policy-impact-start": Door(OWN),
    "workloads:policy-impact": Door(READING, "impact"),
    "workloads:policy-impact-stop": Door(OWN, "impact"),
    "workloads:list": Door(READING),
    "workloads:csv": Door(READING),
    "workloads:rows": Door(READING),
    "workloads:columns": Door(OWN),
    "workloads:deleted": Door(READING),
    "workloads:delete-many": Door(CHANGING),
    "workloads:detail": Door(READING, "workload"),
    "workloads:menu": Door(READING, "workload"),
    "workloads:events": Door(READING, "workload"),
    "workloads:pods": Door(READING, "workload"),
    "workloads:connections": Door(READING, "workload"),
    "workloads:data-sources": Door(READING, "workload"),
    "workloads:spec": Door(READING, "workload"),
    "workloads:manifest": Door(READING, "workload"),
    "workloads:logs": Door(READING, "workload"),
    "workloads:log-lines": Door(READING, "workload"),
    "workloads:log-file": Door(READING, "workload"),
    "workloads:scale": Door(CHANGING, "workload"),
    "workloads:copy": Door(CHANGING, "workload"),
    "workloads:retry": Door(CHANGING, "workload"),
    "workloads:edit": Door(CHANGING, "workload"),
    "workloads:recreate": Door(CHANGING, "workload"),
    "workloads:delete": Door(CHANGING, "workload"),
    "workloads:new": Door(OWN),
    "workloads:resume": Door(READING, "draft"),
    "workloads:discard": Door(CHANGING, "draft"),
    "workloads:draft-yaml": Door(READING, "draft"),
    "workloads:draft-check": Door(READING, "draft"),
    "workloads:step": Door(CHANGING, "draft", "review"),
    "workloads:load": Door(CHANGING, "draft", "leader", ("compute",)),
    "workloads:load-why": Door(READING, "draft", "leader", ("compute", ASSET)),
}
CARRIED = {
    "workloads:step", "workloads:policy-try", "workloads:policy-impact-start",
    "policies:new", "policies:edit",
}  # fmt: skip
"""What is typed there survives the end of a session."""

OPEN = {"sign-in", "livez"}
"""Doors that nobody has to sign in for."""


def site(resolver: URLResolver | None = None, room: str = "") -> Iterator[str]:
    """Yield the name of every address."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{room}{entry.name}"
        else:
            yield from site(entry, f"{entry.namespace}:" if entry.namespace else room)


@dataclass
class Cast:
    """Alice's things, and who else there is."""

    alice: User
    charlie: User
    viewer: User
    bob: User
    workload: Workload
    deleted: Workload
    draft: Draft
    policy: UnitPolicy
    impact: ImpactRun

    def address(self, name: str, id: UUID | None = None) -> str:
        door = DOORS[name]
        if not door.of:
            return reverse(name)
        own = getattr(self, door.of).pk
        slug = [door.slug] if door.slug else []
        return reverse(name, args=[id or own, *slug, *door.more])


@pytest.fixture
def cast():
    org = an_organization()
    resource = {"scope": "project", "project": org.project, "name": NAME}
    ComputeResource.objects.create(pk=ASSET, **resource)
    viewer = User.objects.create_user("vera", "vera@example.com", "correct horse")
    AccessRule.objects.create(user=viewer, role=Role.VIEWER, project=org.project)
    return Cast(
        org.alice,
        org.charlie,
        viewer,
        org.bob,
        a_workload(org.project, org.alice, NAME),
        a_workload(org.project, org.alice, f"{NAME}-old", deleted_at=now()),
        Draft.objects.create(
            owner=org.alice,
            cluster=org.cluster,
            project=org.project,
            name=f"{NAME}-draft",
            document={"leader": {"image": "a/b:1"}},
        ),
        in_force(
            org, rules={"category": {"options": [{"value": NAME}]}}
        ).version.policy,
        ImpactRun.objects.create(
            by=org.bob, scope="project", project=org.project, text=f"# {NAME}"
        ),
    )


def same(page: str) -> str:
    """The page without what differs from one answer to the next."""
    return re.sub(r'(X-CSRFToken":"|csrfmiddlewaretoken" value=")[^"]*', r"\1", page)


def everything() -> dict[str, list]:
    """What writing could change."""
    tables = (
        Workload, Draft, Project, AuditEntry, User, AccessRule,
        PolicyVersion, ImpactRun,
    )  # fmt: skip
    return {
        table.__name__: list(table.objects.order_by("pk").values()) for table in tables
    }


def test_every_address_of_the_site_is_in_the_table():
    assert sorted(site()) == sorted(DOORS)


STRANGERS = [("charlie", name) for name, door in DOORS.items() if door.of]
STRANGERS += [("viewer", name) for name, door in DOORS.items() if door.of == "draft"]
STRANGERS += [
    ("alice", name) for name, door in DOORS.items() if door.of in ("policy", "impact")
]
STRANGERS += [("viewer", name) for name, door in DOORS.items() if door.of == "impact"]


@pytest.mark.parametrize(("who", "name"), STRANGERS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_out_of_scope_looks_like_what_never_was(
    client, cast, name, method, who
):
    client.force_login(getattr(cast, who))
    before = everything()

    found = getattr(client, method)(cast.address(name), {"do": "create"})
    never = getattr(client, method)(cast.address(name, uuid4()), {"do": "create"})

    assert found.status_code == never.status_code
    assert found.status_code in (404, 405)
    assert same(found.text) == same(never.text)
    assert everything() == before


@pytest.mark.parametrize("name", [name for name, door in DOORS.items() if not door.of])
def test_no_page_of_charlies_names_what_is_alices(client, cast, name):
    client.force_login(cast.charlie)
    ids = {"id": [cast.workload.pk, cast.deleted.pk], "kind": "deleted"}
    before = Workload.objects.values_list("desired", flat=True)

    pages = [client.get(cast.address(name), ids), client.post(cast.address(name), ids)]

    for page in pages:
        assert (
            NAME not in page.text
            if not page.streaming
            else NAME.encode() not in (page.getvalue())
        )
        assert cast.workload.pk.hex not in str(page.headers)
    assert set(before) == {"running"}


@pytest.mark.parametrize("name", sorted(DOORS.keys() - OPEN))
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_is_not_signed_in_gets_the_sign_in_form(client, cast, name, method):
    before = everything()

    page = getattr(client, method)(cast.address(name))
    fragment = getattr(client, method)(
        cast.address(name), headers={"HX-Request": "true"}
    )

    if page.status_code == 200:  # what was typed into a step is carried over
        assert name in CARRIED
        assert method == "post"
        assert 'name="password"' in page.text
    else:
        assert page.status_code == 302
        assert page["Location"].startswith("/sign-in/?next=/")
    assert fragment.status_code == 401
    assert NAME not in page.text + fragment.text
    assert everything() == before


@pytest.mark.parametrize(
    "name", [n for n, d in DOORS.items() if d.kind == CHANGING and d.of != "draft"]
)
@pytest.mark.parametrize("phase", ["Running", "Failed"])
def test_a_viewer_changes_nothing(client, cast, name, phase):
    Workload.objects.filter(pk=cast.workload.pk).update(
        phase=phase, lws_seen=True, observed={}
    )
    client.force_login(cast.viewer)
    before = everything()

    page = client.post(
        cast.address(name), {"id": cast.workload.pk, "replicas": "7"}, follow=True
    )

    assert page.status_code in (200, 403, 422)
    assert "You may not" in page.text or "Only a failed" in page.text
    after = everything()
    for table in before:
        assert after[table] == before[table] or table == "User"
    assert [u["username"] for u in after["User"]] == [
        u["username"] for u in before["User"]
    ]


@pytest.mark.parametrize("name", [n for n, d in DOORS.items() if d.of])
def test_who_is_meant_gets_in_and_finds_nothing_under_a_random_id(client, cast, name):
    bobs = DOORS[name].of in ("policy", "impact")
    client.force_login(cast.bob if bobs else cast.alice)
    writes = DOORS[name].kind != READING
    ask = client.post if writes else client.get

    own = ask(cast.address(name), {"replicas": "2", "asset": ASSET})
    random = ask(cast.address(name, uuid4()), {"replicas": "2", "asset": ASSET})

    assert own.status_code in (200, 302, 409)
    assert random.status_code == 404


def test_who_is_switched_off_is_out_at_the_next_poll(client, cast):
    client.force_login(cast.alice)
    poll = {"headers": {"HX-Request": "true"}}
    assert client.get("/workloads/rows/", **poll).status_code == 200

    User.objects.filter(pk=cast.alice.pk).update(is_active=False)

    assert client.get("/workloads/rows/", **poll).status_code == 401
    assert client.get("/").status_code == 302


def test_a_role_that_was_taken_away_counts_at_the_next_request(client, cast):
    client.force_login(cast.alice)
    page = reverse("workloads:detail", args=[cast.workload.pk])
    assert client.get(page).status_code == 200

    AccessRule.objects.filter(user=cast.alice).delete()

    assert client.get(page).status_code == 404
    assert NAME not in client.get("/").text
