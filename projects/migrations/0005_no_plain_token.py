from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("projects", "0004_seal_tokens")]

    operations = [migrations.RemoveField(model_name="cluster", name="token")]
