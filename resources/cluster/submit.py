"""
A client of Ray's Jobs API, with Python's own library alone: it sends this folder to a cluster and runs ray-job.json there.

    python submit.py submit                 the job in ray-job.json; prints its name
    python submit.py submit python train_grpo.py --max_steps 5
    python submit.py submit --as-is ...     where the packages of requirements.txt are on the cluster already
    python submit.py status NAME | logs NAME | stop NAME

The address is RAY_ADDRESS, or http://127.0.0.1:8265. The interface has no password: reach a cluster through a tunnel,
`ssh -L 8265:127.0.0.1:8265 HEAD`, and never open that port to a network.
"""

import hashlib
import io
import json
import os
import shlex
import sys
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ADDRESS = os.environ.get("RAY_ADDRESS", "http://127.0.0.1:8265").rstrip("/")
ENDED = ("SUCCEEDED", "FAILED", "STOPPED")


def ask(method, path, body=None, kind="application/json"):
    request = urllib.request.Request(ADDRESS + path, data=body, method=method, headers={"Content-Type": kind})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        if method == "GET" and error.code == 404:
            return None
        sys.exit(f"{method} {ADDRESS + path} was answered with {error.code}: {error.read().decode(errors='replace')[:2000]}")
    except urllib.error.URLError as error:
        sys.exit(f"{ADDRESS} cannot be reached ({error.reason}): is the cluster running, and the tunnel open? RAY_ADDRESS names another.")


def packed():
    """This folder as an archive that has the same name wherever its content is the same; results of earlier runs are left out."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        listed = [line.split("  ", 1)[1] for line in (HERE / "SHA256SUMS").read_text().splitlines()]
        for name in sorted([*listed, "SHA256SUMS"]):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, (HERE / name).read_bytes())
    return made.getvalue()


def packages():
    """The lines of requirements.txt: the cluster installs them once, and keeps them for the next job."""
    lines = (HERE / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def submit(arguments):
    job = json.loads((HERE / "ray-job.json").read_text(encoding="utf-8"))
    environment = dict(job.get("runtime_env", {}))
    if arguments[:1] == ["--as-is"]:
        arguments = arguments[1:]
    else:
        environment["pip"] = packages()
    if arguments:
        job["entrypoint"] = shlex.join(arguments)
    content = packed()
    package = f"_ray_pkg_{hashlib.sha256(content).hexdigest()[:32]}.zip"
    if ask("GET", f"/api/packages/gcs/{package}") is None:
        ask("PUT", f"/api/packages/gcs/{package}", content, "application/octet-stream")
    job["runtime_env"] = {**environment, "working_dir": f"gcs://{package}"}
    print(ask("POST", "/api/jobs/", json.dumps(job).encode())["submission_id"])


def status(name):
    found = ask("GET", f"/api/jobs/{name}")
    if found is None:
        sys.exit(f"{ADDRESS} knows no job {name}")
    return found


def logs(name):
    """Follows the log until the job has ended. @returns whether it succeeded"""
    shown = 0
    while True:
        now = status(name)
        text = (ask("GET", f"/api/jobs/{name}/logs") or {}).get("logs", "")
        print(text[shown:], end="", flush=True)
        shown = max(shown, len(text))
        if now["status"] in ENDED:
            print(f"{now['status']}: {now.get('message') or ''}", file=sys.stderr)
            return now["status"] == "SUCCEEDED"
        time.sleep(2)


def main():
    match sys.argv[1:]:
        case ["submit", *arguments]:
            submit(arguments)
        case ["status", name]:
            found = status(name)
            print(found["status"], found.get("message") or "")
        case ["logs", name]:
            sys.exit(0 if logs(name) else 1)
        case ["stop", name]:
            ask("POST", f"/api/jobs/{name}/stop", b"")
        case _:
            sys.exit(__doc__.strip())


if __name__ == "__main__":
    main()
