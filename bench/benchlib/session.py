"""Builds and measures programs: in each alternation, every engine runs once."""

from .runner import RunError
from .toolchain import BuildError

START_REPEATS = 20


class Session:
    """What is measured goes into `results` and `start` as it comes, so that an interrupted session
    keeps what it has."""

    def __init__(self, runner, engines, progress, alternations, rounds=None):
        self.runner = runner
        self.engines = engines
        self.progress = progress
        self.alternations = alternations
        self.rounds = rounds  # None: each program's own
        self.results = []
        self.start = None

    def measure_all(self, programs):
        prepared = [(program, *self._build(program)) for program in programs]
        self.progress.expect(sum(p.kind != "start" for p in programs) * self.alternations)
        for program, artifacts, errors in prepared:
            if program.kind == "start":
                self.start = _empty_result(program, errors)
                self._measure_start(program, artifacts, self.start)
            else:
                self.results.append(_empty_result(program, errors))
                self._measure(program, artifacts, self.results[-1])

    def _build(self, program):
        artifacts, errors = {}, {}
        for engine in self.engines:
            if not program.runs_with(engine):
                continue
            try:
                artifacts[engine] = self.runner.toolchain.build(program, engine)
            except BuildError as error:
                errors[engine.name] = f"build: {error}"
                self.progress(f"{program.name}: {engine.name} does not build: {error}")
        return artifacts, errors

    def _attempt(self, result, engine, work):
        try:
            return work()
        except RunError as error:
            result["errors"][engine.name] = str(error)
            self.progress(f"{result['name']}: {engine.name} failed: {error}")
            return None

    def _measure(self, program, artifacts, result):
        rounds = self.rounds or program.rounds
        self.runner.forget_cache(program)
        for engine, artifact in artifacts.items():
            cost = self._attempt(result, engine, lambda: self.runner.compile_cost(
                program, engine, artifact))
            if cost is not None:
                result["costs"][engine.name] = cost
        # The warm-up: not counted, but its results must be right too.
        warm = self._alternate(program, artifacts, result, 1)
        self._check_first(result, warm)
        for number in range(self.alternations):
            runs = self._alternate(program, artifacts, result, rounds)
            told = [f"{name} {min(run['rounds_ns']) / 1e6:.1f}" for name, run in runs.items()]
            for name, run in runs.items():
                result["runs"].setdefault(name, []).append(run)
            self.progress.step(f"{program.name} {number + 1}/{self.alternations}, ms: "
                               + ", ".join(told))
        for engine, artifact in artifacts.items():
            if engine.name not in result["errors"]:
                count = self._attempt(result, engine, lambda: self.runner.instructions(
                    program, engine, artifact))
                if count is not None:
                    result["instructions"][engine.name] = count

    def _alternate(self, program, artifacts, result, rounds):
        runs = {}
        for engine, artifact in artifacts.items():
            if engine.name in result["errors"]:
                continue
            run = self._attempt(result, engine, lambda: self.runner.run(
                program, engine, artifact, rounds))
            if run is None:
                continue
            expected = result["checksum"]
            if expected is not None and run["checksum"] != expected:
                result["errors"][engine.name] = (
                    f"wrong result: checksum {run['checksum']}, but {expected} with "
                    f"{result['checked_against']}")
                self.progress(f"{program.name}: {engine.name}: {result['errors'][engine.name]}")
                continue
            if expected is None:
                result["checksum"], result["checked_against"] = run["checksum"], engine.name
            runs[engine.name] = run
        return runs

    def _check_first(self, result, warm):
        """One engine's result is compared with nothing; say so rather than let it look checked."""
        if len(warm) == 1 and len(self.engines) > 1:
            self.progress(f"{result['name']}: only {next(iter(warm))} ran it: nothing to compare "
                          "its results with")

    def _measure_start(self, program, artifacts, result):
        for engine, artifact in artifacts.items():
            cost = self._attempt(result, engine, lambda: self.runner.compile_cost(
                program, engine, artifact))
            times = self._attempt(result, engine, lambda: self.runner.start_times(
                program, engine, artifact, START_REPEATS))
            if cost is not None and times is not None:
                result["costs"][engine.name], result["runs"][engine.name] = cost, times
        self.progress(f"{program.name}: {START_REPEATS} starts with each engine")


def _empty_result(program, errors):
    return {"name": program.name, "kind": program.kind, "stresses": program.stresses,
            "checksum": None, "checked_against": None, "runs": {}, "costs": {},
            "instructions": {}, "errors": errors}
