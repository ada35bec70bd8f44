#!/bin/bash
# First process of a lab machine, inside its new namespaces: gives it a root of its own over a Debian tree, then becomes systemd.
# machine-init.sh NAME FOLDER TREE [VERSION:MOUNT-POINT:MOUNT-OPTIONS]...   (one per cgroup hierarchy)
# Never boots on the machine's own root: systemd would empty its /tmp and rewrite its sysctls.
set -e
name=$1 folder=$2 tree=$3
shift 3
read -r outer_pid _ </proc/self/stat # /proc is still the machine's

mount --make-rprivate /
root=$folder/root
mkdir -p "$folder"/{upper,work,root,docker,containerd,share}
mount -t overlay -o "lowerdir=$tree,upperdir=$folder/upper,workdir=$folder/work" overlay "$root"

mount -t proc proc "$root/proc"
# The kernel's settings belong to all; those of the network namespace are the machine's own.
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount --bind "$root/proc/sys/net" "$root/proc/sys/net"
mount -o remount,bind,rw "$root/proc/sys/net"
[ ! -e "$root/proc/sysrq-trigger" ] || mount --bind /dev/null "$root/proc/sysrq-trigger"
mount -t sysfs sysfs "$root/sys"
mount -t tmpfs -o mode=755 tmpfs "$root/sys/fs/cgroup"
for hierarchy; do
  IFS=: read -r version mount_point options <<<"$hierarchy"
  mkdir -p "$root$mount_point"
  case $version in
  1) mount -t cgroup -o "$options" cgroup "$root$mount_point" ;;
  2) mount -t cgroup2 cgroup2 "$root$mount_point" ;;
  esac
done

mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
  IFS=: read -r file major minor <<<"$device"
  mknod -m 666 "$root/dev/$file" c "$major" "$minor"
done
mkdir "$root"/dev/{pts,shm,mqueue}
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
touch "$root/dev/console"
mount --bind "$root/dev/null" "$root/dev/console"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mkdir -p "$root/run/lock" "$root/srv/share" "$root/var/lib/docker" "$root/var/lib/containerd"
# An overlay carries no overlay: Docker's data lies on the machine's own file system.
mount --bind "$folder/docker" "$root/var/lib/docker"
mount --bind "$folder/containerd" "$root/var/lib/containerd"
mount --bind "$folder/share" "$root/srv/share"

echo "$name" >"$root/etc/hostname"
hostname "$name"
for unit in systemd-udevd.service systemd-udev-trigger.service systemd-sysctl.service systemd-modules-load.service \
  systemd-journald-audit.socket proc-sys-fs-binfmt_misc.automount sys-kernel-debug.mount sys-kernel-tracing.mount \
  sys-kernel-config.mount sys-fs-fuse-connections.mount dev-hugepages.mount dev-mqueue.mount console-getty.service \
  getty@tty1.service systemd-remount-fs.service systemd-timesyncd.service apt-daily.timer apt-daily-upgrade.timer \
  e2scrub_all.timer fstrim.timer; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done

cd "$root"
mkdir -p .outside
pivot_root . .outside
umount -l /.outside
rmdir /.outside
# As a booted Debian has it: containers may follow the mounts of their host. systemd leaves that alone where it finds itself contained.
mount --make-rshared /
[ -x /srv/share/before-boot ] && /srv/share/before-boot >/srv/share/before-boot.log 2>&1 </dev/null
ip link set lo up 2>/dev/null || true
echo "$outer_pid"
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin container=lab LANG=C \
  /lib/systemd/systemd --log-target=journal --show-status=no </dev/null >/dev/null 2>&1
