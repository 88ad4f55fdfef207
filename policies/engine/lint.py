"""What nothing forbids in a policy, and its author may not have meant (§1.10)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from policies.engine.advice import Advice, Copy, Put, View, ruled
from policies.engine.context import Context
from policies.engine.effective import EffectivePolicy
from policies.engine.judge import judge
from policies.engine.lint_secrets import secrets
from policies.engine.lint_silent import SILENT, says_nothing
from policies.engine.policy import Policy
from policies.engine.words import rule_text
from workloads.spec.paths import FieldPath
from workloads.spec.precedence import farthest_wins

OTHER = {"leader": "worker", "worker": "leader"}
BINDS = {
    "leader": "holds for the leader alone: the workers are not bound by it",
    "worker": "holds for the workers alone: the leader is not bound by it",
}
FROM_THE_IMAGE = (
    "binds only who gives a UID: with fromTheImage the image's own user runs, and "
    "that may be root. Add runAsNonRoot, or options [custom] for uidGidSource"
)
ONLY_CUSTOM = {"options": [{"value": "custom"}]}


def lint(
    policy: Policy, above: Sequence[Policy] = (), document: Any = None
) -> tuple[Advice, ...]:
    """Return the warnings about a policy that can be saved.

    ``document`` is what it was read from: there stands what reading passes over.
    """
    before, after = EffectivePolicy.of(above), EffectivePolicy.of((*above, policy))
    view = View(policy, before, after)
    found = [advice for check in CHECKS for advice in check(view)]
    return (*found, *says_nothing(view, document))


def one_role(view: View) -> Iterator[Advice]:
    """Yield rules that one role has, and the other has not."""
    for path in view.policy.rules:
        other = OTHER.get(path[0])
        if other is None or (same := FieldPath((other, *path[1:]))) in view.after.rules:
            continue
        copy = Copy(f"Copy to {other}", ruled(same), ruled(path))
        yield Advice(view.warns(ruled(path), "oneRole", BINDS[path[0]]), copy)


def replaced(view: View) -> Iterator[Advice]:
    """Yield rules of fields that a broader unit rules, too: one of both is lost."""
    for path, mine in view.policy.rules.items():
        theirs = view.before.rules.get(path)
        if theirs is None or replace(theirs, unit=mine.unit) == mine:
            continue
        if view.after.rules[path] is mine:
            text = (
                f"takes the place of the whole rule of {theirs.source}, which is "
                f"“{rule_text(theirs)}”; yours is “{rule_text(mine)}”"
            )
            yield Advice(view.warns(ruled(path), "replaces", text))
        elif farthest_wins(path):
            text = (
                f"does not hold: {theirs.source} rules this field with "
                f"“{rule_text(theirs)}”, and of compute and security the broader "
                f"unit's rule counts; yours is “{rule_text(mine)}”"
            )
            yield Advice(view.warns(ruled(path), "overruled", text))


def image_user(view: View) -> Iterator[Advice]:
    """Yield rules of a UID beside which the image may still choose it."""
    for role in OTHER:
        section = FieldPath((role, "security"))
        uid, source = section / "runAsUid", section / "uidGidSource"
        if uid in view.policy.rules and _image_chooses(section, view.after):
            free = source not in view.policy.rules
            put = Put("Allow custom only", ruled(source), ONLY_CUSTOM)
            issue = view.warns(ruled(uid), "fromTheImage", FROM_THE_IMAGE)
            yield Advice(issue, put if free else None)


def _image_chooses(section: FieldPath, policy: EffectivePolicy) -> bool:
    """Ask the judge, who knows defaults, locks and options."""
    said: dict[str, Any] = {"uidGidSource": "fromTheImage"}
    source, root = section / "uidGidSource", section / "runAsNonRoot"
    if _refused(section, said, source, policy):
        return False
    default = policy.defaults.get(root)
    held = default is not None and default.value is True
    return not (
        held and _refused(section, said | {"runAsNonRoot": False}, root, policy)
    )


def _refused(
    section: FieldPath, said: Any, path: FieldPath, policy: EffectivePolicy
) -> bool:
    role, name = section
    document = {"workers": 1, role: {name: said}}
    issues = judge(document, Context(policy)).issues
    return any(issue.location.path == path for issue in issues)


CHECKS = (one_role, replaced, image_user, secrets, *SILENT)
