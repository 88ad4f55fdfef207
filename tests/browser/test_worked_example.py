"""The worked example of policies.md §1.9: typed into the pages of an administrator,
and each line of its table seen by whoever fills in the form."""

import json
import re
from textwrap import dedent

import pytest
from playwright.sync_api import expect

from tests.browser.axe import problems_in_every_look
from tests.browser.test_wizard import a_new_draft, goes_on
from tests.support.chromium import sign_in
from tests.support.portal import Portal

DASH = "\N{EN DASH}"
CLUSTER, DEPARTMENT, PROJECT = "cluster demo", "department research", "llm-serving"
LLAMA = "nvcr.io/nim/meta/llama3"
POLICIES = {
    "demo": """\
        defaults:
          leader:
            imagePullPolicy: IfNotPresent
            compute: {cpuMemoryRequest: 8G}
        rules:
          leader:
            compute:
              gpuDevicesRequest: {max: 4}
              cpuMemoryRequest: {min: 1G, max: 64G}
            security: {runAsUid: {min: 1000}}
          servingPort:
            authorizationType:
              options: [{value: public}, {value: authenticatedUsers}]
        """,
    "research": """\
        defaults:
          priorityClass: high
          replicas: 2
          leader:
            environmentVariables:
              instances:
                - {name: HTTP_PROXY, value: "http://proxy:3128"}
                - {name: LOG_LEVEL, value: info}
        rules:
          replicas: {min: 1, max: 6}
          workers: {min: 1, max: 7, step: 2}
          leader:
            environmentVariables: {instances: {locked: [HTTP_PROXY]}}
            compute: {gpuDevicesRequest: {max: 8}}
        """,
    "llm-serving, research": """\
        defaults:
          replicas: 3
          servingPort: {port: 8000, exposeExternally: false}
          leader:
            image: nvcr.io/nim/meta/llama3:1.0
            tolerations: {attributes: {operator: Exists, effect: NoSchedule}}
        rules:
          servingPort:
            exposeExternally: {canEdit: false}
            authorizationType:
              options: [{value: authenticatedUsers, displayed: Signed-in users}]
          leader:
            image:
              required: true
              options:
                - {value: "nvcr.io/nim/meta/llama3:1.0", displayed: Llama 3 (approved)}
                - {value: "nvcr.io/nim/meta/llama3:1.1", displayed: Llama 3 patch 1}
            storage: {pvc: {instances: {canAdd: false}}}
        imposedAssets: {leader: [SHARED], worker: [SHARED]}
        """,
}
"""By unit, the farthest first, as the list of units names it; SHARED is the PVC."""


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    """A portal of its own: its policies are in nobody else's way."""
    running = Portal(tmp_path_factory.mktemp("example") / "data").start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def administrator(browser, portal):
    """A page on which the three policies were typed and the cluster was set up."""
    page = browser.new_context().new_page()
    page.set_default_timeout(10_000)
    sign_in(page, portal)
    restricts_access(page, portal)
    shared = add_claim(page, portal, "shared-models", "/models")
    add_claim(page, portal, "own-models", "/own")
    for unit, text in POLICIES.items():
        write_policy(page, portal, unit, dedent(text).replace("SHARED", shared))
    yield page
    page.context.close()


def restricts_access(page, portal):
    """Give the cluster the profile without which no endpoint can be restricted."""
    page.goto(f"{portal.url}/admin/projects/cluster/")
    page.get_by_role("link", name="demo").click()
    page.get_by_label("Authorization profile").fill("signed-in")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()


def add_claim(page, portal, name, path):
    """Make a data source of an existing PVC of the project; return its id."""
    page.goto(f"{portal.url}/admin/assets/datasource/add/")
    piece = {"path": path, "existingPvc": True, "claimName": name}
    page.locator("#id_name").fill(name)
    page.locator("#id_kind").select_option("pvc")
    page.locator("#id_piece").fill(json.dumps(piece))
    page.locator("#id_scope").select_option("project")
    page.locator("#id_project").select_option(label=PROJECT)
    page.get_by_role("button", name="Save", exact=True).click()
    link = page.locator("#result_list").get_by_role("link", name=name, exact=True)
    return link.get_attribute("href").split("/")[-3]


def write_policy(page, portal, unit, text):
    page.goto(f"{portal.url}/policies/")
    page.get_by_role("link", name="+NEW POLICY").first.click()
    page.get_by_label("Scope").select_option(label=unit)
    page.get_by_role("button", name="+POLICY YAML").click()
    page.get_by_label("Policy YAML").fill(text)
    page.get_by_role("button", name="SAVE POLICY").click()
    expect(page.get_by_text("Version 1 is in force.")).to_be_visible()


@pytest.fixture
def page(administrator, signed_in):
    """The Environment step of a new draft in the project of the example."""
    a_new_draft(signed_in)
    signed_in.locator(".tile").filter(has_text=PROJECT).locator("label").click()
    signed_in.get_by_label("Name").fill("example")
    goes_on(signed_in, "environment")
    return signed_in


