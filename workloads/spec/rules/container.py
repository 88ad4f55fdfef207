"""Image, command, and who the container runs as."""

import re
from collections.abc import Iterator

from workloads.spec.facts import Facts
from workloads.spec.issues import Issue
from workloads.spec.rules.pods import Document, pods, warning, wrong
from workloads.spec.security import Security
from workloads.spec.syntax import absolute_path, same_place
from workloads.spec.workload import WorkloadSpec

SCHEME = re.compile(r"[a-zA-Z]{1,20}://")
HOST = re.compile(r"[A-Za-z0-9](?:[-.A-Za-z0-9]*[A-Za-z0-9])?(?::[0-9]{1,5})?")
PART = re.compile(r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*")
TAG = re.compile(r"[A-Za-z0-9_][-.A-Za-z0-9_]{0,127}")
DIGEST = re.compile(r"[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-fA-F]{32,128}")
GROUP = re.compile(r" *[0-9]{1,10} *")
LAST_GROUP = 2**31 - 1


def images(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """An image is what a registry can have (kubernetes.md §2.1)."""
    for at, pod in pods(spec):
        if pod.image and (text := image_issue(pod.image)):
            yield wrong(at / "image", "image", text)


def image_issue(image: str) -> str:
    """Return what is wrong with the name of an image, or an empty text."""
    if any(c.isspace() for c in image):
        return "must not have spaces in it"
    if scheme := SCHEME.match(image):
        return f"must begin with the registry, without {scheme[0]}"
    name, at, digest = image.partition("@")
    if at and not DIGEST.fullmatch(digest):
        return "has a digest that is none: write @sha256: and its 64 digits"
    path, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        path, colon, tag = name, "", ""
    if colon and not TAG.fullmatch(tag):
        return f"has a tag that no registry can have: {tag[:40] or 'an empty one'}"
    return _repository(path)


def _repository(path: str) -> str:
    host, *parts = path.split("/")
    if not parts or not ("." in host or ":" in host or host == "localhost"):
        parts = [host, *parts]
    elif not HOST.fullmatch(host):
        return f"has a registry that no address can be: {host[:60]}"
    repository = "/".join(parts)
    if repository != repository.lower():
        return f"must have its repository in lower case: {repository.lower()[:80]}"
    if not all(map(PART.fullmatch, parts)):
        return "must be registry/repository:tag, such as vllm/vllm-openai:v0.11.0"
    return ""


def working_dir(
    spec: WorkloadSpec, document: Document, facts: Facts
) -> Iterator[Issue]:
    """The working directory is an absolute path."""
    for at, pod in pods(spec):
        if pod.working_dir and (text := absolute_path(pod.working_dir)):
            yield wrong(at / "workingDir", "path", text)


def command_lines(
    spec: WorkloadSpec, document: Document, facts: Facts
) -> Iterator[Issue]:
    """No shell reads a command line (kubernetes.md §2.1)."""
    for at, pod in pods(spec):
        for name, text in (("command", pod.command), ("args", pod.args)):
            sign = text.for_a_shell if text is not None else ""
            if sign:
                said = "a line break" if sign == "\n" else sign
                text_of = f"has {said}, but no shell is involved: use sh -c '…'"
                yield warning(at / name, "shell", text_of)


def groups(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """Supplementary groups are numbers separated by commas."""
    for at, pod in pods(spec):
        said = pod.security.supplemental_groups
        if said is None or all(map(_is_group, said.split(","))):
            continue
        text = (
            f"must be numbers from 0 to {LAST_GROUP} with commas between, "
            "such as 1000,2000"
        )
        yield wrong(at / "security" / "supplementalGroups", "syntax", text)


def _is_group(text: str) -> bool:
    return GROUP.fullmatch(text) is not None and int(text) <= LAST_GROUP


def identity(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """Only an identity provider gives UIDs; capabilities are root's (R-081, R-083)."""
    for at, pod in pods(spec):
        here, security = at / "security", pod.security
        if security.uid_gid_source == "fromIdpToken" and not facts.sso:
            text = "is possible only for those who sign in through an identity provider"
            yield wrong(here / "uidGidSource", "sso", text)
        if security.capabilities and _not_root(security):
            text = "have no effect for a user other than root, which UID 0 is"
            yield warning(here / "capabilities", "notRoot", text)
        if security.run_as_non_root and security.run_as_uid == 0:
            text = "is 0, which is root, but Run as non-root is on: change one of them"
            yield wrong(here / "runAsUid", "nonRoot", text)
        if security.privileged and security.allow_privilege_escalation is False:
            text = "cannot be off for a privileged container: change one of them"
            yield wrong(here / "allowPrivilegeEscalation", "privileged", text)


def _not_root(security: Security) -> bool:
    return bool(security.run_as_uid) or security.run_as_non_root is True


def read_only_root(
    spec: WorkloadSpec, document: Document, facts: Facts
) -> Iterator[Issue]:
    """A read-only root file system stops most servers (kubernetes.md §2.1)."""
    for at, pod in pods(spec):
        if pod.security.read_only_root_filesystem is not True:
            continue
        paths = (volume.path for volume in pod.storage.empty_dir_volume)
        if "/tmp" not in {same_place(path) for path in paths if path}:
            text = "stops servers that write to /tmp: mount an EmptyDir there"
            yield warning(at / "security" / "readOnlyRootFilesystem", "tmp", text)


RULES = (
    images,
    working_dir,
    command_lines,
    groups,
    identity,
    read_only_root,
)
