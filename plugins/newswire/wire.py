"""Connections that are safe to point at any address, and a time limit on what goes over them.

A connection looks its host up itself, refuses it when one of its addresses is not public, and connects to what it looked up.
Whatever form the host was written in, and whatever a name server answers the next time, what was checked is what is used.
"""

from __future__ import annotations

import socket
import threading
from contextvars import ContextVar, Token
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from types import TracebackType
from typing import Any, Self

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, LocationParseError, NameResolutionError, NewConnectionError

_NAT64 = IPv6Network("64:ff9b::/96")
"""IPv4 addresses in the clothes of IPv6 (RFC 6052): networks without IPv4 reach all others through it."""


class ForbiddenAddressError(HTTPError):
    """The host has an address that is not public."""


class Exchange:
    """One request and its answer: how long it may take, where it may go, and who answered.

    Connections that are used inside `with Exchange(...)` belong to it. When its time is over, the socket is shut down, whatever
    a thread is waiting for on it: a time-out of a single read does not stop a server that sends a byte a second.
    """

    def __init__(self, seconds: float, *, allow_private: bool) -> None:
        self.allow_private = allow_private
        self.expired = False
        """True when the time was over before the end."""
        self.too_slow = f"no whole answer within {seconds:g} s"
        self.peer: str | None = None
        """IP address that the request went to; None before it went."""
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._token: Token[Exchange] | None = None

    def __enter__(self) -> Self:
        self._token = _under_way.set(self)
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._timer.cancel()
        with self._lock:
            self._socket = None
        if self._token:
            _under_way.reset(self._token)

    def use(self, connected: socket.socket) -> None:
        """Take note of the socket that the request went over."""
        with self._lock:
            self._socket = connected
            self.peer = connected.getpeername()[0]
            if self.expired:
                _shut(connected)

    def _cut(self) -> None:
        with self._lock:
            self.expired = True
            if self._socket is not None:
                _shut(self._socket)


_under_way: ContextVar[Exchange] = ContextVar("_under_way")


def _shut(connected: socket.socket) -> None:
    """End both directions of a connection, so that a read in another thread returns; TLS's own farewell could block."""
    try:
        socket.socket.shutdown(connected, socket.SHUT_RDWR)
    except OSError:
        return  # closed already


def is_public(address: str) -> bool:
    """Return True for an address of the public internet, in IPv6 also for the IPv4 address that it stands for.

    Raises:
        ValueError: it is no IP address.
    """
    given = ip_address(address)
    inner = _embedded(given) if isinstance(given, IPv6Address) else None
    if inner:
        return is_public(str(inner))
    local = isinstance(given, IPv6Address) and given.is_site_local
    return given.is_global and not (given.is_multicast or given.is_reserved or local)


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that packets to this one end at; None when it is no such address."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def _look_up(host: str, port: int) -> list[str]:
    """Return the addresses of a host, in the system's order of preference."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class _Connection(HTTPConnection):
    """A connection that connects to checked addresses only, and belongs to the exchange under way."""

    def _new_conn(self) -> socket.socket:
        name = self.host
        failure: ConnectTimeoutError = NewConnectionError(self, "the host has no address")
        try:
            for address in self._checked_addresses():
                self.host = address
                try:
                    return super()._new_conn()
                except ConnectTimeoutError as error:  # refused connections are among them
                    failure = error
                if _under_way.get().expired:
                    break
        finally:
            self.host = name
        raise failure

    def _checked_addresses(self) -> list[str]:
        """Return the host's addresses.

        Raises:
            ForbiddenAddressError: one of them is not public, and the exchange allows public ones only.
        """
        try:
            addresses = _look_up(self.host.strip("[]"), self.port)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except UnicodeError as error:
            raise LocationParseError(self.host) from error
        hidden = [address for address in addresses if not is_public(address)]
        if hidden and not _under_way.get().allow_private:
            raise ForbiddenAddressError(f"{self.host} is {hidden[0]}, which is no public address")
        return addresses

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Send a request, and hand the socket to the exchange under way."""
        super().request(*args, **kwargs)
        if self.sock is not None:
            _under_way.get().use(self.sock)


class _TLSConnection(_Connection, HTTPSConnection):
    """The same over TLS; the certificate is checked against the host's name, not its address."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _TLSConnection


class Adapter(HTTPAdapter):
    """Gives a `requests` session such connections; its requests must be made inside an `Exchange`."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of our connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}