@pytest.fixture
def step(page):
    """A function that opens another step of the draft."""

    def opened(slug):
        page.goto(f"{page.url.rstrip('/').rpartition('/')[0]}/{slug}/")
        return page

    return opened


def field(page, label):
    """A field with all that stands in it."""
    head = page.locator(".form-label").get_by_text(label, exact=True)
    return page.locator(".field, .part").filter(has=head).last


def test_replicas_are_3_of_1_to_6(step):
    page = step("setup")

    expect(page.get_by_label("Number of replicas")).to_have_value("3")
    found = field(page, "Number of replicas")
    expect(found).to_contain_text("Policy · project llm-serving")
    expect(found).to_contain_text(f"1{DASH}6, set by {DEPARTMENT}")


def test_workers_are_1_to_7_in_steps_of_2(step):
    page = step("workers")
    workers = page.locator("#workers")
    expect(workers).to_have_value("1")
    text = f"1{DASH}7, in steps of 2, set by {DEPARTMENT}"
    expect(page.locator("#workers-range")).to_have_text(text)

    for wrong, told in (("2", "must be 1 or 3"), ("0", "must be at least 1")):
        workers.fill(wrong)
        workers.blur()
        expect(page.locator("#workers-error")).to_contain_text(told)
        expect(workers).to_have_value(wrong)


def test_priority_is_high_and_can_be_changed(step):
    page = step("setup")
    priority = page.locator("#priorityClass")
    expect(priority).to_have_value("high")
    expect(field(page, "Priority")).to_contain_text(f"Policy · {DEPARTMENT}")

    priority.select_option("Low")

    expect(
        page.get_by_role("button", name="Reset Priority to High, from department")
    ).to_be_visible()


def test_the_leaders_image_is_one_of_two_by_their_names(page):
    image = page.locator("#leader-image")
    expect(image).to_have_value(f"{LLAMA}:1.0")
    expect(image.locator("option")).to_have_text(
        ["Llama 3 (approved)", "Llama 3 patch 1"]
    )
    whole = page.get_by_role("group", name="Image source")
    expect(whole).to_contain_text("(required)")
    expect(whole).to_contain_text("only these, set by project llm-serving")
    for name in ("NGC catalog", "NGC private registry"):
        source = page.get_by_role("radio", name=name)
        expect(source).to_be_disabled()
        expect(source).to_have_accessible_description(
            "Not offered, set by project llm-serving."
        )


def test_the_pull_condition_is_the_clusters_and_can_be_changed(page):
    pull = page.get_by_label("Pull condition")
    expect(pull).to_have_value("IfNotPresent")
    expect(field(page, "Pull condition")).to_contain_text(f"Policy · {CLUSTER}")

    pull.select_option("Always")

    expect(page.get_by_role("button", name="Reset Pull condition")).to_be_visible()


def test_the_serving_port_is_8000_and_can_be_changed(page):
    port = page.locator("#servingPort-port")
    expect(port).to_have_value("8000")

    port.fill("9000")
    port.blur()

    reset = page.get_by_role("button", name="Reset Container port to 8000, from")
    expect(reset).to_be_visible()


def test_the_exposure_is_internal_under_a_lock(page):
    exposure = page.get_by_role("radiogroup", name="Exposure")

    expect(exposure).to_contain_text("Internal only")
    expect(exposure).to_contain_text("Locked by project llm-serving.")
    expect(exposure.get_by_role("radio")).to_have_count(0)


def test_only_signed_in_users_have_access(page):
    access = page.get_by_role("radiogroup", name=re.compile("access|Access|Who"))

    expect(access.get_by_label("Signed-in users")).to_be_checked()
    expect(access).to_contain_text("Policy · project llm-serving")
    for name in ("Public", "Specific group(s)", "Specific user(s)"):
        choice = access.get_by_role("radio", name=re.compile(re.escape(name)))
        expect(choice).to_be_disabled()
        expect(choice).to_have_accessible_description(
            "Not allowed by project llm-serving."
        )


def test_gpus_are_at_most_the_clusters_4(step):
    page = step("leader")
    gpus = page.get_by_label("GPU devices per pod")
    found = field(page, "GPU devices per pod")
    expect(found).to_contain_text(f"at most 4, set by {CLUSTER}")

    gpus.fill("6")
    gpus.blur()

    expect(found).to_contain_text(f"must be at most 4, set by {CLUSTER}")


def test_memory_is_8_of_1_to_64_gb(step):
    page = step("leader")

    expect(page.get_by_label("CPU memory request", exact=True)).to_have_value("8")
    unit = page.get_by_label("Unit of CPU memory request", exact=True)
    expect(unit).to_have_value("G")
    found = field(page, "CPU memory request")
    expect(found).to_contain_text(f"Policy · {CLUSTER}")
    expect(found).to_contain_text(f"1 GB{DASH}64 GB, set by {CLUSTER}")


