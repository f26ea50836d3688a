"""The web page in a real browser."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service as Driver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select

from tests.e2e import documents
from tests.e2e.service import Service, serving, wait_for

pytestmark = pytest.mark.e2e

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1400,1000",
)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Chrome]:
    driver_path, chromium = shutil.which("chromedriver"), shutil.which("chromium")
    assert driver_path, "the tests need Debian's chromium-driver"
    assert chromium, "the tests need Debian's chromium"
    options = Options()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    prefs = {"download.default_directory": str(tmp_path / "downloads")}
    options.add_experimental_option("prefs", prefs)
    browser = Chrome(options=options, service=Driver(driver_path))
    yield browser
    browser.quit()


def told(browser: Chrome) -> str:
    """Why the page asks for a key."""
    return browser.find_element(By.ID, "key-reason").text


def find(browser: Chrome, selector: str) -> list[WebElement]:
    return browser.find_elements(By.CSS_SELECTOR, selector)


def log(browser: Chrome, kind: str) -> list[str]:
    entries = browser.get_log(kind)
    return [entry["message"] for entry in entries]


def enter_key(browser: Chrome, key: str) -> None:
    browser.find_element(By.ID, "key").send_keys(key)
    browser.find_element(By.CSS_SELECTOR, "#key-dialog button").click()


def erase_shown(browser: Chrome) -> None:
    """Press Delete twice: the first press only asks."""
    browser.find_element(By.XPATH, "//button[text()='Delete']").click()
    assert not find(browser, ".welcome")
    browser.find_element(By.XPATH, "//button[text()='Delete for good?']").click()
    wait_for(lambda: find(browser, ".welcome"))


def drop(browser: Chrome, *paths: Path) -> None:
    chooser = browser.find_element(By.ID, "files")
    chooser.send_keys("\n".join(str(path) for path in paths))


def test_a_dropped_receipt_shows_fields_and_picture(
    service: Service, browser: Chrome, tmp_path: Path
) -> None:
    file = tmp_path / "영수증.jpg"
    file.write_bytes(documents.receipt_jpeg())
    browser.get(service.address)
    drop(browser, file)
    wait_for(lambda: find(browser, ".fields .leaf"))
    assert browser.find_element(By.CSS_SELECTOR, ".head h1").text == "영수증.jpg"
    image = wait_for(lambda: find(browser, ".pages svg image"))[0]
    assert image.size["width"] > 100
    rows = find(browser, ".fields .leaf .row")
    assert len(find(browser, ".pages .region:not(.outer)")) >= len(rows)

    ActionChains(browser).move_to_element(rows[0]).perform()
    wait_for(lambda: find(browser, ".pages .region.on"))
    region = find(browser, ".pages .region.on")[0]
    ActionChains(browser).move_to_element(find(browser, ".bar")[0]).perform()
    wait_for(lambda: not find(browser, ".region.on"))
    ActionChains(browser).move_to_element(region).perform()
    wait_for(lambda: "on" in (rows[0].get_attribute("class") or ""))

    for form in ("JSON", "CSV", "Masked"):
        browser.find_element(By.XPATH, f"//button[text()='{form}']").click()
    downloads = tmp_path / "downloads"
    wanted = {"영수증.json", "영수증.csv", "영수증-masked.png"}
    wait_for(lambda: wanted <= {path.name for path in downloads.glob("*")})
    facts = browser.find_element(By.CSS_SELECTOR, ".head .facts")
    wait_for(lambda: re.search(r"\d words? masked|nothing was found to mask", facts.text))
    assert json.loads((downloads / "영수증.json").read_text())["status"] == "succeeded"

    requests = [json.loads(message)["message"] for message in log(browser, "performance")]
    urls = {
        message["params"]["request"]["url"]
        for message in requests
        if message["method"] == "Network.requestWillBeSent"
    }
    own = {url for url in urls if url.startswith(f"{service.address}/")}
    inside = ("chrome:", "chrome-untrusted:", "blob:", "data:")  # the browser's own start page
    assert {url for url in urls - own if not url.startswith(inside)} == set()
    assert f"{service.address}/static/app.js" in own
    assert log(browser, "browser") == []


def test_a_value_is_corrected_with_the_keyboard_alone(
    service: Service, browser: Chrome, tmp_path: Path
) -> None:
    file = tmp_path / "slip.jpg"
    file.write_bytes(documents.receipt_jpeg())
    browser.get(service.address)
    drop(browser, file)
    button = wait_for(lambda: find(browser, "button.value[data-path='total']"))[0]
    button.send_keys(Keys.ENTER)
    box = browser.switch_to.active_element
    assert "9.50" in (box.get_attribute("value") or "")
    box.send_keys("12.34", Keys.ESCAPE)
    kept = browser.switch_to.active_element
    assert (kept.tag_name, "9.50" in kept.text) == ("button", True)

    kept.send_keys(Keys.ENTER)
    browser.switch_to.active_element.send_keys("10.00", Keys.ENTER)
    row = wait_for(lambda: find(browser, ".leaf.corrected .row"))[0]
    assert "corrected" in row.text
    focused = browser.switch_to.active_element
    assert (focused.get_attribute("data-path"), "10.00" in focused.text) == ("total", True)
    (entry,) = (
        entry
        for entry in service.http.get("/v1/documents").json()["documents"]
        if entry["filename"] == "slip.jpg"
    )
    path = entry["links"]["self"]
    after = service.http.get(f"{path}/result?corrected=true").json()
    assert after["fields"]["total"]["text"] == "10.00"
    before = service.http.get(f"{path}/result").json()
    assert {**after["fields"], "total": None} == {**before["fields"], "total": None}

    Select(browser.find_element(By.CSS_SELECTOR, ".add select")).select_by_value("tip")
    browser.find_element(By.CSS_SELECTOR, ".add input").send_keys("NOTEBOOK A5", Keys.ENTER)
    wait_for(lambda: find(browser, "button.value[data-path='tip']"))
    tip = service.http.get(f"{path}/result?corrected=true").json()["fields"]["tip"]
    assert (tip["text"], len(tip["regions"][0]["word_ids"])) == ("NOTEBOOK A5", 2)
    assert log(browser, "browser") == []

    service.http.put(f"{path}/corrections", json={"fields": {"total": {"text": "1.50"}}})
    find(browser, "button.value[data-path='total']")[0].send_keys(Keys.ENTER)
    browser.switch_to.active_element.send_keys("8.00", Keys.ENTER)
    alert = find(browser, ".edit [role=alert]")[0]
    wait_for(lambda: "in the meantime" in alert.text)
    browser.find_element(By.XPATH, "//button[text()='Undo corrections']").click()
    wait_for(lambda: not find(browser, ".leaf.corrected"))
    assert service.http.get(f"{path}/corrections").status_code == 404
    assert "9.50" in wait_for(lambda: find(browser, "button.value[data-path='total']"))[0].text


def test_errors_are_told_in_words_and_other_files_are_done(
    service: Service, browser: Chrome, tmp_path: Path
) -> None:
    bad, good = tmp_path / "letter.jpg", tmp_path / "ready.words.json"
    bad.write_text("Dear Sir or Madam\n")
    good.write_bytes(documents.words("<b>TOTAL</b>"))
    browser.get(service.address)
    drop(browser, bad, good)
    alert = wait_for(lambda: find(browser, "#view [role=alert]"))[0]
    assert "plain text" in alert.text
    assert "unsupported_format" in alert.text
    button = wait_for(lambda: find(browser, "#documents li:first-child button.succeeded"))[0]
    assert "ready.words.json" in button.text
    button.click()
    word = wait_for(lambda: find(browser, ".pages svg text.word"))[0]
    assert word.text == "<b>TOTAL</b>"  # a document's text is never markup
    assert find(browser, ".pages b") == []


def test_earlier_documents_are_listed_and_can_be_deleted(service: Service, browser: Chrome) -> None:
    service.upload(documents.words(), "earlier.words.json", wait=60)
    browser.get(service.address)
    buttons = wait_for(lambda: find(browser, "#documents button.succeeded"))
    chosen = next(button for button in buttons if "earlier.words.json" in button.text)
    chosen.click()
    wait_for(lambda: find(browser, ".fields"))
    erase_shown(browser)
    listed = service.http.get("/v1/documents").json()["documents"]
    assert "earlier.words.json" not in [entry["filename"] for entry in listed]


def test_the_page_asks_for_a_key_where_one_is_needed(tmp_path: Path, browser: Chrome) -> None:
    from api.keys import KeyStore
    from workers.services import open_services
    from workers.settings import Settings

    services = open_services(Settings(state_dir=tmp_path / "state"))
    key = KeyStore(services.database).create("browser", frozenset({"submit", "read"}))
    narrow = KeyStore(services.database).create("scanner", frozenset({"submit"}))
    services.database.close()
    with serving(tmp_path / "state") as service:
        browser.get(service.address)
        wait_for(lambda: find(browser, "#key-dialog[open]"))
        enter_key(browser, "wrong")
        wait_for(lambda: told(browser) == "That key is not valid.")
        enter_key(browser, key)
        wait_for(lambda: not find(browser, "#key-dialog[open]"))
        wait_for(lambda: len(find(browser, "#type option")) > 1)
        button = browser.find_element(By.ID, "key-button")
        assert button.is_displayed()

        button.click()
        enter_key(browser, narrow)
        wait_for(lambda: find(browser, "#key-dialog[open]") and "'read'" in told(browser))
        ActionChains(browser).send_keys(Keys.ESCAPE).perform()
        wait_for(lambda: not find(browser, "#key-dialog[open]"))
        browser.find_element(By.ID, "key-button").click()
        enter_key(browser, key)
        wait_for(lambda: len(find(browser, "#type option")) > 1)
        wait_for(lambda: not find(browser, "#key-dialog[open]"))


def test_a_failed_document_is_tried_again_and_deleted(service: Service, browser: Chrome) -> None:
    answer = service.upload(b"%PDF-1.7 nothing more", "broken.pdf", wait=60)
    assert answer.json()["code"] == "corrupt_file"
    (entry,) = (
        entry
        for entry in service.http.get("/v1/documents").json()["documents"]
        if entry["filename"] == "broken.pdf"
    )
    browser.get(service.address)
    buttons = wait_for(lambda: find(browser, "#documents button.failed"))
    next(button for button in buttons if "broken.pdf" in button.text).click()
    wait_for(lambda: find(browser, "#view [role=alert]"))
    browser.find_element(By.XPATH, "//button[text()='Try again']").click()
    wait_for(lambda: service.finished(entry["id"])["finished_at"] != entry["finished_at"])
    wait_for(lambda: find(browser, "#view [role=alert]"))
    erase_shown(browser)
    listed = service.http.get("/v1/documents").json()["documents"]
    assert "broken.pdf" not in [entry["filename"] for entry in listed]


def test_a_waiting_document_is_cancelled_and_tried_again(tmp_path: Path, browser: Chrome) -> None:
    with serving(tmp_path / "state", embedded_worker="false") as service:
        path = service.upload(documents.words(), "slow.words.json").headers["location"]
        browser.get(service.address)
        wait_for(lambda: find(browser, "#documents button.queued"))[0].click()
        wait_for(lambda: find(browser, "#view .actions"))
        browser.find_element(By.XPATH, "//button[text()='Cancel']").click()
        note = wait_for(lambda: find(browser, "#documents button.cancelled .note"))[0]
        assert note.text == "cancelled"
        assert "was cancelled" in browser.find_element(By.ID, "view").text
        assert service.http.get(path).json()["status"] == "cancelled"
        browser.find_element(By.XPATH, "//button[text()='Try again']").click()
        wait_for(lambda: find(browser, "#documents button.queued"))
        assert service.http.get(path).json()["status"] == "queued"
        wait_for(lambda: find(browser, "#view .actions"))
        service.http.post(f"{path}/cancel")  # somebody else does
        wait_for(lambda: "was cancelled" in browser.find_element(By.ID, "view").text)
        erase_shown(browser)
        assert service.http.get(path).status_code == 404


def test_the_reference_describes_the_calls(service: Service, browser: Chrome) -> None:
    browser.get(f"{service.address}/docs")
    cards = wait_for(lambda: find(browser, "#reference .card"))
    text = " ".join(card.text for card in cards)
    assert "Hand in a document" in text
    assert "/v1/documents/{document_id}/result" in text
    assert "A document was cancelled" in text
    assert "Docspade-Signature" in text
    assert "`" not in text
    assert log(browser, "browser") == []
