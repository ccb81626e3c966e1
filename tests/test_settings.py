"""The settings: what holds when nothing is set, and what is refused."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from skill.settings import PACKAGE, Settings, SettingsError, from_environment


def test_nothing_set_gives_the_defaults() -> None:
    settings = from_environment({})
    assert settings == Settings()
    assert settings.port == 8080
    assert settings.key == ""
    assert settings.metrics_port is None
    assert Path(settings.database).name == "gentle-back.db"
    assert Path(settings.database).is_absolute()
    assert (Path(settings.content) / "content" / "en").is_dir()
    assert Path(settings.library).parent == PACKAGE / "_content"


def test_every_setting_has_its_variable() -> None:
    environment = {
        "PORT": "9090",
        "GENTLE_BACK_DB": "/data/records.db",
        "GENTLE_BACK_KEY": "0123",
        "GENTLE_BACK_CONTENT": "/texts",
        "GENTLE_BACK_LIBRARY": "/data/library.json",
    }
    assert from_environment(environment) == Settings(
        port=9090,
        database="/data/records.db",
        key="0123",
        content="/texts",
        library="/data/library.json",
    )


def test_the_process_s_environment_is_read_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "0")
    assert from_environment().port == 0
    monkeypatch.setenv("PORT", "65535")
    assert from_environment().port == 65535


def test_an_empty_variable_is_as_good_as_none() -> None:
    assert from_environment({"PORT": "", "GENTLE_BACK_DB": "", "GENTLE_BACK_KEY": ""}) == Settings()


def test_other_variables_are_nobody_s_business() -> None:
    assert from_environment({"port": "1", "GENTLE_BACK_MOOD": "good", "HOME": "/root"}) == Settings()


@pytest.mark.parametrize("port", ["abc", "80.5", "-1", "65536", "80 80", "0x50", "true"])
def test_a_port_that_is_none_is_refused_by_its_name(port: str) -> None:
    with pytest.raises(SettingsError, match="PORT") as refused:
        from_environment({"PORT": port})
    shown = io.StringIO()
    refused.value.show(shown)
    assert shown.getvalue().startswith("Error: settings: ")
    assert "PORT" in shown.getvalue()
    assert len(shown.getvalue().splitlines()) == 1


def test_a_port_of_metrics_is_one_or_none() -> None:
    assert from_environment({"GENTLE_BACK_METRICS_PORT": "0"}).metrics_port == 0
    assert from_environment({"GENTLE_BACK_METRICS_PORT": "9464"}).metrics_port == 9464
    for port in ("65536", "-1", "yes", "1.5"):
        with pytest.raises(SettingsError, match="GENTLE_BACK_METRICS_PORT"):
            from_environment({"GENTLE_BACK_METRICS_PORT": port})


def test_settings_do_not_change() -> None:
    with pytest.raises(AttributeError):
        from_environment({}).port = 1  # type: ignore[misc]  # it is frozen, which is the point
