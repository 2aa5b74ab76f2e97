"""The Newswire page in Airflow's navigation. Each process of Airflow loads this file: heavy imports wait."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from airflow.plugins_manager import AirflowPlugin

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

PREFIX = "/newswire"
CONNECTION = "newswire_db"
"""The connection of the Dags, unless NEWSWIRE_DATABASE_URL names another login (one that may only read, say)."""


def database_url() -> str:
    """Return the address of the news database."""
    from airflow.sdk import Connection

    from newswire import settings

    return settings.database_url() or Connection.get(CONNECTION).get_uri()


def _made() -> ASGIApp:
    from airflow.api_fastapi.auth.managers.models.resource_details import AccessView
    from airflow.api_fastapi.core_api.security import requires_access_view
    from airflow.configuration import conf
    from fastapi import Depends

    from newswire.web.app import create_app
    from newswire.web.links import Airflow

    # whoever may use Airflow's site: a login and any role that sees it
    allowed = Depends(requires_access_view(AccessView.WEBSITE))
    path = urlsplit(conf.get("api", "base_url", fallback="/")).path.rstrip("/")
    return create_app(database_url, dependencies=[allowed], airflow=Airflow(path))


class Page:
    """The application, made at the first request: FastAPI costs half a second, and only the API server needs it."""

    def __init__(self) -> None:
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does."""
        if self._app is None:
            self._app = _made()
        await self._app(scope, receive, send)


class NewswirePlugin(AirflowPlugin):
    """Puts the page into Airflow's navigation."""

    name = "newswire"
    fastapi_apps = [  # noqa: RUF012 - so Airflow declares it
        {"app": Page(), "url_prefix": PREFIX, "name": "Newswire"}
    ]
    external_views = [  # noqa: RUF012 - likewise
        {
            "name": "Newswire",
            "href": f"{PREFIX}/",
            "destination": "nav",
            "url_route": "newswire",
            "icon": f"{PREFIX}/static/icon.svg",
            "nav_top_level": True,
        }
    ]
