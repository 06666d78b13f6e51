"""fail2ban-client without the time that Python takes to start: each connection to the socket named on the command line
sends its arguments as a line of JSON, and gets what the client printed and its exit code as another."""

import json
import os
import signal
import socket
import sys
import tempfile

import fail2ban.client.beautifier  # noqa: F401  It is loaded late otherwise, for each command anew.
import fail2ban.client.configurator  # noqa: F401
from fail2ban.client.fail2banclient import exec_command_line


def run(arguments, printed, complained):
    """In a process of its own, which ends as the program would."""
    os.dup2(printed.fileno(), 1)
    os.dup2(complained.fileno(), 2)
    code = 1
    try:
        exec_command_line(["/usr/bin/fail2ban-client", *arguments])
    except SystemExit as end:
        code = end.code or 0
    finally:
        os._exit(code)


def answer(connection):
    with connection.makefile("rw") as stream, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        arguments = json.loads(stream.readline())
        child = os.fork()
        if child == 0:
            run(arguments, out, err)
        _, status = os.waitpid(child, 0)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode())
        json.dump({"code": os.waitstatus_to_exitcode(status), "stdout": texts[0], "stderr": texts[1]}, stream)


listening = socket.socket(socket.AF_UNIX)
listening.bind(sys.argv[1])
listening.listen(64)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
# In one piece: who waits for it closes the pipe at once.
os.write(1, b"ready\n")
while True:
    connection, _ = listening.accept()
    if os.fork() == 0:
        listening.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        answer(connection)
        os._exit(0)
    connection.close()
