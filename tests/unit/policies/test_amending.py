"""A change that is offered is made where it belongs, and touches nothing else."""

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.amending import amended
from policies.engine.advice import Copy, Instead, Put
from policies.reading import reading
from policies.typed import typed
from policies.writing import flow_text, policy_text
from workloads.spec.paths import Location

IMAGE = Copy(
    "", Location.parse("rules.worker.image"), Location.parse("rules.leader.image")
)
GPUS = Copy(
    "",
    Location.parse("rules.worker.compute.gpuDevicesRequest"),
    Location.parse("rules.leader.compute.gpuDevicesRequest"),
)
CUSTOM = Put(
    "",
    Location.parse("rules.leader.security.uidGidSource"),
    {"options": [{"value": "custom"}]},
)
SECRET = Instead(
    "",
    Location.parse("defaults.leader.environmentVariables[A].value"),
    "secret",
    {"name": None, "key": "A"},
)
COPIES = [
    pytest.param(
        "rules:\n"
        "  leader:\n"
        "    # agreed in May\n"
        "    image:  # ours only\n"
        "      required: true\n"
        "      options: [{value: a}, {value: 'b'}]\n"
        "  replicas: {max: 4}\n",
        IMAGE,
        "rules:\n"
        "  leader:\n"
        "    # agreed in May\n"
        "    image:  # ours only\n"
        "      required: true\n"
        "      options: [{value: a}, {value: 'b'}]\n"
        "  replicas: {max: 4}\n"
        "  worker:\n"
        "    # agreed in May\n"
        "    image:  # ours only\n"
        "      required: true\n"
        "      options: [{value: a}, {value: 'b'}]\n",
        id="with its comments",
    ),
    pytest.param(
        "rules:\n  leader:\n    image: {required: true}\n  worker:\n"
        "    args: {blocked: true}  # none\n  # the end\ndefaults:\n",
        IMAGE,
        "rules:\n  leader:\n    image: {required: true}\n  worker:\n"
        "    args: {blocked: true}  # none\n"
        "    image: {required: true}\n  # the end\ndefaults:\n",
        id="behind what is there",
    ),
    pytest.param(
        "rules:\n    leader:\n          image: {required: true}\n"
        "    worker:  # later\n",
        IMAGE,
        "rules:\n    leader:\n          image: {required: true}\n"
        "    worker:  # later\n"
        "      image: {required: true}\n",
        id="below an empty section",
    ),
    pytest.param(
        "rules:\n  leader: {image: {required: true, options: [{value: 'é: b'}]}}\n",
        IMAGE,
        "rules:\n  leader: {image: {required: true, options: [{value: 'é: b'}]}}\n"
        "  worker:\n    image: {required: true, options: [{value: 'é: b'}]}\n",
        id="out of braces",
    ),
    pytest.param(
        "rules: {leader: {compute: {gpuDevicesRequest: {max: 4}}}} # é\n",
        GPUS,
        "rules: {leader: {compute: {gpuDevicesRequest: {max: 4}}}, worker: {compute: "
        "{gpuDevicesRequest: {max: 4}}}} # é\n",
        id="within braces",
    ),
    pytest.param(
        "rules:\n  leader:\n    image:\n      required: true\n"
        "  worker: {args: {blocked: true}}\n",
        IMAGE,
        "rules:\n  leader:\n    image:\n      required: true\n"
        "  worker: {args: {blocked: true}, image: {required: true}}\n",
        id="into braces",
    ),
    pytest.param(
        "rules:\n  worker: {}\n  leader:\n    image: {required: true}\n",
        IMAGE,
        "rules:\n  worker:\n    image: {required: true}\n  leader:\n    image: "
        "{required: true}\n",
        id="in the place of empty braces",
    ),
    pytest.param(
        "rules:\n  leader:\n    image: {required: true}\n  worker:\n"
        "    image:\n    args: {blocked: true}\n",
        IMAGE,
        "rules:\n  leader:\n    image: {required: true}\n  worker:\n    image: "
        "{required: true}\n    args: {blocked: true}\n",
        id="where the name stands already",
    ),
    pytest.param(
        "rules:\n  leader:\n    image: {required: true}",
        IMAGE,
        "rules:\n  leader:\n    image: {required: true}\n  worker:\n    image: "
        "{required: true}",
        id="without a last line end",
    ),
]


@pytest.mark.parametrize(("text", "offer", "new"), COPIES)
def test_a_rule_is_copied(text, offer, new):
    assert amended(text, offer) == new


def test_a_rule_is_put_where_there_is_none():
    text = "rules:\n  leader:\n    security:\n      runAsUid: {min: 1000}\n"

    new = amended(text, CUSTOM)

    assert new == (
        "rules:\n  leader:\n    security:\n      runAsUid: {min: 1000}\n"
        "      uidGidSource:\n        options:\n        - value: custom\n"
    )


