"""The vectors of policies.md §13 with policies that are stored."""

import pytest

from policies.errors import NotSaved
from policies.services import save_policy
from policies.stored import effective_policy
from tests.support.assets import a_data_source
from tests.support.documents import a_document, at, named
from tests.support.policies import a_text, in_force, made_unreadable, unit_in
from workloads.models import Workload
from workloads.services import HasIssues, submit_workload

pytestmark = pytest.mark.django_db
GPUS = "leader.compute.gpuDevicesRequest"
NON_ROOT = "leader.security.runAsNonRoot"
CAPABILITIES = "leader.security.capabilities"
ENV = "leader.environmentVariables"
TOLERATIONS = "leader.tolerations"
ADMIN = {CAPABILITIES: {"options": [{"value": "SYS_ADMIN"}]}}


def variables(**values):
    items = [{"name": name, "value": value} for name, value in values.items()]
    return {ENV: {"instances": items}}


def submit(org, document, **more):
    said = {"leader.image": "ubuntu", "servingPort.port": 8000} | document
    return submit_workload(
        by=org.alice,
        project=org.project,
        name="chat",
        document=a_document(said),
        **more,
    )


def refused(org, document):
    with pytest.raises(HasIssues) as refusal:
        submit(org, document)
    assert not Workload.objects.exists()
    return refusal.value.issues


def not_saved(org, scope, defaults=None, rules=None, **more):
    text = a_text(defaults, rules, **more)
    with pytest.raises(NotSaved) as refusal:
        save_policy(by=org.admin, unit=unit_in(org, scope), text=text)
    return refusal.value.findings


def test_10_of_compute_rules_the_farthest_wins(org):
    in_force(org, "project", rules={GPUS: {"max": 8}})
    in_force(org, "cluster", rules={GPUS: {"max": 4}})

    (issue,) = refused(org, {GPUS: 6})

    assert named([issue]) == [(GPUS, "max")]
    assert issue.source == "cluster gpu-west-1"


def test_11_of_other_rules_the_nearest_wins(org):
    in_force(org, "cluster", rules={"replicas": {"max": 4}})
    in_force(org, "project", rules={"replicas": {"max": 8}})

    assert submit(org, {"replicas": 6}).replicas == 6


def test_12_of_defaults_the_nearest_wins_and_is_named(org):
    in_force(org, "cluster", {"priorityClass": "low"})
    in_force(org, "department", {"priorityClass": "high"})

    workload = submit(org, {})

    assert workload.resolved["priorityClass"] == "high"
    assert workload.sources["priorityClass"] == "department research"


def test_13_a_closed_list_has_what_is_imposed_and_nothing_else(org):
    pvc = "leader.storage.pvc"
    ids = [str(a_data_source(org).pk)]
    closed = {pvc: {"instances": {"canAdd": False}}}
    in_force(org, "project", rules=closed, imposedAssets={"leader": ids})
    mine = {"name": "mine", "path": "/mine", "claimInfo": {"size": "1G"}}

    assert named(refused(org, {pvc: [mine]})) == [(f"{pvc}.0", "canAdd")]
    (item,) = at(submit(org, {}).resolved, pvc)
    assert item["claimName"] == "shared-models"


@pytest.mark.parametrize(
    ("defaults", "rules", "where", "line"),
    [
        ({}, {"leader.compute.gpuDeviceRequest": {"max": 1}},
         ("rules.leader.compute.gpuDeviceRequest", "unknown"), 4),
        ({"replicas": 9}, {"replicas": {"max": 8}}, ("replicas", "max"), 2),
        ({}, {"replicas": {"required": True, "blocked": True}},
         ("rules.replicas", "rules"), 2),
        ({}, {"replicas": {"min": 3, "max": 2}}, ("rules.replicas", "rules"), 2),
        ({}, {"leader.image": {"options": []}}, ("rules.leader.image", "rules"), 3),
        ({"priorityClass": "low"}, {"priorityClass": {"blocked": True}},
         ("priorityClass", "blocked"), 2),
        ({CAPABILITIES: ["CHOWN", "SYS_ADMIN"]}, {}, (CAPABILITIES, "guard"), 4),
        ({"workers": 0}, {"workers": {"min": 1, "max": 7, "step": 2}},
         ("workers", "min"), 2),
    ],
    ids=["15", "16", "17 blocked", "17 min", "17 options", "35", "37", "23"],
)  # fmt: skip
def test_a_policy_that_contradicts_itself_is_refused_at_its_line(
    org, defaults, rules, where, line
):
    (found,) = not_saved(org, "department", defaults, rules)

    assert named([found.issue]) == [where]
    assert found.mark.line == line
    assert f"line {line}, column" in str(found)


