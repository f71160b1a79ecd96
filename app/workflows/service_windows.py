"""The relay as a task of Windows' Task Scheduler, started when the user logs on."""

from __future__ import annotations

import subprocess
from pathlib import Path
from xml.sax.saxutils import escape

from app.storage.private_files import translated_os_errors
from app.workflows.service_definition import RunCommand, ServiceSpec, ServiceState, not_installed, not_started


def task_xml(spec: ServiceSpec, user: str) -> str:
    """No time limit, no stop on battery, and started again a minute after a failure.

    ``user`` is the account (``DOMAIN\\name``) whose log-on starts it; the keyring opens to no other.
    """
    return f"""\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>{escape(spec.description)}</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <Enabled>true</Enabled>
      <UserId>{escape(user)}</UserId>
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>{escape(user)}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>999</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{escape(spec.command[0])}</Command>
      <Arguments>{escape(subprocess.list2cmdline(spec.command[1:]))}</Arguments>
    </Exec>
  </Actions>
</Task>
"""


class WindowsHost:
    """``folder`` keeps the definitions that the scheduler was given; ``user`` is the account."""

    def __init__(self, folder: Path, user: str, run: RunCommand) -> None:
        self._folder = folder
        self._user = user
        self._run = run

    def definition(self, spec: ServiceSpec) -> str:
        return task_xml(spec, self._user)

    def install(self, spec: ServiceSpec) -> tuple[str, ...]:
        path = self._path(spec.name)
        with translated_os_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(task_xml(spec, self._user), "utf-16")
        for arguments in (("/Create", "/TN", spec.name, "/XML", str(path), "/F"), ("/Run", "/TN", spec.name)):
            done = self._run(("schtasks", *arguments))
            if done.code:
                raise not_started(done, path, "Open Task Scheduler and look at the task of this name.")
        return ("It runs while you are logged on.",)

    def remove(self, name: str) -> bool:
        path = self._path(name)
        if not path.exists():
            return False
        self._run(("schtasks", "/End", "/TN", name))
        self._run(("schtasks", "/Delete", "/TN", name, "/F"))
        with translated_os_errors(path):
            path.unlink()
        return True

    def state(self, name: str) -> ServiceState:
        path = self._path(name)
        if not path.exists():
            return not_installed(path)
        done = self._run(("schtasks", "/Query", "/TN", name, "/FO", "LIST"))
        # The words of its answer are in the system's language; only the code is not.
        if done.code:
            return ServiceState("The task is missing from Task Scheduler.", path, running=False)
        return ServiceState("The task is installed; Task Scheduler shows whether it runs.", path)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.xml"
