"""names.py FILE: answers DNS on 127.0.0.1:53 for the names in FILE (`name address` a line), NXDOMAIN for others."""

import socket
import struct
import sys


def read(path):
    with open(path) as f:
        return {name.lower(): socket.inet_aton(address) for name, address in (line.split() for line in f)}


def question(packet):
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode("ascii").lower())
        at += 1 + packet[at]
    return ".".join(labels), struct.unpack("!H", packet[at + 1:at + 3])[0], packet[12:at + 5]


def answer(packet, names):
    name, kind, asked = question(packet)
    address = names.get(name) if kind == 1 else None
    status = 0 if name in names else 3
    header = packet[:2] + struct.pack("!HHHHH", 0x8580 | status, 1, 1 if address else 0, 0, 0)
    return header + asked + (b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 5, 4) + address if address else b"")


def main():
    names = read(sys.argv[1])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 53))
        while True:
            packet, peer = s.recvfrom(4096)
            try:
                s.sendto(answer(packet, names), peer)
            except (IndexError, UnicodeDecodeError, struct.error):
                pass  # no question


main()
