"""Every address of the site."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from access import views as access
from runai_portal import views

urlpatterns = [
    path("sign-in/", access.SignIn.as_view(), name="sign-in"),
    path("sign-out/", access.sign_out, name="sign-out"),
    path("user/password/", access.ChangePassword.as_view(), name="password"),
    path("user/theme/", access.choose_theme, name="theme"),
    path("livez/", views.livez, name="livez"),
    path("help/", views.help_page, name="help"),
    path("components/", views.components, name="components"),
    path("", include("policies.urls")),
    path("", include("workloads.urls")),
]
if settings.EMBEDDED:
    urlpatterns.append(path("admin/", admin.site.urls))

handler400 = "runai_portal.views.bad_request"
handler403 = "runai_portal.views.forbidden"
handler404 = "runai_portal.views.not_found"
handler500 = "runai_portal.views.broken"
