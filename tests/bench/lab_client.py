"""The lab as a caller sees it: the admin socket, a key that approves, the owner's repository."""
import base64
import hashlib
import json
import os
import socket
import subprocess
import time

LAB = os.environ["LAB"]
BIN = os.environ["LAB_BIN"]
PORT = os.environ["LAB_PORT"]


class Refused(Exception):
    pass


def boottime_us():
    """The clock of an entry's mono_us."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000


def call(method, path=f"{LAB}/run/admin.sock", **params):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        connection.sendall((json.dumps({"method": method, "params": params}) + "\n").encode())
        for line in connection.makefile():
            answer = json.loads(line)
            if "event" in answer:
                continue
            if not answer["ok"]:
                raise Refused(f'{method}: {answer["error"]}')
            return answer["result"]
    raise Refused(f"{method}: the daemon hung up")


def append(path, entries, connection=None):
    own = connection or socket.socket(socket.AF_UNIX)
    if connection is None:
        own.connect(path)
    own.sendall((json.dumps({"op": "append", "entries": entries}, separators=(",", ":")) + "\n").encode())
    answer = b""
    while not answer.endswith(b"\n"):
        answer += own.recv(65536)
    if connection is None:
        own.close()
    answer = json.loads(answer)
    if not answer["ok"]:
        raise Refused(str(answer["error"]))
    return answer


ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def ulid():
    value = (time.time_ns() // 1_000_000 << 80) | int.from_bytes(os.urandom(10), "big")
    return "".join(ALPHABET[value >> 5 * i & 31] for i in range(25, -1, -1))


def observation(key, index):
    """An entry of ordinary size that the fold knows: an observation opens, changes and resolves in turn."""
    kind = ("opened", "changed", "resolved")[index % 3]
    body = {"opened": {"key": key, "kind": "unit_failed", "title": "nginx.service failed", "severity": "warning",
                       "detail": "the unit entered the failed state: exit code 1 " + "x" * 120, "trusted": True,
                       "remedy": None},
            "changed": {"detail": "restarted %d times" % index, "severity": "warning"},
            "resolved": {"detail": "it is not so any more"}}[kind]
    return {"type": f"observation.{kind}", "id": ulid(), "actor": {"kind": "system", "id": "bench", "uid": 0},
            "cause": None, "subject": key, "body": body}


def entries_of(proposal):
    """The log's entries of one proposal, in order."""
    size = call("audit.tail", limit=1)["size"]
    found = []
    at = max(0, size - 500)
    while at < size:
        page = call("audit.tail", **{"from": at, "limit": 500})["entries"]
        found += [e["entry"] for e in page if e["entry"]["subject"] == proposal]
        at += len(page)
    return found


def await_state(proposal, wanted, seconds=300):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        detail = call("show", proposal=proposal)["proposal"]
        if detail["state"] in wanted:
            return detail
        time.sleep(0.02)
    raise Refused(f'{proposal} is {detail["state"]}: {detail.get("refusal")}')


def approve(proposal):
    """Signs as alice; the seconds that ssh-keygen took are hers, not the loop's."""
    statement = call("statement", proposal=proposal)["statement"].encode()
    file = f"{LAB}/statement"
    with open(file, "wb") as out:
        out.write(statement)
    began = time.monotonic()
    if os.path.exists(file + ".sig"):
        os.unlink(file + ".sig")
    subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n", "agentd-approve@v1", "-f", f"{LAB}/keys/alice", file],
                   check=True, capture_output=True)
    signing = time.monotonic() - began
    with open(f"{LAB}/keys/alice.pub", encoding="ascii") as key:
        blob = base64.b64decode(key.read().split()[1])
    with open(file + ".sig", encoding="ascii") as armoured:
        signature = armoured.read()
    call("approve", proposal=proposal, statement=statement.decode(),
         presence={"method": "ssh", "signature": signature, "signed_digest": hashlib.sha256(statement).hexdigest(),
                   "key_id": "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")})
    return signing


def pid_of(name):
    with open(f"{LAB}/run/{name}.pid", encoding="ascii") as file:
        return int(file.read())


PROCESSES = {"agentd": "agentd", "agentd-auditd": "auditd", "agentd-applyd": "applyd"}