@pytest.mark.parametrize(
    ("lower", "upper", "refusal", "stands", "source"),
    [
        (({NON_ROOT: False},),
         [("cluster", {NON_ROOT: True}, {NON_ROOT: {"canEdit": False}})],
         (NON_ROOT, "canEdit"), True, "cluster gpu-west-1"),
        ((variables(A="2"),),
         [("department", variables(A="1"), {ENV: {"instances": {"locked": ["A"]}}})],
         (f"{ENV}[A]", "locked"), [{"name": "A", "value": "1"}], "department research"),
        (({GPUS: 6},),
         [("cluster", {}, {GPUS: {"max": 4}}), ("department", {GPUS: 2}, {})],
         (GPUS, "max"), 2, "department research"),
    ],
    ids=["19", "20", "21"],
)  # fmt: skip
def test_what_was_saved_earlier_does_not_evade_a_lock_and_is_not_saved_again(
    org, lower, upper, refusal, stands, source
):
    earlier = in_force(org, "project", *lower)
    listed = [in_force(org, *each).below for each in upper]

    workload = submit(org, {})

    path = refusal[0].partition("[")[0]
    assert at(workload.resolved, path) == stands
    assert source in workload.sources.values()
    assert [str(b.unit) for found in listed for b in found] == ["project llm-serving"]
    with pytest.raises(NotSaved) as again:
        save_policy(by=org.admin, unit=org.project, text=earlier.version.text)
    assert refusal in named(each.issue for each in again.value.findings)
    (skipped,) = effective_policy(org.project).skipped
    assert (str(skipped.location), skipped.rule) == refusal


def test_22_a_stricter_department_is_saved_and_the_projects_below_are_listed(org):
    in_force(org, "project", {"replicas": 9})

    saved = in_force(org, "department", rules={"replicas": {"max": 6}})

    (below,) = saved.below
    assert str(below.unit) == "project llm-serving"
    assert named(below.issues) == [("replicas", "max")]
    assert saved.version.number == 1
    assert submit(org, {}).replicas == 1


def test_30_a_project_lifts_no_guard_and_a_cluster_does(org):
    in_force(org, "project", rules=ADMIN)
    assert named(refused(org, {CAPABILITIES: ["SYS_ADMIN"]})) == [
        (CAPABILITIES, "guard")
    ]

    in_force(org, "cluster", rules=ADMIN)

    workload = submit(org, {CAPABILITIES: ["SYS_ADMIN"]})
    assert at(workload.resolved, CAPABILITIES) == ["SYS_ADMIN"]


def test_36_what_is_closed_above_gets_no_more_defaults(org):
    in_force(
        org,
        "department",
        variables(A="1") | {TOLERATIONS: {"attributes": {"operator": "Exists"}}},
        {
            ENV: {"instances": {"canAdd": False}},
            TOLERATIONS: {"attributes": {"operator": {"canEdit": False}}},
        },
    )

    def toleration(operator):
        item = {"name": "t", "key": "gpu", "operator": operator}
        if operator == "Equal":
            item["value"] = "yes"
        return {TOLERATIONS: {"instances": [item]}}

    added = not_saved(org, "project", variables(B="2"))
    other = not_saved(org, "project", toleration("Equal"))
    assert named(each.issue for each in added) == [(f"{ENV}[B]", "canAdd")]
    assert (f"{TOLERATIONS}[t]", "canEdit") in named(each.issue for each in other)
    assert in_force(org, "project", toleration("Exists")).version.number == 1


def test_a_policy_that_cannot_be_read_any_more_refuses_everything_in_its_scope(org):
    made_unreadable(in_force(org, "department", rules={"replicas": {"min": 1}}))

    (issue,) = refused(org, {})

    assert (issue.rule, issue.source) == ("policy", "department research")
    assert "the policy of department research cannot be read" in issue.text
