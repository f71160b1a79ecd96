"""Windows: a job object that ends a child process when ours ends, however that happens.

The system closes the handles of a process that ended or was killed, and a job with this limit ends its
processes when its last handle goes. What the child starts belongs to the job as well.
"""

from __future__ import annotations

import ctypes
import sys
from ctypes import wintypes
from typing import Any

# winnt.h
_EXTENDED_LIMIT_INFORMATION = 9
_KILL_ON_JOB_CLOSE = 0x2000
_PROCESS_TERMINATE = 0x0001
_PROCESS_SET_QUOTA = 0x0100


class _BasicLimits(ctypes.Structure):
    _fields_ = (
        ("PerProcessUserTimeLimit", ctypes.c_int64),
        ("PerJobUserTimeLimit", ctypes.c_int64),
        ("LimitFlags", ctypes.c_uint32),
        ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t),
        ("ActiveProcessLimit", ctypes.c_uint32),
        ("Affinity", ctypes.c_size_t),
        ("PriorityClass", ctypes.c_uint32),
        ("SchedulingClass", ctypes.c_uint32),
    )


class ExtendedLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION; the counters are not read."""

    _fields_ = (
        ("BasicLimitInformation", _BasicLimits),
        ("IoInfo", ctypes.c_uint64 * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t),
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    )


class ProcessJob:
    """Holds one child. ``kernel`` is kernel32."""

    def __init__(self, kernel: Any) -> None:
        self._kernel = kernel
        self._job = kernel.CreateJobObjectW(None, None)
        limits = ExtendedLimits()
        limits.BasicLimitInformation.LimitFlags = _KILL_ON_JOB_CLOSE
        if not self._job or not kernel.SetInformationJobObject(
            self._job, _EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), ctypes.sizeof(limits)
        ):
            self.close()
            raise OSError("Windows gave no job object")

    def add(self, pid: int) -> None:
        """Take a running process in. Raises ``OSError``; the process goes on outside then."""
        process = self._kernel.OpenProcess(_PROCESS_SET_QUOTA | _PROCESS_TERMINATE, 0, pid)
        if not process:
            raise OSError(f"Process {pid} could not be opened")
        try:
            if not self._kernel.AssignProcessToJobObject(self._job, process):
                raise OSError(f"Process {pid} could not be held")
        finally:
            self._kernel.CloseHandle(process)

    def close(self) -> None:
        """Let go; whatever still runs in the job ends. May be called again."""
        job, self._job = self._job, None
        if job:
            self._kernel.CloseHandle(job)


def held(pid: int) -> ProcessJob | None:
    """The process in a job of its own on Windows, None elsewhere. Raises ``OSError``."""
    if sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        # Without these a handle would be cut to 32 bits.
        kernel.CreateJobObjectW.restype = wintypes.HANDLE
        kernel.CreateJobObjectW.argtypes = (wintypes.LPVOID, wintypes.LPCWSTR)
        kernel.SetInformationJobObject.argtypes = (
            wintypes.HANDLE,
            ctypes.c_int,
            wintypes.LPVOID,
            wintypes.DWORD,
        )
        kernel.OpenProcess.restype = wintypes.HANDLE
        kernel.OpenProcess.argtypes = (wintypes.DWORD, wintypes.BOOL, wintypes.DWORD)
        kernel.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
        kernel.CloseHandle.argtypes = (wintypes.HANDLE,)
        job = ProcessJob(kernel)
        try:
            job.add(pid)
        except OSError:
            job.close()
            raise
        return job
    return None
