"""The whole life of a job with fal-client: python fal_life.py URL FILE JSON

JSON holds ``arguments`` for the model and ``steps``; what came of each step is printed as JSON.
"""

import json
import os
import sys

os.environ.setdefault("FAL_KEY", "simulated-fal-key")

import fal_client
from fal_client import client

APP = "fal-ai/ltx-2.3/retake-video"


def main(url: str, file: str, wanted: dict) -> dict:
    client.QUEUE_URL_FORMAT = f"{url}/fal/"
    client.RUN_URL_FORMAT = f"{url}/fal/run/"
    client.REST_URL = f"{url}/fal/rest"
    client.CDN_URL = f"{url}/fal/cdn"
    steps = wanted.get("steps") or ["upload", "submit", "poll", "result"]
    made = fal_client.SyncClient()
    keep = client.StorageSettings(expires_in=wanted["expires_in"]) if "expires_in" in wanted else None
    said: dict = {"upload": made.upload_file(file, lifecycle=keep)}
    if "uploads" in steps:
        said["initiate"] = made.upload_file(file, repository="fal")
        said["multipart"] = client.MultipartUpload.save_file(
            client=made._get_cdn_client(), token_manager=made._token_manager, file_path=file, chunk_size=20_000
        )
    arguments = {"video_url": said["upload"], **wanted["arguments"]}
    if "run" in steps:
        said["run"] = made.run(APP, arguments)
    handle = made.submit(APP, arguments, webhook_url=wanted.get("webhook"))
    said["id"] = handle.request_id
    if "cancel" in steps:
        handle.cancel()
        said["cancelled"] = True
    said["states"] = []
    for state in handle.iter_events(with_logs=wanted.get("logs", False)):
        said["states"].append(type(state).__name__)
        said["last"] = {"error": getattr(state, "error", None), "error_type": getattr(state, "error_type", None)}
    try:
        said["result"] = handle.get()
    except fal_client.FalClientHTTPError as error:
        said["error"] = {"status": error.status_code, "message": error.message, "type": error.error_type}
    return said


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))))