@pytest.mark.parametrize(
    ("item", "new"),
    [
        (
            "      - name: A\n        value: x  # mine\n",
            "      - name: A\n        {}  # mine\n",
        ),
        ("      - value: x\n        name: A\n", "      - {}\n        name: A\n"),
        ("      - {name: A, value: 'x, y'}\n", "      - {{name: A, {}}}\n"),
        (
            "      - name: A\n        value: |\n          -----BEGIN\n          x\n",
            "      - name: A\n        {}\n",
        ),
    ],
)
@pytest.mark.parametrize("behind", ["", "rules:\n  replicas: {max: 4}\n"])
def test_a_reference_takes_the_place_of_a_value(item, new, behind):
    head = "defaults:\n  leader:\n    environmentVariables:\n      instances:\n"

    text = amended(head + item + behind, SECRET)

    assert text == head + new.format("secret: {name: null, key: A}") + behind


@pytest.mark.parametrize(
    "text",
    [
        "rules:\n  leader: {image: {required: true}}\n  worker:\n    {}\n",
        "rules:\n  ? leader\n  : ? image\n    : required: true\n",
        "rules:\n  'leader':\n    \"image\": {required: true}\n  worker: ~ # x\n",
        "rules: {\n  leader: {image: # é\n  {required: true,\n  }},\n}\n",
        "rules: {leader: {image: {required: true}}, worker}\n",
        "rules: {leader: {image: {required: true}}, worker: , replicas: {max: 4}}\n",
        "rules: {leader: {image: {required: true}}, worker: {image: }}\n",
        '{"rules": {"leader": {"image": {"required": true}}}}',
        "rules:\n  leader: {image: {required: true}}\n  worker: null\n\n\n",
        "--- # first\nrules:\n  leader:\n    image:\n      required: true\n...\n",
    ],
)
def test_an_odd_text_gets_the_rule_or_stays_as_it_is(text):
    new = amended(text, IMAGE)

    said = typed(reading(new).document)[0]["rules"]
    assert said["leader"] == {"image": {"required": True}}
    assert new == text or said["worker"] == {"image": {"required": True}}


FLOWS = st.sampled_from([True, False])
VALUES = {
    "image": {"required": True},
    "args": {"options": [{"value": "a: b", "displayed": "# é"}, {"value": "yes"}]},
    "tolerations": {"attributes": {"effect": {"canEdit": False}}},
    "compute": {"gpuDevicesRequest": {"max": 4}, "cpuMemoryRequest": {"max": "2G"}},
}
SECTIONS = st.dictionaries(st.sampled_from(sorted(VALUES)), FLOWS, min_size=1)
COMMENTS = st.sampled_from(["", "  # why", " #"])


@st.composite
def texts(draw):
    """Policies in block style and in braces, with comments and odd indents."""
    indent = draw(st.sampled_from([1, 2, 4, 7]))
    rows = [f"rules:{draw(COMMENTS)}"]
    for role in draw(st.permutations(["leader", "worker", "replicas"])):
        margin = " " * indent
        if role == "replicas":
            rows += [f"{margin}replicas: {{max: 4}}{draw(COMMENTS)}"]
            continue
        section = {name: VALUES[name] for name in draw(SECTIONS)}
        if draw(FLOWS):
            rows.append(f"{margin}{role}: {flow_text(section)}{draw(COMMENTS)}")
            continue
        rows.append(f"{margin}{role}:{draw(COMMENTS)}")
        for name, value in section.items():
            if draw(FLOWS):
                inner = flow_text({name: value})[1:-1]
                rows.append(f"{margin}   {inner}{draw(COMMENTS)}")
            else:
                block = policy_text({name: value}).splitlines()
                rows += [f"{margin}   {row}" for row in block]
            rows += draw(st.sampled_from([[], ["", f"{margin}   # next"], ["# far"]]))
    return "\n".join(rows) + draw(st.sampled_from(["", "\n", "\n\n# the end\n"]))


def comments(text):
    """What stands behind a #, unless that is in quotation marks."""
    return re.findall(r"(?:^|\s)(#[^\"\n]*)$", text, re.MULTILINE)


@given(texts())
@settings(deadline=None)
def test_a_copy_says_the_same_elsewhere_and_all_else_is_as_it_was(text):
    before = typed(reading(text).document)[0]["rules"]
    for name in before["leader"]:
        if name in before["worker"]:
            continue
        source = Location(("rules", "leader", name))
        target = Location(("rules", "worker", name))

        new = amended(text, Copy("", target, source))

        after = typed(reading(new).document)[0]["rules"]
        assert after.pop("worker") == before["worker"] | {name: before["leader"][name]}
        assert after == {key: before[key] for key in before if key != "worker"}
        assert Counter(comments(new)) >= Counter(comments(text))
