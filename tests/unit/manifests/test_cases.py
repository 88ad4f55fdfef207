"""Every case is a spec and all that is made of it, compared whole.

A new case is two files. The expected one is written and read by a person against
kubernetes.md §2; nothing here writes it.
"""

from pathlib import Path

import pytest
import yaml

from tests.unit.manifests.support import a_target, an_identity
from workloads.manifests import manifests
from workloads.spec.workload import WorkloadSpec

CASES = sorted((Path(__file__).parent / "cases").iterdir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_spec_becomes_exactly_these_objects(case):
    given = yaml.safe_load((case / "spec.yaml").read_text())
    spec = WorkloadSpec.model_validate(given["spec"])

    rendered = manifests(
        spec, an_identity(given["name"]), a_target(**given.get("target", {}))
    )

    expected = yaml.safe_load_all((case / "manifest.yaml").read_text())
    assert list(rendered) == list(expected)
