from __future__ import annotations

from pathlib import Path

import pytest

from ocr.engine import PaddleOptions, PpocrOptions, TesseractOptions
from ocr.errors import SetupError
from workers.addresses import Bucket
from workers.settings import Settings, load_settings


def test_command_line_goes_before_environment_before_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "docspade.toml"
    file.write_text('host = "file"\nport = 1\nmax_attempts = 9\n[limits]\nmax_pages = 5\n')
    monkeypatch.setenv("DOCSPADE_CONFIG", str(file))
    monkeypatch.setenv("DOCSPADE_HOST", "environment")
    monkeypatch.setenv("DOCSPADE_LIMITS__MAX_FILE_BYTES", "1000")
    settings = load_settings(port=2, state_dir=None)
    assert (settings.host, settings.port, settings.max_attempts) == ("environment", 2, 9)
    assert (settings.limits.max_pages, settings.limits.max_file_bytes) == (5, 1000)


@pytest.mark.parametrize(
    ("variable", "value", "fault"),
    [
        ("DOCSPADE_HOSTT", "x", "DOCSPADE_HOSTT is not a setting"),
        ("DOCSPADE_LIMITS__MAX_PAGEZ", "3", "limits.max_pagez"),
        ("DOCSPADE_LIMITS__MAX_PAGES", "-3", "must be positive"),
        ("DOCSPADE_PORT", "100000", "port"),
        ("DOCSPADE_OCR_ENGINE", "magic", "ocr_engine"),
    ],
)
def test_what_is_unknown_or_wrong_is_named(
    variable: str, value: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SetupError, match=fault):
        load_settings()


def test_unknown_keys_in_the_file_are_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "docspade.toml"
    monkeypatch.setenv("DOCSPADE_CONFIG", str(file))
    with pytest.raises(SetupError, match=f"{file} cannot be read: No such file or directory$"):
        load_settings()
    file.write_text("colour = 'blue'\n")
    with pytest.raises(SetupError, match=f"colour in {file}: is no setting"):
        load_settings()
    file.write_text("port = 1\n")
    monkeypatch.setenv("DOCSPADE_PORT", "many")
    with pytest.raises(SetupError, match="settings: port: "):  # not the file's fault
        load_settings()


@pytest.mark.parametrize("name", ["allowed_hosts", "url_source_hosts", "webhook_hosts"])
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("127.0.0.1:9009", ("127.0.0.1:9009",)),
        ("a.example, b.example", ("a.example", "b.example")),
        ('["a.example", "b.example"]', ("a.example", "b.example")),
        ("", ()),
    ],
)
def test_lists_are_parted_by_commas_or_json(
    name: str, text: str, names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"DOCSPADE_{name}".upper(), text)
    assert getattr(load_settings(), name) == names


@pytest.mark.parametrize(
    ("variable", "value", "fault"),
    [
        ("DOCSPADE_ALLOWED_HOSTS", "[a", "allowed_hosts: .* no list like a,b"),
        ("DOCSPADE_LIMITS", "many", '"limits".*it takes JSON'),
    ],
)
def test_what_cannot_be_taken_apart_is_told_in_one_line(
    variable: str, value: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SetupError, match=fault) as caught:
        load_settings()
    assert "\n" not in str(caught.value)


def test_the_engine_setting_selects_the_options() -> None:
    assert Settings(device="cuda", n_threads=3).ocr_options == PpocrOptions("cuda", 3)
    chosen = Settings(ocr_engine="tesseract", tesseract=TesseractOptions(languages="eng"))
    assert chosen.ocr_options == TesseractOptions(languages="eng")
    folders = PaddleOptions(Path("/d"), Path("/r"))
    assert Settings(ocr_engine="paddle", paddle=folders).ocr_options == folders
    with pytest.raises(SetupError, match=r"paddle\.detector_dir"):
        _ = Settings(ocr_engine="paddle").ocr_options


