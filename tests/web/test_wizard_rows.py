"""Lists of items: rows, node pools, health checks."""

import pytest

from tests.support.policies import in_force
from tests.support.wizard import Page

pytestmark = pytest.mark.django_db
LIST = "leader.environmentVariables"


def variables(wizard):
    wizard.draft.refresh_from_db()
    return wizard.draft.document.get("leader", {}).get("environmentVariables", [])


def test_an_added_row_gets_the_focus_and_is_said_once_it_is_filled(wizard):
    page = wizard.say("environment", {}, f"add:{LIST}")
    (focus,) = [e for e in page.elements if e.tag == "wizard-focus"]
    assert page.by_id(focus.attributes["at"]).attributes["name"] == f"{LIST}.0.name"

    wizard.say("environment", {f"{LIST}.0.name": "A", f"{LIST}.0.value": "1"})

    assert variables(wizard) == [{"name": "A", "value": "1"}]


def test_removing_the_last_row_leaves_the_add_button_focused(wizard):
    wizard.say("environment", {}, f"add:{LIST}")

    page = wizard.say("environment", {}, f"remove:{LIST}.0")

    (focus,) = [e for e in page.elements if e.tag == "wizard-focus"]
    assert page.by_id(focus.attributes["at"]).text == "+ENVIRONMENT VARIABLE"
    assert variables(wizard) == []


def test_rows_change_places_by_keyboard_and_say_so(wizard):
    wizard.draft.document = {
        "leader": {"environmentVariables": [{"name": "A"}, {"name": "B"}]}
    }
    wizard.draft.save()

    page = wizard.say("environment", {}, f"up:{LIST}.1")

    assert [v["name"] for v in variables(wizard)] == ["B", "A"]
    assert page.by_id("told").text == "Row moved to 1 of 2."


def test_a_row_that_another_page_moved_is_found_by_its_key(wizard):
    wizard.draft.document = {
        "leader": {"environmentVariables": [{"name": "A"}, {"name": "B"}]}
    }
    wizard.draft.save()
    page = wizard.open("environment")
    wizard.say("environment", {}, f"remove:{LIST}.0")

    wizard.post(page, "environment", {f"{LIST}.1.value": "b"}, htmx=True)

    assert variables(wizard) == [{"name": "B", "value": "b"}]


def test_two_posts_of_one_page_before_an_answer_name_one_new_row(wizard):
    page = Page(
        wizard.post(wizard.open("environment"), "environment", {}, f"add:{LIST}")
    )
    wizard.post(page, "environment", {f"{LIST}.0.name": "A"}, htmx=True)
    later = {f"{LIST}.0.name": "AB", "count": str(int(page.inputs["count"][0]) + 1)}

    wizard.post(page, "environment", later, htmx=True)

    assert variables(wizard) == [{"name": "AB"}]


def test_a_variable_has_one_source_the_others_leave_the_document(wizard):
    wizard.say("environment", {}, f"add:{LIST}")
    wizard.say("environment", {f"{LIST}.0.name": "A", f"{LIST}.0.value": "1"})

    page = wizard.say("environment", {f"{LIST}.0:source": "configMap"})
    assert variables(wizard) == [{"name": "A"}]
    assert page.inputs[f"{LIST}.0:source"] == ["configMap"]

    named = {f"{LIST}.0.configMap.name": "settings", f"{LIST}.0.configMap.key": "a"}
    wizard.say("environment", named)
    assert variables(wizard) == [
        {"name": "A", "configMap": {"name": "settings", "key": "a"}}
    ]


def test_a_source_chosen_together_with_the_name_is_kept(wizard):
    wizard.say("environment", {}, f"add:{LIST}")

    page = wizard.say(
        "environment", {f"{LIST}.0.name": "A", f"{LIST}.0:source": "configMap"}
    )

    assert page.inputs[f"{LIST}.0:source"] == ["configMap"]


def test_a_source_is_kept_when_its_variable_gets_another_name(wizard):
    wizard.say("environment", {}, f"add:{LIST}")
    wizard.say("environment", {f"{LIST}.0.name": "A"})
    wizard.say("environment", {f"{LIST}.0:source": "configMap"})

    page = wizard.say("environment", {f"{LIST}.0.name": "B"})

    assert page.inputs[f"{LIST}.0:source"] == ["configMap"]
    assert list(wizard.draft.controls) == [f"{LIST}[B]:source"]


