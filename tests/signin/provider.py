"""An OpenID Connect provider on this machine: Django with django-oauth-toolkit, and four people who can log in.

Run by the tests in a process of its own, whose environment has `tests/signin/requirements.txt`:
``python provider.py FOLDER PORT REDIRECT_URI``. Everybody's password is `PASSWORD`.
"""

from __future__ import annotations

import sys
from pathlib import Path

CLIENT_ID, CLIENT_SECRET = "crackxai", "a secret of the tests alone, of no use elsewhere"
PASSWORD = "correct horse battery staple"
PEOPLE = {"ada": "Ada Lovelace", "bob": "Bob Reviewer", "vera": "Vera Viewer", "root": "Rita Root", "eve": "Eve Nobody"}
PAGE = """<!doctype html><title>Provider</title><h1>Provider</h1>
<form method="post">{% csrf_token %}{{ form.as_p }}<button type="submit">Log in here</button></form>"""


def main(folder: Path, port: int, redirect_uri: str) -> None:
    import django
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from django.conf import settings

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    settings.configure(
        SECRET_KEY="of the tests", DEBUG=True, ALLOWED_HOSTS=["localhost"], ROOT_URLCONF=__name__, USE_TZ=True,
        SESSION_COOKIE_NAME="provider_session", CSRF_COOKIE_NAME="provider_csrf", LOGIN_URL="/login/",
        INSTALLED_APPS=[
            "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "provider.sqlite")}},
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "context_processors": ["django.template.context_processors.request"],
                    "loaders": [("django.template.loaders.locmem.Loader", {"registration/login.html": PAGE})],
                },
            }
        ],
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_RSA_PRIVATE_KEY": pem,
            "OIDC_RP_INITIATED_LOGOUT_ENABLED": True,
            "OIDC_RP_INITIATED_LOGOUT_ALWAYS_PROMPT": False,
            "OIDC_RP_INITIATED_LOGOUT_STRICT_REDIRECT_URIS": False,
            "PKCE_REQUIRED": True,
            "OAUTH2_VALIDATOR_CLASS": f"{__name__}.Validator",
            "SCOPES": {"openid": "who", "profile": "name", "email": "address"},
        },
    )  # fmt: skip
    django.setup()

    from django.contrib.auth.models import User
    from django.contrib.auth.views import LoginView
    from django.core.management import call_command
    from django.urls import include, path
    from oauth2_provider.models import Application
    from oauth2_provider.oauth2_validators import OAuth2Validator

    class Validator(OAuth2Validator):
        oidc_claim_scope = None

        def get_additional_claims(self, request):
            user = request.user
            return {"name": user.first_name, "email": user.email, "preferred_username": user.username}

    globals()["Validator"] = Validator
    globals()["urlpatterns"] = [
        path("login/", LoginView.as_view()),
        path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    ]
    call_command("migrate", verbosity=0)
    for name, whole in PEOPLE.items():
        User.objects.create_user(name, f"{name}@example.org", PASSWORD, first_name=whole)
    Application.objects.create(
        client_id=CLIENT_ID, client_secret=CLIENT_SECRET, client_type="confidential", name="CrackXAI",
        authorization_grant_type="authorization-code", redirect_uris=redirect_uri,
        post_logout_redirect_uris=redirect_uri, skip_authorization=True, algorithm="RS256",
    )  # fmt: skip
    call_command("runserver", f"localhost:{port}", use_reloader=False)


if __name__ == "__main__":
    sys.modules["provider"] = sys.modules["__main__"]
    __name__ = "provider"
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
