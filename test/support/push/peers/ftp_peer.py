"""An FTP server of pyftpdlib on 127.0.0.1, which can be told to go wrong. Its options come as JSON."""

import errno
import json
import os
import sys

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.filesystems import AbstractedFS
from pyftpdlib.handlers import DTPHandler, FTPHandler, TLS_DTPHandler, TLS_FTPHandler
from pyftpdlib.log import config_logging
from pyftpdlib.servers import FTPServer

options = json.loads(sys.argv[1])
faults = options["faults"]
mode = options["mode"]
written = 0


class FaultyFile:
    """A file of an upload."""

    def __init__(self, file):
        self.file = file

    def __getattr__(self, name):
        return getattr(self.file, name)

    def write(self, data):
        global written
        written += len(data)
        if "diesAfter" in faults and written > faults["diesAfter"]:
            self.file.flush()
            os._exit(1)
        if "fullAfter" in faults and written > faults["fullAfter"]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if "dropsAfter" in faults and written > faults["dropsAfter"]:
            return len(data)
        return self.file.write(data)


class Files(AbstractedFS):
    def open(self, filename, mode):
        file = super().open(filename, mode)
        return FaultyFile(file) if "w" in mode else file

    def rename(self, src, dst):
        if faults.get("refusesRename"):
            raise PermissionError(errno.EPERM, "no renaming here")
        if "refusesRenameOf" in faults and src.endswith(faults["refusesRenameOf"]):
            raise PermissionError(errno.EPERM, "not this one")
        if faults.get("overwritesNothing") and os.path.exists(dst):
            raise FileExistsError(errno.EEXIST, "it is there already")
        super().rename(src, dst)


class Stalling:
    """Stops to read an upload."""

    def handle_read_event(self):
        if "stallsAfter" in faults and written > faults["stallsAfter"]:
            self.ioloop.unregister(self._fileno)
            return
        super().handle_read_event()


class Data(Stalling, DTPHandler):
    pass


class SecureData(Stalling, TLS_DTPHandler):
    pass


class Control(FTPHandler):
    abstracted_fs = Files
    dtp_handler = Data


class SecureControl(TLS_FTPHandler):
    abstracted_fs = Files
    dtp_handler = SecureData
    tls_control_required = True
    tls_data_required = True
    certfile = options.get("cert")
    keyfile = options.get("key")


class ImplicitControl(SecureControl):
    def handle(self):
        self.secure_connection(self.ssl_context)

    def handle_ssl_established(self):
        super().handle()


config_logging(level=40)
handler = {"plain": Control, "explicit": SecureControl, "implicit": ImplicitControl}[mode]
authorizer = DummyAuthorizer()
rights = "elr" if faults.get("isReadOnly") else "elradfmwMT"
authorizer.add_user(options["user"], options["password"], options["root"], perm=rights)
handler.authorizer = authorizer
handler.auth_failed_timeout = 0
server = FTPServer(("127.0.0.1", 0), handler)
print(json.dumps({"port": server.address[1]}), flush=True)
server.serve_forever()
