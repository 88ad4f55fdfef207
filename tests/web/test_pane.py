"""Loading existing setup: the pane, what it refuses, and what a draft remembers."""

import re
from uuid import uuid4

import pytest

from assets.models import ComputeResource, Environment
from assets.services import save_asset
from projects.models import Department
from tests.support.assets import (
    CLAIM,
    a_compute_resource,
    a_data_source,
    an_asset,
    an_environment,
)
from tests.support.policies import in_force
from tests.support.wizard import Page
from workloads.models import Draft
from workloads.services import copy_workload, manifest_text, submit_workload

pytestmark = pytest.mark.django_db
GPUS = "leader.compute.gpuDevicesRequest"
MEMORY = "leader.compute.cpuMemoryRequest"
PVC = "leader.storage.pvc"


def url(wizard, slug, section):
    return f"{wizard.url(slug)}load/{section}/"


def pane(wizard, slug="leader", section="compute"):
    return Page(wizard.client.get(url(wizard, slug, section)))


def load(wizard, asset, slug="leader", section="compute", htmx=False, **more):
    """Choose an asset in the pane; return the answer."""
    response = wizard.client.post(
        url(wizard, slug, section),
        {"asset": str(asset.pk)} | more,
        headers={"HX-Request": "true"} if htmx else {},
    )
    wizard.draft.refresh_from_db()
    return response


def card(page, asset):
    """The card of an asset: what contains its name and its button."""
    return page.by_id(f"card-{asset.pk}").parent


def offered(page):
    return [each.attributes["value"] for each in page.named("asset")]


def imposed(org, source, scope="project", **rules):
    ids = {"leader": [str(source.pk)]}
    return in_force(org, scope, rules=rules, imposedAssets=ids)


# What the pane shows


def test_the_pane_offers_what_is_usable_in_the_project_and_says_what_it_holds(
    wizard, org
):
    mine = a_compute_resource(org, "department")
    foreign = an_asset(org, ComputeResource, name="foreign", piece={})
    foreign.project = org.other
    save_asset(by=org.admin, asset=foreign)

    page = pane(wizard)

    assert offered(page) == [str(mine.pk)]
    text = card(page, mine).text
    assert "half-node" in text
    assert "GPU devices per pod: 4 GPUs" in text
    assert "CPU memory request: 64 GB" in text
    assert "Department research" in text
    assert "foreign" not in page.html


@pytest.mark.parametrize(
    ("slug", "section", "button"),
    [
        ("environment", "image", "Load environment"),
        ("leader", "compute", "Load compute resource"),
        ("leader", "storage", "Load data source"),
        ("workers", "image", "Load environment"),
        ("workers", "compute", "Load compute resource"),
        ("workers", "storage", "Load data source"),
    ],
)
def test_each_section_that_loads_has_a_button_and_a_pane(
    wizard, org, slug, section, button
):
    an_environment(org)
    a_compute_resource(org)
    a_data_source(org)

    opener = wizard.open(slug).by_id(f"load-{section}")
    page = pane(wizard, slug, section)

    assert opener.attributes["value"] == f"load:{section}"
    assert opener.attributes["hx-get"] == f"load/{section}/"
    assert button in page.html
    assert len(offered(page)) == 1


def test_without_script_the_button_saves_what_was_typed_and_leads_to_the_pane(wizard):
    page = wizard.open("leader")

    answer = wizard.post(page, "leader", {GPUS: "2"}, "load:compute")

    assert answer["Location"] == url(wizard, "leader", "compute")
    assert wizard.draft.document == {"leader": {"compute": {"gpuDevicesRequest": 2}}}


def test_an_empty_pane_says_so(wizard):
    page = pane(wizard)

    assert "There are no compute resources that project llm-serving may use" in (
        page.top.text
    )
    assert "Load compute resource" not in page.html


