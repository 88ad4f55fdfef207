"""Assets: who sees, saves and deletes them; what policies impose (policies.md §1.8)."""

import pytest
from django.db import IntegrityError

from access.models import AccessRule, User
from access.roles import Role
from assets.errors import Imposed, NameTaken, NotAllowed, NotWhole
from assets.models import ComputeResource, DataSource, Environment
from assets.services import delete_asset, save_asset
from policies.errors import NotSaved
from policies.models import PolicyVersion
from policies.services import delete_policy
from policies.stored import effective_policy
from projects.models import AuditEntry, Cluster, Department, GeneralSettings, Project
from tests.support.assets import (
    CLAIM,
    a_data_source,
    an_asset,
    an_environment,
    saved,
)
from tests.support.documents import a_document, at, named
from tests.support.policies import in_force
from workloads.services import HasIssues, StalePolicy, submit_workload
from workloads.services.wizard import versions_of
from workloads.spec.paths import FieldPath
from workloads.wizard.loading import LOADS, places

pytestmark = pytest.mark.django_db
PVC = "leader.storage.pvc"


def imposing(org, asset, scope="project", **more):
    return in_force(org, scope, imposedAssets={"leader": [str(asset.pk)]}, **more)


def submit(org, values=None, **more):
    document = a_document({"leader.image": "ubuntu:24.04"} | (values or {}))
    project = Project.objects.get(pk=org.project.pk)
    return submit_workload(
        by=org.alice, project=project, name="chat", document=document, **more
    )


def version_of(unit):
    return type(unit).objects.get(pk=unit.pk).policy_version


# Who sees and changes what


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("admin", {"tenant", "cluster", "department", "project", "other"}),
        ("bob", {"tenant", "cluster", "department", "project", "other"}),
        ("alice", {"tenant", "cluster", "department", "project"}),
        ("charlie", set()),
    ],
)
def test_everybody_sees_what_lies_in_reach_and_what_lies_above_it(org, who, seen):
    GeneralSettings.objects.get_or_create(pk=1)
    for scope in ("tenant", "cluster", "department", "project", "other"):
        unit = "project" if scope == "other" else scope
        made = an_asset(org, Environment, unit, name=scope, piece={"image": "a/b:1"})
        if scope == "other":
            made.project = org.other
        save_asset(by=org.admin, asset=made)

    found = Environment.objects.visible_to(getattr(org, who))

    assert {each.name for each in found} == seen


def test_what_is_of_another_department_or_cluster_is_not_there(org):
    cluster = Cluster.objects.create(name="elsewhere")
    department = Department.objects.create(cluster=org.cluster, name="product")
    an_asset(org, Environment, name="a").save()
    for unit in ({"cluster": cluster}, {"department": department}):
        (scope,) = unit
        Environment.objects.create(name="foreign", scope=scope, **unit)

    assert [e.name for e in Environment.objects.visible_to(org.alice)] == ["a"]
    assert [e.name for e in Environment.objects.usable_in(org.project)] == ["a"]
    assert not Environment.objects.usable_in(org.other)


@pytest.mark.parametrize("who", ["alice", "charlie"])
def test_who_may_only_use_assets_changes_none(org, who):
    user, made = getattr(org, who), an_environment(org)

    with pytest.raises(NotAllowed):
        save_asset(by=user, asset=an_asset(org, Environment, name="b"))
    with pytest.raises(NotAllowed):
        save_asset(by=user, asset=made)
    with pytest.raises(NotAllowed):
        delete_asset(by=user, asset=made)
    assert Environment.objects.get().revision == 1


def test_a_department_administrator_saves_in_the_department_and_not_above(org):
    piece = {"image": "a/b:1"}
    below = an_asset(org, Environment, "department", name="a", piece=piece)
    above = an_asset(org, Environment, "cluster", name="a", piece=piece)

    assert save_asset(by=org.bob, asset=below).created_by == org.bob
    with pytest.raises(NotAllowed, match="environments of cluster gpu-west-1"):
        save_asset(by=org.bob, asset=above)


