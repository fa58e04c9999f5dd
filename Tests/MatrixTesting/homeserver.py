"""Synapse on this machine alone, for as long as the process lives that started it.

    homeserver.py FOLDER standard|off

FOLDER holds what it keeps, is made if it isn't there, and is removed with the parent's end: tests may be killed, and
leave nothing behind. The other word is about Synapse's limits on messages and logins: its own, or none. Its URL is the
first line that it prints; a folder keeps its port.
"""

import os
import shutil
import socket
import sys
import threading
import time

FOLDER, LIMITS, PARENT = sys.argv[1], sys.argv[2], os.getppid()
FREE = "{per_second: 100000, burst_count: 100000}"

# Not federated, and open to whoever registers. What tests do before what they are about is never limited.
CONFIGURATION = f"""\
server_name: tally.test
report_stats: false
signing_key: "ed25519 a_test {43 * "A"}"
macaroon_secret_key: test
form_secret: test
pid_file: {FOLDER}/homeserver.pid
media_store_path: {FOLDER}/media
database: {{name: sqlite3, args: {{database: {FOLDER}/homeserver.db}}}}
trusted_key_servers: []
federation_domain_whitelist: []
enable_registration: true
enable_registration_without_verification: true
bcrypt_rounds: 4
presence: {{enabled: false}}
rc_registration: {FREE}
rc_invites: {{per_room: {FREE}, per_user: {FREE}, per_issuer: {FREE}}}
rc_joins: {{local: {FREE}, remote: {FREE}}}
rc_joins_per_room: {FREE}
"""
UNLIMITED = f"""\
rc_message: {FREE}
rc_login: {{address: {FREE}, account: {FREE}, failed_attempts: {FREE}}}
"""


def end_with_parent():
    while os.getppid() == PARENT:
        time.sleep(0.2)
    shutil.rmtree(FOLDER, ignore_errors=True)
    os._exit(1)


def listener():
    """The folder's port; at first any that is free."""
    path = os.path.join(FOLDER, "port")
    if not os.path.exists(path):
        with socket.create_server(("127.0.0.1", 0)) as server, open(path, "w") as file:
            file.write(str(server.getsockname()[1]))
    with open(path) as file:
        port = file.read()
    print(f"http://127.0.0.1:{port}", flush=True)
    return f"listeners: [{{port: {port}, type: http, bind_addresses: [127.0.0.1], resources: [{{names: [client]}}]}}]\n"


os.makedirs(FOLDER, exist_ok=True)
threading.Thread(target=end_with_parent, daemon=True).start()
configuration = os.path.join(FOLDER, "homeserver.yaml")
with open(configuration, "w") as file:
    file.write(CONFIGURATION + listener() + (UNLIMITED if LIMITS == "off" else ""))
sys.argv[1:] = ["--config-path", configuration]

from synapse.app.homeserver import main  # takes seconds, in which the parent may go

main()
