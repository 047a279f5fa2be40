"""Sixty-four at once, spread over the nodes: exactly one may win."""

import collections
import concurrent.futures
import threading

from .api import Refused, World

RACERS = 64
BUSY = "TooManyRequestsException"


def a_name_is_taken_once(world: World) -> None:
    """Sign-ups under one name: one person, whichever nodes they came by."""
    name = world.person_name("zoe")
    outcomes = race(lambda api: world.sign_up(api, name), world)
    one_winner(outcomes, {"UsernameExistsException"})
    listed = world.any.admin("ListUsers", UserPoolId=world.pool, Filter=f'username = "{name}"')["Users"]
    assert len(listed) == 1, listed


def a_code_is_good_once(world: World) -> None:
    """Confirmations with the right code: one succeeds, the others find the person confirmed."""
    name = world.person_name("yan")
    world.sign_up(world.any, name)
    code = world.code_for(name)
    outcomes = race(lambda api: world.confirm(api, name, code), world)
    one_winner(outcomes, {"NotAuthorizedException", "CodeMismatchException", "ExpiredCodeException"})


def a_challenge_is_answered_once(world: World) -> None:
    """Answers to one challenge with one session: one is signed in."""
    name = world.invited()
    session = world.first_password_session(world.any, name)
    outcomes = race(lambda api: world.set_first_password(api, name, session), world)
    one_winner(outcomes, {"NotAuthorizedException", "CodeMismatchException"})


def wrong_guesses_on_all_nodes_count_together(world: World) -> None:
    """AU-31 across nodes: guessing on several nodes at once tries no more passwords than on one."""
    name = world.person("xia")
    outcomes = race(lambda api: api.sign_in(world.client, name, "Wrong-Horse-0!"), world)
    assert outcomes["done"] == 0, outcomes
    try:
        world.any.sign_in(world.client, name)
    except Refused as refused:
        assert refused.code == "NotAuthorizedException", refused
        assert "attempts" in str(refused), f"locked out in the service's words: {refused}"
    else:
        raise AssertionError(f"sixty-four wrong guesses, and no lock: {outcomes}")


def race(ask, world: World) -> collections.Counter:
    """Asks on all nodes at the same moment; counts what was answered."""
    line = threading.Barrier(RACERS)

    def run(number: int) -> str:
        api = world.each[number % len(world.each)]
        line.wait()
        try:
            ask(api)
        except Refused as refused:
            return refused.code
        return "done"

    with concurrent.futures.ThreadPoolExecutor(RACERS) as pool:
        return collections.Counter(pool.map(run, range(RACERS)))


def one_winner(outcomes: collections.Counter, losing: set[str]) -> None:
    """One was answered; the others heard that they lost, or to come again."""
    print(f"       {dict(outcomes)}")
    assert outcomes["done"] == 1, outcomes
    strange = set(outcomes) - losing - {"done", BUSY}
    assert not strange, outcomes


CHECKS = (
    a_name_is_taken_once,
    a_code_is_good_once,
    a_challenge_is_answered_once,
    wrong_guesses_on_all_nodes_count_together,
)
