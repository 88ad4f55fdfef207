"""What the API server finds wrong in claims and services. Pure."""

from simulator.amounts import number
from simulator.answers import Manifest, cause
from simulator.checks import (
    SUBDOMAIN,
    SUBDOMAIN_TEXT,
    Causes,
    chosen,
    needed,
    wrong,
)

MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
PORT_TEXT = "must be between 1 and 65535, inclusive"
FIXED = (
    "Forbidden: spec is immutable after creation except resources.requests and "
    "volumeAttributesClassName for bound claims"
)
GROWING = ("resources", "volumeAttributesClassName")


def claim_causes(spec: Manifest) -> Causes:
    """A claim: modes, size, class and what the volume is."""
    modes = spec.get("accessModes") or ()
    if not modes:
        yield needed("spec.accessModes", "at least 1 access mode is required")
    for mode in modes:
        yield from chosen("spec.accessModes", mode, MODES)
    if "ReadWriteOncePod" in modes and len(modes) > 1:
        text = "Forbidden: may not use ReadWriteOncePod with other access modes"
        yield cause("spec.accessModes", "FieldValueForbidden", text)
    size = ((spec.get("resources") or {}).get("requests") or {}).get("storage")
    if size is None:
        yield needed("spec.resources[storage]")
    elif number(size) <= 0:
        yield wrong("spec.resources[storage]", str(size), "must be greater than zero")
    name = spec.get("storageClassName")
    if name and not SUBDOMAIN.match(name):
        yield wrong("spec.storageClassName", name, SUBDOMAIN_TEXT)
    yield from chosen(
        "spec.volumeMode", spec.get("volumeMode"), ("Block", "Filesystem")
    )


def changed_claim_causes(before: Manifest, after: Manifest) -> Causes:
    """A claim that is there grows, is bound, and changes in nothing else."""
    free = GROWING if before.get("volumeName") else (*GROWING, "volumeName")
    old, new = (
        {word: said for word, said in spec.items() if word not in free}
        for spec in (before, after)
    )
    if old != new:
        yield cause("spec", "FieldValueForbidden", FIXED)


def service_causes(spec: Manifest) -> Causes:
    """A service: ports that there are."""
    for index, port in enumerate(spec.get("ports") or ()):
        for word in ("port", "targetPort"):
            value = port.get(word)
            if isinstance(value, int) and not 0 < value < 65536:
                yield wrong(f"spec.ports[{index}].{word}", value, PORT_TEXT)
