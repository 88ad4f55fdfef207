"""What the form says: the customer's rows that are words, defaults and choices."""

import pytest

from projects.models import Cluster
from tests.support.organization import INVENTORY, an_organization
from tests.support.wizard import Wizard, a_draft

pytestmark = pytest.mark.django_db
DOCUMENT = {
    "workers": 2,
    "leader": {
        "image": "a/b:1",
        "environmentVariables": [
            {"name": "A", "value": "1", "description": "Ask the data team."}
        ],
        "tolerations": [{"name": "toleration-1", "key": "gpu", "operator": "Equal"}],
        "podAffinity": {"type": "Required", "key": "rack"},
        "storage": {
            "emptyDirVolume": [{"name": "emptydir-1", "path": "/a"}],
            "pvc": [{"name": "volume-1", "path": "/b", "claimInfo": {"size": "9G"}}],
        },
    },
    "worker": {"image": "a/c:1"},
}
LEADER, POD = "leader", "leader.compute"
TOLERATION = "leader.tolerations.0"
PVC, EMPTY = "leader.storage.pvc.0", "leader.storage.emptyDirVolume.0"

SENTENCES = [
    ("R-001", "basics", "serves a trained model, in real time or in batches"),
    ("R-003", "basics", "GPUs free"),
    ("R-014", "basics", "Several cooperating processes, which may sit on different"),
    ("R-023", "environment", "Default"),
    ("R-073", "environment", "+COMMAND & ARGUMENTS"),
    ("R-074", "environment", "--arg1=val1"),
    ("R-075", "environment", "+ENVIRONMENT VARIABLE"),
    ("R-076", "environment", "Ask the data team."),
    ("R-079", "environment", "are set for you in every container"),
    ("R-030", "environment", "Where the leader answers, and who may call it"),
    ("R-093", "leader", "Every pod gets at least this share of each device"),
    ("R-096", "leader", "Guaranteed to each running pod"),
    ("R-097", "leader", "Auto: up to what the node has"),
    ("R-100", "leader", "Auto: up to the memory of the node"),
    ("R-101", "leader", "From 64 MB to the CPU memory limit"),
    ("R-102", "leader", "Quantities as Kubernetes writes them"),
    ("R-103", "leader", "The scheduler starts with the first pool and moves on"),
    ("R-106", "leader", "+NODE POOL"),
    ("R-112", "leader", "Nodes carry the label run.ai/type with this value"),
    ("R-113", "leader", "Let pods onto nodes that have a matching taint"),
    ("R-116", "leader", "share a region, zone, placement group or rack"),
    ("R-117", "leader", "S3 data sources are not supported"),
    ("R-123", "leader", "PVCs, Secrets and ConfigMaps come from Load existing"),
    ("R-127", "leader", "deleted whenever the status becomes Stopped"),
    ("X-15", "leader", "Each pod has its own"),
    ("R-132", "leader", "New storage that persists across restarts"),
    ("R-140", "leader", "+VOLUME"),
    ("X-16", "leader", "A directory of a server"),
    ("R-141", "leader", "metadata for documentation, monitoring and automation"),
    ("R-142", "leader", "Categories for finding and grouping"),
    ("X-27", "leader", "A failed check rebuilds the whole replica"),
    ("X-28", "leader", "only the serving endpoint is reachable by one"),
    ("X-29", "leader", "All must match, beside node type and pools"),
    ("R-032", "workers", "The pods that process the model"),
    ("R-109", "workers", "Taken from the leader. Change them in step 3"),
    ("X-03", "workers", "Copy all from leader"),
    ("X-03", "workers", "differs from leader: a/b:1"),
    ("R-143", "setup", "Each replica is one leader pod and its workers"),
    ("R-145", "setup", "free GPU quota, and is never interrupted once it runs"),
    ("R-146", "setup", "may be interrupted for work with a higher priority"),
    ("R-147", "setup", "Higher priorities are scheduled earlier"),
    ("R-149", "setup", "The deployment can fail if the leader is not ready"),
    ("R-150", "setup", "Workers wait for their leader"),
    ("X-31", "setup", "A leader goes on serving without its workers"),
    ("X-22", "setup", "1 replica \N{MULTIPLICATION SIGN} 3 pods"),
    ("R-151", "review", "Leader and workers side by side"),
    ("R-152", "review", "CREATE INFERENCE"),
]
CHOICES = [
    ("R-042", "environment", "leader.image:imageSource", "custom", 3),
    ("R-056", "environment", "leader.imagePullPolicy", "IfNotPresent", 3),
    ("R-061", "environment", "servingPort.protocol", "http", 1),
    ("R-063", "environment", "servingPort.authorizationType", "public", 4),
    ("R-071", "environment", "servingPort.exposeExternally", "false", 2),
    ("R-077", "environment", "leader.environmentVariables.0:source", "custom", 2),
    ("R-081", "environment", "leader.security.uidGidSource", "fromTheImage", 3),
    ("R-091", "leader", f"{POD}.gpuRequestType", "", 3),
    ("R-095", "leader", f"{POD}.cpuCoreRequest:unit", "cores", 2),
    ("R-097", "leader", f"{POD}.cpuCoreLimit:auto", "auto", 2),
    ("R-098", "leader", f"{POD}.cpuMemoryRequest:unit", "G", 2),
    ("R-100", "leader", f"{POD}.cpuMemoryLimit:auto", "auto", 2),
    ("R-110", "leader", "leader.nodeType", "", 3),
    ("R-114", "leader", f"{TOLERATION}.operator", "Equal", 2),
    ("X-10", "leader", f"{TOLERATION}.effect", "Any", 4),
    ("R-128", "leader", f"{EMPTY}.sizeLimit:unit", "G", 2),
    ("R-130", "leader", f"{EMPTY}.medium", "", 2),
    ("R-133", "leader", f"{PVC}.claimInfo.storageClass", "", 3),
    ("R-136", "leader", f"{PVC}.claimInfo.size:unit", "G", 2),
    ("R-137", "leader", f"{PVC}.claimInfo.volumeMode", "Filesystem", 2),
    ("R-144", "setup", "preemptibility", "non-preemptible", 2),
    ("R-019", "setup", "priorityClass", "very-high", 7),
    ("R-148", "setup", "startupPolicy", "LeaderCreated", 2),
    ("X-31", "setup", "restartPolicy", "RecreateGroupOnPodRestart", 2),
]
NUMBERS = [
    ("R-089", "workers", "workers", "2"),
    ("R-143", "setup", "replicas", "1"),
    ("R-135", "leader", f"{PVC}.claimInfo.accessModes.readWriteOnce", "true"),
    ("R-135", "leader", f"{PVC}.claimInfo.accessModes.readWriteMany", "false"),
]
MORE_LINKS = [
    ("R-102", "leader", "configuration/manage-resources-containers/"),
    ("R-102", "leader", "common-definitions/quantity/"),
]
ONLY_HERE = [
    ("R-030", "environment", "servingPort.port"),
    ("R-089", "workers", "workers"),
    ("R-109", "leader", "nodePools:marker"),
    ("R-034", "setup", "replicas"),
    ("R-034", "setup", "priorityClass"),
]
STEPS = ("basics", "environment", "leader", "workers", "setup")