def test_a_uid_is_at_least_1000(page):
    page.locator("#s-container > summary").click()
    source = page.locator("#leader-security-uidGidSource")
    source.get_by_text("Custom", exact=True).click()
    uid = page.locator("#leader-security-runAsUid")
    expect(page.locator("#leader-security-runAsUid-range")).to_have_text(
        f"1000 or more, set by {CLUSTER}"
    )

    uid.fill("500")
    uid.blur()

    expect(page.locator("#leader-security-runAsUid-error")).to_contain_text(
        "must be at least 1000"
    )


def test_one_variable_is_locked_and_the_other_one_is_free(page):
    rows = page.get_by_role("group", name="Environment variables").locator(".item")
    proxy, level = rows.nth(0), rows.nth(1)
    expect(proxy).to_contain_text("HTTP_PROXY")
    expect(proxy).to_contain_text("http://proxy:3128")
    expect(proxy).to_contain_text(f"Locked by {DEPARTMENT}.")
    expect(proxy.get_by_role("button")).to_have_count(0)
    expect(level.get_by_label("Value", exact=True)).to_have_value("info")

    level.get_by_role("button", name="Remove LOG_LEVEL").click()
    expect(level).to_contain_text("Removed here")
    level.get_by_role("button", name="Bring back LOG_LEVEL").click()
    expect(level.get_by_label("Value", exact=True)).to_have_value("info")
    page.get_by_role("button", name="+ENVIRONMENT VARIABLE").click()
    expect(rows).to_have_count(3)


def test_a_toleration_begins_with_the_projects_attributes(step):
    page = step("leader")

    page.get_by_role("button", name="+TOLERATION").click()

    expect(page.get_by_label("Operator", exact=True)).to_have_value("Exists")
    expect(page.get_by_label("Effect", exact=True)).to_have_value("NoSchedule")


def volumes(page):
    return (
        page.locator("#s-storage")
        .locator("xpath=ancestor::section")
        .get_by_role("article")
    )


def test_the_leader_gets_the_imposed_claim_and_no_other(step):
    page = step("leader")
    imposed = volumes(page)
    expect(imposed).to_have_count(1)
    expect(imposed).to_contain_text("shared-models")
    expect(imposed).to_contain_text("Container path/models")
    expect(imposed).to_contain_text(
        "Added by your administrator, set by project llm-serving."
    )
    expect(imposed.get_by_role("button")).to_have_count(0)
    volume = page.get_by_role("button", name="+VOLUME")
    expect(volume).to_be_disabled()
    expect(volume).to_have_accessible_description(
        "No volume may be added, set by project llm-serving."
    )


def test_cards_of_other_claims_are_greyed_with_the_rule_in_a_dialog(step):
    page = step("leader")
    page.get_by_role("button", name="Load existing setup for Data & storage").click()
    expect(page.get_by_role("checkbox", name="shared-models")).to_be_checked()
    expect(page.get_by_role("checkbox", name="shared-models")).to_be_disabled()

    card = page.get_by_role("group", name="own-models")
    card.get_by_role("link", name="Why?").click()

    why = page.get_by_role("dialog", name="Why own-models cannot be loaded here")
    expect(why).to_contain_text("leader.storage.pvc")
    expect(why).to_contain_text("canAdd")
    expect(why).to_contain_text("Project llm-serving")


def test_cards_of_environments_with_other_images_are_greyed(page):
    page.get_by_role("button", name="Load existing setup for Image").click()

    card = page.get_by_role("group", name="vllm-multinode")

    expect(card).to_contain_text("Not allowed")
    expect(page.get_by_role("radio", name="vllm-multinode")).to_have_count(0)


def test_none_of_the_leaders_rules_holds_for_the_workers(step):
    page = step("workers")
    image = page.get_by_label("Image URL")
    expect(image).to_be_editable()
    page.get_by_role("button", name="CONTINUE").click()
    expect(page.get_by_role("alert")).to_contain_text("Image URL is required.")

    image.fill("any/image:1")
    page.get_by_role("button", name="+ENVIRONMENT VARIABLE").click()
    expect(page.get_by_label("Name", exact=True)).to_be_editable()
    expect(volumes(page)).to_contain_text("shared-models")
    expect(volumes(page).get_by_role("button")).to_have_count(0)
    page.get_by_role("button", name="+VOLUME").click()

    expect(page.get_by_label("Container path")).to_be_editable()
    expect(page.locator("#worker-image-range")).to_have_count(0)
    rows = page.get_by_role("group", name="Environment variables").locator(".item")
    expect(rows).to_have_count(1)


def test_no_step_under_policies_has_something_that_axe_finds(step):
    for slug in ("environment", "leader", "workers", "setup", "review"):
        found = problems_in_every_look(step(slug))
        assert found == [], f"{slug}:\n" + "\n".join(found)
