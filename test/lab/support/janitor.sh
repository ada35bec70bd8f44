#!/bin/sh
# Waits until the runner closes its end of stdin, which also happens when it is killed, then
# removes what a lab leaves: its processes, its cgroup folders, its folder.
# janitor.sh FOLDER CGROUP-FOLDER...
trap '' HUP INT TERM
folder=$1
shift
cat >/dev/null
exec 2>/dev/null
tries=0
while [ "$tries" -lt 200 ]; do
  tries=$((tries + 1))
  left=
  for cgroup; do
    [ -d "$cgroup" ] || continue
    # A paused container does not die: v1 freezes by freezer.state, v2 by cgroup.freeze.
    find "$cgroup" -name freezer.state | while read -r file; do echo THAWED >"$file"; done
    find "$cgroup" -name cgroup.freeze | while read -r file; do echo 0 >"$file"; done
    find "$cgroup" -name cgroup.procs -exec cat {} + | sort -u | xargs -r kill -9
    find "$cgroup" -depth -type d -exec rmdir {} \;
    [ -d "$cgroup" ] && left=yes
  done
  [ -z "$left" ] && rm -rf --one-file-system "$folder"
  [ -z "$left" ] && [ ! -e "$folder" ] && exit 0
  sleep 0.05
done
exit 1
