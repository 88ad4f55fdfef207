"""Secrets of credentials: brought before they are needed, taken away after."""

import base64
import itertools
from datetime import timedelta

import pytest
from django.utils.timezone import now

from assets.credentials import (
    delete_credential,
    give_new_value,
    share_credential,
)
from assets.errors import InUse
from assets.models import SharedCredential
from projects.models import Project
from tests.cluster.conftest import clear, eventually
from tests.cluster.test_sync import a_group, reload
from workloads.cluster import NotFound, Ref, Refused
from workloads.models import CredentialUse, SecretCopy, Workload
from workloads.services import (
    HasIssues,
    Refusal,
    delete_workload,
    submit_workload,
)
from workloads.services import submit as submitting
from workloads.sync.clusters import cluster_for
from workloads.sync.secrets import opened
from workloads.sync.work import sweep

CANARY = "canary-71d0"
LWS = "leaderworkerset.x-k8s.io/v1"
NUMBERS = itertools.count(1)


@pytest.fixture(autouse=True)
def cleared(org):
    yield
    clear(cluster_for(org.cluster))


@pytest.fixture
def credential(org):
    return share_credential(
        by=org.admin,
        unit=org.department,
        kind="genericSecret",
        name="hub",
        values={"token": CANARY},
    )


def reading(credential, key="token"):
    """A group whose leader has a variable from the credential."""
    document = a_group(gpus=0)
    secret = {"name": credential.kubernetes_name, "key": key}
    variable = {"name": "HF_TOKEN", "secret": secret}
    return document | {
        "leader": document["leader"] | {"environmentVariables": [variable]}
    }


def submit(org, document, project=None):
    """Submit under a name of its own: the cluster keeps what earlier tests made."""
    return submit_workload(
        by=org.admin,
        project=project or org.project,
        name=f"secret{next(NUMBERS)}x",
        document=document,
    )


def template_of(org, workload):
    """The leader's pod, as the cluster has it."""
    ref = Ref(LWS, "LeaderWorkerSet", workload.name, org.project.namespace)
    group = cluster_for(org.cluster).get(ref)["spec"]["leaderWorkerTemplate"]
    return group["leaderTemplate"]["spec"]


def ref(org, name):
    return Ref("v1", "Secret", name, org.project.namespace)


def held(org, name, key="token"):
    """What the cluster's Secret holds."""
    secret = cluster_for(org.cluster).get(ref(org, name))
    return base64.b64decode(secret["data"][key]).decode()


def removed(org, workload):
    """Delete a workload, and wait until nothing of it is left."""
    delete_workload(by=org.admin, workload=workload)

    def gone():
        sweep()
        return reload(workload).deleted_at

    eventually(gone)


def settled():
    while sweep():
        pass


def test_a_workload_starts_once_the_secret_is_in_its_namespace(org, credential):
    workload = submit(org, reading(credential))

    settled()

    name = credential.kubernetes_name
    secret = cluster_for(org.cluster).get(ref(org, name))
    assert held(org, name) == CANARY
    assert secret["type"] == "Opaque"
    labels, annotations = (secret["metadata"][k] for k in ("labels", "annotations"))
    assert labels["runai-portal/credential-id"] == str(credential.pk)
    assert annotations == {"runai-portal/credential-revision": "1"}
    pod = template_of(org, workload)
    source = pod["containers"][0]["env"][0]["valueFrom"]
    assert source == {"secretKeyRef": {"name": name, "key": "token"}}
    assert CANARY not in str(pod)
    assert reload(workload).applied_generation is not None


def test_no_secret_is_made_before_something_needs_it(org, credential):
    submit(org, a_group())

    settled()

    with pytest.raises(NotFound):
        held(org, credential.kubernetes_name)


def test_an_ngc_key_pulls_with_one_secret_and_is_read_from_the_other(org):
    ngc = share_credential(
        by=org.admin,
        unit=org.project,
        kind="ngcApiKey",
        name="ngc",
        values={"ngcApiKey": "nvapi-1"},
    )
    document = reading(ngc, "NGC_API_KEY")
    document["leader"]["imagePullSecrets"] = [{"name": ngc.kubernetes_name}]

    workload = submit(org, document)
    settled()

    name = ngc.kubernetes_name
    assert held(org, f"{name}-k", "NGC_API_KEY") == "nvapi-1"
    assert "$oauthtoken" in held(org, f"{name}-p", ".dockerconfigjson")
    pod = template_of(org, workload)
    assert pod["imagePullSecrets"] == [{"name": f"{name}-p"}]
    source = pod["containers"][0]["env"][0]["valueFrom"]["secretKeyRef"]
    assert source == {"name": f"{name}-k", "key": "NGC_API_KEY"}


def test_a_new_value_reaches_the_cluster(org, credential):
    submit(org, reading(credential))
    settled()

    give_new_value(by=org.admin, credential=credential, values={"token": "new"})
    settled()

    assert held(org, credential.kubernetes_name) == "new"
    assert SecretCopy.objects.get().revision == 2


