"""Throw-away certificates by the openssl command line, and the contexts that trust them."""
import pathlib
import ssl
import subprocess


def make(folder, name, authority=None, days=2):
    """A P-256 certificate for `name` (and 127.0.0.1), signed by `authority` or by itself: (certificate, key)."""
    folder = pathlib.Path(folder)
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
               "-keyout", str(key), "-out", str(certificate), "-days", str(days), "-subj", f"/CN={name}"]
    if authority is None:
        command += ["-addext", "basicConstraints=critical,CA:TRUE"]
    else:
        command += ["-CA", str(authority[0]), "-CAkey", str(authority[1]), "-addext", "basicConstraints=CA:FALSE"]
    command += ["-addext", f"subjectAltName=DNS:{name},IP:127.0.0.1"]
    subprocess.run(command, check=True, capture_output=True)
    return str(certificate), str(key)


def trust(certificate):
    """A client that believes only this authority."""
    return ssl.create_default_context(cafile=certificate)


def serve(certificate, key):
    """A server side for a scripted origin."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate, key)
    return made
