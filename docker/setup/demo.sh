#!/bin/sh
# A batch on real input: compresses the files of the image's own /usr, which each worker has as well, into a volume that
# they share. Ends with 0 if each file was compressed once.
set -eu
find /output -mindepth 1 -delete
cd /output
find /usr -xdev -type f -print0 >/tmp/files
count=$(tr -cd '\0' </tmp/files | wc -c)

echo "Compressing $count files:"
id=$(tally submit -0 --label "files of the image" --type command "sleep $DELAY; gzip -9c {} >{#}.gz" </tmp/files)
tally watch "$id"
tally status "$id" | head -n 3

made=$(find . -name '*.gz' | wc -l)
echo "$made compressed files for $count: $(du -sh --apparent-size . | cut -f1) of" \
    "$(du -ch --apparent-size --files0-from=/tmp/files | tail -n 1 | cut -f1)"
[ "$made" -eq "$count" ]
find . -name '*.gz' -exec gzip -t {} +
