"""The whole life of a request with the segmind package: python segmind_life.py URL FILE JSON

JSON holds ``arguments`` for the model; what came of each step is printed as JSON.
"""

import importlib
import json
import sys

import segmind.client
from segmind.v2 import InferenceFailed

SLUG = "ltx-retake-video"


def main(url: str, file: str, wanted: dict) -> dict:
    segmind.client.Files.STORAGE_BASE_URL = f"{url}/segmind/workflows"
    # The package has an object of the same name in the module's place.
    generations = importlib.import_module("segmind.generations")
    generations.REQUEST_HISTORY_URL = f"{url}/segmind/history/inference-request/request-history"
    made = segmind.client.SegmindClient(api_key="simulated-segmind-key", base_url=f"{url}/segmind/v1")
    said: dict = {"upload": made.files.upload(file)}
    arguments = {"video_uri": said["upload"]["file_urls"][0], **wanted["arguments"]}
    job = made.submit_async(SLUG, **arguments)
    said["id"] = job.request_id
    try:
        said["result"] = job.wait(timeout=60, interval=0.1)
    except InferenceFailed as error:
        said["error"] = {"detail": error.detail, "body": error.status_body, "result": job.result()}
    said["record"] = made.generations.get(job.request_id)
    said["history"] = made.generations.history(per_page=100)
    if wanted.get("at_once"):
        answer = made.run_sync(SLUG, **arguments)
        said["at_once"] = {"type": answer.headers["content-type"], "bytes": len(answer.content)}
    return said


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))))
