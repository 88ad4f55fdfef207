"""What the API server finds wrong in volumes and where they are mounted. Pure."""

from typing import Any

from simulator.amounts import number
from simulator.answers import Manifest, cause
from simulator.checks import (
    LABEL,
    LABEL_TEXT,
    Causes,
    chosen,
    needed,
    repeated,
    without_way_up,
    wrong,
)

LAST_MODE = 0o777
MODE_TEXT = "must be a number between 0 and 0777 (octal), both inclusive"
PROPAGATIONS = ("Bidirectional", "HostToContainer", "None")
NAMES = {
    "persistentVolumeClaim": "claimName",
    "configMap": "name",
    "secret": "secretName",
    "nfs": "server",
}


def volume_causes(spec: Manifest, path: str) -> tuple[list[Manifest], set[str]]:
    """What is wrong with the volumes, and the names of those that are right."""
    found: list[Manifest] = []
    right: set[str] = set()
    for index, volume in enumerate(spec.get("volumes") or ()):
        field, name = f"{path}.volumes[{index}]", volume["name"]
        causes = [*name_causes(name, f"{field}.name"), *source_causes(volume, field)]
        if name in right:
            causes.append(repeated(f"{field}.name", name))
        if not causes:
            right.add(name)
        found += causes
    return found, right


def name_causes(name: str, field: str) -> Causes:
    """Volumes are named like labels."""
    if not LABEL.match(name):
        yield wrong(field, name, LABEL_TEXT)


def source_causes(volume: Manifest, path: str) -> Causes:
    """What the volume is made of."""
    for sort, said in volume.items():
        if not isinstance(said, dict):
            continue
        field = f"{path}.{sort}"
        if (word := NAMES.get(sort)) and not said.get(word):
            yield needed(f"{field}.{word}")
        mode = said.get("defaultMode")
        if mode is not None and not 0 <= mode <= LAST_MODE:
            yield wrong(f"{field}.defaultMode", mode, MODE_TEXT)
        yield from room_causes(said, field)
        yield from path_causes(sort, said, field)


def room_causes(said: Manifest, field: str) -> Causes:
    """A volume of the pod's own has no negative room."""
    limit = said.get("sizeLimit")
    if limit is not None and number(limit) < 0:
        text = "Forbidden: SizeLimit field must be a valid resource quantity"
        yield cause(f"{field}.sizeLimit", "FieldValueForbidden", text)


def path_causes(sort: str, said: Manifest, field: str) -> Causes:
    """Paths of the node and of servers."""
    place = said.get("path", "")
    if sort not in ("nfs", "hostPath"):
        return
    if not place:
        yield needed(f"{field}.path")
    elif sort == "hostPath":
        yield from without_way_up(f"{field}.path", place)
    elif not place.startswith("/"):
        yield wrong(f"{field}.path", place, "must be an absolute path")


def mount_causes(container: Manifest, path: str, volumes: set[str]) -> Causes:
    """Mounts and devices: volumes that are there, paths used once."""
    seen: set[str] = set()
    for kind, key in (("volumeMounts", "mountPath"), ("volumeDevices", "devicePath")):
        for index, mount in enumerate(container.get(kind) or ()):
            field, place = f"{path}.{kind}[{index}]", mount.get(key, "")
            if mount.get("name") not in volumes:
                text = f'Not found: "{mount.get("name", "")}"'
                yield cause(f"{field}.name", "FieldValueNotFound", text)
            if not place:
                yield needed(f"{field}.{key}")
            elif place in seen:
                yield wrong(f"{field}.{key}", place, "must be unique")
            seen.add(place)
            yield from way_causes(mount, f"{path}.{kind}")


def way_causes(mount: Any, field: str) -> Causes:
    """How a volume is mounted; the real server leaves out the index here."""
    yield from without_way_up(f"{field}.subPath", mount.get("subPath") or "")
    said = mount.get("mountPropagation")
    yield from chosen(f"{field}.mountPropagation", said, PROPAGATIONS)
