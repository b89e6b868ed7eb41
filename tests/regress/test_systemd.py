"""Installed posts under a real systemd: two machines that it boots (tests/machine.py), one in each zone, on which `./do install` and the steps of doc/install.md are
done by root. What a machine's administrator does with a post is done here with systemctl, and what is promised of the unit is looked at from outside."""
import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
import unittest

import demo_posts
import machine
import portal
import samples
from command import ROOT
from logged import wait_for

ZONES = ("internet", "lgwan")
CROSSING = {"lgwan": "192.0.2.1", "internet": "192.0.2.2"}
LINK = {"lgwan": "internet=connect:192.0.2.2:8443", "internet": "lgwan=listen:192.0.2.2:8443"}
STATE, CONFIG = "/var/lib/sekisho", "/etc/sekisho/post.conf"
# The machine has neither a post nor services of its own; the checkout is there even where it lies below /tmp, and what is written to it is written nowhere.
PREPARE = f"""rm -rf etc/rc?.d etc/sekisho var/lib/sekisho
mkdir -p .{ROOT} "$folder/checkout" "$folder/checkout-work"
mount -t overlay -o "lowerdir={ROOT},upperdir=$folder/checkout,workdir=$folder/checkout-work" checkout .{ROOT}"""
ROLES = ("gate", "scribe", "control", "portal", "login", "printer", "scanner", "crossing", "worker")
CLAMD = demo_posts.CLAMD


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


class Installed(machine.Machine):
    """One machine with a post of a zone."""

    def __init__(self, zone):
        self.zone, self.port, self.relay = zone, free_port(), None
        self.origin = f"https://{zone}.localhost:{self.port}"
        super().__init__(f"sekisho-{zone}", prepare=PREPARE)

    def do(self, *args):
        """The project's script, in its checkout."""
        return self.run("env", f"PATH={os.environ['PATH']}", f"HOME={os.environ.get('HOME', '/root')}", "sh", os.path.join(ROOT, "do"), *args, patience=600)

    def scan(self):
        """A real clamd with one signature, where Debian's has its socket."""
        folder = self.path("/var/lib/sekisho-signatures")
        os.makedirs(folder)
        with open(os.path.join(folder, "daily.cud"), "wb") as f:
            f.write(demo_posts.signatures())
        self.write("/etc/clamd-test.conf", "LocalSocket /run/clamav/clamd.ctl\nLocalSocketMode 666\nDatabaseDirectory /var/lib/sekisho-signatures\nForeground yes\nStreamMaxLength 100M\n")
        self.run("systemd-run", "--unit=clamd-test", "-p", "RuntimeDirectory=clamav", CLAMD, "-c", "/etc/clamd-test.conf")
        self.await_it("clamd does not start", lambda: os.path.exists(self.path("/run/clamav/clamd.ctl")))

    def policy(self):
        self.sh("cp /usr/local/share/sekisho/policy/*.policy /etc/sekisho")
        if not CLAMD:
            self.sh(r"sed -i '/^\tscan virus required/d' /etc/sekisho/example.policy")

    def init(self):
        options = ["--clamd", "/run/clamav/clamd.ctl"] if CLAMD else []
        self.run("sekisho", "post", "init", STATE, "--users", "--config", CONFIG, "--zone", self.zone, "--policy", "/etc/sekisho/example.policy",
                 "--link", LINK[self.zone], "--portal", self.origin, "--portal-listen", f"127.0.0.1:{self.port}", *options)

    def introduce(self, other):
        """What another post is to know of this one."""
        self.run("sekisho", "post", "export", STATE, other.zone, "/var/lib/for-it")
        for name in os.listdir(self.path("/var/lib/for-it")):
            with open(self.path(f"/var/lib/for-it/{name}"), encoding="utf-8") as f:
                other.sh("mkdir -p /var/lib/from-it")
                other.write(f"/var/lib/from-it/{name}", f.read())
        other.run("sekisho", "post", "pin", STATE, "--from", "/var/lib/from-it")

    def open_portal(self):
        """Browsers are outside: from the loopback of the machine outside to that of this one."""
        with socket.create_server(("127.0.0.1", self.port), backlog=64) as listener:
            fd = listener.fileno()
            self.relay = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "nsenter", "-t", str(self.pid), "--net", sys.executable,
                                           os.path.join(ROOT, "tests", "relay.py"), str(fd), "127.0.0.1", str(self.port)], pass_fds=[fd])

    def close(self):
        if self.relay:
            self.relay.kill()
            self.relay.wait()
            self.relay = None
        super().close()

    # --- the unit ---

    def systemctl(self, *args, check=True):
        return self.run("systemctl", *args, check=check).stdout.strip()

    def property(self, name):
        return self.systemctl("show", "-P", name, "sekishod")

    def main(self):
        return int(self.property("MainPID"))

    def logged(self, text):
        return self.journal("-u", "sekishod").count(text)

    def await_log(self, text, more_than=0):
        wait_for(lambda: f"the journal never says '{text}':\n{self.journal('-u', 'sekishod')[-3000:]}", lambda: self.logged(text) > more_than)

    def processes(self):
        """{number in the machine: (its user there, its first word)} of everything in the unit's control group."""
        found = {}
        for line in self.run("ps", "-eo", "pid=,user:32=,cgroup:200=,args=").stdout.splitlines():
            pid, user, group, name = line.split()[:4]
            if "sekishod.service" in group:
                found[int(pid)] = (user, name)
        return found

    def status(self):
        return json.loads(self.run("sekisho", "status", "--json").stdout)

    def await_link(self):
        wait_for(lambda: f"the link is never up:\n{self.journal('-u', 'sekishod')[-3000:]}", lambda: all(x["up"] for x in self.status()["links"]))

    # --- people ---

    def browser(self, member=None):
        b = portal.Browser(self.port, f"{self.zone}.localhost", self.path(f"{STATE}/portal/ca.crt"), self.origin)
        if member:
            link = self.run("sekisho", "user", "invite", member).stdout.strip()
            status, answer = b.ask("login.link", token=link.rsplit("#", 1)[1])
            if status != 200:
                raise AssertionError(answer)
        return b


