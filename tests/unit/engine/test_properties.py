"""What holds for every document and every chain of policies."""

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.engine.context import Context
from policies.engine.effective import EffectivePolicy
from policies.engine.judge import judge
from policies.engine.parsed import Unread, parsed
from tests.support.documents import UNITS, a_document, a_policy, at
from tests.unit.engine.test_example import API, FORM
from workloads.spec.facts import Facts
from workloads.spec.paths import FieldPath
from workloads.spec.schema import SCHEMA

NAMES = sorted({field.path[-1] for field in SCHEMA})
TEXTS = ["", "2G", "x", "HTTP_PROXY", "custom", "portion", "NoExecute", "Equal"]
SCALARS = (
    st.none() | st.booleans() | st.integers(-1, 5) | st.floats(allow_nan=True)
    | st.sampled_from(TEXTS) | st.text(max_size=3) | st.integers(10**15, 10**40)
)  # fmt: skip
ANY = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(NAMES) | st.text(max_size=3), inner, max_size=6
        )
    ),
    max_leaves=30,
)


def documents_of(field):
    """Documents that have the right shape more often than not."""
    if not field.children:
        return SCALARS | st.lists(st.sampled_from(TEXTS), max_size=2)
    inner = st.fixed_dictionaries(
        {},
        optional={name: documents_of(child) for name, child in field.children.items()},
    )
    return st.lists(inner, max_size=3) if field.items else inner


LIKELY = documents_of(SCHEMA)
COUNTS = ("replicas", "workers", "leader.compute.gpuDevicesRequest")
WORDS = {
    "priorityClass": ("low", "high", "medium"),
    "leader.imagePullPolicy": ("Always", "Never", "IfNotPresent"),
    "leader.security.capabilities": (("CHOWN",), ("SYS_ADMIN",), ("KILL", "CHOWN")),
    "servingPort.authorizationType": ("public", "authenticatedUsers"),
}
ENV = "leader.environmentVariables"
FLAGS = {
    "canEdit": st.sampled_from([None, False, True]),
    "blocked": st.sampled_from([None, False, True]),
    "required": st.sampled_from([None, False, True]),
}
COUNT_RULES = st.fixed_dictionaries(
    {},
    optional=FLAGS
    | {"min": st.integers(0, 3), "max": st.integers(1, 6), "step": st.just(2)},
)


def word_rules(words):
    single = sorted({word for each in words for word in _words(each)})
    options = st.lists(st.sampled_from(single), unique=True, max_size=3, min_size=1)
    closed = options.map(lambda chosen: [{"value": word} for word in chosen])
    return st.fixed_dictionaries({}, optional=FLAGS | {"options": closed})


def _words(each):
    return each if isinstance(each, tuple) else (each,)


VARIABLES = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from("AB"), "value": st.sampled_from("12")}
    ),
    max_size=2,
    unique_by=lambda item: item["name"],
)


TOLERATIONS = "leader.tolerations"
ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        "operator": st.sampled_from(["Equal", "Exists"]),
        "effect": st.sampled_from(["NoSchedule", "NoExecute", "Any"]),
    },
)
TOLERATION_DEFAULTS = st.fixed_dictionaries(
    {
        "attributes": ATTRIBUTES,
        "instances": st.lists(
            st.builds(
                lambda name, attributes: (
                    {"name": name, "key": "gpu", "value": "a"} | attributes
                ),
                st.sampled_from("XY"),
                ATTRIBUTES,
            ),
            max_size=2,
            unique_by=lambda item: item["name"],
        ),
    }
)
TOLERATION_RULES = st.fixed_dictionaries(
    {"attributes": st.fixed_dictionaries({}, optional={
        "operator": st.fixed_dictionaries({"canEdit": st.booleans()}),
        "effect": word_rules(("NoSchedule", "NoExecute", "Any")),
    })}
)  # fmt: skip
FACTORS = st.builds(
    lambda field, factor: {"defaultFrom": {"field": field, "factor": factor}},
    st.sampled_from(["cpuCoreLimit", "gpuDevicesRequest"]),
    st.sampled_from([0.3, 1, 1000]),
)


