"""Settings of the Django project, from the environment."""

from pathlib import Path

from django.core.management.utils import get_random_secret_key

from runai_portal import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA = Path(env.text("PORTAL_DATA", str(BASE_DIR / "var"))).absolute()
EMBEDDED = env.flag("PORTAL_EMBEDDED")
"""Everything in one process, for trying and for tests. Bound to loopback."""

SPEED = env.number("PORTAL_SPEED", 1)
"""How much faster than a person can follow the embedded cluster's stages run."""

DEBUG = env.flag("PORTAL_DEBUG")
SECRET_KEY = env.text("PORTAL_SECRET_KEY") or get_random_secret_key()
ALLOWED_HOSTS = env.words("PORTAL_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("PORTAL_ORIGINS")
TLS = env.flag("PORTAL_TLS")

KEYS = env.words("PORTAL_KEYS")
KEYRING = Path(env.text("PORTAL_KEYRING", str(DATA / "keys" / "keyring")))
"""What opens the values that lie sealed in the database; the variable wins."""

LOOPBACK = env.flag("PORTAL_LOOPBACK", EMBEDDED)
"""Whether a cluster may be on the portal's own machine: for trying and for tests."""

SERVICE_ACCOUNT = Path(
    env.text("PORTAL_SERVICE_ACCOUNT", "/var/run/secrets/kubernetes.io/serviceaccount")
)
"""Where the token and authority of the portal's own pod lie, and change."""

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "crispy_forms",
    "template_partials",
    "projects",
    "access",
    "assets",
    "policies",
    "workloads",
    "runai_portal",
]

MIDDLEWARE = [
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "runai_portal.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "runai_portal.middleware.SignInFirst",
]

ROOT_URLCONF = "runai_portal.urls"
WSGI_APPLICATION = "runai_portal.wsgi.application"
CRISPY_ALLOWED_TEMPLATE_PACKS = ("console",)
CRISPY_TEMPLATE_PACK = "console"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "runai_portal.context.console",
            ],
        },
    }
]

SQLITE = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728;"
    "PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-20000;"
    "PRAGMA secure_delete=ON;"
)
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA / "db" / "portal.sqlite3",
        "TEST": {"NAME": DATA / "db" / "test.sqlite3"},
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": SQLITE,
        },
    }
}
if env.text("PORTAL_POSTGRES"):
    DATABASES["default"] = {
        "ENGINE": "django.db.backends.postgresql",
        "OPTIONS": {"service": env.text("PORTAL_POSTGRES")},
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "access.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "workloads:list"
LOGOUT_REDIRECT_URL = "sign-in"
SESSION_COOKIE_AGE = 24 * 60 * 60
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TLS
SESSION_COOKIE_NAME = "__Host-session" if TLS else "session"
CSRF_FAILURE_VIEW = "access.carried.stale_token"
CSRF_COOKIE_NAME = "__Host-csrf" if TLS else "csrf"
SECURE_HSTS_SECONDS = 31_536_000 if TLS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "runai_portal.bundles.BundledStorage"},
}
WHITENOISE_MAX_AGE = 60

BROKER = env.text("PORTAL_BROKER", "memory://localhost/")
CELERY_BROKER_URL = BROKER
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"polling_interval": 0.02}
    if BROKER.startswith("memory:")
    else {
        "visibility_timeout": 600,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 2,
    }
)
CELERY_TASK_PUBLISH_RETRY = False  # a bell: without it the sweep comes in a second
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BEAT_SCHEDULE = {
    "poll": {"task": "workloads.tasks.poll_clusters", "schedule": 10.0},
    "impact": {"task": "workloads.tasks.check_impact", "schedule": 10.0},
    "forget": {"task": "workloads.tasks.forget_old", "schedule": 3600.0},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("PORTAL_LOG", "WARNING")},
    "loggers": {
        # These write whole bodies at DEBUG, Secrets included (quality.md Q-25).
        name: {"level": "WARNING"}
        for name in ("kubernetes", "urllib3", "kubernetes.client.rest")
    },
}
