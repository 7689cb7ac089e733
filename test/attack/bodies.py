"""Reads bodies as Kinto does, through WebOb with Kinto's parser. Base64 in, one body for each line; JSON out: [value], or [] if it is refused."""
import base64
import json
import sys

import webob.request
from kinto.core import utils

webob.request.json = utils.json  # as kinto/core/initialization.py does


def read(body):
    try:
        return [webob.request.Request.blank('/', method='POST', body=body, content_type='application/json').json_body]
    except ValueError:
        return []


for line in sys.stdin:
    print(json.dumps(read(base64.b64decode(line))))
