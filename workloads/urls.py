"""Addresses of workloads and drafts."""

from django.urls import path

from workloads.views import actions, details, drafts, impact, logs, pane, table, trial

ONE = "workloads/<uuid:pk>/"
DRAFT = "drafts/<uuid:pk>/"
LOAD = f"{DRAFT}<slug:slug>/load/<slug:section>/"
IMPACT = "policies/impact/<uuid:pk>/"

app_name = "workloads"
urlpatterns = [
    path("", table.workloads, name="list"),
    path("workloads.csv", table.csv, name="csv"),
    path("workloads/rows/", table.rows, name="rows"),
    path("workloads/columns/", table.columns, name="columns"),
    path("workloads/deleted/", table.deleted, name="deleted"),
    path("workloads/delete/", actions.delete_many, name="delete-many"),
    path(f"{ONE}", details.detail, name="detail"),
    path(f"{ONE}menu/", details.menu, name="menu"),
    path(f"{ONE}events/", details.events, name="events"),
    path(f"{ONE}pods/", details.pods, name="pods"),
    path(f"{ONE}connections/", details.connections, name="connections"),
    path(f"{ONE}data-sources/", details.sources, name="data-sources"),
    path(f"{ONE}spec/", details.spec, name="spec"),
    path(f"{ONE}spec.yaml", details.manifest, name="manifest"),
    path(f"{ONE}logs/", logs.logs, name="logs"),
    path(f"{ONE}logs/lines/", logs.lines, name="log-lines"),
    path(f"{ONE}logs/file/", logs.download, name="log-file"),
    path(f"{ONE}scale/", actions.scale, name="scale"),
    path(f"{ONE}copy/", actions.copy, name="copy"),
    path(f"{ONE}retry/", actions.retry, name="retry"),
    path(f"{ONE}edit/", actions.edit, name="edit"),
    path(f"{ONE}recreate/", actions.recreate, name="recreate"),
    path(f"{ONE}delete/", actions.delete, name="delete"),
    path("drafts/new/", drafts.new, name="new"),
    path(f"{DRAFT}", drafts.resume, name="resume"),
    path(f"{DRAFT}discard/", drafts.discard, name="discard"),
    path(f"{DRAFT}workload.yaml/", drafts.manifest, name="draft-yaml"),
    path(f"{DRAFT}check/", drafts.cluster_check, name="draft-check"),
    path(f"{DRAFT}<slug:slug>/", drafts.step, name="step"),
    path(f"{LOAD}", pane.pane, name="load"),
    path(f"{LOAD}<uuid:asset>/", pane.why, name="load-why"),
    path("policies/try/", trial.policy_try, name="policy-try"),
    path("policies/impact/", impact.start, name="policy-impact-start"),
    path(f"{IMPACT}", impact.impact, name="policy-impact"),
    path(f"{IMPACT}stop/", impact.stop, name="policy-impact-stop"),
]
