"""Policies as programs get and send them."""

import json

import pytest

from policies import exchange
from policies.errors import ChangedMeanwhile, NoSuchPolicy, NotSaved
from policies.exchange import BadBody, body_of, patch_body, put_body
from policies.models import PolicyVersion
from policies.services import delete_policy, policy_of
from policies.stored import effective_policy
from tests.support.policies import in_force, unit_in
from workloads.spec.paths import FieldPath

pytestmark = pytest.mark.django_db
GPUS = "leader.compute.gpuDevicesRequest"


def sent(org, **policy):
    """A body about the project."""
    meta = {"scope": "project", "projectId": org.project.pk, "name": "cap"}
    return {"meta": meta, "policy": policy}


def rule(body, *path):
    found = body["effective"]["rules"]
    for name in path:
        found = found[name]
    return found


def test_a_program_gets_what_the_unit_says_and_what_holds_there(org):
    in_force(org, "cluster", rules={GPUS: {"max": 4}})
    in_force(org, "department", defaults={"replicas": 2}, rules={GPUS: {"max": 8}})
    saved = in_force(org, defaults={"replicas": 3}, rules={"workers": {"step": 2}})

    body = json.loads(json.dumps(body_of(by=org.admin, unit=org.project)))

    assert body["policy"] == {
        "defaults": {"replicas": 3},
        "rules": {"workers": {"step": 2}},
    }
    assert body["meta"]["scope"] == "project"
    assert body["meta"]["projectId"] == org.project.pk
    assert body["meta"]["id"] == str(saved.version.policy_id)
    assert body["meta"]["createdBy"] == body["meta"]["updatedBy"] == str(org.admin)
    assert body["effective"]["defaults"] == {"replicas": 3}
    assert rule(body, "leader", "compute", "gpuDevicesRequest") == {
        "max": 4,
        "sourceOfRule": {"scope": "cluster", "clusterId": str(org.cluster.pk)},
    }
    assert rule(body, "workers")["sourceOfRule"] == {
        "scope": "project",
        "projectId": org.project.pk,
    }
    assert body["effectiveUpdatedAt"] == saved.version.at.isoformat()


def test_a_lists_rules_and_items_come_as_they_are_written(org):
    variables = {"instances": [{"name": "LOG", "value": "info"}]}
    in_force(
        org,
        "department",
        defaults={
            "leader.environmentVariables": variables,
            "leader.tolerations": {"attributes": {"operator": "Exists"}},
        },
        rules={
            "leader.environmentVariables": {"instances": {"locked": ["LOG"]}},
            "leader.tolerations": {"attributes": {"operator": {"canEdit": False}}},
        },
    )

    effective = body_of(by=org.admin, unit=org.project)["effective"]

    source = {"scope": "department", "departmentId": str(org.department.pk)}
    assert effective["defaults"]["leader"] == {
        "environmentVariables": variables,
        "tolerations": {"attributes": {"operator": "Exists"}},
    }
    assert effective["rules"]["leader"] == {
        "environmentVariables": {
            "instances": {"locked": ["LOG"], "sourceOfRule": source}
        },
        "tolerations": {
            "attributes": {"operator": {"canEdit": False, "sourceOfRule": source}}
        },
    }


def test_where_only_units_above_say_something_there_is_no_policy_but_an_effect(org):
    in_force(org, "cluster", rules={"replicas": {"max": 4}})

    body = body_of(by=org.admin, unit=org.project)

    assert body.keys() == {"effective", "effectiveUpdatedAt"}


def test_where_nothing_holds_there_is_nothing_to_get(org):
    with pytest.raises(NoSuchPolicy):
        body_of(by=org.admin, unit=org.project)


def test_somebody_without_access_gets_what_one_gets_where_there_is_none(org):
    in_force(org)

    with pytest.raises(NoSuchPolicy) as refused:
        body_of(by=org.charlie, unit=org.project)

    assert str(refused.value) == "There is no policy of project llm-serving."