def test_of_two_variables_with_one_name_the_renamed_one_leaves_the_others_source(
    wizard,
):
    rows = [{"name": "A"}, {"name": "A"}]
    wizard.draft.document = {"leader": {"environmentVariables": rows}}
    wizard.draft.controls = {f"{LIST}[A]:source": "configMap"}
    wizard.draft.save()

    page = wizard.say("environment", {f"{LIST}.1.name": "B"})

    assert page.inputs[f"{LIST}.0:source"] == ["configMap"]


def test_a_source_that_the_form_cannot_make_is_kept_and_shown(wizard):
    secret = {"name": "TOKEN", "secret": {"name": "hub", "key": "token"}}
    wizard.draft.document = {"leader": {"environmentVariables": [secret]}}
    wizard.draft.save()

    page = wizard.say("environment", {f"{LIST}.0.name": "TOKEN2"})

    assert variables(wizard) == [secret | {"name": "TOKEN2"}]
    assert "hub token" in page.top.text


def test_two_rows_with_one_name_stay_apart_and_the_later_bears_the_issue(wizard):
    for n in range(2):
        wizard.say("environment", {}, f"add:{LIST}")
        name, value = f"{LIST}.{n}.name", f"{LIST}.{n}.value"
        wizard.say("environment", {name: "A", value: str(n)})

    page = wizard.open("environment")

    assert variables(wizard) == [
        {"name": "A", "value": "0"},
        {"name": "A", "value": "1"},
    ]
    assert f"{LIST}.1.name".replace(".", "-") in page.problems()


def test_keys_that_nobody_sees_are_numbered_and_never_used_again(wizard):
    name = "leader.tolerations"
    wizard.say("leader", {}, f"add:{name}")
    wizard.say("leader", {}, f"add:{name}")
    wizard.say("leader", {}, f"remove:{name}.1")

    wizard.say("leader", {}, f"add:{name}")

    keys = [row["name"] for row in wizard.draft.document["leader"]["tolerations"]]
    assert keys == ["toleration-1", "toleration-3"]


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        (
            "emptyDirVolume",
            {"sizeLimit": "20", "path": "/scratch", "medium": "Memory"},
            {"name": "emptydir-1", "sizeLimit": "20G", "path": "/scratch",
             "medium": "Memory"},
        ),
        (
            "pvc",
            {
                "claimInfo.size": "1", "claimInfo.size:unit": "M",
                "claimInfo.storageClass": "fast",
                "claimInfo.accessModes.readWriteMany": "true",
                "claimInfo.volumeMode": "Block", "path": "/data",
            },
            {
                "name": "volume-1", "path": "/data",
                "claimInfo": {
                    "size": "1M", "storageClass": "fast", "volumeMode": "Block",
                    "accessModes": {"readWriteMany": True},
                },
            },
        ),
        (
            "nfs",
            {"server": "files.example.com", "path": "/x", "mountPath": "/y"},
            {"name": "nfs-1", "server": "files.example.com", "path": "/x",
             "mountPath": "/y"},
        ),
    ],
)  # fmt: skip
def test_each_kind_of_storage_is_added_and_filled(wizard, kind, values, said):
    name = f"leader.storage.{kind}"
    wizard.say("leader", {}, f"add:{name}")

    page = wizard.say("leader", {f"{name}.0.{cell}": t for cell, t in values.items()})

    assert wizard.draft.document["leader"]["storage"] == {kind: [said]}
    assert page.problems() == {}


def test_storage_of_other_kinds_is_kept_and_shown_and_never_offered(wizard):
    claim = {"name": "w", "existingPvc": True, "claimName": "weights", "path": "/w"}
    wizard.draft.document = {"leader": {"storage": {"pvc": [claim]}}}
    wizard.draft.save()

    page = wizard.open("leader")

    assert "weights" in page.top.text
    adds = {b for b in page.buttons() if b.startswith("add:leader.storage")}
    assert adds == {
        "add:leader.storage.emptyDirVolume",
        "add:leader.storage.pvc",
        "add:leader.storage.nfs",
    }
    assert "S3 data sources are not supported" in page.top.text


