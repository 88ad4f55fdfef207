"""What web tests share: the cast and an organization."""

import pytest

from tests.support.database import django_db_modify_db_settings  # noqa: F401  # a fixture

PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Pages name the bundles; nobody has to collect them first."""
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": PLAIN}}
