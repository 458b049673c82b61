"""Speaks with each simulated service as its documents say, in as few words as can be: an independent client."""

from __future__ import annotations

import base64
import time
import uuid
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar

import httpx

from otio_retake.simulator import Simulator

WINDOW = {"start_time": 1.05, "duration": 2.0}


class Talk(ABC):
    """One service. ``state`` is one of waiting, ready, failed and gone, in our words."""

    name: str
    headers: ClassVar[dict[str, str]]

    def __init__(self, sim: Simulator) -> None:
        self.base = f"{sim.url}/{self.name}"
        self.bucket = f"{sim.url}/bucket"
        self.http = httpx.Client(trust_env=False, timeout=20, headers=self.headers)
        self.bare = httpx.Client(trust_env=False, timeout=20)

    def close(self) -> None:
        self.http.close()
        self.bare.close()

    @abstractmethod
    def upload(self, clip: Path) -> str: ...

    @abstractmethod
    def submit(self, video: str, prompt: str = "rain", **more: Any) -> httpx.Response: ...

    @abstractmethod
    def ident(self, answer: httpx.Response) -> str | None: ...

    @abstractmethod
    def look(self, ident: str) -> httpx.Response: ...

    @abstractmethod
    def state(self, answer: httpx.Response) -> str: ...

    @abstractmethod
    def link(self, ident: str) -> str: ...

    @abstractmethod
    def error(self, answer: httpx.Response) -> str:
        """The message of a refusal, which is there in the service's own shape only."""

    def ordered(self, clip: Path, prompt: str = "rain", **more: Any) -> str:
        """A job, accepted."""
        answer = self.submit(self.upload(clip), prompt, **more)
        ident = self.ident(answer)
        assert ident, answer.text
        return ident

    def ended(self, ident: str, seconds: float = 30) -> str:
        """Waits for a job's end."""
        deadline = time.monotonic() + seconds
        while (state := self.state(self.look(ident))) == "waiting":
            assert time.monotonic() < deadline, "the job does not end"
            time.sleep(0.02)
        return state

    def result(self, ident: str) -> httpx.Response:
        return self.bare.get(self.link(ident))


class LtxTalk(Talk):
    name = "ltx"
    headers: ClassVar = {"Authorization": "Bearer k"}

    def upload(self, clip: Path) -> str:
        told = self.http.post(f"{self.base}/v1/upload").json()
        headers = {"Content-Type": "video/mp4", **told["required_headers"]}
        assert self.bare.put(told["upload_url"], content=clip.read_bytes(), headers=headers).status_code == 200
        return str(told["storage_uri"])

    def submit(self, video: str, prompt: str = "rain", **more: Any) -> httpx.Response:
        body = {"video_uri": video, "prompt": prompt, "mode": "replace_video", **WINDOW, **more}
        return self.http.post(f"{self.base}/v2/retake", json=body)

    def ident(self, answer: httpx.Response) -> str | None:
        return answer.json()["id"] if answer.status_code == 202 else None

    def look(self, ident: str) -> httpx.Response:
        return self.http.get(f"{self.base}/v2/retake/{ident}")

    def state(self, answer: httpx.Response) -> str:
        if answer.status_code == 404:
            return "gone"
        return {"completed": "ready", "failed": "failed"}.get(answer.json()["status"], "waiting")

    def link(self, ident: str) -> str:
        return str(self.look(ident).json()["result"]["video_url"])

    def error(self, answer: httpx.Response) -> str:
        body = answer.json()
        assert body["type"] == "error"
        assert body["error"]["type"]
        return str(body["error"]["message"])


class FalTalk(Talk):
    name = "fal"
    headers: ClassVar = {"Authorization": "Key k"}

    def upload(self, clip: Path) -> str:
        token = self.http.post(f"{self.base}/rest/storage/auth/token?storage_type=fal-cdn-v3", json={}).json()
        headers = {"Authorization": f"{token['token_type']} {token['token']}", "Content-Type": "video/mp4"}
        put = self.bare.post(f"{self.base}/cdn/files/upload", content=clip.read_bytes(), headers=headers)
        return str(put.json()["access_url"])

    def submit(self, video: str, prompt: str = "rain", **more: Any) -> httpx.Response:
        body = {"video_url": video, "prompt": prompt, "retake_mode": "replace_video", **WINDOW, **more}
        return self.http.post(f"{self.base}/fal-ai/ltx-2.3/retake-video", json=body)

    def ident(self, answer: httpx.Response) -> str | None:
        return answer.json()["request_id"] if answer.status_code == 200 else None

    def _job(self, ident: str) -> str:
        return f"{self.base}/fal-ai/ltx-2.3/requests/{ident}"

    def look(self, ident: str) -> httpx.Response:
        return self.http.get(f"{self._job(ident)}/status", params={"logs": "false"})

    def state(self, answer: httpx.Response) -> str:
        if answer.status_code == 404:
            return "gone"
        body = answer.json()
        if body["status"] != "COMPLETED":
            assert answer.status_code == 202
            return "waiting"
        return "failed" if body.get("error") else "ready"

    def link(self, ident: str) -> str:
        return str(self.http.get(self._job(ident)).json()["video"]["url"])

    def outcome(self, ident: str) -> httpx.Response:
        return self.http.get(self._job(ident))

    def cancel(self, ident: str) -> httpx.Response:
        return self.http.put(f"{self._job(ident)}/cancel")

    def error(self, answer: httpx.Response) -> str:
        detail = answer.json()["detail"]
        return detail if isinstance(detail, str) else str(detail[0]["msg"])


