"""The service. It charges for every job that it accepts, and keeps a bill.

What goes wrong is said in the prompt, in brackets, and happens once for each prompt and take:

``[lose answer]`` the job is accepted, the connection dropped; ``[lose request]`` dropped before anything is accepted;
``[refuse]`` 402, never accepted, ``[refuse once]`` the first time only; ``[busy]`` 429 with Retry-After, once;
``[unlisted]`` a 500 after accepting;
``[fail]`` accepted, charged, then failed; ``[fail free]`` failed without a charge; ``[expire]`` ready, then gone;
``[two]`` two results; ``[slow]`` takes a second; ``[flaky]`` the first reads of status and file fail;
``[garbage]`` the result is a web page; ``[short]`` the file ends early.

    python server.py PORT_FILE CANNED_FOLDER
"""

from __future__ import annotations

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

PRICE = "0.10"


class Service:
    """Jobs, uploads and the bill."""

    def __init__(self, canned: Path) -> None:
        self.canned = canned
        self.lock = threading.Lock()
        self.making = threading.Lock()
        """Held while a result is made: that takes seconds, in which orders are taken all the same."""
        self.uploads: dict[str, bytes] = {}
        self.jobs: dict[str, dict] = {}
        self.seen: dict[str, int] = {}
        self.requests: list[str] = []

    def first_time(self, what: str) -> bool:
        """Whether this has not happened before."""
        with self.lock:
            self.seen[what] = self.seen.get(what, 0) + 1
            return self.seen[what] == 1

    def bill(self) -> list[dict]:
        """Every job that was charged."""
        with self.lock:
            return [
                {"id": k, "order": j["order"], "token": j["token"], "cost": j["cost"]}
                for k, j in self.jobs.items()
                if j["charged"]
            ]

    def accept(self, said: dict) -> str:
        """Takes a job, and charges for it."""
        with self.lock:
            ident = f"job-{len(self.jobs) + 1}"
            self.jobs[ident] = {
                **said,
                "charged": "[fail free]" not in said["prompt"],
                "ready_at": time.time() + (1.0 if "[slow]" in said["prompt"] else 0.0),
                "cost": said["cost"],
            }
            return ident

    def result(self, job: dict, number: int) -> bytes:
        """The file: the same for the same order, whenever and by whomever it is asked for."""
        path = self.canned / f"{job['order']}_{number}.mp4"
        with self.making:
            if not path.exists():
                from otio_retake.media.slate import Slate, answer
                from otio_retake.spans import Span

                pull = path.with_suffix(".pull.mp4")
                pull.write_bytes(self.uploads[job["upload"]])
                slate = Slate(Span(*job["changed"]), job["mode"], f"{job['prompt']} result {number}", job["ordinal"])
                answer(pull, slate, path, crf=26)
        data = path.read_bytes()
        if "[garbage]" in job["prompt"]:
            return b"<!DOCTYPE html><title>Not found</title>"
        return data[: len(data) // 2] if "[short]" in job["prompt"] else data


class Handler(BaseHTTPRequestHandler):
    """The wire."""

    service: Service
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _say(self, status: int, value: object, **headers: str) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name.replace("_", "-"), text)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.close()

    def do_POST(self) -> None:
        service, path = self.service, urlsplit(self.path).path
        body = self._body()
        if path == "/uploads":
            with service.lock:
                ident = f"upload-{len(service.uploads) + 1}"
                service.uploads[ident] = body
            return self._say(201, {"id": ident})
        said = json.loads(body)
        prompt, once = said["prompt"], f"{said['prompt']}#{said['ordinal']}"
        with service.lock:
            service.requests.append(said["token"])
        if "[lose request]" in prompt and service.first_time("lose " + once):
            return self._drop()
        if "[refuse]" in prompt:
            return self._say(402, {"error": "insufficient funds"})
        if "[refuse once]" in prompt and service.first_time("refuse " + once):
            return self._say(402, {"error": "insufficient funds"})
        if "[busy]" in prompt and service.first_time("busy " + once):
            return self._say(429, {"error": "busy"}, Retry_After="1")
        if said["upload"] not in service.uploads:
            return self._say(400, {"error": "no such upload"})
        ident = service.accept(said)
        if "[lose answer]" in prompt and service.first_time("answer " + once):
            return self._drop()
        if "[unlisted]" in prompt and service.first_time("unlisted " + once):
            return self._say(500, {"error": "something broke"})
        return self._say(202, {"id": ident})

    def do_GET(self) -> None:
        service, url = self.service, urlsplit(self.path)
        parts = url.path.strip("/").split("/")
        if parts == ["bill"]:
            return self._say(200, {"bill": service.bill(), "requests": service.requests})
        if parts == ["jobs"]:
            token = parse_qs(url.query)["token"][0]
            found = [ident for ident, job in service.jobs.items() if job["token"] == token]
            return self._say(200, {"jobs": found})
        job = service.jobs.get(parts[1])
        if job is None:
            return self._say(404, {"error": "no such job"})
        prompt = job["prompt"]
        flaky = "[flaky]" in prompt and service.first_time(f"{self.path} {parts[1]}")
        if flaky:
            return self._drop() if len(parts) > 2 else self._say(503, {"error": "later"})
        if len(parts) == 2:
            return self._say(200, self._status(job))
        if "[expire]" in prompt:
            return self._say(404, {"error": "expired"})
        data = service.result(job, int(parts[3]))
        self.send_response(200)
        self.send_header("Content-Type", "video/mp4")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _status(self, job: dict) -> dict:
        prompt = job["prompt"]
        if "[fail]" in prompt:
            return {"status": "failed", "error": "out of memory", "charged": True, "cost": job["cost"]}
        if "[fail free]" in prompt:
            return {"status": "failed", "error": "content filtered", "charged": False}
        if job.get("cancelled"):
            return {"status": "cancelled", "charged": True, "cost": job["cost"]}
        if time.time() < job["ready_at"]:
            return {"status": "running"}
        return {"status": "ready", "results": 2 if "[two]" in prompt else 1, "cost": job["cost"]}

    def do_DELETE(self) -> None:
        self.service.jobs[self.path.rsplit("/", 1)[1]]["cancelled"] = True
        self._say(200, {})


def main() -> None:
    port_file, canned = Path(sys.argv[1]), Path(sys.argv[2])
    canned.mkdir(parents=True, exist_ok=True)
    Handler.service = Service(canned)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    port_file.write_text(str(server.server_address[1]))
    server.serve_forever()


if __name__ == "__main__":
    main()
