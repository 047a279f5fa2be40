"""Nodes restarted one after the other, and the database torn down and started again, both under load."""

import http.client
import random
import threading
import time

from .api import Refused, World

WORKERS = 6
# From the moment Postgres takes connections again (RL-8).
RECOVERY_SECS_MAX = 10
# What a caller may hear while there is no database: a failure of ours, or to come again.
CLEAR = {"InternalErrorException", "TooManyRequestsException"}


class Load:
    """People who keep asking through the proxy. `retries` of 1 is what every SDK does by itself."""

    def __init__(self, world: World, retries: int):
        self.world, self.retries = world, retries
        self.answered = 0
        self.retried: list[str] = []
        self.failed: list[tuple[float, Exception]] = []
        self.acknowledged: list[str] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        # Each has a person of their own: sign-ins of one person wait for each other, which is another question.
        names = [world.person("load") for _ in range(WORKERS)]
        people = [(name, world.any.sign_in(world.client, name)) for name in names]
        self._threads = [threading.Thread(target=self._work, args=person) for person in people]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join(60)

    def _work(self, name: str, tokens: dict) -> None:
        world = self.world
        asks = (self._make_person, lambda: world.any.sign_in(world.client, name),
                lambda: world.any.refresh(world.client, tokens), lambda: world.any.who(tokens))
        while not self._stop.is_set():
            try:
                self._patiently(random.choice(asks))
            except (Refused, OSError, http.client.HTTPException) as error:
                with self._lock:
                    self.failed.append((time.monotonic(), error))
                time.sleep(0.05)

    def _patiently(self, ask) -> None:
        for left in range(self.retries, -1, -1):
            try:
                ask()
            except (OSError, http.client.HTTPException, Refused) as error:
                temporary = not isinstance(error, Refused) or error.status >= 500 or error.code in CLEAR
                if not left or not temporary:
                    raise
                with self._lock:
                    self.retried.append(repr(error))
            else:
                with self._lock:
                    self.answered += 1
                return

    def _make_person(self) -> None:
        name = self.world.person_name("new")
        try:
            self.world.any.admin("AdminCreateUser", UserPoolId=self.world.pool, Username=name, MessageAction="SUPPRESS")
        except Refused as refused:
            # A first try whose answer was lost may have made the person; the name is nobody else's.
            if refused.code != "UsernameExistsException":
                raise
        with self._lock:
            self.acknowledged.append(name)

    def lost(self) -> list[str]:
        """Acknowledged people who are not there."""
        return [name for name in self.acknowledged if not self._is_there(name)]

    def _is_there(self, name: str) -> bool:
        try:
            self.world.any.admin("AdminGetUser", UserPoolId=self.world.pool, Username=name)
        except Refused as refused:
            if refused.code == "UserNotFoundException":
                return False
            raise
        return True


def a_rolling_restart_fails_no_request(world: World) -> None:
    """RL-9: every node is stopped and started again under load; no request fails that may be asked twice."""
    with Load(world, retries=1) as load:
        time.sleep(1)
        for node in world.cluster.nodes:
            code = node.stop()
            assert code == 0, f"{node.name} ended with {code}"
            time.sleep(0.5)
            node.start()
            time.sleep(0.5)
    print(f"       {load.answered} answered, {len(load.retried)} of them at the second try, {len(load.failed)} failed")
    assert not load.failed, load.failed[:5]
    assert load.answered > 100, "that was no load"
    assert not (lost := load.lost()), f"acknowledged and gone: {lost}"


def the_database_comes_back_and_nothing_acknowledged_is_lost(world: World) -> None:
    """RL-8, as a restart: clear errors while Postgres is down, all well within ten seconds after, no write lost."""
    with Load(world, retries=0) as load:
        time.sleep(1)
        world.postgres.crash()
        down = time.monotonic()
        time.sleep(3)
        assert not any(node.is_ready() for node in world.cluster.nodes), "no node may ask for traffic without a database"
        world.postgres.start()
        up = time.monotonic()
        time.sleep(RECOVERY_SECS_MAX)
        before = load.answered
        time.sleep(1)
        assert load.answered > before, "nothing is answered any more"
    late = [error for when, error in load.failed if when > up + RECOVERY_SECS_MAX]
    errors = [error for _, error in load.failed]
    recovered = max((when for when, _ in load.failed), default=up) - up
    print(f"       {load.answered} answered, {len(errors)} failed while it was away for {up - down:.1f} s; "
          f"the last failure came {recovered:.1f} s after its return")
    assert errors, "nobody noticed that the database was away"
    assert not late, f"still failing: {late[:5]}"
    unclear = [error for error in errors if not isinstance(error, Refused) or error.code not in CLEAR]
    assert not unclear, f"unclear: {unclear[:5]}"
    assert all(node.is_ready() for node in world.cluster.nodes), "every node asks for traffic again"
    assert not (lost := load.lost()), f"acknowledged and gone: {lost}"


CHECKS = (
    a_rolling_restart_fails_no_request,
    the_database_comes_back_and_nothing_acknowledged_is_lost,
)
