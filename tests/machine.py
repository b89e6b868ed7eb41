"""Machines that systemd boots, for tests of what is installed: each is a container of its own over a root folder that stays as it is (what is written goes to memory), with
processes, mounts, network, host name and control groups of its own. Nothing of it is left when it is closed, nor when who made it dies.

Some of the root's own services could reach what belongs to the machine outside (sysctl, devices, modules) or would only take time: these are masked.
"""
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time

SYSTEMD = "/lib/systemd/systemd"
BOOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "machine.sh")
PATIENCE = 120
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def cgroup_mounts():
    """{controllers as in /proc/self/cgroup: where that hierarchy is mounted}; "" is the second version's."""
    found = {}
    with open("/proc/self/mountinfo", encoding="utf-8") as f:
        for line in f:
            left, right = line.split(" - ")
            kind, _, options = right.split()[:3]
            if kind == "cgroup2":
                found[""] = left.split()[4]
            elif kind == "cgroup":
                found.update({name: left.split()[4] for name in options.split(",")})
    return found


def own_cgroups():
    """[(controllers, folder)] of this process."""
    mounts, found = cgroup_mounts(), []
    with open("/proc/self/cgroup", encoding="utf-8") as f:
        for line in f:
            _, names, path = line.rstrip("\n").split(":", 2)
            mount = mounts.get(names.split(",")[0])
            if mount:
                found.append((names, mount + path.rstrip("/")))
    return found


def impossible():
    """Why no machine can be booted here; None where one can."""
    if os.geteuid() != 0:
        return "booting systemd needs root"
    if not os.access(SYSTEMD, os.X_OK):
        return "there is no systemd to boot"
    try:
        with Machine("sekisho-try"):
            return None
    except (OSError, RuntimeError, subprocess.SubprocessError) as e:
        return f"systemd cannot be booted here: {e}"


class Machine:
    """One of them. `root`: what it boots; `prepare`: a shell script that runs before systemd, with the new root as its folder."""

    def __init__(self, name, root="/", prepare=":"):
        self.name, self.process, self.pid, self.groups = name, None, None, []
        self.dir = tempfile.mkdtemp(prefix="sekisho-machine-")
        self.console = os.path.join(self.dir, "console")
        try:
            self.boot(root, prepare)
        except BaseException:
            self.close()
            raise

    # --- beginning ---

    def make_groups(self):
        for names, folder in own_cgroups():
            path = os.path.join(folder, f"{self.name}-{os.getpid()}")
            with contextlib.suppress(OSError):
                os.mkdir(path)
                self.groups.append((names, path))

    def enter_groups(self):
        for _, path in self.groups:
            with contextlib.suppress(OSError), open(os.path.join(path, "cgroup.procs"), "w", encoding="ascii") as f:
                f.write("0")

    def boot(self, root, prepare):
        self.make_groups()
        hierarchies = " ".join(names or "unified" for names, _ in self.groups)
        with open(self.console, "wb") as console:
            self.process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--net", "--uts", "--ipc", "--cgroup", "--fork", "--kill-child=KILL",
                                             "sh", BOOT, self.dir, root, self.name, hierarchies, prepare], stdin=subprocess.DEVNULL, stdout=console, stderr=console,
                                            preexec_fn=self.enter_groups, start_new_session=True)
        self.await_it("no first process", self.find_first)
        self.await_it("it does not come up", lambda: self.run("systemctl", "is-system-running", check=False).stdout.strip() in ("running", "degraded"), 60)

    def said(self):
        with open(self.console, encoding="utf-8", errors="replace") as f:
            return f.read()[-2000:]

    def await_it(self, what, get, patience=PATIENCE):
        end = time.monotonic() + patience
        while not (got := get()):
            if self.process.poll() is not None:
                raise RuntimeError(f"the machine has ended: {self.said()}")
            if time.monotonic() > end:
                raise RuntimeError(f"{what() if callable(what) else what}: {self.said()}")
            time.sleep(0.05)
        return got

    def find_first(self):
        """The first process, once it is systemd."""
        with contextlib.suppress(OSError, IndexError, ValueError):
            with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as f:
                pid = int(f.read().split()[0])
            if os.readlink(f"/proc/{pid}/exe").endswith("systemd"):
                self.pid = pid
        return self.pid

    # --- what is done there ---

    def enter(self):
        return ["nsenter", "-t", str(self.pid), "--mount", "--pid", "--net", "--uts", "--ipc", "--cgroup", "--wdns=/"]

    def run(self, *args, check=True, data=None, patience=PATIENCE, env=None):
        p = subprocess.run([*self.enter(), "env", "-i", f"PATH={PATH}", "LC_ALL=C.UTF-8", *(f"{k}={v}" for k, v in (env or {}).items()), *map(str, args)],
                           input=data, capture_output=True, text=True, check=False, timeout=patience)
        if check and p.returncode:
            raise AssertionError(f"{self.name}: {' '.join(map(str, args))}: exit {p.returncode}\n{p.stdout}{p.stderr}")
        return p

    def sh(self, script, **kw):
        return self.run("sh", "-euc", script, **kw)

    def write(self, path, text):
        self.run("sh", "-c", 'cat >"$1"', "sh", path, data=text)

    def path(self, path):
        """Of a file there, as seen from here."""
        return f"/proc/{self.pid}/root{path}"

    def journal(self, *args):
        return self.run("journalctl", "--no-pager", "-o", "cat", *args).stdout

    def cable(self, device, address, other, other_device, other_address):
        """From this machine to another one."""
        subprocess.run(["nsenter", "-t", str(self.pid), "--net", "ip", "link", "add", device, "type", "veth", "peer", "name", other_device, "netns", str(other.pid)], check=True)
        for m, dev, where in ((self, device, address), (other, other_device, other_address)):
            m.run("ip", "address", "add", where, "dev", dev)
            m.run("ip", "link", "set", dev, "up")

    # --- end ---

    def power_off(self):
        """As its own systemd ends it."""
        self.run("systemctl", "poweroff", check=False)
        self.process.wait(PATIENCE)

    def close(self):
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        if self.process:
            self.process.wait()
        for _, path in self.groups:
            self.remove_group(path)
        with contextlib.suppress(OSError):
            os.unlink(self.console)
            os.rmdir(self.dir)

    def remove_group(self, path):
        """Its processes are on their way out."""
        end = time.monotonic() + 10
        while os.path.isdir(path) and time.monotonic() < end:
            for folder, _, _ in os.walk(path, topdown=False):
                with contextlib.suppress(OSError):
                    os.rmdir(folder)
            time.sleep(0.02)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


if __name__ == "__main__":
    print(impossible() or "systemd can be booted here")
    sys.exit(0)
