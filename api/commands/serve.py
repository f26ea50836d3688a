"""`docspade serve`: REST API, web page and a worker, in one command."""

from __future__ import annotations

import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Thread

import click
import uvicorn

from api.app import create_app
from api.commands.key_place import create_command
from api.context import ApiContext, make_context
from api.webhook_wire import webhook_body
from ocr.errors import SetupError, TransientError
from workers.celery_app import Doorbell
from workers.jobs import LANES, WORKER_LOST, WORKER_STOPPED
from workers.logs import set_up_logging, writes_json
from workers.outbound import allowed_hosts
from workers.periodic import Periodic
from workers.process import WorkerOrder
from workers.services import open_services
from workers.settings import Settings, load_settings
from workers.supervisor import Supervisor
from workers.sweeper import Sweeper
from workers.webhook_request import WebhookPoster
from workers.webhook_sender import WebhookSender

logger = logging.getLogger(__name__)

KEEP_ALIVE_SECONDS = 15
STOP_SECONDS = 5  # for answers under way, once asked to stop
BACKLOG = 512


@click.command()
@click.option("--host", help="Address to listen on; default 127.0.0.1, this machine alone.")
@click.option("--port", type=click.IntRange(0, 65535), help="Default 8000; 0 takes a free one.")
@click.option("--state-dir", type=click.Path(path_type=Path), help="Where jobs and files are kept.")
def serve(host: str | None, port: int | None, state_dir: Path | None) -> None:
    """Serve the REST API and the web page, and process documents.

    Other machines can connect only if --host says so, and then only with an API key.
    """
    settings = load_settings(host=host, port=port, state_dir=state_dir)
    set_up_logging(settings.log_level, settings.log_format)
    services = open_services(settings)
    context = make_context(settings, services)
    _check_keys(context)
    listener = _listen(settings)
    with _background(context):
        server = _Server(server_config(context))
        _tell(settings, f"docspade listens on {_address(listener)}")
        _tell_about_keys(context)
        server.run(sockets=[listener])
    context.traces.close()
    services.database.close()


def server_config(context: ApiContext) -> uvicorn.Config:
    """How the application is served."""
    return uvicorn.Config(
        create_app(context),
        log_config=None,
        access_log=False,
        server_header=False,
        # Given here, since uvicorn would read an environment variable of its own.
        forwarded_allow_ips=list(context.settings.forwarded_allow_ips),
        lifespan="off",
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )


class _Server(uvicorn.Server):
    """Ends quietly on SIGINT and SIGTERM, so that the worker can be stopped in its turn.

    Uvicorn would raise the signal once more at its own end, which kills the process there.
    """

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the two signals for as long as the server runs."""
        taken = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in taken}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


@contextmanager
def _background(context: ApiContext) -> Iterator[None]:
    """Sweeper, webhooks and, unless switched off, a worker, for as long as the server runs."""
    settings, services = context.settings, context.services

    def give_back(worker_id: str, *, has_died: bool) -> None:
        try:
            if has_died:
                services.jobs.release_worker(worker_id, WORKER_LOST)
            else:
                services.jobs.postpone_all(worker_id, WORKER_STOPPED)
            services.presence.leave(worker_id)
        except TransientError as error:
            logger.warning("jobs of %s wait until their lease ends: %s", worker_id, error)

    supervisor = Supervisor(
        lambda worker_id: WorkerOrder(worker_id=worker_id, settings=settings).model_dump_json(),
        partial(give_back, has_died=True),
        on_stop=partial(give_back, has_died=False),
        grace_seconds=settings.stop_grace_seconds,
    )
    sweeper = Sweeper(services, context.doorbell, settings.retention)
    sweep = Periodic("sweeper", sweeper.sweep, every_seconds=settings.sweep_seconds)
    sender = WebhookSender(
        services.database,
        services.jobs,
        WebhookPoster(allowed_hosts(settings.webhook_hosts)),
        webhook_body,
    )
    if settings.embedded_worker:
        supervisor.start()
    # By a thread of its own: a broker that is away keeps nobody from handing in.
    Thread(target=_ring_first, args=(context.doorbell,), name="first bell", daemon=True).start()
    sweep.start()
    sender.start()
    try:
        yield
    finally:
        sweep.stop()
        sender.stop()
        if settings.embedded_worker:
            supervisor.stop()


def _ring_first(doorbell: Doorbell) -> None:
    """Load the broker's client and connect before anybody waits for it; it rings, if in vain.

    The uploads of the first moments would all stand still for it otherwise.
    """
    for lane in LANES:
        doorbell.ring(lane)


def _check_keys(context: ApiContext) -> None:
    if context.listens_on_loopback:
        return
    if not any(key.revoked_at is None for key in context.keys.all()):
        raise SetupError(
            f"listening on {context.settings.host} lets other machines connect, and no API key "
            f"exists: make one first with `{create_command(context.settings)}`"
        )


def _tell_about_keys(context: ApiContext) -> None:
    if not context.keys.has_any():
        hint = "No API key exists: everyone on this machine may use it"
        _tell(context.settings, f"{hint} ({create_command(context.settings)}).")


def _tell(settings: Settings, message: str) -> None:
    """Say something to whoever started the server; a log of objects has nothing else in it."""
    if writes_json(settings.log_format):
        logger.info("%s", message)
    else:
        click.echo(message, err=True)


def _listen(settings: Settings) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        message = f"cannot listen on {settings.host} port {settings.port}: {error.strerror}"
        raise SetupError(message) from error
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
