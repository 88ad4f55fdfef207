"""Data sources that a policy forces into every workload (policies.md §1.4, §1.8)."""

import pytest

from policies.engine.effective import EffectivePolicy
from policies.engine.policy import Imposable
from policies.places import mark_of
from policies.reading import reading
from tests.support.documents import a_policy, at, judged, named
from workloads.spec.issues import Issue
from workloads.spec.paths import Location

PVC = "leader.storage.pvc"
MODELS = {"path": "/models", "existingPvc": True, "claimName": "models"}
BOTH = {"imposedAssets": {"leader": ["7"], "worker": ["7"]}}
ASSETS = {"7": Imposable("storage.pvc", MODELS)}
IMPOSED = a_policy(**BOTH, assets=ASSETS)
CLOSED = a_policy("cluster", rules={PVC: {"instances": {"canAdd": False}}})


def test_what_is_imposed_is_in_both_roles_and_says_by_whom():
    verdict = judged({"workers": 1, "worker.image": "ubuntu"}, IMPOSED)

    assert not verdict.issues
    for role in ("leader", "worker"):
        assert at(verdict.resolved, f"{role}.storage.pvc.0.claimName") == "models"
        place = Location.parse(f"{role}.storage.pvc[7].path")
        assert verdict.sources[place] == "project Llamas"


def test_without_workers_nothing_is_imposed_on_them():
    verdict = judged({}, IMPOSED)

    assert "worker" not in verdict.resolved


def test_a_closed_list_lets_in_what_is_imposed_and_nothing_else():
    mine = {PVC: [{"name": "mine", "path": "/mine", "claimInfo": {"size": "1G"}}]}

    assert not judged({}, CLOSED, IMPOSED).issues
    verdict = judged(mine, CLOSED, IMPOSED)
    assert named(verdict.issues) == [(f"{PVC}.0", "canAdd")]


@pytest.mark.parametrize(
    "change",
    [{"path": "/else"}, {"claimName": "other"}, {"exclude": True}, {"readOnly": True}],
    ids=["path", "claim", "left out", "read only"],
)
def test_a_forged_change_is_refused_at_the_row(change):
    verdict = judged({PVC: [{"name": "7", **change}]}, IMPOSED)

    assert (f"{PVC}.0", "locked") in named(verdict.issues)
    assert {i.source for i in verdict.issues} == {"project Llamas"}


def test_repeating_what_is_imposed_changes_nothing():
    verdict = judged({PVC: [{"name": "7", **MODELS}]}, IMPOSED)

    assert not verdict.issues


def test_a_path_of_the_users_that_collides_is_the_users_error():
    mine = {"leader.storage.emptyDirVolume": [{"name": "mine", "path": "/models/"}]}

    verdict = judged(mine, IMPOSED)

    (issue,) = verdict.issues
    assert str(issue.location) == "leader.storage.emptyDirVolume.0.path"
    assert issue.rule == "unique"


def test_units_impose_together():
    scratch = Imposable("storage.emptyDirVolume", {"path": "/scratch"})
    above = a_policy("cluster", imposedAssets={"leader": ["8"]}, assets={"8": scratch})

    verdict = judged({}, above, IMPOSED)

    assert at(verdict.resolved, "leader.storage.pvc.0.path") == "/models"
    assert at(verdict.resolved, "leader.storage.emptyDirVolume.0.path") == "/scratch"


def test_what_is_not_there_refuses_everything_and_is_named():
    gone = a_policy(imposedAssets={"worker": ["7"]}, assets={})

    verdict = judged({}, gone)

    (issue,) = verdict.issues
    assert (str(issue.location), issue.rule) == (PVC, "policy")
    assert "the policy of project Llamas imposes 7, which is no data source" in (
        issue.text
    )


@pytest.mark.parametrize("role", ["master", "replicas", "servingPort", "storage"])
def test_it_is_imposed_on_a_role(role):
    policy = a_policy(imposedAssets={role: ["7"]}, assets=ASSETS)

    assert named(policy.issues) == [(f"imposedAssets.{role}", "type")]
    assert EffectivePolicy.of([policy]).unreadable


def test_an_asset_that_may_not_be_imposed_says_why():
    secret = Imposable("storage.secretVolume", {}, "is a Secret")

    policy = a_policy(imposedAssets={"leader": ["7"]}, assets={"7": secret})

    (issue,) = policy.issues
    assert (str(issue.location), issue.text) == (
        "imposedAssets.leader.7",
        "is a Secret",
    )
    assert not policy.imposed


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("imposedAssets.leader.7", 3),
        ("imposedAssets.leader.8", 4),
        ("imposedAssets.worker.8", 5),
        ("leader.storage.pvc[8].path", 4),
    ],
)
def test_what_is_wrong_with_an_asset_stands_at_the_line_of_its_id(place, line):
    text = 'imposedAssets:\n  leader:\n    - "7"\n    - "8"\n  worker: ["7", "8"]\n'
    at_id = Location(
        part if not isinstance(part, int) else str(part)
        for part in Location.parse(place)
    )

    mark = mark_of(Issue(at_id, "asset", "").location, reading(text))

    assert mark.line == line
