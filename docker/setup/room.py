"""Makes accounts on the homeserver for the gateway and for a person, and a room without encryption; once."""

import hashlib
import hmac
import json
import urllib.error
import urllib.parse
import urllib.request

ALIAS = "#batches:localhost"


def ask(path, body=None, token=None):
    request = urllib.request.Request(
        "http://synapse:8008" + path, json.dumps(body).encode() if body is not None else None,
        {"Authorization": f"Bearer {token}"} if token else {})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def secret(name):
    with open(f"/keys/{name}", encoding="ascii") as file:
        return file.read().strip()


def register(name):
    fields = {
        "nonce": ask("/_synapse/admin/v1/register")["nonce"], "username": name, "password": secret(name),
        "admin": False}
    signed = "\0".join([fields["nonce"], name, fields["password"], "notadmin"])
    fields["mac"] = hmac.new(secret("registration").encode(), signed.encode(), hashlib.sha1).hexdigest()
    try:
        ask("/_synapse/admin/v1/register", fields)
    except urllib.error.HTTPError as error:
        if json.load(error)["errcode"] != "M_USER_IN_USE":
            raise


def is_there():
    try:
        ask("/_matrix/client/v3/directory/room/" + urllib.parse.quote(ALIAS))
        return True
    except urllib.error.HTTPError as error:
        if error.code != 404:
            raise
        return False


if not is_there():
    register("tally")
    register("alice")
    login = ask("/_matrix/client/v3/login", {
        "type": "m.login.password", "identifier": {"type": "m.id.user", "user": "alice"}, "password": secret("alice")})
    ask("/_matrix/client/v3/createRoom", {
        "preset": "private_chat", "name": "Batches", "room_alias_name": "batches",
        "invite": ["@tally:localhost"]}, login["access_token"])
print(f"the room is {ALIAS}, and alice's too")
