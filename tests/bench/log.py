"""The log: how many entries a second, against writing the same bytes alone; verification; folding into rows."""
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

import lab_client as lab

ROUNDS = 3


class Auditd:
    """A writer of its own in a folder of its own."""

    def __init__(self, folder):
        self.folder = tempfile.mkdtemp(dir=folder, prefix="agentd-bench-log.")
        self.socket = f"{self.folder}/s"
        self.directory = f"{self.folder}/log"
        self.process = subprocess.Popen([f"{lab.BIN}/agentd-auditd", "--directory", self.directory, "--socket",
                                         self.socket, "--host", "bench"], stderr=subprocess.DEVNULL)
        while not os.path.exists(self.socket):
            time.sleep(0.01)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder)


def appends(auditd, callers, seconds):
    """Entries a second: each caller sends one entry and waits until it is durable and signed."""
    counts = [0] * callers
    until = time.monotonic() + seconds

    def one(index):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(auditd.socket)
            while time.monotonic() < until:
                lab.append(None, [lab.observation(f"unit_failed:bench{index}.service", counts[index])], connection)
                counts[index] += 1

    threads = [threading.Thread(target=one, args=(i,)) for i in range(callers)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.monotonic() - began)


def floor(folder, line, seconds):
    """The physical floor: write a line, fdatasync, again."""
    path = f"{folder}/floor"
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    count = 0
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        os.write(fd, line)
        os.fdatasync(fd)
        count += 1
    rate = count / (time.monotonic() - began)
    os.close(fd)
    os.unlink(path)
    return rate


def measure_appends(figures):
    line = b"x" * 560 + b"\n"
    for name, folder in (("tmpfs", "/dev/shm"), ("disk", lab.LAB)):
        if not os.path.isdir(folder):
            continue
        with Auditd(folder) as auditd:
            rates, floors = {1: [], 16: []}, []
            for _ in range(ROUNDS):
                floors.append(floor(auditd.folder, line, 1))
                for callers in rates:
                    rates[callers].append(appends(auditd, callers, 2))
            for callers, rate in rates.items():
                figures.add("log", f"entries, {callers} caller{'s' * (callers > 1)}, {name}", "1/s", rate, floors,
                            "write + fdatasync alone")
            if name == "disk":
                for callers in rates:
                    count_syncs(figures, auditd, callers)


def count_syncs(figures, auditd, callers):
    """How many fdatasync an entry costs, by strace's count."""
    if shutil.which("strace") is None:
        return
    trace = subprocess.Popen(["strace", "-f", "-c", "-e", "trace=fdatasync,fsync,sync_file_range", "-p",
                              str(auditd.process.pid)], stderr=subprocess.PIPE, text=True)
    time.sleep(1)
    size = lab_size(auditd)
    appends(auditd, callers, 3)
    grown = lab_size(auditd) - size
    trace.send_signal(signal.SIGINT)
    counted = trace.communicate()[1]
    syncs = sum(int(m[1]) for m in re.finditer(r"[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?f(?:data)?sync", counted))
    if grown:
        figures.add("log", f"syncs an entry, {callers} caller{'s' * (callers > 1)}, disk", "", syncs / grown)


def lab_size(auditd):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(auditd.socket)
        connection.sendall(b'{"op":"head"}\n')
        return json.loads(connection.makefile().readline())["size"]


def fill(path, entries):
    """Through the front door, in groups; every key opens, changes and resolves."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        for start in range(0, entries, 510):
            group = [lab.observation(f"unit_failed:fill{i // 3 % 7}.service", i)
                     for i in range(start, min(start + 510, entries))]
            lab.append(None, group, connection)


def measure_fold(figures, entries=10_000):
    """Into the lab's own log: the daemon folds them as they come, and once more from nothing."""
    began = time.monotonic()
    fill(f"{lab.LAB}/run/append.sock", entries)
    wrote = time.monotonic() - began
    size = lab.call("status")["log"]["size"]
    folded = time.monotonic() - began
    figures.add("log", f"entries in groups of 510, {entries}", "1/s", entries / wrote)
    figures.add("fold", f"{entries} entries as they come, from the first append", "1/s", entries / folded)
    rebuilds = []
    for _ in range(3):
        began = time.monotonic()
        report = lab.call("state.rebuild")
        rebuilds.append(time.monotonic() - began)
        assert report["rows_before_sha256"] == report["rows_after_sha256"]
    figures.add("fold", f"state rebuild, {size} entries", "ms", [s * 1000 for s in rebuilds])
    figures.add("fold", "state rebuild", "entries/s", [size / s for s in rebuilds])
    measure_verify(figures)


def measure_verify(figures):
    files = [os.path.join(folder, name) for folder, _, names in os.walk(f"{lab.LAB}/audit") for name in names
             if name.endswith(".jsonl")]
    megabytes = sum(os.path.getsize(f) for f in files) / 1e6
    ours, floors = [], []
    for _ in range(5):
        began = time.monotonic()
        assert lab.call("audit.verify")["ok"]
        ours.append(megabytes / (time.monotonic() - began))
        began = time.monotonic()
        for name in files:
            with open(name, "rb") as file:
                hashlib.sha256(file.read())
        floors.append(megabytes / (time.monotonic() - began))
    figures.add("log", f"verify, {megabytes:.1f} MB", "MB/s", ours, floors, "SHA-256 of the bytes")
