"""Where tests keep their database: a file, for threads share it (runtime.md §8)."""

import base64

import pytest
from django.conf import settings
from django.db import connections

MD5 = "django.contrib.auth.hashers.MD5PasswordHasher"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory):
    settings.PASSWORD_HASHERS = [MD5]
    settings.KEYS = [base64.b64encode(b"of the tests".ljust(32)).decode()]
    settings.LOOPBACK = True
    path = tmp_path_factory.mktemp("database") / "test.sqlite3"
    settings.DATABASES["default"]["TEST"]["NAME"] = path
    connections.databases["default"]["TEST"]["NAME"] = path
