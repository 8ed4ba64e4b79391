"""
Calls AWS's APIs by AWS's own SDK. Standard input: a request a line, {service, operation, params}; a parameter `Body` of
{file} or {zip: {name: file}} is sent as what they have. Standard output: a line of {answer} or {error, message} each.
"""

import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError, ParamValidationError

session = botocore.session.get_session()
config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1})
clients: dict[str, Any] = {}


def content(body: dict[str, Any]) -> bytes:
    if "file" in body:
        return Path(body["file"]).read_bytes()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        for name, file in body["zip"].items():
            written.writestr(name, Path(file).read_bytes())
    return archive.getvalue()


def call(service: str, operation: str, params: dict[str, Any]) -> dict[str, Any]:
    if service not in clients:
        clients[service] = session.create_client(service, config=config)
    if isinstance(params.get("Body"), dict):
        params["Body"] = content(params["Body"])
    try:
        answer = getattr(clients[service], xform_name(operation))(**params)
    except ClientError as error:
        return {"error": str(error.response["Error"].get("Code", "")), "message": str(error)}
    except (ParamValidationError, HTTPClientError) as error:
        return {"error": type(error).__name__, "message": str(error)}
    answer.pop("ResponseMetadata", None)
    return {"answer": answer}


for line in sys.stdin:
    print(json.dumps(call(**json.loads(line)), default=str), flush=True)
