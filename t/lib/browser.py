#!/usr/bin/python3
"""A real Chromium for t/65-browser.t: one JSON command a line in, one JSON answer a line out.

{"do": "open", "url": …, "width": 1280, "height": 800}   {"do": "eval", "js": …}
{"do": "key", "key": "Tab"}   {"do": "shot", "file": …}   {"do": "cookie", …}   {"do": "errors"}   {"do": "end"}
"""
import base64
import json
import sys
import tempfile

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service

options = webdriver.ChromeOptions()
profile = tempfile.TemporaryDirectory()
for flag in ("headless=new", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "hide-scrollbars",
             "disable-background-networking", "disable-component-update", "disable-sync",
             "disable-dev-shm-usage", "force-color-profile=srgb", "user-data-dir=" + profile.name):
    options.add_argument("--" + flag)
options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
for left in (2, 1, 0):
    try:
        driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        break
    except WebDriverException:  # a busy machine: it came up too late for its driver
        if not left:
            raise
driver.set_script_timeout(120)
tabs = {}


def command(c):
    what = c["do"]
    if "tab" in c:
        if c["tab"] not in tabs:
            if tabs:
                driver.switch_to.new_window("tab")
            tabs[c["tab"]] = driver.current_window_handle
        elif driver.current_window_handle != tabs[c["tab"]]:
            driver.switch_to.window(tabs[c["tab"]])
    if what == "open":
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": c.get("scheme", "dark")}]})
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": c.get("width", 1280), "height": c.get("height", 800), "deviceScaleFactor": 1,
            "mobile": c.get("width", 1280) < 600})
        driver.get(c["url"])
        return driver.title
    if what == "eval":
        return driver.execute_script(c["js"])
    if what == "key":
        code = {"Tab": 9, "Enter": 13, "Escape": 27}[c["key"]]
        for kind in ("rawKeyDown", "keyUp"):
            driver.execute_cdp_cmd("Input.dispatchKeyEvent", {
                "type": kind, "key": c["key"], "code": c["key"], "windowsVirtualKeyCode": code})
        return None
    if what == "shot":
        if c.get("ground"):
            driver.execute_cdp_cmd("Emulation.setDefaultBackgroundColorOverride", {"color": c["ground"]})
        shot = driver.execute_cdp_cmd("Page.captureScreenshot", {
            "format": "png", "captureBeyondViewport": bool(c.get("whole"))})
        data = base64.b64decode(shot["data"])
        with open(c["file"], "wb") as out:
            out.write(data)
        return len(data)
    if what == "errors":
        return [entry["message"] for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]
    raise ValueError(what)


print(json.dumps({"ok": True}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    if asked["do"] == "end":
        break
    try:
        answer = {"ok": True, "value": command(asked)}
    except Exception as problem:  # the test decides what a failure means
        answer = {"ok": False, "why": str(problem)}
    print(json.dumps(answer), flush=True)
driver.quit()
