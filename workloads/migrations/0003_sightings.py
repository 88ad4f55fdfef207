from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workloads", "0002_workload_objections")]

    operations = [
        migrations.AddField(
            "workload",
            "sightings",
            models.PositiveBigIntegerField(default=0),
        ),
        migrations.AddField(
            "event",
            "tells",
            models.BooleanField(default=True),
        ),
        migrations.AddField(
            "event",
            "only_with_pod",
            models.CharField(blank=True, default="", max_length=63),
            preserve_default=False,
        ),
    ]
