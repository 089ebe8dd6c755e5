"""An FTP server on the loopback interface, plain or with explicit TLS: one user, one folder as its root."""

import datetime
import ipaddress
import os
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from parent import end_with_parent
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import TLS_FTPHandler
from pyftpdlib.servers import FTPServer

USER = os.environ["SERVER_USER"]
PASSWORD = os.environ["SERVER_PASSWORD"]
ROOT = os.environ["SERVER_ROOT"]
PORT = int(os.environ["SERVER_PORT"])
CERTIFICATE = pathlib.Path(os.environ["SERVER_CERTIFICATE"])
KEY = CERTIFICATE.with_suffix(".key")

# List, change folder, read, append, delete, rename, make folders, store, set times; no modes.
RIGHTS = "elradfmwT"


def make_certificate() -> None:
    """Made once, of its own authority, so that clients can be told to trust this file."""
    if CERTIFICATE.exists() and KEY.exists():
        return
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Sequitur's local FTP server")])
    now = datetime.datetime.now(datetime.timezone.utc)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    KEY.unlink(missing_ok=True)
    with os.fdopen(os.open(KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    CERTIFICATE.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def serve() -> None:
    authorizer = DummyAuthorizer()
    authorizer.add_user(USER, PASSWORD, ROOT, perm=RIGHTS)

    class Handler(TLS_FTPHandler):
        certfile = str(CERTIFICATE)
        keyfile = str(KEY)

    Handler.authorizer = authorizer
    FTPServer(("127.0.0.1", PORT), Handler).serve_forever()


end_with_parent()
make_certificate()
serve()
