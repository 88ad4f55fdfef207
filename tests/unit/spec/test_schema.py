"""What is promised of the models as a whole."""

import pytest

from workloads.spec.paths import FieldPath, Key, Location
from workloads.spec.pod import PodSettings
from workloads.spec.schema import SCHEMA, by_path
from workloads.spec.workload import WorkloadSpec


def test_a_spec_exists_for_a_document_that_says_nothing():
    spec = WorkloadSpec.model_validate({})

    assert (spec.replicas, spec.workers, spec.worker) == (1, 0, None)


def test_leader_and_worker_are_one_definition():
    leader, worker = (
        [field.path[1:] for field in SCHEMA.at([role])] for role in ("leader", "worker")
    )

    assert leader == worker
    assert WorkloadSpec.model_fields["leader"].annotation is PodSettings


def test_the_schema_of_the_api_describes_every_field():
    schema = WorkloadSpec.model_json_schema(by_alias=True)

    compute = schema["$defs"]["Compute"]["properties"]
    assert compute["cpuMemoryRequest"]["title"] == "CPU memory request"
    assert compute["cpuMemoryRequest"]["description"].startswith("Guaranteed")
    assert schema["properties"]["replicas"]["maximum"] == 1000


def test_every_list_of_items_has_a_key_among_its_fields():
    for field in SCHEMA:
        if field.items:
            assert field.key in field.children, field.path
            assert field.one_of <= field.children.keys(), field.path


def test_every_field_that_a_person_sees_has_a_title():
    assert [f.path for f in SCHEMA if not f.children and not f.info.title] == []


def test_a_typo_in_a_table_of_fields_is_told_at_once():
    with pytest.raises(KeyError):
        by_path({"pod.imagee": 1})

    assert list(by_path({"pod.image": 1})) == [
        FieldPath(("leader", "image")),
        FieldPath(("worker", "image")),
    ]


@pytest.mark.parametrize(
    ("text", "parts", "path"),
    [
        ("leader.labels.2.value", ("leader", "labels", 2, "value"),
         "leader.labels.value"),
        ("leader.labels[a.b/c].value", ("leader", "labels", Key("a.b/c"), "value"),
         "leader.labels.value"),
        ("replicas", ("replicas",), "replicas"),
    ],
)  # fmt: skip
def test_a_location_is_read_and_written_back(text, parts, path):
    location = Location.parse(text)

    assert location == parts
    assert str(location) == text
    assert str(location.path) == path
    assert location.below(FieldPath.parse(path.rpartition(".")[0]))
