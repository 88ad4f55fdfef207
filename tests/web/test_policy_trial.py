"""A spec tried as a user in a project: judged as a submission, shown, never stored."""

import json

import pytest

from access.models import AccessRule, User
from access.roles import Role
from assets.models import OwnCredential
from policies.writing import policy_text
from projects.models import Cluster, Department, Project
from tests.support.organization import an_organization
from tests.support.policies import in_force, made_unreadable
from tests.support.wizard import Page
from workloads.models import Draft, Workload
from workloads.services import Refusal
from workloads.services.trial import given, submitters, try_spec

pytestmark = pytest.mark.django_db
ADDRESS = "/policies/try/"
GPUS = "leader.compute.gpuDevicesRequest"
IMAGE = "leader: {image: ubuntu}\nservingPort: {port: 8000}\n"
BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"


@pytest.fixture
def bob(client, org):
    """The browser of the department's administrator."""
    client.force_login(org.bob)
    return client


def tried(org, text, by=None, as_user=None, **more):
    return try_spec(
        by=by or org.bob,
        as_user=as_user or org.alice,
        project=org.project,
        text=text,
        **more,
    )


def told(trial):
    """Where each issue stands in the text, and what it is about."""
    return [
        (found.mark, str(found.issue.location), found.issue.rule)
        for found in trial.issues
    ]


def ask(client, org, text=IMAGE, **more):
    said = {"project": org.project.pk, "user": "alice", "text": text} | more
    return Page(client.post(ADDRESS, said))


def test_every_refusal_is_told_at_its_line_with_the_rule_and_who_set_it(org):
    in_force(org, "department", rules={"replicas": {"max": 4}, GPUS: {"max": 2}})
    text = f"{IMAGE}replicas: 6\nworkers: many\n"

    trial = tried(
        org, text.replace("ubuntu", "ubuntu, compute: {gpuDevicesRequest: 4}")
    )

    assert told(trial) == [
        ((4, 1), "workers", "type"),
        ((3, 1), "replicas", "max"),
        ((1, 35), GPUS, "max"),
    ]
    assert {found.issue.source for found in trial.issues[1:]} == {"department research"}


def test_what_is_missing_stands_at_what_is_around_it(org):
    trial = tried(org, "servingPort: {port: 80}\nleader:\n  command: run\n")

    assert told(trial) == [((2, 1), "leader.image", "required")]
    assert told(tried(org, "replicas: 1")) == [(None, "leader.image", "required")]


def test_what_a_policy_gives_has_no_line(org):
    item = {"instances": [{"name": "A", "value": "1"}]}
    in_force(org, "project", {"leader.environmentVariables": item})

    verdict = tried(org, IMAGE).verdict

    sources = {str(each.location): each.source for each in given(verdict)}
    assert sources["leader.environmentVariables[A].value"] == "project llm-serving"
    assert sources["leader.image"] == "you"
    assert sources["replicas"] == "platform"


def test_json_is_read_like_yaml(org):
    in_force(org, "project", rules={"replicas": {"max": 4}})
    document = {"leader": {"image": "a/b:1"}, "replicas": 6, "workers": 0}

    as_json = tried(org, json.dumps(document, indent=2))
    as_yaml = tried(org, policy_text(document))

    assert told(as_json) == [((5, 3), "replicas", "max")]
    assert as_json.verdict.resolved == as_yaml.verdict.resolved


def test_values_keep_their_text_and_are_read_by_the_type_of_their_field(org):
    text = (
        f"{IMAGE}rollout: {{maxUnavailable: 1}}\n"
        "leader:\n  image: 1.10\n"
        "  environmentVariables: [{name: NO, value: no}]\n"
        "  compute: {cpuMemoryRequest: 5, cpuCoreRequest: 0.5}\n"
    ).removeprefix(IMAGE)

    verdict = tried(org, text).verdict

    assert verdict.spec.leader.image == "1.10"
    assert verdict.spec.leader.environment_variables[0].value == "no"
    assert verdict.spec.leader.compute.cpu_memory_request == "5"
    assert verdict.spec.leader.compute.cpu_core_request == 0.5


def test_a_number_in_quotation_marks_is_told_as_such(org):
    (found,) = tried(org, f'{IMAGE}replicas: "3"\n').issues

    assert found.issue.text == "must be a whole number, without quotation marks"
    assert found.mark == (3, 1)


