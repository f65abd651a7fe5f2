"""The other end of contestants/diskcache.ts: does what it is told, times it, and answers, a line of JSON each."""

import json
import sys
from time import perf_counter

import diskcache

MISSING = object()


def perform(cache, actions, budget_ms):
    times = []
    results = []
    end = None if budget_ms is None else perf_counter() + budget_ms / 1000
    for action in actions:
        operation = action["operation"]
        key = action["key"]
        result = None
        if operation == "set":
            value = action["value"]
            ttl = action.get("ttl")
            started = perf_counter()
            cache.set(key, value, expire=ttl)
            stopped = perf_counter()
        elif operation == "get":
            started = perf_counter()
            result = cache.get(key, MISSING)
            stopped = perf_counter()
            result = {"missing": True} if result is MISSING else {"value": result}
        elif operation == "has":
            started = perf_counter()
            result = key in cache
            stopped = perf_counter()
        else:
            started = perf_counter()
            cache.delete(key)
            stopped = perf_counter()
        times.append((stopped - started) * 1e6)
        results.append(result)
        if end is not None and stopped > end:
            break
    return {"times": times, "results": results}


def set_many(cache, pairs):
    started = perf_counter()
    with cache.transact():
        for pair in pairs:
            cache.set(pair["key"], pair["value"])
    return {"time": (perf_counter() - started) * 1e6}


def main():
    caches = {}
    for line in sys.stdin:
        order = json.loads(line)
        name = order["store"]
        try:
            if order["do"] == "open":
                caches[name] = diskcache.Cache(
                    order["folder"],
                    eviction_policy="least-recently-used",
                    statistics=1,
                    size_limit=order.get("limit") or 2**40,
                )
                answer = {}
            elif order["do"] == "close":
                caches.pop(name).close()
                answer = {}
            elif order["do"] == "set-many":
                answer = set_many(caches[name], order["pairs"])
            else:
                answer = perform(caches[name], order["actions"], order.get("budgetMs"))
        except Exception as error:  # told to the other end, which knows what it was for
            answer = {"error": repr(error)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


main()
