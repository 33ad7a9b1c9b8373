"""A second opinion on Web Push, from an implementation that shares no code with ours (pywebpush, http-ece, py-vapid).

Reads one JSON object a line and answers each with one line. All bytes are base64url without padding.

  {"do": "open", "body", "private_key", "auth"}   -> {"payload"}
  {"do": "seal", "payload", "p256dh", "auth"}     -> {"body"}
  {"do": "check", "authorization"}                -> {"valid", "claims"}
  {"do": "sign", "audience", "expiry", "contact"} -> {"authorization"}

What it cannot do is answered with {"error"}.
"""

import base64
import json
import sys

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02
from pywebpush import WebPusher


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def open_body(request):
    number = int.from_bytes(decode(request["private_key"]), "big")
    private_key = ec.derive_private_key(number, ec.SECP256R1())
    payload = http_ece.decrypt(
        decode(request["body"]),
        private_key=private_key,
        auth_secret=decode(request["auth"]),
        version="aes128gcm",
    )
    return {"payload": encode(payload)}


def seal(request):
    keys = {"p256dh": request["p256dh"], "auth": request["auth"]}
    pusher = WebPusher({"endpoint": "https://push.example.net/", "keys": keys})
    return {"body": encode(pusher.encode(decode(request["payload"]), "aes128gcm")["body"])}


def check(request):
    # py-vapid takes the two parameters without the space between them that RFC 8292 has in its example.
    authorization = request["authorization"].replace(", ", ",")
    valid = Vapid02.verify(authorization)
    token = authorization.split("t=", 1)[1].split(",", 1)[0]
    return {"valid": valid, "claims": json.loads(decode(token.split(".")[1]))}


def sign(request):
    vapid = Vapid02()
    vapid.generate_keys()
    claims = {"aud": request["audience"], "exp": request["expiry"], "sub": request["contact"]}
    return {"authorization": vapid.sign(claims)["Authorization"]}


COMMANDS = {"open": open_body, "seal": seal, "check": check, "sign": sign}


def main():
    for line in sys.stdin:
        try:
            request = json.loads(line)
            answer = COMMANDS[request["do"]](request)
        except Exception as error:  # the caller asserts on the answer, whatever went wrong
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
