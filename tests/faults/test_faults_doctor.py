"""Rows of the fault table (docs/faults.md) for `doctor` with a database, and TLS (row 15), where `extract` connects in the same way."""
import glob
import json
import os
import signal
import socket
import subprocess

import pytest

import fault_points
import program

FAKETIME = next(iter(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")), None)
HOST = "db.intelia.test"  # found through hostaddr, as no name server knows it


def doctor(url, *arguments, **environment):
    return program.run("doctor", "--no-engine", "--json", *arguments, environment={"DATABASE_URL": url, **environment})


def openssl(folder, *arguments):
    subprocess.run(["openssl", *map(str, arguments)], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


class Certificates:
    """Two certificate authorities and valid and invalid certificates of one server, each NAME.crt with NAME.key."""

    def __init__(self, folder):
        self.folder = folder
        for name in ("authority", "unknown-authority"):
            openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout",
                    f"{name}.key", "-out", f"{name}.crt")
        openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}", "-keyout",
                "self-signed.key", "-out", "self-signed.crt", "-addext", f"subjectAltName=DNS:{HOST}")
        for name, authority, host, days in [("good", "authority", HOST, 2), ("expired", "authority", HOST, -1),
                                            ("wrong-host", "authority", "other.intelia.test", 2),
                                            ("unknown", "unknown-authority", HOST, 2)]:
            openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={host}", "-keyout", f"{name}.key", "-out",
                    f"{name}.csr")
            (folder / "extensions").write_text(f"subjectAltName=DNS:{host}\n")
            openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.crt", "-CAkey", f"{authority}.key",
                    "-CAcreateserial", "-days", days, "-extfile", "extensions", "-out", f"{name}.crt")

    def text(self, name):
        return (self.folder / name).read_text()


