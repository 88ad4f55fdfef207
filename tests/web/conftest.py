"""What web tests share: the cast and an organization."""

import pytest

from tests.support.database import django_db_modify_db_settings  # noqa: F401  # a fixture
from tests.support.organization import an_organization
from tests.support.rows import a_workload
from tests.support.static_files import plain_static_files  # noqa: F401  # a fixture
from tests.support.wizard import Wizard, a_draft


@pytest.fixture
def org():
    return an_organization()


@pytest.fixture
def alice(client, org):
    """The browser of an engineer who is signed in."""
    client.force_login(org.alice)
    return client


@pytest.fixture
def chat(org):
    """A workload that runs."""
    return a_workload(org.project, org.alice)


@pytest.fixture
def wizard(client, org):
    """Alice's wizard, over a new draft."""
    return Wizard(client, org.alice, a_draft(org.alice, org.project))
