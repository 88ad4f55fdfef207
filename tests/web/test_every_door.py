"""The same refusals through every door, for every field and every rule of its type."""

import json

import pytest

from policies.services import save_policy
from policies.writing import policy_text
from tests.support.violations import cases, together
from tests.support.wizard import a_draft
from workloads.models import Workload
from workloads.services import HasIssues, submit_workload
from workloads.services.trial import try_spec
from workloads.spec.paths import Location
from workloads.spec.schema import SCHEMA
from workloads.wizard.kinds import KINDS
from workloads.wizard.steps import WIZARD

pytestmark = pytest.mark.django_db
NAME = "chat"
ALL = list(cases())
GROUPS = sorted({(case.rule, case.of_key) for case in ALL})
NOT_IN_A_FORM = {
    **{(f"{role}.nodeAffinityRequired", rule): "a form has no input for it"
       for role in ("leader", "worker") for rule in ("blocked", "canEdit", "required")},
    ("servingPort.authorizedUsers", "required"): "a form names the one who fills it in",
}  # fmt: skip


def found_in(issues):
    return {(str(issue.location), issue.rule) for issue in issues}


def refused_by_the_service(org, document, draft=None):
    with pytest.raises(HasIssues) as refused:
        submit_workload(
            by=org.alice,
            project=org.project,
            name=NAME,
            document=document,
            draft=draft,
        )
    return found_in(refused.value.issues)


def refused_as_text(org, text, form=False):
    trial = try_spec(
        by=org.admin, as_user=org.alice, project=org.project, text=text, form=form
    )
    return found_in(each.issue for each in trial.issues)


def forged(client, org, document):
    """Post a document to each step, and press the button of the review."""
    draft = a_draft(org.alice, org.project, name=NAME)
    for step in WIZARD[1:-1]:
        post = {"editor": ["forged"], "count": ["1"], "revision": ["1"]}
        post |= dict(inputs(SCHEMA, document, Location(), step))
        assert client.post(f"/drafts/{draft.pk}/{step.slug}/", post).status_code == 200
    review = f"/drafts/{draft.pk}/review/"
    reviewed = client.get(review).context["reviewed"]
    answer = client.post(review, {"do": "create", "reviewed": reviewed})
    draft.refresh_from_db()
    return draft, answer


def inputs(field, node, location, step):
    """Yield what a browser would post for a document, by the names of inputs."""
    if field.items and step.holds(location):
        keys = [[place, item.get(field.key, "")] for place, item in enumerate(node)]
        yield f"{location}:rows", [json.dumps(keys)]
    for child, inner, here in below(field, node, location):
        yield from inputs(child, inner, here, step)
    if field.adapter and step.holds(location):
        for end, text in KINDS[field.path].texts(node, {}).items():
            yield f"{location}{end}", text if isinstance(text, list) else [text]
        yield f"{location}:marker", ["1"]


def below(field, node, location):
    """Yield what stands in a section, or in the items of a list."""
    places = [(location, node)]
    if field.items:
        places = [(location / place, item) for place, item in enumerate(node)]
    for place, section in places if field.children else ():
        for name, inner in section.items():
            yield field.children[name], inner, place / name


@pytest.fixture
def rounds(org):
    """Yield what breaks many rules at once, until each was broken."""

    def found(some):
        while some:
            policy, document = together(some)
            save_policy(by=org.admin, unit=org.project, text=policy_text(policy))
            refused = refused_by_the_service(org, document)
            yield document, refused
            left = [case for case in some if case.expected not in refused]
            assert len(left) < len(some), f"nothing refuses {left[0].expected}"
            some = left

    return found


@pytest.mark.parametrize(("rule", "of_key"), GROUPS)
def test_a_forged_post_the_services_and_a_pasted_text_meet_the_same_refusals(
    client, org, rounds, rule, of_key
):
    client.force_login(org.alice)
    some = [case for case in ALL if (case.rule, case.of_key) == (rule, of_key)]
    some = [each for each in some if (str(each.path), rule) not in NOT_IN_A_FORM]

    for document, refused in rounds(some):
        draft, answer = forged(client, org, document)

        assert found_in(answer.context["page"].verdict.issues) == refused
        assert refused_by_the_service(org, draft.document, draft) == refused
        assert refused_as_text(org, policy_text(document)) == refused
        assert refused_as_text(org, policy_text(document), form=True) == refused
        assert refused_as_text(org, json.dumps(document)) == refused
    assert not Workload.objects.exists()


def test_what_no_form_can_say_is_refused_by_the_service_and_as_text(org, rounds):
    some = [each for each in ALL if (str(each.path), each.rule) in NOT_IN_A_FORM]

    for case in some:
        for document, refused in rounds([case]):
            assert refused_as_text(org, policy_text(document)) == refused
    assert {(str(each.path), each.rule) for each in some} == NOT_IN_A_FORM.keys()


def test_every_field_and_every_rule_of_its_type_is_tried():
    fields = {str(field.path) for field in SCHEMA if field.adapter or field.items}
    left_out = {path for path in fields if path.endswith(".exclude")}

    assert {str(case.path) for case in ALL} == fields - left_out
    assert len(ALL) > 1_400
    assert {case.rule for case in ALL} == {
        "blocked", "canAdd", "canEdit", "locked", "max", "min", "options", "prefixes",
        "required", "step",
    }  # fmt: skip