class SegmindTalk(Talk):
    name = "segmind"
    headers: ClassVar = {"x-api-key": "k"}

    def upload(self, clip: Path) -> str:
        url = "data:video/mp4;base64," + base64.b64encode(clip.read_bytes()).decode()
        told = self.http.post(f"{self.base}/workflows/upload-asset", json={"data_urls": [url]})
        return str(told.json()["file_urls"][0])

    def submit(self, video: str, prompt: str = "rain", **more: Any) -> httpx.Response:
        body = {"video_uri": video, "prompt": prompt, "mode": "replace_video", **WINDOW, **more}
        return self.http.post(f"{self.base}/v2/ltx-retake-video", json=body)

    def ident(self, answer: httpx.Response) -> str | None:
        return answer.json()["request_id"] if answer.status_code == 200 else None

    def look(self, ident: str) -> httpx.Response:
        return self.http.get(f"{self.base}/v2/requests/{ident}/status")

    def state(self, answer: httpx.Response) -> str:
        if answer.status_code == 404:
            return "gone"
        return {"COMPLETED": "ready", "FAILED": "failed"}.get(answer.json()["status"], "waiting")

    def link(self, ident: str) -> str:
        return str(self.http.get(f"{self.base}/v2/requests/{ident}").json()["output"])

    def error(self, answer: httpx.Response) -> str:
        return str(answer.json()["error"])


class GmiTalk(Talk):
    name = "gmi"
    headers: ClassVar = {"Authorization": "Bearer k"}
    path = "/api/v1/ie/requestqueue/apikey/requests"

    def upload(self, clip: Path) -> str:
        url = f"{self.bucket}/{uuid.uuid4()}.mp4?X-Amz-Signature=s"
        assert self.bare.put(url, content=clip.read_bytes()).status_code == 200
        return url

    def submit(self, video: str, prompt: str = "rain", **more: Any) -> httpx.Response:
        payload = {"video_uri": video, "prompt": prompt, "mode": "replace_video", **WINDOW, **more}
        return self.http.post(self.base + self.path, json={"model": "ltx-2-pro-retake", "payload": payload})

    def ident(self, answer: httpx.Response) -> str | None:
        return answer.json()["request_id"] if answer.status_code == 200 else None

    def look(self, ident: str) -> httpx.Response:
        return self.http.get(f"{self.base}{self.path}/{ident}")

    def state(self, answer: httpx.Response) -> str:
        if answer.status_code == 404:
            return "gone"
        return {"success": "ready", "failed": "failed", "cancelled": "failed"}.get(answer.json()["status"], "waiting")

    def link(self, ident: str) -> str:
        return str(self.look(ident).json()["outcome"]["video_url"])

    def error(self, answer: httpx.Response) -> str:
        return str(answer.json()["error"])


class RunwareTalk(Talk):
    name = "runware"
    headers: ClassVar = {"Authorization": "Bearer k"}

    def tasks(self, *tasks: dict[str, Any]) -> httpx.Response:
        return self.http.post(self.base, json=[{"taskUUID": str(uuid.uuid4()), **task} for task in tasks])

    def upload(self, clip: Path) -> str:
        media = base64.b64encode(clip.read_bytes()).decode()
        told = self.tasks({"taskType": "mediaStorage", "operation": "upload", "media": media}).json()
        return str(told["data"][0]["mediaUUID"])

    def submit(self, video: str, prompt: str = "rain", **more: Any) -> httpx.Response:
        window = {"startTime": 1, "duration": 2, "mode": "replace_video"}
        window |= {name: more.pop(name) for name in ("startTime", "duration", "mode") if name in more}
        task = {
            "taskType": "videoInference",
            "model": "lightricks:3@1",
            "inputs": {"video": video},
            "providerSettings": {"lightricks": window},
            "positivePrompt": prompt,
            "deliveryMethod": "async",
            "includeCost": True,
            **more,
        }
        return self.tasks(task)

    def ident(self, answer: httpx.Response) -> str | None:
        data = answer.json().get("data")
        return data[0]["taskUUID"] if data else None

    def look(self, ident: str) -> httpx.Response:
        return self.tasks({"taskType": "getResponse", "taskUUID": ident})

    def state(self, answer: httpx.Response) -> str:
        body = answer.json()
        if answer.status_code == 404:
            return "gone"
        if body.get("errors") or body["data"][0]["status"] == "error":
            return "failed"
        return "ready" if body["data"][0]["status"] == "success" else "waiting"

    def link(self, ident: str) -> str:
        return str(self.look(ident).json()["data"][0]["videoURL"])

    def error(self, answer: httpx.Response) -> str:
        return str(answer.json()["errors"][0]["message"])


TALKS: dict[str, type[Talk]] = {talk.name: talk for talk in (LtxTalk, FalTalk, SegmindTalk, GmiTalk, RunwareTalk)}