def why_not():
    """Why there is nothing to be seen of systemd here; None where there is."""
    options = subprocess.run(["meson", "introspect", "--buildoptions", os.path.join(ROOT, "build")], capture_output=True, text=True, check=False).stdout
    if not options or next(o["value"] for o in json.loads(options) if o["name"] == "prefix") != "/usr/local":
        return "built for another prefix"
    if not os.path.exists(demo_posts.PAGES):
        return "the pages of the portal are not built"
    return machine.impossible()


class Systemd(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.reason = why_not()
        if cls.reason:
            return
        cls.internet, cls.lgwan = (cls.install(zone) for zone in ZONES)
        cls.posts = (cls.internet, cls.lgwan)
        cls.lgwan.cable("crossing", CROSSING["lgwan"] + "/30", cls.internet, "crossing", CROSSING["internet"] + "/30")
        for one, other in (cls.posts, cls.posts[::-1]):
            one.introduce(other)
        for m in cls.posts:
            m.systemctl("enable", "--now", "sekishod")
            m.open_portal()

    @classmethod
    def install(cls, zone):
        m = Installed(zone)
        cls.addClassCleanup(m.close)
        m.do("install")
        if CLAMD:
            m.scan()
        m.policy()
        m.init()
        return m

    def setUp(self):
        if self.reason:
            self.skipTest(self.reason)
        for m in self.posts:
            m.await_link()

    # --- what is there ---

    def test_users_and_folders(self):
        for m in self.posts:
            for role in ROLES:
                entry = m.run("getent", "passwd", f"sekisho-{role}").stdout.strip().split(":")
                self.assertEqual(entry[5:], ["/", "/usr/sbin/nologin"])
            self.assertEqual(m.sh("stat -c '%a %U' /etc/sekisho /var/lib/sekisho /var/lib/sekisho/keys /var/lib/sekisho/ledger").stdout.splitlines(),
                             ["755 root", "711 root", "700 sekisho-gate", "700 sekisho-scribe"])
            self.assertEqual(m.property("UnitFileState"), "enabled")
            self.assertEqual(m.run("systemd-analyze", "verify", "--man=no", "sekishod.service").stderr, "")

    def test_roles_are_whom_they_should_be_and_can_do_nothing(self):
        m = self.lgwan
        roles = {int(pid): user for pid, user in (line.split() for line in m.run("ps", "--ppid", m.main(), "-o", "pid=,user:32=").stdout.splitlines())}
        self.assertEqual(set(roles.values()), {f"sekisho-{r}" for r in ROLES if CLAMD or r != "scanner"})
        for pid, user in roles.items():
            status = dict(line.split(":\t", 1) for line in m.run("cat", f"/proc/{pid}/status").stdout.splitlines() if ":\t" in line)
            self.assertEqual((int(status["CapEff"], 16), int(status["CapPrm"], 16), status["NoNewPrivs"], status["Seccomp"], status["Groups"].strip()),
                             (0, 0, "1", "2", ""), user)

    def inside(self, m, script, user="root"):
        """As a user in the unit's view of files: what the shell says, and whether it went."""
        who = [] if user == "root" else ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
        p = m.run("nsenter", "-t", str(m.main()), "--mount", *who, "sh", "-c", script, check=False)
        return p.returncode, p.stdout + p.stderr

    def test_what_the_unit_sees(self):
        """Even root is told that everything but the state folder is not to be written; homes, devices and other programs are not there."""
        m = self.lgwan
        for path in ("/etc/sekisho/x", "/usr/local/sbin/x", "/var/log/x", "/boot/x", "/proc/sys/kernel/domainname", "/sys/fs/cgroup/x"):
            code, said = self.inside(m, f"echo x >{path}")
            self.assertEqual((code != 0, "Read-only" in said or "Permission denied" in said or "denied" in said or "No such" in said), (True, True), (path, said))
        self.assertEqual(self.inside(m, f"echo x >{STATE}/x && rm {STATE}/x"), (0, ""))
        self.assertEqual(self.inside(m, "ls -A /home /root /tmp")[1].split(), ["/home:", "/root:", "/tmp:"])
        self.assertEqual(set(self.inside(m, "ls /dev")[1].split()) & {"vda", "kmsg", "mem", "tty", "kvm", "fuse"}, {"tty"})
        others = self.inside(m, "ls -d /proc/[0-9]*", "sekisho-gate")[1].split()
        self.assertNotIn("/proc/1", others)
        self.assertNotIn(f"/proc/{m.main()}", others)

    def test_limits(self):
        m = self.lgwan
        self.assertEqual(m.property("OOMPolicy"), "continue")
        groups = dict(m.groups)
        if "pids" in groups:
            self.assertEqual(m.run("cat", "/sys/fs/cgroup/pids/system.slice/sekishod.service/pids.max").stdout.strip(), "4096")
        if "memory" in groups:
            ceiling = int(m.run("cat", "/sys/fs/cgroup/memory/system.slice/sekishod.service/memory.limit_in_bytes").stdout)
            self.assertLess(ceiling, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGESIZE"))

    def test_exposure(self):
        """systemd's own opinion; each point above is a right that a post needs (doc/install.md)."""
        said = self.lgwan.run("systemd-analyze", "security", "--no-pager", "--threshold=35", "sekishod.service", check=False)
        self.assertEqual(said.returncode, 0, said.stdout[-300:])

    # --- what it does ---

    def bring(self, name, data, **more):
        """From internet to lgwan by their portals: the bytes that arrive."""
        there, here = (m.browser("shimin-1") for m in self.posts)
        self.addCleanup(there.close)
        self.addCleanup(here.close)
        status, answer = there.bring(name, data, to="lgwan", route="file-in", recipient="shimin-1", **{"class": "1"}, **more)
        self.assertEqual(status, 200, answer)
        id = answer["transfer"]["id"]
        wait_for(lambda: f"it never comes: {there.ask('show', id=id)} {self.internet.journal('-u', 'sekishod')[-2000:]}",
                 lambda: here.ask("show", id=id)[1].get("transfer", {}).get("state") in ("released", "collected"))
        r = here.fetch(id)
        self.assertEqual(r.status, 200)
        return there, id, r.body

    def test_a_file_crosses_and_has_a_receipt(self):
        there, id, body = self.bring("通知.docm", samples.docm_with_macro())
        self.assertNotIn(samples.MARK.encode(), body)
        self.assertTrue(body.startswith(b"PK"))
        paper = there.request("GET", f"/api/v1/transfers/{id}/receipt.pdf", heads={"X-Sekisho": None, "Origin": None})
        self.assertEqual((paper.status, paper.body[:5]), (200, b"%PDF-"))
        for m in self.posts:
            key = self.read(m, f"{STATE}/ledger.pub")
            self.assertIn("sekisho", key)
            said = m.sh(f"sekisho-ledgerverify --lang en --key {STATE}/ledger.pub {STATE}/ledger").stdout
            self.assertIn("Verified.", said)

    @unittest.skipUnless(os.path.exists("/usr/lib/libreoffice/program/libmergedlo.so"), "no LibreOffice here")
    def test_old_office_files_are_converted(self):
        """LibreOffice makes code while it runs, and has threads: the unit leaves it enough."""
        _, _, body = self.bring("memo.doc", self.old_document())
        self.assertTrue(body.startswith(b"PK"))

    def old_document(self):
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(demo_posts.tempfile.TemporaryDirectory())
            source = os.path.join(folder, "memo.txt")
            with open(source, "w", encoding="utf-8") as f:
                f.write("memo\n")
            subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "doc:MS Word 97", "--outdir", folder, source],
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120, env={**os.environ, "HOME": folder})
            with open(os.path.join(folder, "memo.doc"), "rb") as f:
                return f.read()

    def read(self, m, path):
        with open(m.path(path), encoding="utf-8") as f:
            return f.read()

    def test_links_open_once(self):
        m = self.lgwan
        said = m.run("sekisho", "user", "invite", "digital-1", env={"LANG": "C.UTF-8"})
        link = said.stdout.strip()
        self.assertTrue(link.startswith(m.origin + "/link#"), link)
        b = m.browser()
        self.addCleanup(b.close)
        self.assertEqual(b.request("GET", "/").status, 200)
        self.assertEqual(b.ask("login.link", token=link.rsplit("#", 1)[1])[0], 200)
        self.assertEqual(b.ask("whoami")[1]["member"], "digital-1")
        other = m.browser()
        self.addCleanup(other.close)
        self.assertEqual(other.ask("login.link", token=link.rsplit("#", 1)[1])[0], 403)

    def test_reload(self):
        m = self.lgwan
        taken, kept = m.logged("policy taken"), m.logged("policy kept")
        text = self.read(m, "/etc/sekisho/example.policy")
        try:
            m.write("/etc/sekisho/example.policy", text + "nonsense\n")
            m.systemctl("reload", "sekishod")
            m.await_log("policy kept, the new one is not good: example.policy:", kept)
            self.assertIn("nonsense", m.journal("-u", "sekishod", "-p", "err"))
        finally:
            m.write("/etc/sekisho/example.policy", text)
            m.systemctl("reload", "sekishod")
        m.await_log("policy taken", taken)
        self.assertEqual(m.property("ActiveState"), "active")

    def certificate(self, m):
        """What a browser is shown now; its number."""
        b = m.browser()
        with b.open() as s:
            return s.getpeercert()["serialNumber"]

    def test_a_new_certificate_counts_from_a_reload(self):
        m = self.lgwan
        before = self.certificate(m)
        said = m.run("sekisho", "post", "certificate", STATE, m.origin).stdout
        self.assertIn("systemctl reload sekishod", said)
        m.systemctl("reload", "sekishod")
        wait_for("the old certificate is shown still", lambda: self.shown(m) not in (None, before))

    def shown(self, m):
        with contextlib.suppress(OSError):
            return self.certificate(m)

    def test_restart_keeps_what_there_is(self):
        m = self.lgwan
        self.bring("notice.txt", samples.text_with_bidi())
        before = m.status()
        m.systemctl("restart", "sekishod")
        m.await_link()
        self.assertEqual(m.status()["transfers"], before["transfers"])
        self.assertGreaterEqual(m.status()["ledger"]["size"], before["ledger"]["size"])

    def test_supervisor_killed(self):
        m = self.lgwan
        before, ready = set(m.processes()), m.logged("the post lgwan is ready")
        m.run("kill", "-KILL", m.main())
        m.await_log("the post lgwan is ready", ready)
        self.assertEqual(set(m.processes()) & before, set())
        self.assertEqual(m.property("NRestarts"), "1")

    def test_status_tells_which_role_is_missing(self):
        m, program = self.lgwan, "/usr/local/libexec/sekisho/sekisho-printer"
        wait_for(lambda: m.property("StatusText"), lambda: m.property("StatusText") == "all roles are ready")
        m.run("mv", program, program + ".away")
        try:
            m.run("pkill", "-KILL", "-u", "sekisho-printer")
            wait_for(lambda: m.property("StatusText"), lambda: m.property("StatusText") == "not ready: printer")
        finally:
            m.run("mv", program + ".away", program)
        wait_for(lambda: m.property("StatusText"), lambda: m.property("StatusText") == "all roles are ready")

    def test_stop_leaves_nothing(self):
        m = self.lgwan
        self.assertTrue(os.path.exists(m.path(f"{STATE}/control")))
        m.systemctl("stop", "sekishod")
        try:
            self.assertEqual(m.property("Result"), "success")
            self.assertEqual(m.processes(), {})
            self.assertNotIn("sekisho-", m.run("ps", "-eo", "user:32=").stdout)
            self.assertFalse(os.path.exists(m.path(f"{STATE}/control")))
            self.assertFalse(os.path.exists(m.path("/run/sekisho")))
            self.assertIn("the post lgwan has ended", m.journal("-u", "sekishod", "-n", "20"))
        finally:
            m.systemctl("start", "sekishod")

    def test_master_key_as_a_credential(self):
        """It lies where the service's folder is not, and what it locked is opened with it."""
        m = self.lgwan
        m.sh(f"mkdir -p -m 700 /etc/sekisho-keys && mv {STATE}/master.key /etc/sekisho-keys/ && mkdir -p /etc/systemd/system/sekishod.service.d")
        try:
            m.systemctl("restart", "sekishod", check=False)
            self.assertNotEqual(m.property("ActiveState"), "active")
            self.assertIn("master.key", m.journal("-u", "sekishod", "-p", "err"))
            m.write("/etc/systemd/system/sekishod.service.d/keys.conf", "[Service]\nLoadCredential=master.key:/etc/sekisho-keys/master.key\n")
            m.systemctl("daemon-reload")
            m.systemctl("restart", "sekishod")
            m.await_link()
            self.assertNotEqual(self.inside(m, "cat /run/credentials/sekishod.service/master.key", "sekisho-worker")[0], 0)
            self.bring("notice.csv", samples.csv_with_formula())
        finally:
            m.sh(f"mv /etc/sekisho-keys/master.key {STATE}/ && rm -rf /etc/systemd/system/sekishod.service.d")
            m.systemctl("daemon-reload")
            m.systemctl("restart", "sekishod")

    def test_backup_and_restore(self):
        """Where the unit lets a post write them; what was lost comes back, each role's to its user."""
        m = self.internet
        self.bring("table.xlsx", samples.xlsx_with_formula())
        refused = m.run("sekisho", "backup", "/var/backups/elsewhere", "--lang", "en", check=False)
        self.assertEqual((refused.returncode, "/var/backups/elsewhere" in refused.stderr), (1, True))
        refused = m.run("sekisho", "backup", "/var/backups/sekisho/first", "--keys", "/var/backups/sekisho-keys/nowhere", "--lang", "en", check=False)
        self.assertEqual((refused.returncode, "/var/backups/sekisho-keys/nowhere" in refused.stderr), (1, True))
        m.run("sekisho", "backup", "/var/backups/sekisho/second", "--keys", "/var/backups/sekisho-keys")
        before = m.status()["transfers"]
        m.systemctl("stop", "sekishod")
        try:
            m.sh(f"cd {STATE}; rm -rf blobs keys store; for d in blobs keys store; do install -d -m 700 -o sekisho-gate -g sekisho-gate $d; done; "
                 "sekisho restore /var/backups/sekisho/second --keys /var/backups/sekisho-keys/keys-*")
        finally:
            m.systemctl("start", "sekishod")
        m.await_link()
        self.assertEqual(m.status()["transfers"], before)

    def test_the_organisation_is_changed_at_the_portal(self):
        """The file of the setting lies where the gate can write; the policy includes it by a symbolic link."""
        m, place = self.lgwan, f"{STATE}/organisation/organisation.policy"
        m.sh(f"cp /etc/sekisho/organisation.policy {place} && chown sekisho-gate: {place} && ln -sf {place} /etc/sekisho/organisation.policy && "
             f"echo 'organisation {place}' >>{CONFIG} && systemctl restart sekishod")
        m.await_link()
        one, other = (m.browser(member) for member in ("digital-1", "ciso"))
        self.addCleanup(one.close)
        self.addCleanup(other.close)
        status, answer = one.ask("org.propose", moves="shimin-1\t市民課 主任\t\t\t\t2026-04-01")
        self.assertEqual(status, 200, answer)
        shown = other.ask("org.show", number=answer["number"])[1]
        self.assertEqual(other.ask("org.decide", number=answer["number"], allow=True, policy=shown["policy"])[1]["proposal"]["state"], "done")
        self.assertIn("市民課 主任", self.read(m, place))
        self.assertEqual(m.sh(f"stat -c %U {place}").stdout.strip(), "sekisho-gate")

    def test_installed_again_and_taken_away(self):
        """An upgrade, or the way back: what belongs to the post is untouched."""
        m = self.internet
        kept = f"cat {CONFIG} {STATE}/zone {STATE}/*.pub {STATE}/portal/ca.crt | sha256sum; stat -c '%n %U %a' {STATE}/*.key; getent passwd | grep sekisho-"
        before, size = m.sh(kept).stdout, m.status()["ledger"]["size"]
        self.assertIn("systemctl restart sekishod", m.do("install").stdout)
        self.assertEqual((m.property("ActiveState"), m.sh(kept).stdout), ("active", before))
        m.do("uninstall")
        self.assertEqual(m.processes(), {})
        self.assertEqual(m.sh("find /usr/local -path '*/pyenv' -prune -o -name '*sekisho*' -print").stdout, "")
        self.assertEqual(m.sh(kept).stdout, before)
        m.do("install")
        m.systemctl("enable", "--now", "sekishod")
        m.await_link()
        self.assertGreaterEqual(m.status()["ledger"]["size"], size)


if __name__ == "__main__":
    unittest.main()