def test_a_credential_that_a_workload_needs_is_not_deleted(org, credential):
    submit(org, reading(credential))

    with pytest.raises(InUse, match="hub is used by secret"):
        delete_credential(by=org.admin, credential=credential)


def test_a_secret_goes_ten_minutes_after_the_last_workload(org, credential):
    workload = submit(org, reading(credential))
    settled()
    removed(org, workload)

    settled()
    assert held(org, credential.kubernetes_name) == CANARY

    past = {"unused_since": now() - timedelta(minutes=11), "due_at": now()}
    SecretCopy.objects.update(**past)
    settled()
    with pytest.raises(NotFound):
        held(org, credential.kubernetes_name)
    assert not sweep()


def test_a_secret_that_went_is_brought_again_before_the_next_workload(org, credential):
    test_a_secret_goes_ten_minutes_after_the_last_workload(org, credential)

    submit(org, reading(credential))
    settled()

    assert held(org, credential.kubernetes_name) == CANARY


def test_a_secret_goes_too_where_its_newest_value_was_refused(org, credential):
    workload = submit(org, reading(credential))
    settled()
    SecretCopy.objects.update(refused=True, last_error="no")
    removed(org, workload)
    settled()

    SecretCopy.objects.update(unused_since=now() - timedelta(minutes=11), due_at=now())
    settled()

    with pytest.raises(NotFound):
        held(org, credential.kubernetes_name)


def test_a_secret_that_was_half_brought_is_known_and_goes(org, simulator):
    ngc = share_credential(
        by=org.admin,
        unit=org.project,
        kind="ngcApiKey",
        name="ngc",
        values={"ngcApiKey": "nvapi-1"},
    )
    name = ngc.kubernetes_name
    theirs = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": f"{name}-k", "namespace": org.project.namespace},
    }
    cluster_for(org.cluster).apply(theirs)

    workload = submit(org, reading(ngc, "NGC_API_KEY"))
    settled()
    assert held(org, f"{name}-p", ".dockerconfigjson")
    removed(org, workload)
    settled()
    SecretCopy.objects.update(unused_since=now() - timedelta(minutes=11), due_at=now())
    settled()

    with pytest.raises(NotFound):
        held(org, f"{name}-p", ".dockerconfigjson")
    assert cluster_for(org.cluster).get(ref(org, f"{name}-k"))


def test_a_credential_that_goes_while_a_workload_is_submitted_refuses_it(
    org, credential, monkeypatch
):
    judged = submitting.named_secrets

    def deleted(spec):
        SharedCredential.objects.all().delete()
        return judged(spec)

    monkeypatch.setattr(submitting, "named_secrets", deleted)

    with pytest.raises(Refusal):
        submit(org, reading(credential))

    assert not Workload.objects.exists()


def test_the_secret_of_a_deleted_credential_goes_at_once(org, credential):
    workload = submit(org, reading(credential))
    settled()
    removed(org, workload)
    settled()

    delete_credential(by=org.admin, credential=credential)
    SecretCopy.objects.update(due_at=None)
    settled()

    with pytest.raises(NotFound):
        held(org, credential.kubernetes_name)
    sweep()
    assert not SecretCopy.objects.exists()


def test_somebody_elses_secret_of_that_name_is_not_overwritten(org, credential):
    cluster = cluster_for(org.cluster)
    name = credential.kubernetes_name
    theirs = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": org.project.namespace},
        "data": {"token": base64.b64encode(b"theirs").decode()},
    }
    cluster.apply(theirs)

    workload = submit(org, reading(credential))
    settled()

    assert held(org, name) == "theirs"
    assert "is there already" in reload(workload).last_error
    with pytest.raises(NotFound):
        cluster.get(
            Ref("v1", "ConfigMap", f"{workload.name}-anchor", org.project.namespace)
        )


def test_a_lost_key_says_that_the_value_has_to_be_entered_again(
    org, credential, settings
):
    submit(org, reading(credential))
    settings.KEYS = [base64.b64encode(b"another key of 32 bytes, no more").decode()]

    with pytest.raises(Refused, match="hub cannot be opened any more: enter it again"):
        opened(SecretCopy.objects.get())


def test_a_credential_of_another_project_is_none_that_one_may_use(org, credential):
    other = share_credential(
        by=org.admin,
        unit=org.other,
        kind="genericSecret",
        name="theirs",
        values={"token": "x"},
    )

    with pytest.raises(HasIssues) as refused:
        submit(org, reading(other))

    (issue,) = refused.value.issues
    assert str(issue.location) == "leader.environmentVariables.0.secret.name"
    assert not Workload.objects.exists()
    assert not CredentialUse.objects.exists()


def test_a_wider_credential_is_copied_into_each_project_that_needs_it(org, credential):
    submit(org, reading(credential))
    submit(org, reading(credential), project=org.other)

    settled()

    assert held(org, credential.kubernetes_name) == CANARY
    other = Project.objects.get(pk=org.other.pk)
    there = Ref("v1", "Secret", credential.kubernetes_name, other.namespace)
    assert cluster_for(org.cluster).get(there)["data"]
