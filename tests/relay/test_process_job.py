"""The Windows job that ends a child with us, against a kernel that remembers what it was asked."""

from __future__ import annotations

import ctypes
import os
from typing import Any

import pytest

from app.relay.process_job import ExtendedLimits, ProcessJob, held

JOB, PROCESS, PID = 71, 72, 4242


class Kernel:
    """kernel32 as far as it is used; ``refuses`` names a call that fails."""

    def __init__(self, refuses: str = "") -> None:
        self.open: list[int] = []
        self.held: list[tuple[int, int]] = []
        self.flags = 0
        self._refuses = refuses

    def CreateJobObjectW(self, _security: None, _name: None) -> int:
        return self._opened(JOB, "CreateJobObjectW")

    def SetInformationJobObject(self, _job: int, kind: int, limits: Any, size: int) -> int:
        assert (kind, size) == (9, ctypes.sizeof(ExtendedLimits))
        self.flags = limits._obj.BasicLimitInformation.LimitFlags
        return int(self._refuses != "SetInformationJobObject")

    def OpenProcess(self, rights: int, _inherit: bool, pid: int) -> int:
        assert (rights, pid) == (0x0101, PID)
        return self._opened(PROCESS, "OpenProcess")

    def AssignProcessToJobObject(self, job: int, process: int) -> int:
        self.held.append((job, process))
        return int(self._refuses != "AssignProcessToJobObject")

    def CloseHandle(self, handle: int) -> int:
        self.open.remove(handle)
        return 1

    def _opened(self, handle: int, call: str) -> int:
        if call == self._refuses:
            return 0
        self.open.append(handle)
        return handle


def test_the_child_ends_when_the_job_s_last_handle_goes() -> None:
    kernel = Kernel()
    job = ProcessJob(kernel)
    job.add(PID)
    assert kernel.flags == 0x2000
    assert kernel.held == [(JOB, PROCESS)]
    assert kernel.open == [JOB]
    job.close()
    job.close()
    assert kernel.open == []


@pytest.mark.parametrize("call", ["CreateJobObjectW", "SetInformationJobObject"])
def test_without_a_job_no_handle_is_left(call: str) -> None:
    kernel = Kernel(call)
    with pytest.raises(OSError, match="no job object"):
        ProcessJob(kernel)
    assert kernel.open == []


@pytest.mark.parametrize("call", ["OpenProcess", "AssignProcessToJobObject"])
def test_a_process_that_cannot_be_held_is_said_and_its_handle_closed(call: str) -> None:
    kernel = Kernel(call)
    job = ProcessJob(kernel)
    with pytest.raises(OSError, match=str(PID)):
        job.add(PID)
    assert kernel.open == [JOB]


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="the layout of 64-bit Windows")
def test_the_limits_have_the_layout_that_windows_expects() -> None:
    assert ctypes.sizeof(ExtendedLimits) == 144
    assert ExtendedLimits.BasicLimitInformation.offset == 0
    assert ExtendedLimits.IoInfo.offset == 64


@pytest.mark.skipif(os.name == "nt", reason="elsewhere than on Windows")
def test_elsewhere_a_pipe_does_it() -> None:
    assert held(os.getpid()) is None
