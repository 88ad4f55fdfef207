"""What a workload mounts: a column, a dialog, and a page without script."""

import re

import pytest

from tests.support.rows import Counted, a_workload

pytestmark = pytest.mark.django_db
DIALOG = {"HX-Request": "true", "HX-Target": "dialog#dialog"}
EVIL = '"><img src=x onerror=alert(1)>'
SHARE = {"server": "nfs.example.com", "path": "/models", "mountPath": "/mnt/models"}
STORAGE = {
    "pvc": [{"claimName": "weights", "existingPvc": True, "path": "/weights"}],
    "nfs": [SHARE],
}


def mounting(org, leader, worker, names):
    """A workload whose pods mount something."""
    said = {
        "workers": 1,
        "leader": {"image": "a/b:1", "storage": leader},
        "worker": {"image": "a/b:1", "storage": worker},
    }
    return a_workload(
        org.project, org.alice, document=said, resolved=said, data_sources=names
    )


def cells(page):
    """The rows of the dialog's table, as texts."""
    body = page[page.index("<tbody") : page.index("</tbody>")]
    return [
        [
            re.sub(r"<[^>]*>", "", cell).strip()
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in body.split("</tr>")[:-1]
    ]


def test_the_column_leads_to_what_is_mounted(alice, org):
    chat = mounting(org, STORAGE, {}, "weights, nfs.example.com:/models")

    page = alice.get("/?columns=name,datasource").text

    address = f"/workloads/{chat.pk}/data-sources/"
    assert f'href="{address}" hx-get="{address}" hx-target="#dialog"' in page
    assert ">weights, nfs.example.com:/models</a>" in page


def test_the_dialog_tells_type_place_and_who_mounts_it(alice, org):
    chat = mounting(org, STORAGE, {"nfs": [SHARE]}, "weights")

    page = alice.get(f"/workloads/{chat.pk}/data-sources/", headers=DIALOG).text

    assert "<html" not in page
    assert "Data sources of chat" in page
    assert cells(page) == [
        ["weights", "PVC", "/weights", "Leader"],
        ["nfs.example.com:/models", "NFS", "/mnt/models", "Leader and workers"],
    ]


def test_without_script_it_is_a_page_of_its_own(alice, org):
    chat = mounting(org, STORAGE, {}, "weights")

    page = alice.get(f"/workloads/{chat.pk}/data-sources/").text

    assert '<h1 id="dialog-title">Data sources of chat</h1>' in page
    assert "<title>Data sources of chat" in page
    assert cells(page)[0][0] == "weights"


def test_who_mounts_nothing_is_told_so(alice, org):
    chat = a_workload(org.project, org.alice)

    assert ">None<" in alice.get("/?columns=name,datasource").text
    dialog = alice.get(f"/workloads/{chat.pk}/data-sources/", headers=DIALOG).text
    assert "It mounts no data." in dialog


def test_names_of_data_are_text(alice, org):
    share = SHARE | {"path": f"/{EVIL}", "mountPath": f"/{EVIL}"}
    chat = mounting(org, {"nfs": [share]}, {}, EVIL)

    pages = [
        alice.get(path).text
        for path in ("/?columns=datasource", f"/workloads/{chat.pk}/data-sources/")
    ]

    assert [Counted(page).live for page in pages] == [["script", "script"]] * 2


def test_what_is_out_of_reach_looks_like_what_never_was(client, org, chat):
    client.force_login(org.charlie)

    assert client.get(f"/workloads/{chat.pk}/data-sources/").status_code == 404