@pytest.fixture
def wizard(client):
    org = an_organization()
    Cluster.objects.update(inventory=INVENTORY, external_access=False)
    return Wizard(client, org.alice, a_draft(org.alice, org.project, document=DOCUMENT))


@pytest.mark.parametrize(("row", "slug", "words"), SENTENCES)
def test_the_form_says(wizard, row, slug, words):
    page = wizard.open(slug)

    assert words in page.top.text


@pytest.mark.parametrize(("row", "slug", "name", "chosen", "count"), CHOICES)
def test_a_choice_begins_with_its_default(wizard, row, slug, name, chosen, count):
    page = wizard.open(slug)

    inputs = [e for e in page.named(name) if e.attributes.get("type") != "hidden"]
    options = [e for i in inputs for e in i.walk() if e.tag == "option"] or inputs
    assert len(options) == count
    assert page.inputs[name] == [chosen]


@pytest.mark.parametrize(("row", "slug", "name", "value"), NUMBERS)
def test_an_input_begins_with_its_default(wizard, row, slug, name, value):
    page = wizard.open(slug)

    assert page.inputs[name][-1] == value


def test_node_pools_begin_in_the_projects_order(wizard):
    page = wizard.open("leader")

    assert page.inputs["nodePools"] == wizard.draft.project.default_node_pools


@pytest.mark.parametrize(("row", "slug", "address"), MORE_LINKS)
def test_the_form_links_to_kubernetes(wizard, row, slug, address):
    links = [e.attributes["href"] for e in wizard.open(slug).elements if e.tag == "a"]

    assert any(address in href for href in links)


@pytest.mark.parametrize(("row", "slug", "name"), ONLY_HERE)
def test_an_input_stands_in_one_step_alone(wizard, row, slug, name):
    found = [each for each in STEPS if wizard.open(each).named(name)]

    assert found == [slug]


def test_somebody_without_a_project_is_told_whom_to_ask(client):
    org = an_organization()
    wizard = Wizard(client, org.charlie)

    page = wizard.open("basics")

    assert "You have no project yet" in page.top.text
    assert "Ask an administrator" in page.top.text
    visible = [e for e in page.named("do") if "sr" not in e.attributes["class"]]
    assert visible == []


@pytest.mark.parametrize("slug", ["environment", "workers"])
def test_what_is_typed_needs_nothing_loaded(wizard, slug):
    texts = wizard.open(slug).top.text

    assert "Loaded from" not in texts
    assert "Custom image" in texts