def test_the_resolved_spec_tried_again_changes_nothing(org):
    in_force(org, "cluster", {"priorityClass": "low", GPUS: 2, "workers": 1})
    text = f"{IMAGE}worker: {{image: ubuntu}}\n"
    first = tried(org, text).verdict

    again = tried(org, policy_text(first.resolved)).verdict

    assert first.issues == again.issues == ()
    assert again.resolved == first.resolved


@pytest.mark.parametrize(("form", "workers"), [(False, 0), (True, 1)])
def test_form_and_api_differ_in_the_platforms_workers(org, form, workers):
    trial = tried(org, f"{IMAGE}worker: {{image: ubuntu}}\n", form=form)

    assert trial.verdict.spec.workers == workers


@pytest.mark.parametrize(
    ("text", "said", "where"),
    [
        (BOMB, "no anchors and aliases", (1, 4)),
        ("replicas: 1\nreplicas: 2\n", '"replicas" is there twice', (2, 1)),
        ("x" * (256 * 1024 + 1), "at most 262144", (1, 1)),
        ("%" * 256 * 1024, "is no YAML", (1, 2)),
        ("[" * 200, "stand in one another", (1, 33)),
        ("[" * 20_000, "nesting depth", (1, 1001)),
        ("{" * 20_000, "nesting depth", (1, 1001)),
        ("replicas: [1\n", "is no YAML", (2, 1)),
        ("", "is empty", (1, 1)),
        ("a: !!python/object:os.system x\n", "no tags", (1, 4)),
        ("\0", "character that cannot be seen", (1, 1)),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_at_its_place(org, text, said, where):
    (found,) = tried(org, text).issues

    assert said in found.issue.text
    assert found.mark == where


@pytest.mark.parametrize(
    ("text", "location", "rule"),
    [
        ("just a text", "", "type"),
        ("- leader", "", "type"),
        ("~", "", "type"),
        ("spec: {}", "spec", "unknown"),
        ("leader: {labels: {A: 1}}", "leader.labels", "type"),
        ("leader: [1]", "leader", "type"),
    ],
)  # fmt: skip
def test_what_is_no_spec_is_told(org, text, location, rule):
    found = {(str(f.issue.location), f.issue.rule) for f in tried(org, text).issues}

    assert (location, rule) in found


def test_a_policy_that_cannot_be_read_refuses_by_its_name(org):
    made_unreadable(in_force(org, "department", rules={"replicas": {"max": 4}}))

    (found,) = tried(org, IMAGE).issues

    assert (found.issue.rule, found.issue.source) == ("policy", "department research")


def test_trying_stores_nothing(org, bob):
    page = ask(bob, org, "leader: {image: ubuntu}\n")

    assert "It would be accepted" in page.top.text
    assert not Workload.objects.exists()
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "source",
    [
        "secret: {{name: {0}, key: token}}",
        "userCredential: {{name: {0}, key: token}}",
    ],
)
def test_nothing_is_learnt_about_credentials_of_the_user(org, source):
    OwnCredential.objects.create(
        owner=org.alice, name="hf-token", kind="genericSecret", keys=["token"]
    )
    text = (
        f"leader: {{{{image: a, environmentVariables: [{{{{name: A, {source}}}}}]}}}}"
    )

    hers = tried(org, text.format("hf-token"))
    invented = tried(org, text.format("no-such"))

    def sentences(trial, name):
        found = (*trial.issues, *trial.warnings)
        return [each.issue.text.replace(name, "…") for each in found]

    assert hers.verdict is not None
    assert told(hers) == told(invented)
    assert sentences(hers, "hf-token") == sentences(invented, "no-such")


def test_users_are_those_who_submit_there_by_a_rule_within_the_askers_scope(org):
    dora = User.objects.create_user("dora")
    AccessRule.objects.create(
        user=dora, role=Role.PRACTITIONER, department=org.department
    )
    gone = User.objects.create_user("gone", is_active=False)
    AccessRule.objects.create(user=gone, role=Role.PRACTITIONER, project=org.project)
    viewer = User.objects.create_user("vera")
    AccessRule.objects.create(user=viewer, role=Role.VIEWER, project=org.project)

    def names(by):
        return [user.username for user in submitters(by, org.project)]

    assert names(org.admin) == ["admin", "alice", "bob", "dora"]
    assert names(org.bob) == ["alice", "bob", "dora"]
    assert names(viewer) == ["alice"]
    assert names(org.alice) == names(org.charlie) == []


def test_who_is_out_of_scope_is_refused(org):
    for by, as_user in (
        (org.bob, org.admin),
        (org.bob, org.charlie),
        (org.alice, org.alice),
        (org.charlie, org.alice),
    ):
        with pytest.raises(Refusal):
            tried(org, IMAGE, by=by, as_user=as_user)


def test_a_project_out_of_scope_is_not_there(org, bob):
    cluster = Cluster.objects.create(name="other")
    sales = Department.objects.create(cluster=cluster, name="sales")
    theirs = Project.objects.create(department=sales, name="bots")

    answer = bob.post(ADDRESS, {"project": theirs.pk, "user": "alice", "text": IMAGE})

    assert answer.status_code == 404
    assert "bots" not in bob.get(ADDRESS).content.decode()


def test_practitioners_and_strangers_have_no_such_page(org, client):
    for user in (org.alice, org.charlie):
        client.force_login(user)
        assert client.get(ADDRESS).status_code == 403


def test_the_page_says_what_would_be_refused_and_keeps_what_was_typed(org, bob):
    in_force(org, "department", rules={"replicas": {"max": 4}})
    text = f"# mine\n{IMAGE}replicas: 6\n"

    page = ask(bob, org, text, door="form")

    assert page.inputs["text"] == [text]
    assert (page.inputs["user"], page.inputs["door"]) == (["alice"], ["form"])
    assert "2 problems" in page.top.text
    assert "Line 4, column 1 replicas Must be at most 4." in page.top.text
    assert "Rule: max, set by department research" in page.top.text


def test_the_page_lists_every_value_with_who_gives_it(org, bob):
    in_force(org, "cluster", {"priorityClass": "low"})

    page = ask(bob, org)

    assert "priorityClass low Cluster gpu-west-1" in page.top.text
    assert "leader.image ubuntu The document" in page.top.text
    assert "replicas 1 Platform default" in page.top.text


def test_another_project_brings_its_own_users_and_the_text_stays(org, bob):
    dora = User.objects.create_user("dora")
    AccessRule.objects.create(user=dora, role=Role.PRACTITIONER, project=org.other)
    said = {"project": org.other.pk, "user": "alice", "text": IMAGE}

    page = Page(bob.post(ADDRESS, said | {"do": "users"}))
    tried_at_once = bob.post(ADDRESS, said)

    users = [e.attributes["value"] for e in page.by_id("user").children]
    assert users == ["bob", "dora"]
    assert page.inputs["text"] == [IMAGE]
    assert tried_at_once.status_code == 422
    assert "cannot be chosen for this project" in tried_at_once.content.decode()


def test_a_change_of_the_project_draws_its_users_alone(org, bob):
    said = {"project": org.other.pk, "do": "users"}

    answer = bob.post(ADDRESS, said, headers={"HX-Request": "true"})

    assert 'id="who"' in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_ten_thousand_problems_are_counted_and_not_all_drawn(org, bob):
    text = "".join(f"n{number}: 1\n" for number in range(4_000))

    page = ask(bob, org, text)

    assert "4001 problems" in page.top.text
    assert "3801 more are not listed." in page.top.text


def test_of_very_many_values_the_first_are_listed_and_all_are_in_the_yaml(org, bob):
    labels = "".join(f"    - {{name: l-{n}, value: v}}\n" for n in range(600))

    page = ask(bob, org, f"leader:\n  image: a\n  labels:\n{labels}")

    assert "The first 500 are listed" in page.top.text
    assert "name: l-599" in page.by_id("resolved").text


def test_markup_in_a_text_stays_text(org, bob):
    page = ask(bob, org, '"<b>x</b>": 1\nleader: {image: "<script>"}\n')

    assert "<b>x</b>" not in page.html
    assert "<script>" not in page.html.partition('id="main"')[2]


def test_nobody_to_choose_is_told(client):
    org = an_organization()
    AccessRule.objects.filter(user=org.alice).delete()
    viewer = User.objects.create_user("vera")
    AccessRule.objects.create(user=viewer, role=Role.VIEWER, project=org.project)
    client.force_login(viewer)

    answer = client.post(ADDRESS, {"project": org.project.pk, "text": IMAGE})

    assert answer.status_code == 422
    assert "Nobody can be chosen for this project." in answer.content.decode()


def test_without_a_project_the_page_says_so(client, db):
    empty = User.objects.create_user("root")
    AccessRule.objects.create(user=empty, role=Role.SYSTEM_ADMINISTRATOR)
    client.force_login(empty)

    assert "No project yet" in client.get(ADDRESS).content.decode()
