#!/bin/sh
# Makes, once, what the processes need to know of each other, and gives each a volume with its own part of it.
set -eu
umask 077
user=10001:10001

chown "$user" /data/*
if [ -e /keys/coordinator/allowed ]; then
    echo "the keys are there"
    exit
fi

# Nothing is complete before its last file, the allow-list, is there: who is interrupted begins anew.
made=$(mktemp -d)
random() { head -c 24 /dev/urandom | base64; }

# give FILE FOLDER [NAME]
give() {
    rm -f "/keys/$2/${3:-$1}"
    cp "$made/$1" "/keys/$2/${3:-$1}"
    chmod 400 "/keys/$2/${3:-$1}"
    chown "$user" "/keys/$2/${3:-$1}"
}

tally keygen --to "$made" coordinator
give coordinator.key coordinator own.key
for who in worker:work mcp:watch matrix:watch demo:submit; do
    tally keygen --to "$made" --may "${who#*:}" "${who%:*}" >>"$made/allowed"
    give "${who%:*}.key" "${who%:*}" own.key
    give coordinator.pub "${who%:*}"
done

for secret in token tally alice registration; do random >"$made/$secret"; done
give token mcp
give tally matrix password
echo "ed25519 a_1 $(head -c 32 /dev/urandom | base64 | tr -d =)" >"$made/signing.key"
for secret in tally alice registration signing.key; do give "$secret" synapse; done

give allowed coordinator