def test_node_pools_are_ordered_removed_added_and_reset(wizard):
    page = wizard.open("leader")
    assert page.inputs["nodePools"] == ["h100", "a100"]
    assert "16 of 16 quota GPUs free · 48 GPUs on 6 nodes" in page.top.text

    page = wizard.say("leader", {}, "down:nodePools.0")
    assert page.inputs["nodePools"] == ["a100", "h100"]
    assert page.by_id("told").text == "h100 moved to 2 of 2."
    page = wizard.say("leader", {}, "remove:nodePools.1")
    assert page.inputs["nodePools"] == ["a100"]
    page = wizard.say("leader", {"nodePools:add": "default"}, "add:nodePools")
    assert page.inputs["nodePools"] == ["a100", "default"]
    assert "Not in the project's order" in page.top.text

    page = wizard.say("leader", {}, "reset:nodePools")
    assert page.inputs["nodePools"] == ["h100", "a100"]
    assert wizard.draft.document == {}


def test_where_the_last_node_pool_is_removed_the_usual_order_is_back(wizard):
    wizard.say("leader", {"nodePools": ["a100"]})

    page = wizard.say("leader", {}, "remove:nodePools.0")

    assert page.inputs["nodePools"] == ["h100", "a100"]
    assert page.by_id("told").text == "a100 removed. The usual order is back."
    assert wizard.draft.document == {}


def test_a_dragged_order_is_posted_like_any_other_change(wizard):
    wizard.say("leader", {"nodePools": ["a100", "h100"]})

    assert wizard.draft.document == {"nodePools": ["a100", "h100"]}


def test_workers_see_the_node_pools_and_cannot_change_them(wizard):
    page = wizard.open("workers")

    assert "h100" in page.top.text
    assert "nodePools" not in page.inputs
    wizard.say("workers", {"nodePools": ["a100"], "nodePools:marker": "1"})
    assert wizard.draft.document == {}


def test_a_health_check_is_off_until_it_is_added_and_asks_in_one_way(wizard):
    name = "leader.probes.readiness"
    assert f"{name}:handler" not in wizard.open("leader").inputs
    wizard.say("leader", {}, f"add:{name}")
    wizard.say("leader", {f"{name}.handler.httpGet.port": "8000"})

    page = wizard.say("leader", {f"{name}:handler": "tcpSocket"})
    assert page.inputs[f"{name}:handler"] == ["tcpSocket"]
    page = wizard.say("leader", {f"{name}.handler.tcpSocket.port": "9000"}, "continue")

    assert wizard.draft.document["leader"]["probes"]["readiness"] == {
        "periodSeconds": 10,
        "handler": {"tcpSocket": {"port": 9000}},
    }
    page = wizard.say("leader", {}, f"remove:{name}")
    assert wizard.draft.document == {}
    assert f"add:{name}" in page.buttons()


def test_a_health_check_without_a_way_to_ask_stops_continue(wizard):
    name = "leader.probes.readiness"
    wizard.say("leader", {}, f"add:{name}")

    page = wizard.say("leader", {}, "continue")

    assert page.problems()


def test_a_policys_item_comes_first_and_goes_by_exclusion(wizard, org):
    proxy = {"instances": [{"name": "PROXY", "value": "http://p"}]}
    in_force(org, defaults={LIST: proxy})
    wizard.draft.document = {"leader": {"environmentVariables": [{"name": "A"}]}}
    wizard.draft.save()
    page = wizard.open("environment")
    assert "PROXY" in page.by_id("leader-environmentVariables-0").text

    wizard.say("environment", {f"{LIST}.0.value": "http://q"})
    assert variables(wizard) == [{"name": "A"}, {"name": "PROXY", "value": "http://q"}]
    page = wizard.say("environment", {}, f"remove:{LIST}.0")
    assert variables(wizard) == [{"name": "A"}, {"name": "PROXY", "exclude": True}]
    assert f"reset:{LIST}.0" in page.buttons()

    wizard.say("environment", {}, f"reset:{LIST}.0")
    assert variables(wizard) == [{"name": "A"}]
