# The first process of a machine of tests/machine.py: makes its root and becomes systemd. FOLDER ROOT NAME HIERARCHIES PREPARE
set -eu
folder=$1 root=$2 name=$3 hierarchies=$4 prepare=$5

mount --make-rprivate /
mount -t tmpfs -o mode=0755 machine "$folder"
mkdir "$folder/upper" "$folder/work" "$folder/root"
mount -t overlay -o "lowerdir=$root,upperdir=$folder/upper,workdir=$folder/work" machine "$folder/root"
cd "$folder/root"

# What the kernel shows: nothing of the machine outside can be changed through it.
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,ro,bind proc/sys
mount -t sysfs -o ro sysfs sys
mount -t tmpfs -o mode=0755 cgroup sys/fs/cgroup
for h in $hierarchies; do
	kind=cgroup options=-o$h
	case $h in
	unified) kind=cgroup2 options= ;;
	name=*) continue ;; # systemd keeps its services in the unified one
	esac
	mkdir "sys/fs/cgroup/$h"
	# shellcheck disable=SC2086
	mount -t $kind $options cgroup "sys/fs/cgroup/$h"
done
# Where there is none but the unified one it is the whole of it.
[ "$hierarchies" != unified ] || { umount sys/fs/cgroup/unified sys/fs/cgroup && mount -t cgroup2 cgroup sys/fs/cgroup; }

mount -t tmpfs -o mode=0755 run run
mount -t tmpfs tmp tmp
mount -t tmpfs -o mode=0755 dev dev
for d in null zero full random urandom tty; do
	: >"dev/$d"
	mount --bind "/dev/$d" "dev/$d"
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,mode=620,ptmxmode=666 devpts dev/pts
mount -t tmpfs shm dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd

# Only what this machine is for is started, and nothing that is for real devices.
mount -t tmpfs -o mode=0755 system etc/systemd/system
for u in systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket systemd-udev-trigger.service systemd-sysctl.service \
	systemd-modules-load.service systemd-random-seed.service systemd-hwdb-update.service systemd-binfmt.service proc-sys-fs-binfmt_misc.automount \
	systemd-remount-fs.service kmod-static-nodes.service systemd-pstore.service dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount \
	sys-kernel-tracing.mount sys-fs-fuse-connections.mount sys-kernel-config.mount systemd-firstboot.service; do
	ln -s /dev/null "etc/systemd/system/$u"
done
ln -s /lib/systemd/system/multi-user.target etc/systemd/system/default.target
rm -f etc/fstab etc/machine-id
: >etc/fstab
echo "$name" >etc/hostname
head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n' >etc/machine-id
export folder
sh -euc "$prepare"

mkdir -p mnt
pivot_root . mnt
umount -l mnt
mount --make-rshared / # as systemd leaves it on real hardware: credentials reach a service by it
exec env -i container=sekisho PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 /lib/systemd/systemd --show-status=no --log-target=console