def test_who_submits_to_a_project_gets_what_holds_there_and_no_more(org):
    in_force(org, "cluster", rules={"replicas": {"max": 4}})
    in_force(org, defaults={"replicas": 2})

    body = body_of(by=org.alice, unit=org.project)

    assert body.keys() == {"effective", "effectiveUpdatedAt"}
    assert rule(body, "replicas")["max"] == 4
    with pytest.raises(NoSuchPolicy):
        body_of(by=org.alice, unit=org.cluster)


def test_what_a_program_sends_holds_from_then_on(org):
    body = put_body(by=org.admin, body=sent(org, rules={"replicas": {"max": 4}}))

    assert body["policy"] == {"rules": {"replicas": {"max": 4}}}
    effective = effective_policy(org.project)
    assert effective.rules[FieldPath(["replicas"])].bounds[0].bound == 4


def test_what_it_got_it_can_send_back(org):
    in_force(
        org,
        defaults={"leader.compute.cpuMemoryRequest": "8G", "leader.image": "a:1"},
        rules={"leader.image": {"options": [{"value": "a:1", "displayed": "A"}]}},
    )
    got = body_of(by=org.admin, unit=org.project)

    again = put_body(by=org.admin, body={"meta": got["meta"], "policy": got["policy"]})

    assert again["policy"] == got["policy"]
    assert again["effective"] == got["effective"]


def test_an_empty_source_of_a_rule_is_taken_and_a_said_one_is_refused(org):
    rules = {"replicas": {"max": 4, "sourceOfRule": {}}}
    put_body(by=org.admin, body=sent(org, rules=rules))

    rules["replicas"]["sourceOfRule"] = {"scope": "cluster"}
    with pytest.raises(NotSaved) as refused:
        put_body(by=org.admin, body=sent(org, rules=rules))

    (finding,) = refused.value.findings
    assert str(finding.issue.location) == "rules.replicas.sourceOfRule"


def test_a_body_can_be_checked_without_being_stored(org):
    body = sent(org, rules={"replicas": {"max": 4}})

    checked = put_body(by=org.admin, body=body, validate_only=True)
    with pytest.raises(NotSaved):
        wrong = sent(org, rules={"replicas": {"max": "many"}})
        put_body(by=org.admin, body=wrong, validate_only=True)

    assert checked == {"policy": {"rules": {"replicas": {"max": 4}}}}
    assert not PolicyVersion.objects.exists()


def test_a_change_leaves_the_other_fields_alone(org):
    in_force(
        org,
        defaults={"replicas": 2, "leader.image": "a:1"},
        rules={"replicas": {"min": 1, "max": 4}, "workers": {"max": 3}},
    )

    body = sent(org, defaults={"replicas": 3}, rules={"replicas": {"max": 6}})
    changed = patch_body(by=org.admin, body=body)

    assert changed["policy"] == {
        "defaults": {"replicas": 3, "leader": {"image": "a:1"}},
        "rules": {"replicas": {"max": 6}, "workers": {"max": 3}},
    }


@pytest.mark.parametrize(
    ("path", "left"),
    [
        ("replicas", {"leader.image", "leader.workingDir"}),
        ("$.leader.image", {"replicas", "leader.workingDir"}),
        ("leader", {"replicas"}),
    ],
)
def test_a_reset_takes_a_fields_default_and_its_rules_away(org, path, left):
    in_force(
        org,
        defaults={"replicas": 2, "leader.image": "a:1", "leader.workingDir": "/a"},
        rules={"replicas": {"max": 4}, "leader.image": {"required": True}},
    )

    patch_body(by=org.admin, body=sent(org) | {"reset": [path]})

    effective = effective_policy(org.project)
    assert {str(each) for each in effective.defaults} == left
    assert {str(each) for each in effective.rules} == (
        left & {"replicas", "leader.image"}
    )


def test_a_change_on_an_older_version_is_refused(org):
    in_force(org)
    in_force(org, rules={"replicas": {"max": 4}})

    with pytest.raises(ChangedMeanwhile):
        put_body(by=org.admin, body=sent(org), based_on=1)

    assert policy_of(org.project).current.number == 2


