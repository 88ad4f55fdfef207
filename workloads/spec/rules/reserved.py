"""Names that are the product's, the scheduler's or Kubernetes' own (Q-04, X-11)."""

import re

DOMAINS = (
    "runai-portal", "kai.scheduler", "run.ai", "runai", "kubernetes.io", "k8s.io",
    "x-k8s.io", "sigs.k8s.io", "k8s.v1.cni.cncf.io", "projectcalico.org",
    "iam.amazonaws.com", "eks.amazonaws.com",
)  # fmt: skip
"""With what is below them: quota, placement, network and identity are not labelled."""

PLAIN = frozenset({"priorityClassName", "project", "user", "controller-revision-hash"})
ANNOTATIONS = frozenset({"mps", "pod-group-name"})
RECOMMENDED = frozenset(
    f"app.kubernetes.io/{name}"
    for name in ("name", "instance", "version", "component", "part-of")
)
TOPOLOGY = frozenset(
    f"kai.scheduler/{name}"
    for name in (
        "topology", "topology-required-placement", "topology-preferred-placement",
    )
)  # fmt: skip
"""The annotations by which a workload overrides its pool (policies.md §12)."""

VARIABLES = re.compile(r"(?:LWS|RUNAI)_.*|NODE_NAME|NVIDIA_VISIBLE_DEVICES", re.DOTALL)
SECRET = re.compile(r"TOKEN|SECRET|PASSWORD|PASSWD|_KEY\Z|CREDENTIAL", re.IGNORECASE)


def reserved_label(name: str) -> bool:
    """Whether a label may not be set by a user."""
    prefix, slash, _ = name.rpartition("/")
    if not slash:
        return name in PLAIN
    prefix = prefix.lower()
    ours = any(prefix == d or prefix.endswith(f".{d}") for d in DOMAINS)
    return ours and name not in RECOMMENDED


def reserved_annotation(name: str) -> bool:
    """Whether an annotation may not be set by a user."""
    return name in ANNOTATIONS or name.startswith("gpu-") or reserved_label(name)


def reserved_variable(name: str) -> bool:
    """Whether the platform sets the variable."""
    return VARIABLES.fullmatch(name) is not None


def names_a_secret(name: str) -> bool:
    """Whether a variable is called as secrets are."""
    return SECRET.search(name) is not None
