"""Filters as the API has them, and the search."""

import pytest

from tests.support.organization import an_organization
from tests.support.rows import a_workload, names

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(client):
    org = an_organization()
    client.force_login(org.alice)
    a_workload(org.project, org.alice, "chat-a", "Running", pools="h100, a100")
    a_workload(org.project, org.alice, "chat-b", "Failed", preemptible=True)
    a_workload(
        org.project,
        org.alice,
        "embed",
        "Pending",
        allocated_gpus="0.5",
        created_at="2026-05-01T00:00Z",
        message="no, phase==Failed is not it",
    )
    return client


def shown(alice, *filters, **more):
    data = {"filterBy": filters, "sortBy": "name", "sortOrder": "asc"} | more
    return names(alice.get("/", data).text)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (["name==chat-a"], ["chat-a"]),
        (["name!=chat-a"], ["chat-b", "embed"]),
        (["name=@HAT"], ["chat-a", "chat-b"]),
        (["name!@hat"], ["embed"]),
        (["name=^Chat"], ["chat-a", "chat-b"]),
        (["name=$bed"], ["embed"]),
        (["phase==Running,phase==Failed"], ["chat-a", "chat-b"]),
        (["phase==Running", "phase==Failed"], ["chat-a", "chat-b"]),
        (["phase==Running,name=$b"], []),
        (["nodepool==h100, a100"], ["chat-a"]),
        (["nodepool==h100, a100,name==chat-a"], ["chat-a"]),
        (["phaseMessage==no, phase==Failed is not it"], ["embed"]),
        (["allocatedGPU<=0.5"], ["embed"]),
        (["allocatedGPU>=1"], ["chat-a", "chat-b"]),
        (["allocatedGPU>=99999999999999"], []),
        (["runningPods==4,name==embed"], ["embed"]),
        (["preemptible==true"], ["chat-b"]),
        (["preemptible!=true"], ["chat-a", "embed"]),
        (["createdAt<=2026-05-01T00:00:00+00:00"], ["embed"]),
        (["createdAt>=2026-05-02"], ["chat-a", "chat-b"]),
        (["type==DistributedInference"], ["chat-a", "chat-b", "embed"]),
        (["type!=DistributedInference"], []),
        (["type==Training"], []),
        (["projectName==llm-serving"], ["chat-a", "chat-b", "embed"]),
        (["projectId==1"], []),
    ],
    ids=lambda value: " & ".join(value) if isinstance(value, list) else None,
)
def test_a_filter_lets_through_what_it_says(alice, filters, found):
    assert shown(alice, *filters) == found


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ("priority==Very high", ["chat-a"]),
        ("priority==very-high", ["chat-a"]),
        ("priority>=150", ["chat-a"]),
        ("priority<=Low", ["chat-b"]),
        ("requestedCpu>=4", ["chat-a"]),
        ("requestedCpu==0.5", ["chat-b"]),
        ("requestedMemory>=256 GB", ["chat-a"]),
        ("requestedMemory==16Gi", ["chat-b"]),
        ("requestedMemory<=17179869184", ["chat-b"]),
        ("totalRunningTimeSeconds>=2:03:09", ["chat-a"]),
        ("totalRunningTimeSeconds<=59", ["chat-b"]),
    ],
)
def test_a_filter_takes_a_value_as_its_column_shows_it(client, filter, found):
    org = an_organization()
    client.force_login(org.alice)
    big = {"priority": 150, "requested_cpu": 4000, "requested_memory": 256 * 10**9}
    small = {"priority": 40, "requested_cpu": 500, "requested_memory": 16 * 2**30}
    a_workload(org.project, org.alice, "chat-a", running_seconds=7389, **big)
    a_workload(org.project, org.alice, "chat-b", running_seconds=59, **small)

    assert shown(client, filter) == found


@pytest.mark.parametrize(
    "broken",
    [
        "nothing==1",
        "name~chat",
        "phase<=Running",
        "allocatedGPU==many",
        "allocatedGPU==1e999",
        "allocatedGPU=@1",
        "createdAt==yesterday",
        "createdAt==2026-13-45",
        "createdAt>=0001-01-01T00:00+14:00",
        "preemptible==maybe",
        "priority==highest",
        "requestedMemory>=256 goats",
        "requestedMemory>=9" + "9" * 20 + "G",
        "totalRunningTimeSeconds>=2:99",
        "clusterId==1",
        "name==\x00",
    ],
)
def test_a_filter_that_makes_no_sense_is_left_out_and_the_page_says_so(alice, broken):
    response = alice.get("/", {"filterBy": broken})

    assert response.status_code == 200
    assert len(names(response.text)) == 3
    assert "is left out:" in response.text


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("CHAT", ["chat-a", "chat-b"]),
        ("failed", ["chat-b", "embed"]),
        ("h100, a1", ["chat-a"]),
        ("100%", []),
        ("_", []),
        ("'; drop table", []),
    ],
)
def test_search_looks_everywhere_and_takes_every_character_as_it_is(
    alice, words, found
):
    assert shown(alice, search=words) == found


def test_the_filter_form_makes_one_more_filter_in_the_address(alice):
    said = {"filterBy": "name=@chat", "field": "phase", "operator": "==", "search": "x"}

    response = alice.get("/", said | {"value": " Running ", "offset": "50"})

    assert response.status_code == 302
    said = ["name%3D%40chat", "phase%3D%3DRunning"]
    filters = "&".join(f"filterBy={part}" for part in said)
    assert response["Location"] == f"/?{filters}&search=x"


def test_a_chip_names_its_filter_and_leads_to_the_table_without_it(alice):
    page = alice.get("/", {"filterBy": ["phase==Failed", "name=@chat"]}).text

    assert "Status is<b>Failed</b>" in page
    assert 'href="?filterBy=name%3D%40chat"' in page
    assert "1 of 3 workloads" in page