class TlsServer:
    """A cluster that listens on 127.0.0.1, with a selectable certificate."""

    def __init__(self, cluster, certificates):
        self.cluster, self.certificates = cluster, certificates
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        connection = cluster.connect()
        connection.cursor().execute((program.ROOT / "data/schema.sql").read_text())
        connection.close()
        with open(cluster.folder / "data/postgresql.conf", "a") as settings:
            settings.write(f"listen_addresses = '127.0.0.1'\nport = {self.port}\nssl_cert_file = 'shown.crt'\n"
                           "ssl_key_file = 'shown.key'\n")

    def show(self, name):
        """Restarts the server with that certificate; None: without TLS."""
        data = self.cluster.folder / "data"
        for ending in ("crt", "key") if name else ():
            path = data / f"shown.{ending}"
            path.write_text(self.certificates.text(f"{name}.{ending}"))
            path.chmod(0o600)
            if os.getuid() == 0:
                subprocess.run(["chown", "postgres", path], check=True)
        binaries = subprocess.run(["pg_config", "--bindir"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
        user = [] if os.getuid() else ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"]
        subprocess.run([*user, f"{binaries}/pg_ctl", "-D", data, "-m", "fast", "-w", "-l", data / "server.log", "-o",
                        f"-c ssl={'on' if name else 'off'}", "restart"], cwd="/", check=True, stdout=subprocess.DEVNULL)

    def url(self, mode=None, authority=None):
        url = f"postgresql://postgres@{HOST}:{self.port}/intelia?hostaddr=127.0.0.1"
        if authority:
            url += f"&sslrootcert={self.certificates.folder / authority}.crt"
        return url + (f"&sslmode={mode}" if mode else "")


@pytest.fixture()
def tls_server(own_cluster, tmp_path):
    folder = tmp_path / "certificates"
    folder.mkdir()
    return TlsServer(own_cluster, Certificates(folder))


def test_fault_15_extract_doctor(tls_server, tmp_path):
    """With verify-full every invalid certificate is refused with a reason; with less, what is not checked is reported."""
    home = {"HOME": str(tmp_path)}  # no ~/.postgresql/root.crt of the current user

    def refused(url, words):
        run = program.run("extract", "--output", tmp_path / "out", environment={"DATABASE_URL": url, **home})
        assert run.status == 2 and words in run.stderr, (run.status, run.stderr)
        assert not (tmp_path / "out").exists()
        run = doctor(url, **home)
        assert run.status == 1
        found = json.loads(run.stdout)["database"]
        assert found["state"] == "failed" and words in found["message"]

    def encryption(url):
        run = doctor(url, **home)
        assert run.status == 0, run.stdout + run.stderr
        found = json.loads(run.stdout)["encryption"]
        return found["state"], found["message"]

    full = tls_server.url("verify-full", "authority")
    tls_server.show("good")
    state, words = encryption(full)
    assert state == "ok" and words.startswith("TLSv1.") and words.endswith("(sslmode=verify-full)")
    run = program.run("extract", "--allow-empty", "--output", tmp_path / "sound", environment={"DATABASE_URL": full, **home})
    assert run.status == 0, run.stderr
    refused(tls_server.url("verify-full"), "root certificate file")
    # libpq does not report why a certificate is invalid, only that it is.
    for name, words in [("expired", "certificate verify failed"), ("self-signed", "certificate verify failed"),
                        ("unknown", "certificate verify failed"), ("wrong-host", "does not match host name")]:
        tls_server.show(name)
        refused(full, words)
        for mode in (None, "prefer", "require"):  # libpq's default is prefer; these accept any server
            state, said = encryption(tls_server.url(mode))
            assert state == "warning" and "certificate of 'db.intelia.test' is not verified" in said, (name, mode, said)
            assert ("TLS is not required" in said) == (mode != "require")
    state, words = encryption(tls_server.url("verify-ca", "authority"))
    assert state == "warning" and "not that it belongs to" in words
    tls_server.show("unknown")
    refused(tls_server.url("require", "authority"), "certificate verify failed")  # a named authority makes it verify-ca

    tls_server.show(None)
    refused(full, "server does not support SSL")
    refused(tls_server.url("require"), "server does not support SSL")
    state, words = encryption(tls_server.url())
    assert state == "warning" and "unencrypted" in words and "sslmode=verify-full" in words


@pytest.mark.skipif(FAKETIME is None or not fault_points.SHIM, reason="libfaketime or INTELIA_FAULT_SHIM is not there")
@pytest.mark.parametrize("shift, state, words", [("+1d", "warning", "s behind this machine's"),
                                                 ("-1d", "warning", "s ahead of this machine's"), ("+20s", "ok", "within a minute"),
                                                 ("+20y", "warning", "s behind this machine's")])
def test_fault_27_doctor(database, shift, state, words):
    run = doctor(database[0], LD_PRELOAD=FAKETIME, FAKETIME=shift, FAKETIME_DONT_FAKE_MONOTONIC="1")
    assert run.status == 0, run.stdout + run.stderr
    clock = json.loads(run.stdout)["clock"]
    assert clock["state"] == state and words in clock["message"], clock
    if shift.endswith("1d"):
        assert 86300 < int(clock["message"].split("clock is ")[1].split(" s ")[0]) < 86500


def test_fault_08_doctor(own_cluster):
    """Connecting to a frozen server times out with a message; to an unavailable one it fails at once."""
    postmaster = int((own_cluster.folder / "data/postmaster.pid").read_text().split()[0])
    url = own_cluster.url() + "&connect_timeout=2"
    os.kill(postmaster, signal.SIGSTOP)
    try:
        run = doctor(url)
    finally:
        os.kill(postmaster, signal.SIGCONT)
    assert run.status == 1
    assert "gave no answer within 2 seconds" in json.loads(run.stdout)["database"]["message"]
    own_cluster.stop()
    run = doctor(url)
    assert run.status == 1 and json.loads(run.stdout)["database"]["state"] == "failed"
