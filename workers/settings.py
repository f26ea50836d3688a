"""All settings, read once at the edge.

They come from `DOCSPADE_*` environment variables and from a TOML file named by `DOCSPADE_CONFIG`.
The environment goes before the file, the command line before both.
Nested settings take two underscores: `DOCSPADE_LIMITS__MAX_PAGES=50`, in TOML `[limits]`.
Lists are parted by commas or JSON: `DOCSPADE_ALLOWED_HOSTS=a,b`.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from ocr.engine import Device, OcrOptions, PaddleOptions, PpocrOptions, TesseractOptions
from ocr.errors import SetupError
from ocr.limits import Limits
from workers.addresses import (
    BROKER_FOLDER_SCHEME,
    Bucket,
    check_blob_url,
    check_broker_url,
    check_collector_url,
    check_database_url,
    check_proxies,
    folder_of,
    place_of,
)
from workers.fetching import check_source_hosts
from workers.logs import LogFormat
from workers.outbound import check_allowed_hosts, check_hosts
from workers.retention import MAX_UPLOAD_SECONDS, Retention
from workers.settings_faults import faults_of, split_names

PREFIX = "DOCSPADE_"
CONFIG_VARIABLE = "DOCSPADE_CONFIG"
NESTING = "__"
MIB = 1024 * 1024

Override = str | int | Path | None
PositiveSeconds = Annotated[float, Field(gt=0)]
DatabaseUrl = Annotated[str, AfterValidator(check_database_url)]
BrokerUrl = Annotated[str, AfterValidator(check_broker_url)]
BlobUrl = Annotated[str, AfterValidator(check_blob_url)]
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(split_names)]
CollectorUrl = Annotated[str, AfterValidator(check_collector_url)]


class Settings(BaseSettings):
    """Everything that an operator can set.

    Attributes:
        host: address to listen on; one that others can reach needs an API key to exist.
        port: to listen on; 0 takes a free one.
        state_dir: where the embedded database, broker and blobs lie.
        database_url: of SQLite or PostgreSQL; None for SQLite in `state_dir`.
        broker_url: of Redis, RabbitMQ or a folder (`filesystem:///…`); None for the embedded broker
            in `state_dir`.
        blob_url: of a folder (`file:///…`) or an S3-compatible store; None for `state_dir`.
        embedded_worker: whether the server brings a worker of its own.
        allowed_hosts: names besides the loopback's by which the server may be addressed when it
            listens on loopback, as behind a reverse proxy.
        forwarded_allow_ips: addresses and networks (`10.0.0.0/8`) of reverse proxies, whose
            `X-Forwarded-Proto` says how the client came; "*" for whoever connects.
        limits: on one document.
        bundle: folder of the model; None takes the one that ships.
        device: where the models run.
        n_threads: CPU threads for the models; None takes every core.
        ocr_engine: which engine reads pictures; its options are in the setting of that name.
        max_wait_seconds: longest `?wait=`.
        max_waiting_jobs: beyond that many, uploads are answered 503 until some are done.
        max_waiting_jobs_per_tenant: likewise of one tenant, with 429; None for no such limit.
        max_requests_per_minute: of one API key, beyond which it is answered 429; None for no limit.
        idempotency_seconds: how long an `Idempotency-Key` is remembered.
        retention_days: finished documents are deleted after so many days; None keeps them.
        min_free_disk_bytes: below that, uploads are answered 503.
        upload_idle_seconds: an upload that sends nothing for so long is broken off.
        upload_seconds: so is one that takes longer than that as a whole.
        url_source_hosts: hosts from which documents may be fetched that a batch or Azure's
            `urlSource` names; "*" stands for every public one, `name:port` may be a private one;
            none by default.
        import_url: of a folder (`file:///…`) or an S3-compatible store from which batches may take
            documents by key, each tenant's below a folder of its name; None for none.
        max_batch_documents: in one request to a batch.
        max_batch_bytes: of one request to a batch, as it is sent and unpacked.
        webhook_hosts: hosts, `host:port` or networks (`10.0.0.0/8`) to which webhooks may lead
            although they are not public.
        lease_seconds: a worker that is silent for so long loses its job to another.
        max_attempts: how many workers may die over one document; what the service could not do
            just then does not count.
        job_deadline_seconds: longest time for one document.
        jobs_at_once: documents that one worker has under way; on a GPU they share its calls.
        max_worker_bytes: memory above which a worker ends after the document under way and another
            takes its place; None for no such bound.
        sweep_seconds: pause between two looks for lost jobs.
        stop_grace_seconds: how long a stopping worker may go on with its job.
        otlp_endpoint: address of an OpenTelemetry collector (OTLP over HTTP) that traces are sent
            to; None for none.
        log_level: of docspade's own messages.
        log_format: of the log's lines, `text` or `json`; None for text on a terminal and JSON
            elsewhere.
        data: folder with data sets; training and benchmarks read it, the service does not.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter=NESTING, extra="forbid", frozen=True
    )

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    state_dir: Path = Path("~/.local/state/docspade")
    database_url: DatabaseUrl | None = None
    broker_url: BrokerUrl | None = None
    blob_url: BlobUrl | None = None
    embedded_worker: bool = True
    allowed_hosts: Annotated[Names, AfterValidator(check_hosts)] = ()
    forwarded_allow_ips: Annotated[Names, AfterValidator(check_proxies)] = ("127.0.0.1",)
    limits: Limits = Limits()
    bundle: Path | None = None
    device: Device = "cpu"
    n_threads: Annotated[int, Field(gt=0)] | None = None
    ocr_engine: Literal["ppocr", "paddle", "tesseract"] = "ppocr"
    ppocr: PpocrOptions = PpocrOptions()
    paddle: PaddleOptions | None = None
    tesseract: TesseractOptions = TesseractOptions()
    max_wait_seconds: PositiveSeconds = 60.0
    max_waiting_jobs: Annotated[int, Field(gt=0)] = 10_000
    max_waiting_jobs_per_tenant: Annotated[int, Field(gt=0)] | None = None
    max_requests_per_minute: Annotated[int, Field(gt=0)] | None = None
    idempotency_seconds: PositiveSeconds = 86_400.0
    retention_days: Annotated[float, Field(gt=0)] | None = None
    min_free_disk_bytes: Annotated[int, Field(ge=0)] = 512 * MIB
    upload_idle_seconds: PositiveSeconds = 30.0
    upload_seconds: Annotated[float, Field(gt=0, le=MAX_UPLOAD_SECONDS)] = MAX_UPLOAD_SECONDS
    url_source_hosts: Annotated[Names, AfterValidator(check_source_hosts)] = ()
    import_url: BlobUrl | None = None
    max_batch_documents: Annotated[int, Field(gt=0)] = 5_000
    max_batch_bytes: Annotated[int, Field(gt=0)] = 4096 * MIB
    webhook_hosts: Annotated[Names, AfterValidator(check_allowed_hosts)] = ()
    lease_seconds: PositiveSeconds = 30.0
    max_attempts: Annotated[int, Field(gt=0)] = 3
    job_deadline_seconds: PositiveSeconds = 600.0
    jobs_at_once: Annotated[int, Field(ge=1, le=64)] = 1
    max_worker_bytes: Annotated[int, Field(gt=0)] | None = 4096 * MIB
    sweep_seconds: PositiveSeconds = 2.0
    stop_grace_seconds: PositiveSeconds = 30.0
    otlp_endpoint: CollectorUrl | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: LogFormat | None = None
    data: Path | None = None

    @field_validator("state_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line, environment, file, in this order."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, InitSettingsSource(settings_cls, _file_values())

    @property
    def effective_database_url(self) -> str:
        """SQLAlchemy URL of the database in use."""
        return self.database_url or f"sqlite:///{self.state_dir / 'docspade.db'}"

    @property
    def retention(self) -> Retention:
        """How long documents and idempotency keys are kept."""
        kept = None if self.retention_days is None else self.retention_days * 86_400.0
        return Retention(kept, self.idempotency_seconds)

    @property
    def blob_place(self) -> Path | Bucket:
        """Folder or bucket of the blob store."""
        return self.state_dir / "blobs" if self.blob_url is None else place_of(self.blob_url)

    @property
    def import_place(self) -> Path | Bucket | None:
        """Folder or bucket of the import store."""
        return None if self.import_url is None else place_of(self.import_url)

    @property
    def remote_broker_url(self) -> str | None:
        """URL of Redis or RabbitMQ, None where the broker is a folder."""
        is_folder = self.broker_url is None or self.broker_url.startswith(BROKER_FOLDER_SCHEME)
        return None if is_folder else self.broker_url

    @property
    def broker_dir(self) -> Path:
        """Folder of the embedded broker."""
        if self.broker_url is None or self.remote_broker_url is not None:
            return self.state_dir / "broker"
        return folder_of(self.broker_url, BROKER_FOLDER_SCHEME)

    @property
    def ocr_options(self) -> OcrOptions:
        """Options of the chosen engine.

        Raises:
            SetupError: PaddleOCR is chosen and its model folders are not named.
        """
        match self.ocr_engine:
            case "ppocr":
                return replace(self.ppocr, device=self.device, n_threads=self.n_threads)
            case "tesseract":
                return self.tesseract
            case "paddle" if self.paddle is not None:
                return replace(self.paddle, device=self.device, n_threads=self.n_threads)
        raise SetupError("the paddle engine needs paddle.detector_dir and paddle.recogniser_dir")


def load_settings(**overrides: Override) -> Settings:
    """Read the settings.

    Args:
        overrides: from the command line; those that are None count as not given.

    Raises:
        SetupError: a setting is unknown or has no good value; the message names it.
    """
    _refuse_unknown_variables()
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks the values
    except ValidationError as error:
        variables = (name.upper().removeprefix(PREFIX).split(NESTING)[0] for name in os.environ)
        set_elsewhere = {*given, *(name.lower() for name in variables)}
        faults = faults_of(error, os.environ.get(CONFIG_VARIABLE), set_elsewhere)
        raise SetupError(f"settings: {faults}") from error
    except SettingsError as error:
        example = """DOCSPADE_LIMITS='{"max_pages": 50}' or DOCSPADE_LIMITS__MAX_PAGES=50"""
        message = f"settings: {error}; it takes JSON or one variable a part, such as {example}"
        raise SetupError(message) from error


def default_state_dir() -> Path:
    """Where `state_dir` is unless it is set."""
    return Settings.model_construct().state_dir.expanduser().absolute()


def _refuse_unknown_variables() -> None:
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    for variable in sorted(os.environ):
        name = variable.upper()
        if name.startswith(PREFIX) and name != CONFIG_VARIABLE:
            top = PREFIX + name.removeprefix(PREFIX).split(NESTING)[0]
            if top not in known:
                raise SetupError(f"{variable} is not a setting of docspade")


def _file_values() -> dict[str, object]:
    path = os.environ.get(CONFIG_VARIABLE)
    if path is None:
        return {}
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SetupError(f"the settings file {path} cannot be read: {reason}") from error
