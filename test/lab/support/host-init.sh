#!/bin/bash
# First process of a lab host, inside its new namespaces: makes what must be private private,
# says its process id as the machine sees it, then reaps orphans for ever.
# host-init.sh NAME FOLDER [VERSION:MOUNT-POINT:MOUNT-OPTIONS]...   (one per cgroup hierarchy)
set -e
name=$1 folder=$2
shift 2
read -r outer_pid _ </proc/self/stat # /proc is still the machine's

mount --make-rprivate /
mkdir -p "$folder"/{etc,var-lib}/{upper,work} "$folder"/{docker,containerd,etc-docker,state}
mount -t overlay -o "lowerdir=/etc,upperdir=$folder/etc/upper,workdir=$folder/etc/work" \
  overlay /etc || {
  cp -a /etc/. "$folder/etc/upper"
  mount --bind "$folder/etc/upper" /etc
}
mkdir -p /etc/docker
mount --bind "$folder/etc-docker" /etc/docker
[ -d /var/lib/docker ] && [ -d /var/lib/containerd ] ||
  mount -t overlay overlay /var/lib \
    -o "lowerdir=/var/lib,upperdir=$folder/var-lib/upper,workdir=$folder/var-lib/work" || true
mkdir -p /var/lib/docker /var/lib/containerd
mount --bind "$folder/docker" /var/lib/docker
mount --bind "$folder/containerd" /var/lib/containerd

mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/netns /run/lock /run/lab
mount --bind "$folder/state" /run/lab
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
for hierarchy; do
  IFS=: read -r version mount_point options <<<"$hierarchy"
  mkdir -p "$mount_point"
  case $version in
  1) mount -t cgroup -o "$options" cgroup "$mount_point" ;;
  2) mount -t cgroup2 cgroup2 "$mount_point" ;;
  esac
done

hostname "$name"
ip link set lo up
trap '' HUP INT TERM
set +e
echo "$outer_pid"
exec >/dev/null 2>&1
while :; do
  sleep 86400 &
  wait $!
done
