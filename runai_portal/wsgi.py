"""The WSGI application of a production server.

The embedded portal makes its own. Here sessions must outlive a process and be shared by
several, so the key that signs them is given, never made up.
"""

import os

from django.core.wsgi import get_wsgi_application

from projects.secrets import keyring
from runai_portal import environment as env

SHORTEST_KEY = 32

if len(env.text("PORTAL_SECRET_KEY")) < SHORTEST_KEY:
    raise env.BadSetting("PORTAL_SECRET_KEY must be a secret of 32 characters or more")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "runai_portal.settings")
application = get_wsgi_application()
keyring.keys()
