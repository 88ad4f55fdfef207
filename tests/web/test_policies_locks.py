"""No order of saves and deletions below evades what a cluster locked."""

from contextlib import suppress

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.engine.judge import judge
from policies.errors import PolicyRefused
from policies.services import delete_policy, save_policy
from tests.support.documents import a_document, at
from tests.support.policies import a_text, unit_in
from workloads.services import context_for

pytestmark = pytest.mark.django_db
GPUS = "leader.compute.gpuDevicesRequest"
NON_ROOT = "leader.security.runAsNonRoot"
ENV = "leader.environmentVariables"
A, B = ({"instances": [{"name": "A", "value": value}]} for value in "12")
LOCK = (
    "cluster",
    a_text(
        {NON_ROOT: True, ENV: A, GPUS: 2},
        {
            NON_ROOT: {"canEdit": False},
            GPUS: {"max": 4},
            ENV: {"instances": {"locked": ["A"]}},
        },
    ),
)
EVASIONS = [
    (scope, text)
    for scope in ("department", "project")
    for text in (
        a_text({NON_ROOT: False}),
        a_text({NON_ROOT: False}, {NON_ROOT: {"canEdit": True}}),
        a_text({}, {NON_ROOT: {"canEdit": False, "options": []}}),
        a_text({}, {NON_ROOT: {"required": True}}),
        a_text({ENV: B}),
        a_text({ENV: {"instances": [{"name": "A"}]}}),
        a_text({GPUS: 8}),
        a_text({GPUS: 8}, {GPUS: {"max": 8}}),
        a_text({}, {GPUS: {"defaultFrom": {"field": "gpuPortionRequest"}}}),
        "",
    )
]
ASKED = {"leader.image": "ubuntu", "servingPort.port": 80}
FORGED = {
    NON_ROOT: False,
    GPUS: 6,
    ENV: [{"name": "A", "value": "2"}],
}


@given(
    before=st.lists(st.sampled_from(EVASIONS), max_size=4),
    after=st.lists(st.sampled_from(EVASIONS), max_size=4),
)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_order_of_saves_evades_a_lock(org, before, after):
    with transaction.atomic():
        for scope, text in (*before, LOCK, *after):
            step(org, scope, text)
        context = context_for(org.project, org.alice, name="chat")
        transaction.set_rollback(True)

    unsaid = judge(a_document(ASKED), context)
    forged = judge(a_document(ASKED | FORGED), context)

    assert unsaid.issues == ()
    assert at(unsaid.resolved, NON_ROOT) is True
    assert at(unsaid.resolved, GPUS) == 2
    assert at(unsaid.resolved, ENV) == [{"name": "A", "value": "1"}]
    assert {(str(i.location), i.rule, i.source) for i in forged.issues} == {
        (NON_ROOT, "canEdit", "cluster gpu-west-1"),
        (GPUS, "max", "cluster gpu-west-1"),
        (f"{ENV}.0", "locked", "cluster gpu-west-1"),
    }


def step(org, scope, text):
    """Save, or delete where there is no text; what is refused changes nothing."""
    unit = unit_in(org, scope)
    with suppress(PolicyRefused):
        if text:
            save_policy(by=org.admin, unit=unit, text=text)
        else:
            delete_policy(by=org.admin, unit=unit)
