"""A real app on a real database with a small made-up world, and the routes that it has; for the tests of serving."""

from dataclasses import dataclass

from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.app import create_app
from api.dependencies import Service, open_service
from matching.settings import Settings

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Served:
    """An app, its service, and a client that asks it as a browser of this machine would."""

    app: FastAPI
    service: Service
    client: TestClient


def served(settings: Settings, engine: Engine, listens_on: str = LOOPBACK) -> Served:
    service = open_service(settings, engine, listens_on=listens_on)
    service.current.warm_up()  # as `vonk serve` does: who asks first does not wait for the compiler
    return of_service(service)


def of_service(service: Service) -> Served:
    app = create_app(service)
    return Served(app, service, TestClient(app, base_url="http://127.0.0.1:8000"))