def test_a_data_administrator_has_data_sources_alone(org):
    dana = User.objects.create_user("dana")
    AccessRule.objects.create(user=dana, role=Role.DATA_ADMINISTRATOR)

    source = an_asset(org, DataSource, name="a", kind="pvc", piece=CLAIM)
    assert save_asset(by=dana, asset=source).revision == 1
    with pytest.raises(NotAllowed):
        save_asset(by=dana, asset=an_asset(org, ComputeResource, name="a"))


# What is saved


def test_every_save_is_a_new_revision_and_is_audited(org):
    made = an_environment(org)

    made.piece = {"image": "vllm/vllm-openai:v2"}
    save_asset(by=org.bob, asset=made)

    made.refresh_from_db()
    assert (made.revision, made.piece["image"]) == (2, "vllm/vllm-openai:v2")
    assert made.reference == f"asset:{made.pk}@2"
    first = AuditEntry.objects.get(target=str(made.pk), actor=org.bob)
    assert first.action == "environment.save"
    assert first.details == {
        "name": "vllm", "unit": "project llm-serving", "revision": 2
    }  # fmt: skip


def test_a_name_is_there_once_in_a_unit_and_again_in_another(org):
    an_environment(org, "project")
    an_environment(org, "department")

    with pytest.raises(NameTaken, match="project llm-serving has an environment"):
        an_environment(org, "project", " vllm ")
    assert Environment.objects.count() == 2


@pytest.mark.parametrize("columns", [{"scope": "cluster"}, {"cluster": None}])
def test_the_database_holds_an_asset_to_one_unit(org, columns):
    unit = {"scope": "cluster", "cluster": org.cluster} | columns
    if columns == {"scope": "cluster"}:
        unit["project"] = org.project

    with pytest.raises(IntegrityError):
        Environment.objects.create(name="a", **unit)


def test_an_asset_stays_in_its_unit(org):
    made = an_environment(org, "department")

    made.scope, made.department, made.cluster = "cluster", None, org.cluster

    with pytest.raises(NotAllowed, match="stays in department research"):
        save_asset(by=org.admin, asset=made)
    assert Environment.objects.get().scope == "department"


@pytest.mark.parametrize(
    ("model", "columns", "where"),
    [
        (Environment, {"piece": []}, ""),
        (Environment, {"piece": {"compute": {"gpuDevicesRequest": 1}}}, "compute"),
        (Environment, {"piece": {"imagePullPolicy": "Maybe"}},
         "leader.imagePullPolicy"),
        (Environment, {"piece": {"security": {"nobody": 1}}}, "leader.security.nobody"),
        (Environment,
         {"piece": {"environmentVariables": [
             {"name": "A", "userCredential": {"name": "mine", "key": "k"}}]}},
         "environmentVariables.0.userCredential"),
        (ComputeResource, {"piece": {"gpuDevicesRequest": "four"}},
         "leader.compute.gpuDevicesRequest"),
        (ComputeResource, {"piece": {"cpuCoreRequest": 4, "cpuCoreLimit": 2}},
         "leader.compute.cpuCoreLimit"),
        (ComputeResource, {"piece": {"ephemeralStorageRequest": "1G"}},
         "ephemeralStorageRequest"),
        (DataSource, {"kind": "pvc", "piece": {"existingPvc": True, "path": "/a"}},
         "leader.storage.pvc.0.claimName"),
        (DataSource, {"kind": "pvc", "piece": {**CLAIM, "name": "mine"}}, "name"),
        (DataSource, {"kind": "nfs",
                      "piece": {"server": "s", "path": "x", "mountPath": "/a"}},
         "leader.storage.nfs.0.path"),
        (DataSource, {"kind": "s3", "piece": {"url": "s", "path": "/a"}},
         "leader.storage.s3"),
    ],
)  # fmt: skip
def test_a_piece_that_no_workload_could_take_is_refused_at_its_place(
    org, model, columns, where
):
    with pytest.raises(NotWhole) as refusal:
        saved(org, model, name="a", **columns)

    assert where in [str(issue.location) for issue in refusal.value.issues]
    assert not model.objects.exists()