@pytest.mark.parametrize(
    ("slug", "section"),
    [
        ("setup", "compute"),
        ("leader", "image"),
        ("leader", "placement"),
        ("nowhere", "compute"),
        ("review", "compute"),
    ],
)
def test_a_section_that_loads_nothing_has_no_pane(wizard, slug, section):
    assert wizard.client.get(url(wizard, slug, section)).status_code == 404


def test_without_workers_there_is_nothing_to_load_for_them(wizard):
    Draft.objects.filter(pk=wizard.draft.pk).update(document={"workers": 0})

    assert wizard.client.get(url(wizard, "workers", "compute")).status_code == 404


@pytest.mark.parametrize("who", ["bob", "charlie"])
def test_the_pane_of_somebody_elses_draft_is_not_there(wizard, org, who):
    made = a_compute_resource(org)
    wizard.client.force_login(getattr(org, who))

    here = url(wizard, "leader", "compute")
    assert wizard.client.get(here).status_code == 404
    assert wizard.client.get(f"{here}{made.pk}/").status_code == 404
    assert load(wizard, made).status_code == 404
    assert wizard.draft.document == {}


# Loading


def test_a_compute_resource_fills_its_section_and_is_named_at_each_field(wizard, org):
    made = a_compute_resource(org)

    answer = load(wizard, made, htmx=True)

    page = Page(answer)
    assert (answer["HX-Retarget"], answer["HX-Trigger"]) == ("#step", "dialog-done")
    assert page.inputs[GPUS] == ["4"]
    assert page.by_id("told").text == "half-node is loaded."
    assert page.top.text.count("half-node") >= 3
    assert "Loaded from half-node" in page.top.text
    assert wizard.draft.sources == {GPUS: made.reference, MEMORY: made.reference}
    assert wizard.draft.loaded["leader.compute"] == {
        "asset": made.reference,
        "name": "half-node",
        "values": {GPUS: 4, MEMORY: "64G"},
    }


def test_without_script_loading_leads_back_to_the_section(wizard, org):
    answer = load(wizard, a_compute_resource(org))

    assert answer["Location"] == f"{wizard.url('leader')}#s-compute"
    assert "half-node is loaded." in wizard.open("leader").top.text


def test_loading_replaces_the_section_and_nothing_beside_it(wizard, org):
    document = {
        "leader": {
            "compute": {"cpuCoreRequest": 2, "ephemeralStorageRequest": "9G"},
            "nodeType": "dgx-h100",
        }
    }
    Draft.objects.filter(pk=wizard.draft.pk).update(document=document)

    load(wizard, a_compute_resource(org), replace="yes")

    assert wizard.draft.document == {
        "leader": {
            "compute": {
                "gpuDevicesRequest": 4,
                "cpuMemoryRequest": "64G",
                "ephemeralStorageRequest": "9G",
            },
            "nodeType": "dgx-h100",
        }
    }


def test_what_somebody_entered_is_not_replaced_unasked(wizard, org):
    made = a_compute_resource(org)
    wizard.say("leader", {GPUS: "2"})

    before = pane(wizard)
    answer = load(wizard, made)

    assert "GPU devices per pod: 2 GPUs" in before.by_id("pane-stake").text
    assert answer.status_code == 422
    page = Page(answer)
    assert "may be replaced" in page.by_id("pane-replace-error").text
    assert page.inputs["asset"] == [str(made.pk)]
    assert wizard.draft.document["leader"]["compute"] == {"gpuDevicesRequest": 2}

    load(wizard, made, replace="yes")
    assert wizard.draft.document["leader"]["compute"]["gpuDevicesRequest"] == 4


def test_what_was_loaded_and_not_changed_is_replaced_without_asking(wizard, org):
    load(wizard, a_compute_resource(org))

    answer = load(wizard, a_compute_resource(org, name="two", gpuDevicesRequest=2))

    assert answer.status_code == 302
    assert wizard.draft.document == {"leader": {"compute": {"gpuDevicesRequest": 2}}}
    assert wizard.draft.loaded["leader.compute"]["name"] == "two"


