"""What KAI's admission webhook refuses in a pod: fractions of GPUs. Pure."""

from simulator.amounts import GPU, number
from simulator.answers import Manifest
from simulator.lwsnames import annotations_of

FRACTION, MEMORY = "gpu-fraction", "gpu-memory"
DEVICES = "gpu-fraction-num-devices"


def refusal(pod: Manifest) -> str:
    """The text of the refusal, empty when there is none."""
    said = annotations_of(pod)
    fraction, memory = said.get(FRACTION), said.get(MEMORY)
    if fraction is not None and not is_share(fraction):
        return (
            "gpu-fraction annotation value must be a positive number smaller than 1.0"
        )
    if memory is not None and not (memory.isdigit() and int(memory) > 0):
        return "gpu-memory annotation value must be a positive integer greater than 0"
    if fraction is not None and memory is not None:
        return "cannot request both GPU and GPU memory"
    shared = fraction is not None or memory is not None
    if shared and asks_whole(pod):
        return (
            "cannot have both GPU fraction request and whole GPU resource request/limit"
        )
    if DEVICES in said and not shared:
        return (
            "cannot request multiple fractional devices without specifying fraction "
            "portion or gpu-memory"
        )
    return ""


def is_share(text: str) -> bool:
    """Whether a text is a quantity between nothing and one device."""
    try:
        return 0 < number(text) < 1
    except ValueError:
        return False


def asks_whole(pod: Manifest) -> bool:
    """Whether a container asks for whole devices."""
    return any(
        GPU in (said or {})
        for container in pod["spec"]["containers"]
        for said in (container.get("resources") or {}).values()
    )