def test_a_change_that_meets_another_one_keeps_both(org, monkeypatch):
    in_force(org, defaults={"replicas": 2})
    read = exchange.policy_of
    others = iter([{"workers": {"max": 3}}])

    def meanwhile(unit):
        found = read(unit)
        if rules := next(others, None):
            in_force(org, defaults={"replicas": 2}, rules=rules)
        return found

    monkeypatch.setattr(exchange, "policy_of", meanwhile)

    changed = patch_body(by=org.admin, body=sent(org, defaults={"replicas": 4}))

    assert changed["policy"] == {
        "defaults": {"replicas": 4},
        "rules": {"workers": {"max": 3}},
    }


@pytest.mark.parametrize(
    "policy",
    [
        {"defaults": {"leader": {"image": "\ud800"}}},
        {"imposedAssets": {"leader": ["\ud800"]}},
        {"rules": {"\ud800": {}}},
    ],
)
def test_what_no_text_can_hold_is_refused(org, policy):
    with pytest.raises((BadBody, NotSaved)):
        put_body(by=org.admin, body=sent(org, **policy))

    assert not PolicyVersion.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"meta": None}, "meta"),
        ({"meta": {"scope": []}}, "meta.scope"),
        ({"meta": {"scope": {}}}, "meta.scope"),
        ({"meta": {"scope": "galaxy"}}, "meta.scope"),
        ({"meta": {"scope": "tenant", "owner": "x"}}, "meta.owner"),
        ({"policy": []}, "policy"),
        ({"policy": {"rule": {}}}, "policy.rule"),
        ({"extra": 1}, "extra"),
        ({"reset": "replicas"}, "reset"),
        ({"reset": ["leader.nosuch"]}, "reset"),
        ({"reset": [""]}, "reset"),
    ],
)
def test_a_body_of_another_shape_is_refused_by_name(org, change, field):
    with pytest.raises(BadBody) as refused:
        patch_body(by=org.admin, body=sent(org) | change)

    assert refused.value.field == field
    assert not PolicyVersion.objects.exists()


@pytest.mark.parametrize("name", ["nosuch", "leader.nosuch"])
def test_an_unknown_field_in_a_change_is_refused(org, name):
    head, _, rest = name.partition(".")
    rules = {head: {rest: {"max": 1}} if rest else {"max": 1}}

    with pytest.raises(NotSaved) as refused:
        patch_body(by=org.admin, body=sent(org, rules=rules))

    assert str(refused.value.findings[0].issue.location) == f"rules.{name}"


@pytest.mark.parametrize("key", [None, 1, "x", "9" * 400, True, [], 4999999])
def test_a_unit_that_is_not_there_has_no_policy(org, key):
    body = {"meta": {"scope": "project", "projectId": key}, "policy": {}}

    with pytest.raises(NoSuchPolicy):
        put_body(by=org.admin, body=body)


@pytest.mark.parametrize("who", ["admin"])
def test_an_id_with_something_behind_it_is_no_id(org, who):
    meta = {"scope": "cluster", "clusterId": f"{org.cluster.pk}zzz"}

    with pytest.raises(NoSuchPolicy):
        put_body(by=getattr(org, who), body={"meta": meta, "policy": {}})


@pytest.mark.parametrize("who", ["alice", "charlie"])
def test_a_unit_out_of_reach_is_not_there(org, who):
    body = sent(org, rules={"replicas": {"max": 4}})

    with pytest.raises(NoSuchPolicy):
        put_body(by=getattr(org, who), body=body)

    assert not PolicyVersion.objects.exists()


def test_a_policy_that_was_deleted_and_made_anew_has_a_new_maker(org):
    in_force(org)
    delete_policy(by=org.admin, unit=org.project)
    put_body(by=org.bob, body=sent(org))

    meta = body_of(by=org.admin, unit=unit_in(org, "project"))["meta"]

    assert meta["createdBy"] == str(org.bob)
