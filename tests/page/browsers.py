"""Chromium and Firefox without a window, driven by Python's standard library alone.

Both know the same few calls: open a file, ask the page for a value, press keys, move the pointer, take a picture.
Chromium is spoken to in its DevTools protocol over a pipe, Firefox in Marionette over a socket of this machine.
Neither gets to the network: Chromium is told to be offline, Firefox has a proxy that does not exist.
"""

import base64
import fcntl
import itertools
import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

NAMES = {
    "chromium": ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    "firefox": ["firefox-esr", "firefox"],
}


def program(browser):
    """Where a browser is; the reason to end if it is nowhere."""
    found = next(filter(None, map(shutil.which, NAMES[browser])), None)
    if found is None:
        raise SystemExit(
            f"{browser} is missing: none of {', '.join(NAMES[browser])} is on the PATH. Install it, or leave it out "
            "with --browsers"
        )
    return found


class Chromium:
    """Chromium by its DevTools protocol: messages of JSON, each ended by a zero."""

    def __init__(self):
        self.home = tempfile.mkdtemp(prefix="page-chromium-")
        commands, self.out = os.pipe()
        self.back, answers = os.pipe()
        # It listens on 3 and answers on 4. From numbers above both, a shell can hand them over without losing one.
        theirs = [fcntl.fcntl(pipe, fcntl.F_DUPFD, 5) for pipe in (commands, answers)]
        os.close(commands), os.close(answers)
        switches = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND",
            "--remote-debugging-pipe", f"--user-data-dir={self.home}",
        ]
        shell = ["bash", "-c", f'exec "$@" 3<&{theirs[0]} 4>&{theirs[1]}', "-", program("chromium"), *switches]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(
            shell, pass_fds=theirs, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
        )
        for pipe in theirs:
            os.close(pipe)
        self.rest, self.number, self.session = b"", 0, None
        self.events, self.troubles, self.requests = [], [], []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        self.call("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0)

    def read(self):
        while b"\0" not in self.rest:
            more = os.read(self.back, 1 << 20)
            if not more:
                raise RuntimeError("Chromium has ended")
            self.rest += more
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def take(self, message):
        """What happened beside an answer."""
        method, told = message.get("method"), message.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.troubles.append(told["exceptionDetails"]["exception"].get("description", str(told)))
        elif method == "Log.entryAdded":
            self.troubles.append(told["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
        self.events.append(method)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") != self.number:
                self.take(answer)
                continue
            if "error" in answer:
                raise RuntimeError(f"{method}: {answer['error']}")
            return answer["result"]

    def open(self, path):
        self.troubles, self.requests, self.events = [], [], []
        self.call("Page.navigate", url=Path(path).resolve().as_uri())
        while "Page.loadEventFired" not in self.events:
            self.take(self.read())

    def ask(self, script):
        """The value of an expression in the page; of a promise, once it is kept."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def size(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def prefer(self, theme):
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])

    def press(self, key):
        code = {"Tab": 9, "ArrowRight": 39, "ArrowUp": 38, "Home": 36}[key]
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def move(self, x, y, click=False):
        kinds = ["mouseMoved"] + (["mousePressed", "mouseReleased"] if click else [])
        for kind in kinds:
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left" if kind != "mouseMoved" else "none", clickCount=int(click))

    def picture(self, path, whole=False):
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole, **(self.all_of_it() if whole else {}))
        Path(path).write_bytes(base64.b64decode(shot["data"]))

    def all_of_it(self):
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        return {"clip": {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}}

    def print(self, path):
        done = self.call("Page.printToPDF", printBackground=True)
        Path(path).write_bytes(base64.b64decode(done["data"]))

    def errors(self):
        """What went wrong in the page's scripts since it was opened."""
        return self.troubles

    def foreign_requests(self):
        return [url for url in self.requests if not url.startswith(("file:", "data:", "about:"))]

    def close(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)


class Firefox:
    """Firefox by Marionette: messages of JSON, each with its length before it."""

    PREFERENCES = {
        "marionette.port": 0,  # any that is free
        "network.proxy.type": 1,
        "network.proxy.http": "127.0.0.1",
        "network.proxy.http_port": 9,  # where nothing listens
        "network.proxy.ssl": "127.0.0.1",
        "network.proxy.ssl_port": 9,
        "network.proxy.no_proxies_on": "",
        "layout.css.prefers-color-scheme.content-override": 1,  # light
        "browser.shell.checkDefaultBrowser": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "app.update.enabled": False,
        "browser.aboutwelcome.enabled": False,
    }

    def __init__(self):
        self.home = tempfile.mkdtemp(prefix="page-firefox-")
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in self.PREFERENCES.items()]
        Path(self.home, "user.js").write_text("\n".join(lines))
        self.process = subprocess.Popen(
            [program("firefox"), "--headless", "--marionette", "--profile", self.home, "--no-remote"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            start_new_session=True, env={**os.environ, "HOME": self.home},
        )
        said = []
        for line in self.process.stdout:  # until it says where it listens
            said.append(line)
            if "Listening on port" in line:
                port = int(line.split()[-1])
                break
        else:
            raise RuntimeError("Firefox has ended: " + "".join(said[-5:]))
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.number, self.rest = 0, b""
        self.read()  # a greeting
        self.call("WebDriver:NewSession")
        # Read on by a thread: Firefox would wait for room in the pipe, and errors of scripts are told nowhere else.
        self.said = queue.SimpleQueue()
        self.reader = threading.Thread(target=self.listen, daemon=True)
        self.reader.start()

    def listen(self):
        for line in self.process.stdout:
            if line.startswith("JavaScript error: file:"):
                self.said.put(line.strip())

    def bytes(self, n):
        while len(self.rest) < n:
            more = self.socket.recv(1 << 20)
            if not more:
                raise RuntimeError("Firefox has ended")
            self.rest += more
        taken, self.rest = self.rest[:n], self.rest[n:]
        return taken

    def read(self):
        length = b""
        while not length.endswith(b":"):
            length += self.bytes(1)
        return json.loads(self.bytes(int(length[:-1])))

    def call(self, command, **parameters):
        self.number += 1
        message = json.dumps([0, self.number, command, parameters]).encode()
        self.socket.sendall(b"%d:%s" % (len(message), message))
        _, _, error, result = self.read()
        if error:
            raise RuntimeError(f"{command}: {error['message']}")
        return result

    def open(self, path):
        self.call("WebDriver:Navigate", url=Path(path).resolve().as_uri())

    def errors(self):
        """What went wrong in the page's scripts since the last call: what was told before an error of our own."""
        last = f"no error of the page, {self.number}"
        self.ask(f"void setTimeout(() => {{ throw new Error({json.dumps(last)}); }})")
        found = iter(lambda: self.said.get(timeout=30), None)
        return list(itertools.takewhile(lambda line: last not in line, found))

    def ask(self, script):
        """The value of an expression in the page; of a promise, once it is kept."""
        # No sandbox of its own: the script sees the page's variables as the page does.
        return self.call("WebDriver:ExecuteScript", script=f"return ({script});", args=[], sandbox=None)["value"]

    def size(self, width, height):
        """Of what is in the window; Firefox makes none narrower than 500 pixels."""
        self.call("WebDriver:SetWindowRect", width=width, height=height)
        inner = self.ask("[innerWidth, innerHeight]")
        self.call("WebDriver:SetWindowRect", width=2 * width - inner[0], height=2 * height - inner[1])

    def prefer(self, theme):
        if theme != self.ask("getComputedStyle(document.documentElement).colorScheme"):
            self.ask("document.getElementById('theme').click()")

    def press(self, key):
        letter = {"Tab": "\ue004", "ArrowRight": "\ue014", "ArrowUp": "\ue013", "Home": "\ue011"}[key]
        strokes = [{"type": "keyDown", "value": letter}, {"type": "keyUp", "value": letter}]
        self.call("WebDriver:PerformActions", actions=[{"type": "key", "id": "keys", "actions": strokes}])

    def move(self, x, y, click=False):
        steps = [{"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0}]
        if click:
            steps += [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self.call("WebDriver:PerformActions", actions=[{"type": "pointer", "id": "mouse", "actions": steps}])

    def picture(self, path, whole=False):
        shot = self.call("WebDriver:TakeScreenshot", full=whole, hash=False)
        Path(path).write_bytes(base64.b64decode(shot["value"]))

    def print(self, path):
        done = self.call("WebDriver:Print", background=True)
        Path(path).write_bytes(base64.b64decode(done["value"]))

    def foreign_requests(self):
        names = self.ask("performance.getEntriesByType('resource').map((entry) => entry.name)")
        return [url for url in names if not url.startswith(("file:", "data:", "about:"))]

    def close(self):
        self.socket.close()
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.reader.join()
        shutil.rmtree(self.home, ignore_errors=True)


BROWSERS = {"chromium": Chromium, "firefox": Firefox}
