"""What the platform cannot do here, and would otherwise leave out without a word."""

from collections.abc import Iterator

from workloads.spec.facts import Facts
from workloads.spec.issues import Issue
from workloads.spec.paths import Location
from workloads.spec.pod import PodSettings
from workloads.spec.rules.pods import Document, pods, rows, wrong
from workloads.spec.workload import WorkloadSpec


def checkouts(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """A repository is checked out by an image that an administrator names."""
    for at, pod in pods(spec):
        if facts.git_image:
            continue
        for row, _ in rows(at, "storage.git", pod.storage.git):
            text = (
                "cannot be checked out: an administrator has not named an image with "
                "git for the cluster. Use a volume, or put the files into your image"
            )
            yield wrong(row, "gitImage", text)


def homes(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """A home directory belongs to a user of an identity provider."""
    for at, pod in pods(spec):
        if pod.create_home_dir and not facts.sso:
            text = (
                "is possible only for those who sign in through an identity provider: "
                "mount an EmptyDir and set HOME instead"
            )
            yield wrong(at / "createHomeDir", "sso", text)


def own_credentials(
    spec: WorkloadSpec, document: Document, facts: Facts
) -> Iterator[Issue]:
    """Own credentials are copied into the workload, where there are some."""
    for at, pod in pods(spec):
        if facts.own_credentials:
            continue
        text = "cannot be taken: you have no credentials of your own here"
        for row, secret in rows(at, "imagePullSecrets", pod.image_pull_secrets):
            if secret.user_credential:
                yield wrong(row / "userCredential", "credential", text)
        variables = pod.environment_variables
        for place, variable in enumerate(variables):
            if variable.user_credential is not None:
                row = at / "environmentVariables" / place
                yield wrong(row / "userCredential" / "name", "credential", text)


def secrets(spec: WorkloadSpec, document: Document, facts: Facts) -> Iterator[Issue]:
    """Whoever can name a Secret can read it, so only credentials are named."""
    known = facts.secrets
    if known is None:
        return
    for at, pod in pods(spec):
        for place, name in _named(at, pod):
            if name and name not in known:
                text = f"is no credential that you may use: {name}"
                yield wrong(place, "credential", text)


def named_secrets(spec: WorkloadSpec) -> frozenset[str]:
    """Return the names of all credentials that the workload takes something from."""
    found = (name for at, pod in pods(spec) for _, name in _named(at, pod))
    return frozenset(filter(None, found))


def _named(at: Location, pod: PodSettings) -> Iterator[tuple[Location, str | None]]:
    for row, secret in rows(at, "imagePullSecrets", pod.image_pull_secrets):
        if not secret.user_credential:
            yield row / "name", secret.name
    for place, variable in enumerate(pod.environment_variables):
        if variable.secret is not None:
            row = at / "environmentVariables" / place
            yield row / "secret" / "name", variable.secret.name
    for row, volume in rows(at, "storage.secretVolume", pod.storage.secret_volume):
        yield row / "secret", volume.secret


RULES = (checkouts, homes, own_credentials, secrets)
