"""
The reward of the run, for any trainer: the verifier of plan.json, with the code that judged in GPO Studio (verifier.js, run by V8 inside Python), so that
a completion gets the same verdict here as there. V8 runs in a process of its own, which is ended when a verdict takes too long.

    python reward.py 'The answer is 4.' 4
"""

import json
import select
import subprocess
import sys
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Seconds that a verdict may take; a completion that takes longer gets no reward, as in the run.
LIMIT = 3
# Seconds until the process has started and has read verifier.js.
START = 60

_lock = threading.Lock()
_judge = None


def _read(process, seconds):
    """A line of the process; None if it says nothing for so long."""
    if not select.select([process.stdout], [], [], seconds)[0]:
        return None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("The process that runs verifier.js has ended: is mini-racer installed (requirements.txt)?")
    return line


def _started():
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = subprocess.Popen([sys.executable, str(Path(__file__).resolve()), "--serve"], **pipes, text=True, encoding="utf-8", bufsize=1)
    if _read(process, START) is None:
        process.kill()
        raise RuntimeError(f"The process that runs verifier.js has not started within {START} seconds.")
    return process


def verdict(completion, reference, is_truncated=False):
    """{"reward": 0 or 1, "extracted": the answer that was found or None, "status": correct, wrong, unparseable, truncated or timeout}"""
    global _judge
    with _lock:
        if _judge is None or _judge.poll() is not None:
            _judge = _started()
        print(json.dumps([completion, reference, is_truncated]), file=_judge.stdin, flush=True)
        line = _read(_judge, LIMIT)
        if line is None:
            _judge.kill()
            _judge = None
            return {"reward": 0, "extracted": None, "status": "timeout"}
        return json.loads(line)


def compute_score(data_source, solution_str, ground_truth, extra_info=None, **_):
    """For verl. It does not say whether an answer was cut off, so one that was cut off after its answer counts as complete."""
    return float(verdict(solution_str, ground_truth)["reward"])


def serve():
    """Judges one line of standard input after the other."""
    from py_mini_racer import MiniRacer

    config = json.dumps(json.loads((HERE / "plan.json").read_text(encoding="utf-8"))["verifier"])
    engine = MiniRacer()
    engine.eval("globalThis.performance = Date")  # V8 alone has no other clock
    engine.eval((HERE / "verifier.js").read_text(encoding="utf-8"))
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(engine.call("gpoVerifier.verdict", config, *json.loads(line))), flush=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["--serve"]:
        serve()
    else:
        print(json.dumps(verdict(*sys.argv[1:3]), ensure_ascii=False))