def test_what_a_guard_forbids_may_be_kept_for_where_a_policy_lifts_it(org):
    piece = {"path": "/srv/models", "mountPath": "/models"}

    made = a_data_source(org, "cluster", kind="hostPath", **piece)

    assert made.revision == 1


def test_an_environment_names_every_field_of_its_sections_and_no_other():
    fills = places(LOADS["image"], FieldPath(("leader",)), {"servingPort": {}})
    tops = {p[0] if p[0] == "servingPort" else p[1] for p in fills}
    computes = places(LOADS["compute"], FieldPath(("leader",)))

    assert tops == Environment.names
    assert {place[2] for place in computes} == ComputeResource.names


# What policies impose


def test_an_imposed_data_source_is_in_every_workload_below(org):
    source = a_data_source(org, "department")
    imposing(org, source, "department")

    workload = submit(org)

    (item,) = at(workload.resolved, PVC)
    assert item["claimName"] == "shared-models"
    assert item["name"] == str(source.pk)
    place = f"{PVC}[{source.pk}].claimName"
    assert workload.sources[place] == "department research"


def test_a_forged_change_of_it_is_refused_at_submission(org):
    source = a_data_source(org)
    imposing(org, source)

    with pytest.raises(HasIssues) as refusal:
        submit(org, {PVC: [{"name": str(source.pk), "exclude": True}]})

    assert named(refusal.value.issues) == [(f"{PVC}.0", "locked")]


@pytest.mark.parametrize(
    ("policy", "asset"),
    [("department", "project"), ("tenant", "cluster"), ("cluster", "department")],
)
def test_an_asset_is_not_imposed_beyond_its_scope(org, policy, asset):
    source = a_data_source(org, asset)

    with pytest.raises(NotSaved) as refusal:
        imposing(org, source, policy)

    (found,) = refusal.value.findings
    assert named([found.issue]) == [(f"imposedAssets.leader.{source.pk}", "asset")]


def test_what_another_project_has_is_no_more_there_than_what_nobody_has(org):
    foreign = an_asset(org, DataSource, name="a", kind="pvc", piece=CLAIM)
    foreign.project = org.other
    save_asset(by=org.admin, asset=foreign)
    texts = set()

    for pk in (foreign.pk, org.alice.pk, an_environment(org).pk, "no id"):
        with pytest.raises(NotSaved) as refusal:
            in_force(org, "project", imposedAssets={"leader": [str(pk)]})
        texts |= {found.issue.text for found in refusal.value.findings}

    assert texts == {"is no data source whose scope contains this unit"}


@pytest.mark.parametrize(
    ("kind", "piece", "why"),
    [
        ("secretVolume", {"secret": "tokens", "mountPath": "/s"}, "is a Secret"),
        ("git",
         {"repository": "https://git.example.com/a", "path": "/a",
          "credentialId": "c"}, "is a private repository"),
    ],
)  # fmt: skip
def test_what_needs_a_credential_is_imposed_on_nobody(org, kind, piece, why):
    source = a_data_source(org, kind=kind, **piece)

    with pytest.raises(NotSaved) as refusal:
        imposing(org, source)

    (found,) = refusal.value.findings
    assert why in found.issue.text
    assert found.mark.line == 3


def test_a_changed_asset_is_imposed_as_it_is_now(org):
    source = a_data_source(org, "department")
    imposing(org, source, "project")
    before = effective_policy(org.project)

    source.piece = CLAIM | {"path": "/weights"}
    save_asset(by=org.admin, asset=source)

    path = FieldPath.parse(PVC)
    after = effective_policy(org.project).instances[path][str(source.pk)]
    assert before.instances[path][str(source.pk)].value["path"] == "/models"
    assert after.value["path"] == "/weights"