def test_settings_survive_the_way_to_a_worker() -> None:
    settings = Settings(
        n_threads=2, ocr_engine="paddle", paddle=PaddleOptions(Path("/d"), Path("/r"))
    )
    assert Settings.model_validate_json(settings.model_dump_json()) == settings


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("database_url", "mysql://a@b/c", "mysql:// is not supported"),
        ("database_url", "no url at all", "no database URL"),
        ("database_url", "sqlite://", "SQLite needs a file"),
        ("database_url", "postgresql+psycopg://user@host", "name is missing"),
        ("forwarded_allow_ips", '["10.0.0.0/8", "ingress"]', "does not appear to be"),
        ("forwarded_allow_ips", '["*", "127.0.0.1"]', "does not appear to be"),
        ("broker_url", "kafka://host", "kafka: is not supported"),
        ("broker_url", "redis://", "host's name is missing"),
        ("broker_url", "filesystem://host/folder", "three slashes"),
        ("blob_url", "/just/a/path", "no scheme: is not supported"),
        ("blob_url", "file:relative", "three slashes"),
        ("blob_url", "s3://Bucket_/x", "no good name"),
        ("blob_url", "s3://key:hidden@bucket", "do not belong into the URL"),
        ("blob_url", "s3://bucket?endpiont=http://a", "no option 'endpiont'"),
        ("blob_url", "s3://bucket?endpoint=minio:9000", "as a whole"),
        ("blob_url", "s3://bucket/a%20b", "the prefix takes"),
    ],
)
def test_an_address_that_leads_nowhere_is_named(
    name: str, value: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"DOCSPADE_{name}".upper(), value)
    with pytest.raises(SetupError, match=fault) as caught:
        load_settings()
    assert name in str(caught.value)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("url_source_hosts", "https://files.example", "'https://files.example' is no host"),
        ("url_source_hosts", "files.example,10.0.0.0/8", "'10.0.0.0/8' is no host"),
        ("url_source_hosts", "*.example", "is no host"),
        ("webhook_hosts", "*", "'\\*' is no host"),
        ("webhook_hosts", "hooks.example:port", "is no host"),
        ("webhook_hosts", "https://hooks.example", "does not appear to be"),
        ("allowed_hosts", "https://scans.example", "is no host"),
    ],
)
def test_a_host_that_would_never_match_is_named(
    name: str, value: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"DOCSPADE_{name}".upper(), value)
    with pytest.raises(SetupError, match=f"settings: {name}: .*{fault}") as caught:
        load_settings()
    assert "Value error" not in str(caught.value)


def test_hosts_are_names_addresses_and_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCSPADE_URL_SOURCE_HOSTS", "*,a-b.Example,10.0.0.1:80,2001:db8::1")
    monkeypatch.setenv("DOCSPADE_WEBHOOK_HOSTS", "hook,hook:8080,10.0.0.0/8,2001:db8::/32")
    monkeypatch.setenv("DOCSPADE_ALLOWED_HOSTS", "scans.example,scans.example:8443")
    settings = load_settings()
    assert len(settings.url_source_hosts) == len(settings.webhook_hosts) == 4
    assert settings.allowed_hosts == ("scans.example", "scans.example:8443")


def test_addresses_of_the_network_are_taken_apart(tmp_path: Path) -> None:
    settings = Settings(
        database_url="postgres://user:pass%40word@host/name",
        broker_url="rediss://:word@host:6380/1",
        blob_url="s3://bucket/a/b/?endpoint=https%3A%2F%2Fhost%3A9000&region=x",
    )
    assert settings.effective_database_url == "postgresql+psycopg://user:pass%40word@host/name"
    assert settings.remote_broker_url == "rediss://:word@host:6380/1"
    assert settings.blob_place == Bucket("bucket", "a/b/", "https://host:9000", "x")
    folders = Settings(
        broker_url=f"filesystem://{tmp_path}/bells", blob_url=f"file://{tmp_path}/with%20space"
    )
    assert (folders.remote_broker_url, folders.broker_dir) == (None, tmp_path / "bells")
    assert folders.blob_place == tmp_path / "with space"
    assert Settings(state_dir=tmp_path).blob_place == tmp_path / "blobs"
