"""A paired browser as a program: a key of its own, a session, and the requests that the page would make."""

import base64
import hashlib
import http.client
import json
import subprocess
import threading

from client import Refused

AGENTD = "agentd-approve@v1:"


class Browser:
    def __init__(self, lab, label="browser"):
        self.lab, self.port, self.headers = lab, int(lab.env["LAB_PORT"]), {}
        self.key = lab.path(label + ".pem")
        subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.key],
                       check=True, capture_output=True)
        spki = subprocess.run(["openssl", "pkey", "-in", self.key, "-pubout", "-outform", "DER"],
                              check=True, capture_output=True).stdout
        token = lab.applyd({"op": "pair.invite", "label": label})["token"]
        root = threading.Thread(target=self.say_yes, args=(token,))
        root.start()
        self.key_id = self.post("pair", token=token, spki=base64.b64encode(spki).decode(), label=label)["key_id"]
        root.join()

    def say_yes(self, token):
        """What `agentctl web login --yes` does: root's word that this key counts."""
        offer = self.lab.applyd({"op": "pair.wait", "token": token}, timeout=240)["offer"]
        self.lab.applyd({"op": "pair.admit", "token": token, "key_id": offer["key_id"], "yes": True})

    def ask(self, method, path, body=None, headers=None, timeout=60):
        """Status and JSON of one request over a connection of its own."""
        own = {"Host": f"localhost:{self.port}", **self.headers}
        if method == "POST":
            own |= {"Content-Type": "application/json", "X-Agentd": "1", "Sec-Fetch-Site": "same-origin"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, "/api/v1/" + path, None if body is None else json.dumps(body),
                               own if headers is None else own | headers)
            answer = connection.getresponse()
            told = json.loads(answer.read())
        finally:
            connection.close()
        if cookie := answer.headers.get("Set-Cookie"):
            self.headers = {"Cookie": cookie.split(";")[0], "X-Agentd-Session": told["session"]}
        return answer.status, told

    def get(self, path, **more):
        return self._good(*self.ask("GET", path, **more))

    def post(self, path, **body):
        return self._good(*self.ask("POST", path, body))

    @staticmethod
    def _good(status, told):
        if status != 200:
            raise Refused(told["error"])
        return told

    def sign(self, text):
        """ECDSA over the text: r and s of 32 bytes each, in base64."""
        der = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.key], input=text.encode(), check=True,
                             capture_output=True).stdout
        numbers, at = [], 2
        for _ in range(2):
            size = der[at + 1]
            numbers.append(int.from_bytes(der[at + 2:at + 2 + size], "big").to_bytes(32, "big"))
            at += 2 + size
        return base64.b64encode(b"".join(numbers)).decode()

    def statement(self, proposal):
        return self.post(f"proposals/{proposal}/statement")["statement"]

    def presence(self, statement):
        digest = hashlib.sha256(statement.encode()).hexdigest()
        return {"method": "browser", "key_id": self.key_id, "signature": self.sign(AGENTD + digest), "signed_digest": digest}

    def approve(self, proposal, **more):
        statement = self.statement(proposal)
        return self.post(f"proposals/{proposal}/approve", statement=statement, presence=self.presence(statement), **more)