def test_an_environment_fills_all_its_sections_and_the_endpoint_of_the_leader(
    wizard, org
):
    made = an_environment(
        org,
        image="vllm/vllm-openai:v1",
        args="--model /models",
        environmentVariables=[{"name": "A", "value": "1"}],
        security={"uidGidSource": "custom", "runAsUid": 1000},
        servingPort={"port": 8000},
    )

    load(wizard, made, "environment", "image")
    load(wizard, made, "workers", "image")

    document = wizard.draft.document
    assert document["servingPort"] == {"port": 8000}
    assert document["leader"] == document["worker"]
    assert document["leader"]["security"] == {
        "uidGidSource": "custom", "runAsUid": 1000
    }  # fmt: skip
    assert wizard.draft.sources["servingPort.port"] == made.reference
    page = wizard.open("environment")
    assert page.inputs["leader.environmentVariables.0.value"] == ["1"]
    assert "Loaded from vllm" in page.top.text


def test_an_environment_without_an_endpoint_leaves_the_endpoint_alone(wizard, org):
    Draft.objects.filter(pk=wizard.draft.pk).update(
        document={"servingPort": {"port": 9000}}
    )

    load(wizard, an_environment(org), "environment", "image")

    assert wizard.draft.document["servingPort"] == {"port": 9000}


def test_a_data_source_adds_an_item_under_a_key_of_its_own(wizard, org):
    made = a_data_source(org, "department")
    volume = {"name": "volume-1", "path": "/mine", "claimInfo": {"size": "1G"}}
    document = {"leader": {"storage": {"pvc": [volume]}}}
    Draft.objects.filter(pk=wizard.draft.pk).update(document=document)

    load(wizard, made, "leader", "storage")

    mine, theirs = wizard.draft.document["leader"]["storage"]["pvc"]
    assert mine == volume
    assert theirs == CLAIM | {"name": "volume-2"}
    assert wizard.draft.sources == {f"{PVC}[volume-2]": made.reference}
    page = wizard.open("leader")
    assert "shared-models" in page.by_id("leader-storage-pvc-1").text
    assert page.inputs[f"{PVC}.1.path"] == ["/models"]
    assert "In use" in card(pane(wizard, section="storage"), made).text


def test_the_asset_stays_as_it_was(wizard, org):
    made = a_compute_resource(org)
    before = ComputeResource.objects.values().get()

    load(wizard, made)
    wizard.say("leader", {GPUS: "1"})

    assert ComputeResource.objects.values().get() == before


def test_a_submitted_workload_says_what_it_was_loaded_from(wizard, org):
    made = an_environment(org)
    load(wizard, made, "environment", "image")

    workload = submit_workload(
        by=org.alice,
        project=org.project,
        name="chat",
        document=wizard.draft.document | {"workers": 0},
        draft=wizard.draft,
    )

    assert workload.sources["leader.image"] == made.reference


# What changed since


def test_a_changed_value_is_listed_and_reset_to_the_assets(wizard, org):
    load(wizard, a_compute_resource(org))

    page = wizard.say("leader", {GPUS: "2"})
    assert "modified (1)" in page.top.text
    assert f"reset:{GPUS}" in page.buttons()
    assert "Reset GPU devices per pod to 4 GPUs, from half-node" in page.html
    page = wizard.say("leader", {}, f"reset:{GPUS}")

    assert page.inputs[GPUS] == ["4"]
    assert "modified" not in page.top.text
    assert wizard.draft.sources[GPUS].startswith("asset:")


def test_a_value_that_was_emptied_comes_back_too(wizard, org):
    load(wizard, a_compute_resource(org))

    page = wizard.say("leader", {MEMORY: ""})
    assert "<del>64 GB</del> → <ins>not set</ins>" in page.html
    page = wizard.say("leader", {}, f"reset:{MEMORY}")

    assert page.inputs[MEMORY] == ["64"]


