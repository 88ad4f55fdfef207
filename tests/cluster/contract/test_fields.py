"""Each field alone says something wrong, past our own judge: it ends at that field."""

import pytest

from tests.cluster.contract.fields import FIELDS, in_pod, rendered
from tests.cluster.contract.wrong import (
    BAD,
    ELSEWHERE,
    LOOSE,
    NEAR,
    NEAR_BY_KEY,
    QUANTITIES,
    WRONG,
)
from workloads.cluster import Refused
from workloads.manifests import Finding, objections

TYPED = [field for field in FIELDS if field.path not in {*LOOSE, *ELSEWHERE}]
VALUED = [field for field in FIELDS if field.path in WRONG]
TAKEN = [field for field in FIELDS if field.path != "rollout.maxUnavailable"]
"""A share of one replica is none: ``test_refusals`` has that."""

AMOUNTS = [field for field in FIELDS if field.path in QUANTITIES]


@pytest.fixture(scope="module")
def where(server):
    """A namespace for dry runs."""
    return server.namespace(f"fields-{server.name.replace(' ', '-')}")


def places(refusal, found):
    """Where the product puts what the cluster says."""
    causes = tuple(Finding(cause.field, cause.message) for cause in refusal.causes)
    told = objections(causes, str(refusal), found.spec, **found.where)
    return [str(each.place) for each in told]


def near(field, table):
    """As closely as the answer allows."""
    if field.path not in table:
        return field.place
    return f"{field.role}.{table[field.path]}".lstrip(".")


def ids(fields):
    return [field.place for field in fields]


@pytest.mark.parametrize("field", TYPED, ids=ids(TYPED))
def test_a_value_of_another_type_ends_at_its_field(cluster, where, field):
    found = next(rendered(field, where))
    wrong = 17 if isinstance(found.value, str) else "wrong"

    with pytest.raises(Refused) as refused:
        cluster.apply(found.saying(wrong), dry_run=True)

    assert "failed to create typed patch object" in str(refused.value)
    assert places(refused.value, found) == [near(field, NEAR_BY_KEY)]


@pytest.mark.parametrize("field", VALUED, ids=ids(VALUED))
def test_an_impossible_value_ends_at_its_field(cluster, where, field):
    found = next(in_pod(field, where))

    with pytest.raises(Refused) as refused:
        cluster.create(found.saying(WRONG[field.path]), dry_run=True)

    assert places(refused.value, found)[0] == near(field, NEAR)


@pytest.mark.parametrize("field", AMOUNTS, ids=ids(AMOUNTS))
def test_what_is_no_quantity_ends_at_the_resources_of_its_role(cluster, where, field):
    found = next(in_pod(field, where))

    with pytest.raises(Refused) as refused:
        cluster.create(found.saying(BAD), dry_run=True)

    assert "quantities must match the regular expression" in str(refused.value)
    assert places(refused.value, found) == [f"{field.role}.compute"]


@pytest.mark.parametrize("field", TAKEN, ids=ids(TAKEN))
def test_what_is_right_is_taken(cluster, where, field):
    """Else the tests above would show nothing."""
    found = next(rendered(field, where))

    assert cluster.apply(found.manifest, dry_run=True)["metadata"]["uid"]


def test_every_field_was_tried():
    tried = {field.path for field in (*TYPED, *VALUED, *AMOUNTS)} | set(ELSEWHERE)

    assert {field.path for field in FIELDS} <= tried
