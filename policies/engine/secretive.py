"""What looks like a secret where none belongs."""

import re
from typing import Any

from policies.engine.rules import parts
from workloads.spec.rules.reserved import names_a_secret

KNOWN = re.compile(
    r"(?<![\w-])(?:hf_|nvapi-|AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|sk-|xox[abp]-)"
    r"[\w-]{8,}"
    r"|(?<![\w-])eyJ[\w-]{8,}\.[\w-]+\."
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\w://[^/\s:@]*:[^/\s@]+@"
)
"""How tokens of known services, signed tokens, keys and addresses with a password
begin."""


def looks_secret(value: Any) -> bool:
    """Whether a value is formed as secrets are."""
    return any(isinstance(each, str) and KNOWN.search(each) for each in parts(value))


def called_secret(name: str, value: Any) -> bool:
    """Whether a variable has a value, and is called as secrets are."""
    return bool(value) and names_a_secret(name)
