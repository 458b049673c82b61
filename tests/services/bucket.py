"""A user's own uploader, as `OTIO_RETAKE_UPLOADER` names one: prints where to put a file, and where it is read.

python bucket.py URL NAME
"""

from __future__ import annotations

import json
import sys

link = f"{sys.argv[1]}/bucket/{sys.argv[2]}?X-Amz-Signature=sesame-open-signature"
print(json.dumps({"put": link, "get": link}))
