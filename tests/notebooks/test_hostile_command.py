"""What keeps a command off the network where the system grants it no namespace of its own."""

import os
import subprocess
import sys

import hostile_command


def test_where_no_namespace_can_be_had_a_guard_keeps_python_here(tmp_path):
    """The runs in JupyterLab use it on such machines; here it is tried on every one."""
    variables = os.environ | hostile_command.guard(tmp_path)
    code = "import socket\nwith socket.create_server(('127.0.0.1', 0)) as server:\n"
    code += "    socket.create_connection(server.getsockname()).close()\nprint('here')\n"
    code += "socket.create_connection(('192.0.2.1', 443), 5)"
    result = subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, text=True)
    assert result.stdout == "here\n"
    assert "Network is unreachable" in result.stderr
