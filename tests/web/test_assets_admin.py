"""The stock admin writes assets through their services, in embedded mode."""

import json

import pytest

from assets.models import ComputeResource, DataSource, Environment
from projects.models import AuditEntry
from tests.support.assets import CLAIM, a_data_source, an_environment
from tests.support.policies import in_force
from tests.web.test_admin import embedded  # noqa: F401  # a fixture

pytestmark = pytest.mark.django_db


def form(model, org, **values):
    made = {"name": "a", "scope": "project", "project": org.project.pk}
    piece = values.pop("piece", {"image": "a/b:1"})
    kind = {"kind": "pvc"} if model is DataSource else {}
    return made | kind | {"description": "", "piece": json.dumps(piece)} | values


def add(client, model, org, **values):
    name = model._meta.model_name
    return client.post(f"/admin/assets/{name}/add/", form(model, org, **values))


@pytest.mark.parametrize(
    ("model", "piece"),
    [
        (Environment, {"image": "a/b:1"}),
        (ComputeResource, {"gpuDevicesRequest": 1}),
        (DataSource, CLAIM),
    ],
)
def test_each_kind_is_made_through_its_service(embedded, org, model, piece):  # noqa: F811
    answer = add(embedded, model, org, piece=piece)

    assert answer.status_code == 302
    made = model.objects.get()
    assert (made.piece, made.created_by.username) == (piece, "admin")
    assert AuditEntry.objects.filter(target=str(made.pk)).count() == 1


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"piece": {"imagePullPolicy": "Maybe"}}, "leader.imagePullPolicy: must be"),
        ({"piece": {"storage": {}}}, "storage: is no part of environments"),
        ({"scope": "cluster"}, "Constraint"),
    ],
    ids=["wrong value", "foreign name", "two units"],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(embedded, org, values, told):  # noqa: F811
    answer = add(embedded, Environment, org, **values)

    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert 'value="a"' in answer.content.decode()
    assert not Environment.objects.exists()


def test_a_change_is_a_new_revision_and_the_unit_stays(embedded, org):  # noqa: F811
    made = an_environment(org)
    page = f"/admin/assets/environment/{made.pk}/change/"

    values = form(Environment, org, name="vllm", scope="tenant", project="")
    assert embedded.post(page, values).status_code == 302

    made.refresh_from_db()
    assert (made.revision, made.scope) == (2, "project")
    assert made.piece == {"image": "a/b:1"}


def test_what_a_policy_imposes_is_not_deleted_and_the_page_names_it(embedded, org):  # noqa: F811
    source = a_data_source(org)
    in_force(org, "project", imposedAssets={"leader": [str(source.pk)]})
    page = f"/admin/assets/datasource/{source.pk}/delete/"

    assert "policy of project llm-serving" in embedded.get(page).content.decode()
    embedded.post(page, {"post": "yes"})

    assert DataSource.objects.filter(pk=source.pk).exists()


def test_a_change_that_its_policy_forbids_is_said_in_the_form(embedded, org):  # noqa: F811
    source = a_data_source(org)
    in_force(org, "project", imposedAssets={"leader": [str(source.pk)]})
    page = f"/admin/assets/datasource/{source.pk}/change/"
    secret = {"secret": "s", "mountPath": "/s"}

    answer = embedded.post(
        page, form(DataSource, org, kind="secretVolume", piece=secret)
    )

    assert "whose policy would not hold any more" in answer.content.decode()
    source.refresh_from_db()
    assert source.kind == "pvc"


def test_what_nothing_imposes_is_deleted(embedded, org):  # noqa: F811
    made = an_environment(org)
    page = f"/admin/assets/environment/{made.pk}/delete/"

    embedded.post(page, {"post": "yes"})

    assert not Environment.objects.exists()
    assert AuditEntry.objects.filter(action="environment.delete").count() == 1