def test_a_submission_under_way_notices_that_an_imposed_asset_changed(org):
    source = a_data_source(org, "department")
    imposing(org, source, "project")
    shown = versions_of(Project.objects.get(pk=org.project.pk))

    source.piece = CLAIM | {"path": "/weights"}
    save_asset(by=org.admin, asset=source)

    with pytest.raises(StalePolicy):
        submit(org, versions=shown)


def test_a_change_that_nobody_is_held_to_disturbs_no_submission(org):
    source = a_data_source(org, "department")
    before = version_of(org.department)

    source.piece = CLAIM | {"path": "/weights"}
    save_asset(by=org.admin, asset=source)
    delete_asset(by=org.admin, asset=source)

    assert version_of(org.department) == before


def test_without_imposed_assets_an_effective_policy_costs_no_query_more(
    org, django_assert_num_queries
):
    in_force(org, "project", {"replicas": 2})
    first = effective_policy(org.project)

    with django_assert_num_queries(2):
        assert effective_policy(org.project) is first


def test_with_them_it_costs_one_more(org, django_assert_num_queries):
    source = a_data_source(org, "cluster")
    imposing(org, source, "cluster")
    imposing(org, source, "project")
    first = effective_policy(org.project)

    with django_assert_num_queries(3):
        assert effective_policy(org.project) is first


def test_an_imposed_asset_is_not_deleted_and_the_policies_are_named(org):
    source = a_data_source(org, "department")
    imposing(org, source, "department")
    imposing(org, source, "project")

    with pytest.raises(Imposed) as refusal:
        delete_asset(by=org.admin, asset=source)

    assert "department research and the policy of project llm-serving" in str(
        refusal.value
    )
    assert DataSource.objects.filter(pk=source.pk).exists()


def test_once_no_policy_in_force_imposes_it_it_is_deleted(org):
    source = a_data_source(org)
    imposing(org, source)
    delete_policy(by=org.admin, unit=org.project)

    delete_asset(by=org.admin, asset=source)

    assert not DataSource.objects.exists()
    assert AuditEntry.objects.filter(action="data-source.delete").count() == 1


def test_an_imposed_asset_is_not_changed_into_what_its_policies_forbid(org):
    source = a_data_source(org)
    imposing(org, source)

    source.kind, source.piece = "secretVolume", {"secret": "s", "mountPath": "/s"}

    with pytest.raises(Imposed, match=r"project llm-serving.*is a Secret"):
        save_asset(by=org.admin, asset=source)
    source.refresh_from_db()
    assert (source.kind, source.revision) == ("pvc", 1)


def test_where_an_imposed_asset_is_gone_all_the_same_nothing_is_submitted(org):
    source = a_data_source(org)
    imposing(org, source)
    DataSource.objects.filter(pk=source.pk).delete()

    with pytest.raises(HasIssues) as refusal:
        submit(org)

    (issue,) = refusal.value.issues
    assert (issue.rule, issue.source) == ("policy", "project llm-serving")
    assert str(source.pk) in issue.text


def test_a_project_that_moved_is_not_given_what_its_old_department_had(org):
    source = a_data_source(org, "department")
    imposing(org, source, "project")
    other = Department.objects.create(cluster=org.cluster, name="product")
    Project.objects.filter(pk=org.project.pk).update(department=other)

    with pytest.raises(HasIssues) as refusal:
        submit_workload(
            by=org.admin,
            project=Project.objects.get(pk=org.project.pk),
            name="chat",
            document=a_document({"leader.image": "ubuntu"}),
        )

    assert named(refusal.value.issues) == [(PVC, "policy")]


def test_a_stored_version_keeps_ids_and_no_values(org):
    source = a_data_source(org)
    imposing(org, source)

    version = PolicyVersion.objects.get()

    assert version.document == {"imposedAssets": {"leader": [str(source.pk)]}}


@pytest.mark.parametrize("name", ["", "  ", "a\0", "n" * 64])
def test_an_asset_without_a_name_that_can_be_kept_is_refused(org, name):
    with pytest.raises(NotWhole, match="name"):
        an_environment(org, name=name)
