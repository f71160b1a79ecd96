"""Stand-ins for the tunnel programs: small scripts that print what the real ones are known to print."""

# ruff: noqa: E501 - their lines are as long as they are
from __future__ import annotations

import shutil
import sys
import textwrap
from pathlib import Path

CLOUDFLARED_BANNER = """\
2026-11-24T09:00:00Z INF Thank you for trying Cloudflare Tunnel. Doing so, without a Cloudflare account, is a quick \
way to experiment and try it out. (https://developers.cloudflare.com/cloudflare-one/connections/connect-apps)
2026-11-24T09:00:00Z INF Requesting new quick Tunnel on trycloudflare.com...
2026-11-24T09:00:03Z INF +------------------------------------------------------------------------------------+
2026-11-24T09:00:03Z INF |  Your quick Tunnel has been created! Visit it at (it may take some time to be reachable):  |
2026-11-24T09:00:03Z INF |  https://{name}.trycloudflare.com                                               |
2026-11-24T09:00:03Z INF +------------------------------------------------------------------------------------+
2026-11-24T09:00:03Z INF Version 2026.8.1
2026-11-24T09:00:03Z INF Starting metrics server on 127.0.0.1:20241/metrics
2026-11-24T09:00:04Z INF Registered tunnel connection connIndex=0 event=0 ip=198.41.200.43 location=fra08 protocol=quic
"""
CLOUDFLARED_LIMITED = (
    "2026-11-24T09:00:00Z INF Requesting new quick Tunnel on trycloudflare.com...\n"
    "2026-11-24T09:00:01Z ERR Error unmarshaling QuickTunnel response: error code: 1015 error=\"invalid character 'e' "
    'looking for beginning of value" status_code="429 Too Many Requests"\n'
    "failed to unmarshal quick Tunnel: invalid character 'e' looking for beginning of value\n"
)
CLOUDFLARED_OFFLINE = (
    "2026-11-24T09:00:00Z INF Requesting new quick Tunnel on trycloudflare.com...\n"
    'failed to request quick Tunnel: Post "https://api.trycloudflare.com/tunnel": dial tcp: lookup '
    "api.trycloudflare.com: no such host\n"
)
CLOUDFLARED_OLD = "Incorrect Usage: flag provided but not defined: -no-autoupdate\n"

NGROK_STARTED = """\
{{"lvl":"info","msg":"open config file","path":"/home/me/.config/ngrok/ngrok.yml","t":"2026-11-24T09:00:00Z"}}
{{"addr":"127.0.0.1:4040","allow_hosts":[],"lvl":"info","msg":"starting web service","obj":"web","t":"2026-11-24"}}
{{"lvl":"info","msg":"client session established","obj":"tunnels.session","t":"2026-11-24T09:00:01Z"}}
{{"addr":"http://127.0.0.1:8787","lvl":"info","msg":"started tunnel","name":"command_line","obj":"tunnels",\
"t":"2026-11-24T09:00:01Z","url":"https://{name}.ngrok-free.app"}}
"""
NGROK_NO_TOKEN = (
    '{"err":"authentication failed: Usage of ngrok requires a verified account and authtoken.\\n\\nSign up for an '
    'account: https://dashboard.ngrok.com/signup\\r\\n\\r\\nERR_NGROK_4018\\r\\n","lvl":"eror","msg":"session closing",'
    '"obj":"tunnels.session"}\n'
    "ERROR:  authentication failed: Usage of ngrok requires a verified account and authtoken.\nERROR:\n"
    "ERROR:  ERR_NGROK_4018\nERROR:\n"
)
NGROK_OLD = (
    '{"err":"authentication failed: Your ngrok-agent version \\"2.3.40\\" is too old. The minimum supported agent '
    'version for your account is \\"3.7.0\\".\\r\\n\\r\\nERR_NGROK_121\\r\\n","lvl":"crit","msg":"command failed"}\n'
)
NGROK_TAKEN = (
    '{"err":"authentication failed: Your account is limited to 1 simultaneous ngrok agent sessions.\\r\\n\\r\\n'
    'ERR_NGROK_108\\r\\n","lvl":"crit","msg":"command failed"}\n'
)
NGROK_LIMITED = (
    '{"err":"failed to start tunnel: You have exceeded your limit: rate limit of connections per minute.\\r\\n'
    '\\r\\nERR_NGROK_702\\r\\n","lvl":"crit","msg":"command failed"}\n'
)

TAILSCALE_STARTED = """\
Available on the internet:

https://{name}.tail1234.ts.net/
|-- proxy http://127.0.0.1:8787

Press Ctrl+C to exit.
"""
TAILSCALE_OFF = (
    "\nFunnel is not enabled on your tailnet.\nTo enable, visit:\n\n"
    "         https://login.tailscale.com/f/funnel?node=nho4oGYG7X11CNTRL\n\n"
)
TAILSCALE_LOGGED_OUT = "Logged out.\nLog in at: https://login.tailscale.com/a/0123456789\n"
TAILSCALE_DENIED = (
    "sending serve config: Access denied: serve config denied\n\nUse 'sudo tailscale funnel 8787'.\n"
    "To not require root, use 'sudo tailscale set --operator=$USER' once.\n"
)
TAILSCALE_TAKEN = "error: foreground listener already exists for port 443\n"
TAILSCALE_OLD = "USAGE\n  tailscale funnel <serve-port> {on|off}\n  tailscale funnel status [--json]\n"
TAILSCALE_NO_HTTPS = (
    "error: Funnel not available; HTTPS must be enabled. See https://tailscale.com/s/https.\n"
)


class Programs:
    """A folder of stand-ins; ``find`` looks there only, as a PATH of one folder would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)

    def find(self, name: str) -> str | None:
        return shutil.which(name, path=str(self.folder))

    def runs(self, name: str) -> int:
        """How often the program was started."""
        path = self.folder / f"{name}.starts"
        return len(path.read_text().splitlines()) if path.exists() else 0

    def arguments(self, name: str) -> list[str]:
        """Of the last start."""
        return (self.folder / f"{name}.starts").read_text().splitlines()[-1].split("\t")[1:]

    def pid(self, name: str) -> int:
        return int((self.folder / f"{name}.starts").read_text().splitlines()[-1].split("\t")[0])

    def ends_with(self, name: str, text: str, code: int = 1) -> None:
        """Prints and ends."""
        self.write(name, f"say({text!r})\nsys.exit({code})")

    def stays(self, name: str, text: str) -> None:
        """Prints and runs until it is ended."""
        self.write(name, f"say({text!r})\nsignal.pause()")

    def write(self, name: str, body: str) -> None:
        """A program of its own; ``say`` prints and ``start`` counts the starts from 1."""
        out = "stderr" if name == "cloudflared" else "stdout"
        counted = self.folder / f"{name}.starts"
        head = f"""\
            #!{sys.executable} -S
            import os, signal, sys
            with open({str(counted)!r}, "a") as starts:
                starts.write("\\t".join([str(os.getpid()), *sys.argv[1:]]) + "\\n")
            start = len(open({str(counted)!r}).readlines())
            def say(text):
                print(text, end="", file=sys.{out}, flush=True)
            """
        path = self.folder / name
        replacement = self.folder / f".{name}.new"
        replacement.write_text(textwrap.dedent(head) + body + "\n")
        replacement.chmod(0o755)
        replacement.replace(path)
