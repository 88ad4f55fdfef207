from django.db import migrations

from projects.connection import Connection
from projects.secrets import Place, seal


def seal_tokens(apps, schema_editor):
    """Seal the token of every cluster. Raises NoKeys where there is no key."""
    clusters = apps.get_model("projects", "Cluster").objects.exclude(token="")
    for row in clusters:
        place = Place("cluster", str(row.pk), "access", 1)
        secret = Connection(row.server, token=row.token).secret()
        clusters.filter(pk=row.pk).update(access=seal(secret, place=place), revision=1)


class Migration(migrations.Migration):
    dependencies = [("projects", "0003_cluster_connection")]

    operations = [migrations.RunPython(seal_tokens, migrations.RunPython.noop)]
