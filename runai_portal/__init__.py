"""The Django project: wiring, no behaviour."""

from runai_portal.celery import app as celery_app

__all__ = ["celery_app"]
