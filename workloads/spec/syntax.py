"""What Kubernetes takes as a name, a label or a path, with a sentence if it does not.

Each function returns an empty text for what is right.
"""

import posixpath
import re

LABEL = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
DNS_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
SERVICE = re.compile(r"[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?")
VARIABLE = re.compile(r"[-._A-Za-z][-._A-Za-z0-9]*")
KEY = re.compile(r"[-._A-Za-z0-9]{1,253}")
LETTER_OR_DIGIT = "begin and end with a letter or digit"


def label_value(text: str) -> str:
    """The value of a label: empty, or up to 63 characters."""
    if not text or LABEL.fullmatch(text):
        return ""
    return (
        "may have up to 63 letters, digits, - _ and ., "
        f"and must {LETTER_OR_DIGIT}, or be empty"
    )


def label_name(text: str) -> str:
    """The name of a label, an annotation or a taint: ``prefix/name``."""
    prefix, slash, name = text.rpartition("/")
    if slash and (wrong := dns_name(prefix)):
        return f"has a prefix before the slash that {wrong}"
    if LABEL.fullmatch(name):
        return ""
    return (
        "must be a name, or prefix/name, of letters, digits, - _ and ., "
        f"and the name must {LETTER_OR_DIGIT}"
    )


def dns_name(text: str) -> str:
    """The name of a Kubernetes object."""
    if len(text) <= 253 and all(map(DNS_LABEL.fullmatch, text.split("."))):
        return ""
    return f"may have lower-case letters, digits, - and ., and must {LETTER_OR_DIGIT}"


def dns_label(text: str) -> str:
    """The name of a Kubernetes object that may not have dots."""
    if DNS_LABEL.fullmatch(text):
        return ""
    return (
        "may have up to 63 lower-case letters, digits and -, "
        f"and must {LETTER_OR_DIGIT}"
    )


def service_name(text: str) -> str:
    """The name of a Service."""
    if SERVICE.fullmatch(text):
        return ""
    return (
        "may have up to 63 lower-case letters, digits and -, must begin with a "
        "letter and end with a letter or digit"
    )


def variable_name(text: str) -> str:
    """The name of an environment variable."""
    if VARIABLE.fullmatch(text):
        return ""
    return "may have letters, digits, - _ and ., and must not begin with a digit"


def data_key(text: str) -> str:
    """A key of a Secret or ConfigMap."""
    return "" if KEY.fullmatch(text) else "may have letters, digits, - _ and . only"


def absolute_path(text: str) -> str:
    """A path of a container or node."""
    if not text.startswith("/"):
        return f"must be an absolute path, such as /{text.lstrip('./')[:40]}"
    if ".." in text.split("/"):
        return "must not have the part .. in it"
    return ""


def relative_path(text: str) -> str:
    """A path inside of a volume."""
    if text.startswith("/"):
        return "must be a path inside of the volume, without a slash at the beginning"
    return "must not have the part .. in it" if ".." in text.split("/") else ""


def same_place(path: str) -> str:
    """Return one spelling for all spellings of a path."""
    return posixpath.normpath(f"/{path.lstrip('/')}")
