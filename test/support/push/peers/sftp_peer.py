"""An SFTP server of asyncssh on 127.0.0.1, which can be told to go wrong. Its options come as JSON."""

import asyncio
import errno
import json
import os
import sys

import asyncssh

options = json.loads(sys.argv[1])
faults = options["faults"]
written = 0


def watched(bytes_to_come):
    """Does what is to happen once so many bytes have been written."""
    global written
    written += bytes_to_come
    if "diesAfter" in faults and written > faults["diesAfter"]:
        os._exit(1)
    if "fullAfter" in faults and written > faults["fullAfter"]:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Files(asyncssh.SFTPServer):
    def __init__(self, chan):
        super().__init__(chan, chroot=options["root"])

    async def write(self, file_obj, offset, data):
        watched(len(data))
        if "stallsAfter" in faults and written > faults["stallsAfter"]:
            await asyncio.Event().wait()
        if "dropsAfter" in faults and written > faults["dropsAfter"]:
            return len(data)
        return super().write(file_obj, offset, data)

    def rename(self, oldpath, newpath):
        if faults.get("refusesRename"):
            raise asyncssh.SFTPPermissionDenied("no renaming here")
        if "refusesRenameOf" in faults and oldpath.endswith(faults["refusesRenameOf"].encode()):
            raise asyncssh.SFTPFailure("not this one")
        return super().rename(oldpath, newpath)

    def posix_rename(self, oldpath, newpath):
        if faults.get("hasNoPosixRename"):
            raise asyncssh.SFTPOpUnsupported("no such extension")
        if faults.get("refusesRename"):
            raise asyncssh.SFTPPermissionDenied("no renaming here")
        return super().posix_rename(oldpath, newpath)


class Logins(asyncssh.SSHServer):
    def begin_auth(self, username):
        return True

    def password_auth_supported(self):
        return not faults.get("asksInDialogue")

    def validate_password(self, username, password):
        return username == options["user"] and password == options["password"]

    def kbdint_auth_supported(self):
        return bool(faults.get("asksInDialogue"))

    def get_kbdint_challenge(self, username, lang, submethods):
        return "", "", "", [("Password:", False)]

    def validate_kbdint_response(self, username, responses):
        return username == options["user"] and responses == [options["password"]]


async def main():
    server = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_host_keys=options["hostKeys"],
        server_factory=Logins,
        sftp_factory=Files,
        allow_scp=False,
    )
    print(json.dumps({"port": server.get_port()}), flush=True)
    await server.wait_closed()


asyncio.run(main())