@st.composite
def a_document_of_policy(draw):
    defaults = {path: draw(st.integers(0, 8)) for path in COUNTS if draw(st.booleans())}
    rules = {path: draw(COUNT_RULES) for path in COUNTS if draw(st.booleans())}
    for path, words in WORDS.items():
        if draw(st.booleans()):
            chosen = draw(st.sampled_from(words))
            defaults[path] = list(chosen) if isinstance(chosen, tuple) else chosen
        if draw(st.booleans()):
            rules[path] = draw(word_rules(words))
    defaults[ENV] = {"instances": draw(VARIABLES)}
    locked = draw(st.lists(st.sampled_from("AB"), max_size=2, unique=True))
    rules[ENV] = {"instances": {"locked": locked, "canAdd": draw(st.booleans())}}
    if draw(st.booleans()):
        del rules[ENV]
    defaults[TOLERATIONS] = draw(TOLERATION_DEFAULTS)
    rules[TOLERATIONS] = draw(TOLERATION_RULES)
    if draw(st.booleans()):
        rules["leader.compute.cpuCoreRequest"] = draw(FACTORS)
    return defaults, rules


@st.composite
def chains(draw):
    scopes = draw(st.lists(st.sampled_from(list(UNITS)), unique=True, max_size=4))
    ordered = [scope for scope in UNITS if scope in scopes]
    return [a_policy(scope, *draw(a_document_of_policy())) for scope in ordered]


def context_of(chain):
    return Context(EffectivePolicy.of(chain), Facts(auth_profile=True))


@given(ANY | LIKELY)
@settings(max_examples=80, deadline=None)
def test_judge_never_raises_and_always_gives_a_spec(document):
    for context in (API, FORM):
        verdict = judge(document, context)

        assert verdict.spec is not None
        assert isinstance(verdict.shown, dict)
        assert all(
            issue.location or not isinstance(document, dict) for issue in verdict.issues
        )


@given(LIKELY)
@settings(max_examples=80, deadline=None)
def test_what_was_read_stays_what_it_is_when_judged_again(document):
    """But what was excluded or unreadable comes back: a clone copies the document."""
    read, _ = parsed(document)
    first = judge(_readable(read), API)

    again = judge(first.resolved, API)

    assert again.resolved == first.resolved
    assert again.spec == first.spec
    if not first.issues:
        assert again.issues == ()


def _readable(node):
    if isinstance(node, dict):
        kept = {name: _readable(value) for name, value in node.items()}
        return {
            name: v for name, v in kept.items() if v is not None and name != "exclude"
        }
    if isinstance(node, list | tuple):
        return [item for item in map(_readable, node) if item is not None]
    return None if isinstance(node, Unread) else node


@given(chains())
@settings(max_examples=80, deadline=None)
def test_a_default_never_breaks_the_policy_that_it_stands_under(chain):
    verdict = judge(a_document({"workers": 1}), context_of(chain))

    said = ("policy", "workers")
    wrong = [
        i for i in verdict.issues if i.rule not in said and i.location[0] not in said
    ]
    assert [issue for issue in wrong if issue.kind != "missing"] == []


@given(chains(), a_document_of_policy())
@settings(max_examples=80, deadline=None)
def test_a_lock_is_not_evaded_from_below(chain, lowest):
    above = [policy for policy in chain if policy.unit.scope < UNITS["project"].scope]
    defaults, _ = lowest
    before = EffectivePolicy.of(above)
    after = EffectivePolicy.of((*above, a_policy("project", defaults)))

    for path, rules in before.rules.items():
        if rules.can_edit is False:
            assert after.defaults.get(path) == before.defaults.get(path)
        if rules.can_edit is False and path[:2] == ("leader", "tolerations"):
            _same_attributes(before, after, path)
        for key in rules.locked:
            known = before.instances.get(path, {}).get(key)
            assert after.instances.get(path, {}).get(key) == known


def _same_attributes(before, after, path):
    """What stood in the items above stands there still."""
    for key, item in before.instances.get(FieldPath.parse(TOLERATIONS), {}).items():
        now = after.instances[FieldPath.parse(TOLERATIONS)][key]
        assert _attribute(after, now, path) == _attribute(before, item, path)


def _attribute(policy, item, path):
    usual = policy.defaults.get(path)
    usual = usual.value if usual else SCHEMA.at(path).default
    return item.value.get(path[-1], usual)


@given(st.integers(0, 8), st.sampled_from(COUNTS))
def test_a_locked_value_is_the_only_one_that_may_be_said(value, path):
    policy = a_policy("cluster", {path: 2}, {path: {"canEdit": False}})

    verdict = judge(a_document({path: value}), context_of([policy]))

    found = [issue.rule for issue in verdict.issues if str(issue.location) == path]
    assert found == ([] if value == 2 else ["canEdit"])
    assert at(verdict.resolved, path) == value
    assert FieldPath.parse(path)
