"""The app of the organization."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Clusters, departments, projects, node pools, quota."""

    name = "projects"
    verbose_name = "Organization"
