"""The stock admin: in embedded mode alone, and through the services."""

from importlib import import_module, reload

import pytest
from django.urls import clear_url_caches, get_resolver

from access.models import AccessRule, User
from projects.models import (
    AuditEntry,
    Cluster,
    Department,
    GeneralSettings,
    NodePool,
    Project,
    ProjectQuota,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def embedded(settings, client, org):
    """An administrator of the demo, signed in, with the admin's addresses."""
    settings.EMBEDDED = True
    again()
    User.objects.filter(pk=org.admin.pk).update(is_staff=True, is_superuser=True)
    client.force_login(User.objects.get(pk=org.admin.pk))
    yield client
    settings.EMBEDDED = False
    again()


def again():
    """Read the addresses once more, as a start does."""
    reload(import_module("runai_portal.urls"))
    clear_url_caches()


def inline(prefix="quotas", **first):
    counts = {"TOTAL_FORMS": 1 if first else 0, "INITIAL_FORMS": 0}
    if "id" in first:
        counts["INITIAL_FORMS"] = 1
    fields = {f"{prefix}-{name}": value for name, value in counts.items()}
    return fields | {f"{prefix}-0-{name}": value for name, value in first.items()}


def project_form(org, **more):
    return {
        "department": org.department.pk,
        "name": "search",
        "description": "",
        "default_node_pools": '["h100"]',
        "node_types": "[]",
    } | more


def quota(pool, **more):
    return {"pool": pool.pk, "gpus": "4", "over_quota_weight": "2"} | more


def test_outside_embedded_mode_there_is_no_admin(client, org):
    client.force_login(org.admin)

    assert client.get("/admin/").status_code == 404
    names = [str(entry.pattern) for entry in get_resolver().url_patterns]
    assert "admin/" not in names


def test_nobody_but_staff_gets_in(embedded, org):
    embedded.force_login(org.alice)

    for path in ("/admin/", "/admin/projects/project/add/"):
        assert embedded.get(path).status_code == 302
    assert embedded.post("/admin/projects/project/add/", {}).status_code == 302
    assert Project.objects.count() == 2


def test_a_new_project_gets_its_number_its_namespace_and_its_queues(embedded, org):
    pool = NodePool.objects.get(name="h100")

    page = embedded.post(
        "/admin/projects/project/add/", project_form(org) | inline(**quota(pool))
    )

    assert page.status_code == 302
    made = Project.objects.get(name="search")
    assert made.pk == 4_500_002
    assert made.namespace == "runai-search"
    assert made.due_at is not None
    assert made.applied_generation is None
    assert made.quotas.get().queue == "search-h100"
    entries = AuditEntry.objects.filter(actor=org.admin, target=str(made.pk))
    assert set(entries.values_list("action", flat=True)) == {
        "project.save",
        "quota.save",
    }


def test_a_changed_quota_keeps_its_queue_and_makes_the_project_due(embedded, org):
    held = ProjectQuota.objects.get(project=org.project, pool__name="h100")
    Project.objects.filter(pk=org.project.pk).update(due_at=None)
    before = Project.objects.get(pk=org.project.pk)

    page = embedded.post(
        f"/admin/projects/project/{org.project.pk}/change/",
        project_form(org, name="llm-serving")
        | inline(**quota(held.pool, id=held.pk, project=org.project.pk, gpus="9")),
    )

    assert page.status_code == 302
    held.refresh_from_db()
    assert (held.gpus, held.queue) == (9, "llm-serving-h100")
    after = Project.objects.get(pk=org.project.pk)
    assert after.due_at is not None
    assert after.generation > before.generation
    assert after.policy_version > before.policy_version
    assert after.namespace == before.namespace


def test_a_quota_that_is_taken_away_is_written_down(embedded, org):
    held = ProjectQuota.objects.get(project=org.project, pool__name="a100")
    values = quota(held.pool, id=held.pk, project=org.project.pk, DELETE="on")

    embedded.post(
        f"/admin/projects/project/{org.project.pk}/change/",
        project_form(org, name="llm-serving") | inline(**values),
    )

    assert not ProjectQuota.objects.filter(pk=held.pk).exists()
    entry = AuditEntry.objects.get(action="quota.delete")
    assert entry.details["pool"] == "a100"


@pytest.mark.parametrize(
    "forged",
    [
        {"namespace": "kube-system"},
        {"policy_version": "999"},
        {"applied_generation": "5"},
        {"table_version": "999"},
        {"refused": "on", "last_error": "x"},
    ],
    ids=lambda forged: next(iter(forged)),
)
def test_what_workers_keep_cannot_be_posted(embedded, org, forged):
    (name,) = list(forged)[:1]
    before = getattr(Project.objects.get(pk=org.project.pk), name)

    embedded.post(
        f"/admin/projects/project/{org.project.pk}/change/",
        project_form(org, name="llm-serving") | forged | inline(),
    )

    after = getattr(Project.objects.get(pk=org.project.pk), name)
    assert str(after) != forged[name]
    assert after == before or isinstance(after, int)


def test_nothing_is_deleted_for_the_cluster_would_keep_it(embedded, org):
    user = User.objects.get(username="charlie")
    rows = {
        "projects/project": org.project,
        "projects/department": org.department,
        "projects/cluster": org.cluster,
        "projects/nodepool": NodePool.objects.first(),
        "projects/auditentry": AuditEntry.objects.first(),
        "access/user": user,
    }

    answers = {
        path: embedded.post(f"/admin/{path}/{row.pk}/delete/", {"post": "yes"})
        for path, row in rows.items()
    }

    assert {answer.status_code for answer in answers.values()} == {403}
    for row in rows.values():
        row.refresh_from_db()


def test_the_audit_log_is_only_read(embedded, org):
    entry = AuditEntry.objects.first()
    path = f"/admin/projects/auditentry/{entry.pk}/change/"

    assert embedded.get(path).status_code == 200
    assert embedded.post(path, {"action": "forged"}).status_code == 403
    assert embedded.post("/admin/projects/auditentry/add/", {}).status_code == 403


def test_where_a_unit_belongs_is_chosen_once(embedded, org):
    other = Cluster.objects.create(name="other", server="http://127.0.0.1:9")

    embedded.post(
        f"/admin/projects/department/{org.department.pk}/change/",
        {"cluster": other.pk, "name": "renamed"} | inline(),
    )

    row = Department.objects.get(pk=org.department.pk)
    assert (row.name, row.cluster) == ("renamed", org.cluster)


def test_a_project_does_not_move_to_another_cluster(embedded, org):
    other = Cluster.objects.create(name="other", server="http://127.0.0.1:9")
    elsewhere = Department.objects.create(cluster=other, name="elsewhere")
    form = project_form(org, name="llm-serving", department=elsewhere.pk)

    page = embedded.post(
        f"/admin/projects/project/{org.project.pk}/change/", form | inline()
    )

    assert "A project stays in its cluster" in page.text
    assert Project.objects.get(pk=org.project.pk).department == org.department


def test_a_project_moves_to_another_department_of_its_cluster(embedded, org):
    other = Department.objects.create(cluster=org.cluster, name="other")
    form = project_form(org, name="llm-serving", department=other.pk)

    embedded.post(f"/admin/projects/project/{org.project.pk}/change/", form | inline())

    assert Project.objects.get(pk=org.project.pk).department == other


def test_a_role_that_is_given_is_written_down(embedded, org):
    charlie = User.objects.get(username="charlie")
    rule = {"role": "viewer", "project": org.project.pk, "user": charlie.pk}
    form = {
        "username": "charlie",
        "idp_groups": "[]",
        "is_active": "on",
        **inline("access_rules", **rule),
    }

    page = embedded.post(f"/admin/access/user/{charlie.pk}/change/", form)

    assert page.status_code == 302
    assert AccessRule.objects.get(user=charlie).role == "viewer"
    entry = AuditEntry.objects.get(action="user.save")
    assert entry.details["rules"] == ["charlie is Viewer"]


def test_general_settings_are_one_row(embedded, org):
    embedded.post("/admin/projects/generalsettings/add/", {"ngc_catalog": "on"})
    second = embedded.post("/admin/projects/generalsettings/add/", {})

    assert second.status_code == 403
    row = GeneralSettings.objects.get()
    assert (row.ngc_catalog, row.policy_version) == (True, 2)
    assert AuditEntry.objects.filter(action="settings.save").count() == 1


KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: west
contexts: [{name: west, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: "https://10.0.0.1:6443"}}]
users: [{name: u, user: {token: canary-of-the-cluster}}]
"""


def cluster_form(**more):
    return {
        "name": "gpu-west-1",
        "domain": "cluster.local",
        "scheduler": "kai-scheduler",
        "fail_after_seconds": "600",
        "flap_window_seconds": "600",
    } | more


def test_a_cluster_is_connected_by_a_pasted_kubeconfig(embedded, org):
    page = embedded.post(
        "/admin/projects/cluster/add/", cluster_form(name="new", kubeconfig=KUBECONFIG)
    )

    assert page.status_code == 302
    row = Cluster.objects.get(name="new")
    assert (row.server, row.account) == ("https://10.0.0.1:6443", "token")
    assert row.due_at is not None
    entry = AuditEntry.objects.get(action="cluster.connect", target=str(row.pk))
    assert entry.details["server"] == row.server


def test_a_cluster_is_connected_by_filling_in_the_fields(embedded, org):
    by_hand = {"address": "https://10.0.0.2", "token": "canary-of-the-cluster"}

    embedded.post(
        f"/admin/projects/cluster/{org.cluster.pk}/change/", cluster_form(**by_hand)
    )

    org.cluster.refresh_from_db()
    assert org.cluster.server == "https://10.0.0.2"
    assert not org.cluster.needs_access


def test_the_portals_own_cluster_needs_no_secret(embedded, org):
    path = f"/admin/projects/cluster/{org.cluster.pk}/change/"

    embedded.post(path, cluster_form(own_pod="on"))

    org.cluster.refresh_from_db()
    assert org.cluster.account == "in-cluster"
    assert org.cluster.server == "https://kubernetes.default.svc"


def test_a_change_of_something_else_leaves_the_connection(embedded, org):
    path = f"/admin/projects/cluster/{org.cluster.pk}/change/"
    embedded.post(path, cluster_form(kubeconfig=KUBECONFIG))
    before = Cluster.objects.get(pk=org.cluster.pk)

    embedded.post(path, cluster_form(domain="cluster.example"))

    after = Cluster.objects.get(pk=org.cluster.pk)
    assert after.domain == "cluster.example"
    assert (after.server, after.revision) == (before.server, before.revision)
    assert bytes(after.access) == bytes(before.access)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"kubeconfig": "{"}, "is not readable as YAML"),
        ({"kubeconfig": KUBECONFIG, "token": "x"}, "Choose one way"),
        ({"address": "https://10.0.0.2"}, "Give a token"),
        ({"address": "http://10.0.0.2", "token": "canary"}, "TLS is needed"),
    ],
    ids=["unreadable", "two ways", "no token", "no TLS"],
)
def test_a_connection_that_is_not_taken_says_why_and_shows_nothing(
    embedded, org, said, sentence
):
    path = f"/admin/projects/cluster/{org.cluster.pk}/change/"

    page = embedded.post(path, cluster_form(**said))

    assert sentence in page.text
    assert "canary" not in page.text
    org.cluster.refresh_from_db()
    assert org.cluster.revision == 0


def test_what_was_found_in_a_cluster_is_shown_and_looked_for_anew(embedded, org):
    path = f"/admin/projects/cluster/{org.cluster.pk}/change/"
    words = {"name": "Scheduler", "text": "No <queues>.", "next_step": "Install KAI."}
    Cluster.objects.update(findings=[{"state": "error"} | words], due_at=None)

    page = embedded.get(path)
    answer = embedded.post(path, cluster_form(_check="Check now"))

    assert "No &lt;queues&gt;. Install KAI." in page.text
    assert answer.status_code == 302
    org.cluster.refresh_from_db()
    assert org.cluster.due_at is not None
    assert AuditEntry.objects.filter(action="cluster.check").exists()


def test_the_token_of_a_cluster_is_shown_nowhere(embedded, org):
    path = f"/admin/projects/cluster/{org.cluster.pk}/change/"
    embedded.post(path, cluster_form(kubeconfig=KUBECONFIG))

    pages = [
        embedded.get(path),
        embedded.get("/admin/projects/cluster/"),
        embedded.get(f"/admin/projects/cluster/{org.cluster.pk}/history/"),
        embedded.get("/admin/projects/auditentry/"),
    ]

    assert all(page.status_code == 200 for page in pages)
    assert not any("canary" in page.text for page in pages)