def test_a_value_that_the_asset_gave_is_reset_to_the_policys(wizard, org):
    load(wizard, a_compute_resource(org))
    in_force(org, "project", {GPUS: 2}, {GPUS: {"canEdit": False}})

    page = wizard.open("leader")
    assert f"reset:{GPUS}" in page.buttons()
    wizard.say("leader", {}, f"reset:{GPUS}")

    assert "gpuDevicesRequest" not in wizard.draft.document["leader"]["compute"]


def test_a_changed_variable_and_a_removed_one_come_back_with_the_list(wizard, org):
    variables = [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    made = an_environment(org, image="a/b:1", environmentVariables=variables)
    load(wizard, made, "environment", "image")
    path = "leader.environmentVariables"

    wizard.say("environment", {f"{path}.0.value": "9"})
    wizard.say("environment", {}, f"remove:{path}.1")
    wizard.say("environment", {}, f"reset:{path}")

    assert wizard.draft.document["leader"]["environmentVariables"] == variables
    assert wizard.draft.sources[path] == made.reference


def test_a_changed_item_of_a_data_source_is_reset(wizard, org):
    load(wizard, a_data_source(org), "leader", "storage")

    page = wizard.say("leader", {f"{PVC}.0.path": "/else"})
    assert f"reset:{PVC}.0" in page.buttons()
    page = wizard.say("leader", {}, f"reset:{PVC}.0")

    assert page.inputs[f"{PVC}.0.path"] == ["/models"]
    assert f"reset:{PVC}.0" not in page.buttons()


def test_workers_that_copy_the_leader_no_longer_name_their_own_asset(wizard, org):
    load(wizard, a_compute_resource(org, gpuDevicesRequest=1), "workers", "compute")
    wizard.say("leader", {GPUS: "2"})

    wizard.say("workers", {}, "copy:compute")

    mine = "worker.compute.gpuDevicesRequest"
    assert wizard.draft.sources[mine] == "copy"
    assert wizard.draft.document["worker"]["compute"]["gpuDevicesRequest"] == 2


def test_a_loaded_value_that_a_later_policy_forbids_stays_and_is_flagged(wizard, org):
    load(wizard, a_compute_resource(org))
    in_force(org, "project", rules={GPUS: {"max": 2}})

    page = wizard.say("leader", {}, "continue")

    assert page.inputs[GPUS] == ["4"]
    assert "leader-compute-gpuDevicesRequest" in page.problems()


# What policies forbid


def test_what_breaks_a_rule_cannot_be_chosen_and_says_why_in_a_table(wizard, org):
    made = a_compute_resource(org)
    in_force(org, "department", rules={GPUS: {"max": 2}})

    page = pane(wizard)
    why = Page(wizard.client.get(f"{url(wizard, 'leader', 'compute')}{made.pk}/"))

    assert offered(page) == []
    assert "Breaks 1 rule of department research." in card(page, made).text
    assert "None of these can be loaded here." in page.top.text
    (row,) = [e for e in why.elements if e.tag == "tr" and "4 GPUs" in e.text]
    cells = [cell.text for cell in row.children]
    assert cells == [
        f"GPU devices per pod {GPUS}", "max", "4 GPUs", "At most 2",
        "Department research",
    ]  # fmt: skip


def test_compliance_is_judged_for_the_role(wizard, org):
    made = a_compute_resource(org)
    in_force(org, "project", rules={GPUS: {"max": 2}})

    assert offered(pane(wizard, "leader")) == []
    assert offered(pane(wizard, "workers")) == [str(made.pk)]


def test_a_closed_list_blocks_the_cards_of_its_kind(wizard, org):
    claim = a_data_source(org)
    scratch = a_data_source(org, name="scratch", kind="emptyDirVolume", path="/s")
    in_force(org, "project", rules={PVC: {"instances": {"canAdd": False}}})

    page = pane(wizard, section="storage")

    assert offered(page) == [str(scratch.pk)]
    assert "Not allowed" in card(page, claim).text
    assert load(wizard, claim, section="storage").status_code == 422
    assert wizard.draft.document == {}


def test_an_environment_outside_of_the_options_is_refused_when_forged(wizard, org):
    made = an_environment(org)
    allowed = {"options": [{"value": "a/b:1"}]}
    in_force(org, "project", rules={"leader.image": allowed})

    answer = load(wizard, made, "environment", "image", replace="yes")

    assert answer.status_code == 422
    assert "vllm cannot be loaded here" in Page(answer).top.text
    assert (wizard.draft.document, wizard.draft.loaded) == ({}, {})


@pytest.mark.parametrize("whose", ["project", "department", "nobody", "kind"])
def test_a_forged_load_of_what_is_not_there_finds_nothing(wizard, org, whose):
    made = an_asset(org, ComputeResource, name="a", piece={"gpuDevicesRequest": 1})
    if whose == "project":
        made.project = org.other
    if whose == "department":
        made.scope, made.project = "department", None
        made.department = Department.objects.create(cluster=org.cluster, name="x")
    if whose == "kind":
        made = an_asset(org, Environment, name="a", piece={"image": "a/b:1"})
    if whose != "nobody":
        save_asset(by=org.admin, asset=made)
    else:
        made.pk = uuid4()

    assert load(wizard, made).status_code == 404
    assert wizard.draft.document == {}


@pytest.mark.parametrize(("text", "status"), [("", 422), ("no id", 404)])
def test_a_load_of_nothing_says_so(wizard, org, text, status):
    a_compute_resource(org)

    answer = wizard.client.post(url(wizard, "leader", "compute"), {"asset": text})

    assert answer.status_code == status


# What policies impose


def test_an_imposed_data_source_stands_in_both_steps_fixed(wizard, org):
    source = a_data_source(org, "department")
    both = {"leader": [str(source.pk)], "worker": [str(source.pk)]}
    in_force(org, "department", imposedAssets=both)

    for slug, role in (("leader", "leader"), ("workers", "worker")):
        page = wizard.open(slug)
        row = page.by_id(f"{role}-storage-pvc-0")
        assert "shared-models" in row.text
        assert "/models" in row.text
        assert "Added by your administrator, set by department research." in row.text
        inside = {e.tag for e in row.walk()}
        assert not inside & {"input", "select", "textarea", "button"}
        assert not page.named(f"{role}.storage.pvc.0.path")
        assert "Data source shared-models" in page.top.text
        assert str(source.pk) not in page.top.text


def test_the_review_names_it_by_what_it_mounts(wizard, org):
    source = a_data_source(org)
    imposed(org, source)

    page = wizard.open("review")

    assert "/models" in page.top.text
    shown = page.top.text.replace(page.by_id("yaml").text, "")
    assert str(source.pk) not in shown


def test_in_the_pane_it_is_checked_and_cannot_be_chosen(wizard, org):
    source = a_data_source(org)
    imposed(org, source)

    page = pane(wizard, section="storage")

    (box,) = [e for e in page.elements if e.attributes.get("id") == f"card-{source.pk}"]
    assert {"checked", "disabled"} <= box.attributes.keys()
    assert "Added by your administrator" in card(page, source).text
    assert offered(page) == []


def test_a_forged_load_of_it_is_refused(wizard, org):
    source = a_data_source(org)
    imposed(org, source)

    answer = load(wizard, source, section="storage")

    assert answer.status_code == 422
    assert "is there already" in Page(answer).top.text
    assert wizard.draft.document == {}


@pytest.mark.parametrize(
    ("values", "do"),
    [({f"{PVC}.0.path": "/else"}, ""), ({}, f"remove:{PVC}.0")],
    ids=["changed", "removed"],
)
def test_a_forged_change_of_it_is_said_at_its_card_and_can_be_taken_back(
    wizard, org, values, do
):
    source = a_data_source(org)
    imposed(org, source)

    wizard.say("leader", values, do)
    page = wizard.say("leader", {}, "continue")

    assert "is set by the administrator" in page.problems()["leader-storage-pvc-0"]
    page = wizard.say("leader", {}, f"reset:{PVC}.0")
    assert wizard.draft.document == {}


def test_a_path_of_the_users_that_collides_is_said_at_the_users_row(wizard, org):
    imposed(org, a_data_source(org))
    volume = {"name": "emptydir-1", "path": "/models"}
    document = {"leader": {"storage": {"emptyDirVolume": [volume]}}}
    Draft.objects.filter(pk=wizard.draft.pk).update(document=document)

    page = wizard.say("leader", {}, "continue")

    (place,) = [at for at in page.problems() if "storage" in at]
    assert place == "leader-storage-emptyDirVolume-0-path"


def test_where_an_imposed_source_is_gone_the_step_says_whose_policy_it_is(wizard, org):
    source = a_data_source(org)
    imposed(org, source)
    type(source).objects.all().delete()

    page = wizard.say("leader", {}, "continue")

    assert re.search(r"policy of project llm-serving imposes", page.top.text)


# Beside other pages, and afterwards


def test_a_page_that_was_open_meanwhile_takes_nothing_of_it_back(wizard, org):
    page = wizard.open("leader")
    load(wizard, a_compute_resource(org))

    wizard.post(page, "leader", {"leader.nodeType": "dgx-h100"}, htmx=True)

    assert wizard.draft.document["leader"] == {
        "compute": {"gpuDevicesRequest": 4, "cpuMemoryRequest": "64G"},
        "nodeType": "dgx-h100",
    }


def test_one_field_of_a_data_source_is_reset_alone(wizard, org):
    piece = {"server": "a.example.com", "path": "/a", "mountPath": "/models"}
    made = a_data_source(org, kind="nfs", **piece)
    load(wizard, made, "leader", "storage")
    path = "leader.storage.nfs.0"

    wizard.say("leader", {f"{path}.mountPath": "/else", f"{path}.path": "/b"})
    page = wizard.say("leader", {}, f"reset:{path}.mountPath")

    assert page.inputs[f"{path}.mountPath"] == ["/models"]
    assert page.inputs[f"{path}.path"] == ["/b"]


def test_a_data_source_that_was_removed_is_in_use_no_more(wizard, org):
    made = a_data_source(org)
    load(wizard, made, "leader", "storage")

    wizard.say("leader", {}, f"remove:{PVC}.0")

    assert "In use" not in card(pane(wizard, section="storage"), made).text
    load(wizard, made, "leader", "storage")
    (item,) = wizard.draft.document["leader"]["storage"]["pvc"]
    assert item["name"] == "volume-2"


def test_a_copy_of_a_workload_says_that_its_values_are_copied(wizard, org):
    load(wizard, an_environment(org), "environment", "image")
    workload = submit_workload(
        by=org.alice,
        project=org.project,
        name="chat",
        document=wizard.draft.document | {"workers": 0},
        draft=wizard.draft,
    )

    copied = copy_workload(by=org.alice, workload=workload)

    assert copied.sources["leader.image"] == "clone"
    assert copied.loaded == {}


def test_an_imposed_volume_is_made_for_the_workload_under_a_stored_name(wizard, org):
    piece = {"path": "/cache", "claimInfo": {"size": "5G"}}
    source = a_data_source(org, name="cache", **piece)
    imposed(org, source)

    workload = submit_workload(
        by=org.alice,
        project=org.project,
        name="chat",
        document={"leader": {"image": "a/b:1"}},
    )

    name = workload.claims[f"leader/{source.pk}"]
    assert len(name) <= 63
    assert f'claimName: "{name}"' in manifest_text(workload)
