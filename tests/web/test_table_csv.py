"""The table as CSV."""

import csv
import io

import pytest

from tests.support.rows import a_workload
from workloads.tables import export

pytestmark = pytest.mark.django_db


def rows_of(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_the_file_has_the_displayed_columns_of_the_rows_that_are_filtered(alice, org):
    a_workload(org.project, org.alice, "chat", requested_memory=256 * 10**9)
    a_workload(org.project, org.alice, "other")

    response = alice.get(
        "/workloads.csv?search=chat&columns=name,phase,allocatedGPU,requestedMemory"
    )

    assert response["Content-Type"].startswith("text/csv")
    assert response["Content-Disposition"].startswith(
        'attachment; filename="workloads-'
    )
    assert rows_of(response) == [
        ["Workload", "Status", "GPU allocation", "CPU memory request"],
        ["chat", "Running", "8", "256 GB"],
    ]


def test_the_parts_of_a_merged_cell_are_columns_of_their_own(alice, org):
    a_workload(org.project, org.alice)

    head, row = rows_of(alice.get("/workloads.csv"))

    assert head[:5] == ["Workload", "Image", "Type", "Status", "Status message"]
    assert dict(zip(head, row, strict=True))["Preemptible"] == "No"


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_no_value_is_a_formula_for_a_spreadsheet(alice, org, first):
    a_workload(org.project, org.alice, message=f'{first}cmd("x"),1')

    _, row = rows_of(alice.get("/workloads.csv?columns=phaseMessage"))

    assert row == [f'\'{first}cmd("x"),1']


def test_somebody_without_access_gets_the_head_alone(client, org):
    a_workload(org.project, org.alice)
    client.force_login(org.charlie)

    assert len(rows_of(client.get("/workloads.csv"))) == 1


def test_the_file_ends_at_its_greatest_length(alice, org, monkeypatch):
    monkeypatch.setattr(export, "MOST", 2)
    for number in range(3):
        a_workload(org.project, org.alice, f"chat{number}")

    assert len(rows_of(alice.get("/workloads.csv"))) == 3
