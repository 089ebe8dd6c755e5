"""An SFTP server on the loopback interface: one user, one folder that stands for its root."""

import asyncio
import os
import pathlib

import asyncssh
from parent import end_with_parent

USER = os.environ["SERVER_USER"]
PASSWORD = os.environ["SERVER_PASSWORD"]
ROOT = os.environ["SERVER_ROOT"]
PORT = int(os.environ["SERVER_PORT"])
HOST_KEY = pathlib.Path(os.environ["SERVER_HOST_KEY"])


class OneUser(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


def host_key() -> asyncssh.SSHKey:
    """Made once: clients pin its fingerprint. The public half beside it is for them."""
    if not HOST_KEY.exists():
        key = asyncssh.generate_private_key("ssh-ed25519")
        draft = HOST_KEY.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key.export_private_key())
        draft.rename(HOST_KEY)
    key = asyncssh.read_private_key(HOST_KEY)
    HOST_KEY.with_suffix(".pub").write_bytes(key.export_public_key())
    return key


async def serve() -> None:
    await asyncssh.listen(
        "127.0.0.1",
        PORT,
        server_factory=OneUser,
        server_host_keys=[host_key()],
        sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=ROOT),
        allow_scp=False,
        agent_forwarding=False,
    )
    await asyncio.Event().wait()


end_with_parent()
asyncio.run(serve())
