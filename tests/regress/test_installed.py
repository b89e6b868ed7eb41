"""The installed program, seen where it believes to be: an installation in a folder is bound over /usr/local in a mount
namespace of its own. What is around it — the environment above all — must not reach its jails."""
import json
import os
import signal
import subprocess
import unittest

import samples
from command import Case, ROOT
from processes import settled

PREFIX = "/usr/local"


@unittest.skipIf(os.geteuid(), "binding folders needs root")
class Installed(Case):
    def setUp(self):
        super().setUp()
        os.chmod(self.dir, 0o755)
        subprocess.run(["meson", "install", "-C", os.path.join(ROOT, "build"), "--no-rebuild", "--quiet"], check=True,
                       env={**os.environ, "DESTDIR": self.path("dest")}, stdout=subprocess.DEVNULL)
        prefix = subprocess.run(["meson", "introspect", "--buildoptions", os.path.join(ROOT, "build")], capture_output=True, text=True, check=True).stdout
        if next(o["value"] for o in json.loads(prefix) if o["name"] == "prefix") != PREFIX:
            self.skipTest("built for another prefix")

    def start(self, script, **kw):
        """A shell script that runs where the installation is /usr/local."""
        kw.setdefault("env", {"PATH": f"{PREFIX}/bin:/usr/bin:/bin:/usr/sbin:/sbin"})
        script = f"mount --bind {self.path('dest')}{PREFIX} {PREFIX} && {script}"
        return subprocess.Popen(["/usr/bin/unshare", "--mount", "sh", "-euc", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.dir, **kw)

    def run_there(self, script, data=b"", **kw):
        p = self.start(script, **kw)
        out, err = p.communicate(data, timeout=120)
        return p.returncode, out, err

    def test_program_works_for_root_and_for_an_ordinary_user(self):
        for who in ("", "setpriv --reuid=65532 --regid=65532 --clear-groups "):
            code, out, err = self.run_there(who + "sekisho selftest --lang ja")
            self.assertEqual((code, out.count("隔離環境は正常です".encode())), (0, 5), err)
            code, out, err = self.run_there(who + "sekisho clean -", samples.text_with_bidi())
            self.assertEqual((code, samples.KEEP.encode() in out), (0, True), err)

    def test_library_by_pkg_config(self):
        code, out, err = self.run_there(
            f"export PKG_CONFIG_PATH=$(dirname $(find {PREFIX} -name sekisho.pc)); libs=$(pkg-config --variable=libdir sekisho); "
            f"cc {PREFIX}/share/doc/sekisho/example.c -o example $(pkg-config --cflags --libs sekisho) && LD_LIBRARY_PATH=$libs ./example", samples.text_with_bidi())
        self.assertEqual((code, samples.KEEP.encode() in out), (0, True), err)

    def test_manual_pages_and_schema_are_there(self):
        code, out, err = self.run_there(f"cd {PREFIX}/share && cat man/man1/sekisho.1 man/man3/sekisho.3 man/man5/sekisho-report.5 >/dev/null && cat doc/sekisho/report.schema.json")
        self.assertEqual(code, 0, err)
        self.assertIn("verdict", json.loads(out)["properties"])

    def test_a_post_starts_from_where_it_is_installed(self):
        code, out, err = self.run_there(
            f"export PATH=$PATH:{PREFIX}/sbin; sekisho post init post --zone lgwan --policy {PREFIX}/share/sekisho/policy/example.policy >/dev/null; "
            "sekishod --config post/post.conf --check; sekishod --config post/post.conf 2>log & trap 'kill $!; wait $!' EXIT; "
            "for i in $(seq 600); do grep -q 'post lgwan is ready' log && break; sleep 0.1; done; "
            f"sekisho status --control post/control; cat {PREFIX}/share/man/man8/sekishod.8 {PREFIX}/share/man/man5/sekisho-post.conf.5 >man; "
            f"cat {PREFIX}/lib/systemd/system/sekishod.service {PREFIX}/lib/sysusers.d/sekisho.conf {PREFIX}/lib/tmpfiles.d/sekisho.conf")
        self.assertEqual(code, 0, err)
        for text in ("lgwan", f"ExecStart={PREFIX}/sbin/sekishod", "sekisho-gate"):
            self.assertIn(text.encode(), out)

    def environment(self):
        """Everything a caller might hope to reach the jailed programs with; a library that tells where it was loaded."""
        spy, seen = self.path("spy.so"), self.path("seen")
        source = self.write("spy.c", f'''#include <stdio.h>
#include <errno.h>
__attribute__((constructor)) static void loaded(void) {{ FILE *f = fopen("{seen}", "a"); if (f) {{ fprintf(f, "%s\\n", program_invocation_short_name); fclose(f); }} }}
'''.encode())
        subprocess.run(["cc", "-D_GNU_SOURCE", "-shared", "-fPIC", source, "-o", spy], check=True)
        names = ("NO_JAIL", "SANDBOX", "JAIL", "HELPER_DIR", "DEBUG", "UNSAFE", "TEST", "LIBEXEC", "ROOT")
        return {"PATH": f"{PREFIX}/bin:/usr/bin:/bin", "LD_PRELOAD": spy, "LD_AUDIT": "", "LD_BIND_NOW": "1", "GLIBC_TUNABLES": "glibc.malloc.perturb=1", "MALLOC_PERTURB_": "7",
                "MALLOC_CHECK_": "3", "MALLOC_ARENA_MAX": "1", "GCONV_PATH": self.dir, "LOCPATH": self.dir, "NLSPATH": self.dir, "TMPDIR": "/nonexistent",
                "FONTCONFIG_FILE": self.path("fonts.conf"), "FONTCONFIG_PATH": self.dir, "XDG_CONFIG_HOME": self.dir, "XDG_CACHE_HOME": self.dir,
                "XDG_DATA_DIRS": self.dir, "HOME": self.dir, "QPDF_EXECUTABLE": "/bin/sh", "FZ_ALLOW": "1", **{"SEKISHO_" + n: "0" for n in names},
                **{"SK_" + n: "1" for n in names}}

    def test_environment_weakens_no_jail(self):
        p = self.start("exec sekisho clean -", env=self.environment())
        try:
            below = settled(p.pid, 4)
            for pid in below:
                status = dict(line.split(":\t", 1) for line in self.read(f"/proc/{pid}/status").decode().splitlines() if ":\t" in line)
                self.assertEqual(self.read(f"/proc/{pid}/environ"), b"")
                self.assertNotEqual(status["Uid"].split()[0], "0")
                self.assertNotIn(b"spy.so", self.read(f"/proc/{pid}/maps"))
                if status["NSpid"].split()[-1] == "1":  # the zygote itself, not the process that waits for it
                    self.assertEqual((status["Seccomp"], status["NoNewPrivs"], int(status["CapEff"], 16), int(status["CapBnd"], 16)), ("2", "1", 0, 0))
                    self.assertEqual(os.listdir(f"/proc/{pid}/root"), [])
            out, err = p.communicate(samples.text_with_bidi(), timeout=60)
            self.assertEqual((p.returncode, samples.KEEP.encode() in out), (0, True), err)
            self.assertEqual({n for n in self.read(self.path("seen")).split() if n.startswith(b"sekisho")}, {b"sekisho"})
        finally:
            if p.poll() is None:
                p.send_signal(signal.SIGTERM)
                p.communicate(timeout=60)


if __name__ == "__main__":
    unittest.main()
