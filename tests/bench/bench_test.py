"""Tests of the parts of `linden bench` that need neither Linden nor a compiler."""

import copy
import io
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

from benchlib import chart, compare, engines, intervals, machine, plots, programs, report, summary  # noqa: E402
from benchlib.progress import Progress  # noqa: E402
from benchlib.runner import RunError, Runner, read_output  # noqa: E402
from benchlib.session import Session  # noqa: E402
from benchlib.toolchain import Artifact, folder_of  # noqa: E402


class FakeLinden:
    """A command with the back-ends segment, base and none, of which the last confines nothing."""

    path = "linden"

    def names(self, option):
        return {"sfi": ["segment", "base", "none"], "tier": ["opt", "fast"]}[option]

    def accepts(self, option, value):
        if value not in self.names(option):
            return None
        words = (f"--{option}", value)
        return (*words, "--unsafe") if value == "none" else words


def parse(*names, sfi=(), tier=(), unsafe=False):
    return engines.parse_engines(names, sfi, tier, unsafe, FakeLinden())


class EngineNames(unittest.TestCase):
    def test_native_compilers_with_and_without_flags(self):
        found = parse("native", "native-v3", "native:gcc -O1 -g")
        self.assertEqual([e.compiler[0] for e in found], ["clang-22", "clang-22", "gcc"])
        self.assertEqual(found[2].compiler, ("gcc", "-O1", "-g"))
        self.assertTrue(all(e.is_native for e in found))

    def test_plain_linden_takes_the_default_of_the_command(self):
        self.assertEqual(parse("linden")[0].options, ())

    def test_back_end_and_tier_in_the_name(self):
        engine = parse("linden-glibc:base:fast")[0]
        self.assertEqual(engine.options, ("--sfi", "base", "--tier", "fast"))
        self.assertFalse(engine.is_wasi)
        self.assertTrue(parse("linden:base")[0].is_wasi)

    def test_lists_multiply_only_what_the_name_leaves_open(self):
        found = parse("linden", "linden:base", sfi=["segment", "base"], tier=["opt", "fast"])
        self.assertEqual([e.name for e in found],
                         ["linden:segment:opt", "linden:segment:fast", "linden:base:opt",
                          "linden:base:fast"])

    def test_no_engine_twice(self):
        self.assertEqual(len(parse("linden", "node", "linden")), 2)

    def test_unknown_names_are_errors(self):
        for name in ("frob", "linden:", "linden:frob", "linden:base:frob", "linden:base:opt:x",
                     "native:", "node:fast", "Linden"):
            with self.assertRaises(engines.UsageError, msg=name):
                parse(name)

    def test_unknown_back_end_names_those_that_there_are(self):
        with self.assertRaisesRegex(engines.UsageError, "segment, base, none"):
            parse("linden:frob")

    def test_what_confines_nothing_must_be_allowed(self):
        with self.assertRaisesRegex(engines.UsageError, "--unsafe"):
            parse("linden:none")
        self.assertIn("--unsafe", parse("linden:none", unsafe=True)[0].options)

    def test_all_leaves_out_what_is_not_allowed(self):
        self.assertEqual(engines.expand_all(["all"], "sfi", False, FakeLinden()), ["segment", "base"])
        self.assertEqual(engines.expand_all(["none", "all"], "sfi", True, FakeLinden()),
                         ["none", "segment", "base"])

    def test_folders_of_different_command_lines_differ(self):
        self.assertEqual(folder_of("native-v3"), "native-v3")
        self.assertNotEqual(folder_of("native:gcc -O1"), folder_of("native:gcc_-O1"))


class CommandLines(unittest.TestCase):
    def command(self, name, kind="application", needs_directory=True):
        with tempfile.TemporaryDirectory() as folder:
            toolchain = SimpleNamespace(out=Path(folder), linden=Path(sys.executable),
                                        require=lambda *_: None, measure_tool=lambda: "measure")
            engine = parse(name)[0]
            runner = Runner(toolchain, [engine], None)
            program = programs.Program("p", kind, "", "p", needs_directory=needs_directory)
            words = runner.command(program, engine, Artifact(Path("p.compiled")), 7)
            return [str(word).replace(folder, "OUT") for word in words]

    def test_each_engine_grants_the_directory_in_its_own_way(self):
        for name, grant in (("linden:base", ["--dir", "OUT/data/linden_base"]),
                            ("node", ["--dir", "OUT/data/node::/data"]),
                            ("wasmtime", ["--dir", "OUT/data/wasmtime::/data"]),
                            ("iwasm", ["--map-dir=/data::OUT/data/iwasm"]),
                            ("wasmer", ["--mapdir", "/data:OUT/data/wasmer"]),
                            ("wavm", ["--mount-root", "OUT/data/wavm"])):
            words = self.command(name)
            for word in grant:
                self.assertTrue(any(w.startswith(word) for w in words), f"{word} in {words}")
            self.assertEqual(words[-3:], ["p.compiled", "7", "/data"])

    def test_what_is_a_program_itself_comes_first(self):
        self.assertEqual(self.command("native"), ["p.compiled", "7", "OUT/data/native"])
        self.assertEqual(self.command("wasm2c"),
                         ["p.compiled", "--dir", "OUT/data/wasm2c::/data", "7", "/data"])

    def test_programs_of_a_directory_get_no_arguments(self):
        self.assertEqual(self.command("native", "file", False), ["p.compiled"])


class Instructions(unittest.TestCase):
    def count(self, kind, counts, available=True):
        toolchain = SimpleNamespace(out=Path("/out"), linden=Path(sys.executable),
                                    require=lambda *_: None, measure_tool=lambda: "measure")
        left = list(counts)
        counter = SimpleNamespace(available=available, prefix=lambda: ["perf", "stat"],
                                  read=lambda: left.pop(0))
        runner = Runner(toolchain, [], None, counter)
        runner._measured = lambda command, *_, **__: self.assertEqual(command[:2], ["perf", "stat"])
        return runner.instructions(programs.Program("p", kind, "", "p"), parse("native")[0],
                                   Artifact(Path("p")))

    def test_a_rounds_are_the_difference_of_three_rounds_and_one(self):
        self.assertEqual(self.count("kernel", [1100, 1300]), 100)

    def test_a_program_without_rounds_counts_whole(self):
        self.assertEqual(self.count("file", [1100]), 1100)

    def test_none_where_there_is_no_counter(self):
        self.assertIsNone(self.count("kernel", [], available=False))
        self.assertIsNone(self.count("kernel", [None, 5]))


class Output(unittest.TestCase):
    cost = {"wall_ns": 5}
    kernel = programs.Program("k", "kernel", "", "k")
    file = programs.Program("f", "file", "", "f")

    def test_rounds_and_checksum(self):
        found = read_output(self.kernel, "checksum ab\nround 3\nround 2\n", 2, self.cost)
        self.assertEqual(found, {"checksum": "ab", "rounds_ns": [3, 2]})

    def test_a_kernel_with_rounds_missing_has_failed(self):
        with self.assertRaises(RunError):
            read_output(self.kernel, "checksum ab\nround 3\n", 2, self.cost)

    def test_a_directorys_program_is_timed_whole_unless_it_prints_rounds(self):
        whole = read_output(self.file, "hello\n", None, self.cost)
        self.assertEqual((whole["rounds_ns"], whole["whole_process"]), ([5], True))
        self.assertNotEqual(whole["checksum"],
                            read_output(self.file, "hallo\n", None, self.cost)["checksum"])
        self.assertEqual(read_output(self.file, "checksum 1\nround 9\n", None, self.cost)["rounds_ns"],
                         [9])


class Intervals(unittest.TestCase):
    def test_the_same_samples_give_the_same_interval(self):
        values = [1.0, 1.1, 0.9, 1.3, 1.05]
        first = intervals.median_interval(values, "x")
        self.assertEqual(first, intervals.median_interval(values, "x"))
        self.assertEqual(first["median"], 1.05)
        self.assertTrue(0.9 <= first["low"] <= first["median"] <= first["high"] <= 1.3)

    def test_more_samples_narrow_it(self):
        few, many = ([1 + 0.01 * (i * 7 % 20) for i in range(n)] for n in (6, 200))
        width = [i["high"] - i["low"] for i in (intervals.median_interval(v, "x") for v in (few, many))]
        self.assertLess(width[1], width[0] / 2)

    def test_it_covers_the_true_median_about_as_often_as_it_says(self):
        import random
        source, covered, trials = random.Random(1), 0, 60
        for number in range(trials):
            found = intervals.median_interval([source.gauss(5, 1) for _ in range(25)], number)
            covered += found["low"] <= 5 <= found["high"]
        self.assertGreaterEqual(covered, 0.85 * trials)

    def test_geomean_of_medians(self):
        found = intervals.geomean_interval([[2.0] * 3, [8.0] * 3], "x")
        for key in ("median", "low", "high"):
            self.assertAlmostEqual(found[key], 4.0)

    def test_disjoint(self):
        a, b, c = ({"low": low, "high": high} for low, high in ((1, 2), (1.5, 3), (2.1, 4)))
        self.assertFalse(intervals.disjoint(a, b))
        self.assertTrue(intervals.disjoint(a, c))
        self.assertTrue(intervals.disjoint(c, a))


class Machine(unittest.TestCase):
    def test_counts_of_perf(self):
        self.assertEqual(machine.parse_count("# started\n\n12345,,instructions:u,99,100.00,,\n"), 12345)
        self.assertIsNone(machine.parse_count("<not supported>,,instructions:u,0,100.00,,\n"))
        self.assertIsNone(machine.parse_count(""))

    def test_idle_times(self):
        stat = "cpu  9 9 9 9 9\ncpu0 1 2 3 40 5\ncpu11 1 2 3 70 5\nintr 1\n"
        self.assertEqual(machine.idle_times(stat), {0: 40, 11: 70})


def run_of(milliseconds, **more):
    return {"rounds_ns": [int(milliseconds * 1e6), int(milliseconds * 1.2e6)], "checksum": "1",
            "wall_ns": 10 ** 8, "user_ns": int(milliseconds * 1e7), "system_ns": 0, "peak_kib": 2048,
            **more}


def document():
    """Three programs with two native builds and two more engines, and a micro suite."""
    def result(name, kind, **times):
        return {"name": name, "kind": kind, "stresses": "calls", "checksum": "1",
                "checked_against": "native", "errors": {}, "instructions": {},
                "runs": {e.replace("_", "-"): [run_of(t) for t in ts] for e, ts in times.items()},
                "costs": {e.replace("_", "-"): {"compile_wall_s": 0.5, "code_size": 4096}
                          for e in times}}

    names = ["native", "native-v3", "linden", "linden:base"]
    results = [result("fib", "kernel", native=[20, 10], native_v3=[10, 20], linden=[11, 12]),
               result("sha", "kernel", native=[10, 10], native_v3=[20, 20], linden=[10, 10]),
               result("lua", "application", native=[40, 40], native_v3=[44, 44], linden=[44, 48])]
    for each in results:
        each["runs"]["linden:base"] = [run_of(300), run_of(310)]
        each["costs"]["linden:base"] = {"compile_wall_s": 2.5, "code_size": 8192}
    return {
        "schema": 1, "date": "2026-01-02T03:04:05+00:00", "interrupted": False,
        "options": {"arguments": [], "suites": ["all"], "only": "", "alternations": 2, "quick": False,
                    "processor": 1},
        "machine": {"cpu": "A <fast> CPU & more", "processors": 2, "kernel": "Linux 6", "memory_kib": 1 << 22,
                    "governor": None, "virtualised": True},
        "counts_instructions": False, "versions": {},
        "linden": {"version": "linden 1", "build_ids": {"linden": "ab" * 10}, "git_revision": "cd" * 20,
                   "git_has_changes": False},
        "flags": {"WASI": "-O3", "linden cc": "-O3"}, "engines": names,
        "engine_kinds": {"native": "native", "native-v3": "native", "linden": "linden",
                         "linden:base": "linden"},
        "engine_descriptions": dict.fromkeys(names, "an engine"),
        "skipped": {"wasmtime": "wasmtime is not installed"}, "results": results,
        "start": {"name": "hello", "errors": {}, "costs": {}, "runs": {"linden": [run_of(5)]}},
        "micro": {"calls": {"engines": ["native", "linden"], "errors": {}, "rows": {
            "getppid": {"native": [100.0, 110.0], "linden": [20.0, 22.0]},
            "fork": {"native": [9000.0, 9000.0], "linden": [90000.0, 45000.0]}}}}}


def summarized():
    found = document()
    summary.summarize(found)
    return found


class Summary(unittest.TestCase):
    def test_the_base_is_the_better_native_build_of_each_alternation(self):
        found = summarized()
        fib = found["results"][0]
        self.assertEqual(fib["samples"]["linden"], [1.1, 1.2])
        self.assertEqual(fib["samples"]["native"], [2.0, 1.0])
        self.assertEqual(fib["baseline_ms"], 10)

    def test_without_native_builds_the_base_is_linden(self):
        found = document()
        for result in found["results"]:
            for engine in ("native", "native-v3"):
                del result["runs"][engine]
        found["engines"] = ["linden:base", "linden"]
        found["engine_kinds"] = dict.fromkeys(found["engines"], "linden")
        summary.summarize(found)
        self.assertEqual(found["results"][1]["samples"]["linden"], [1, 1])
        self.assertIn("no native build", report.markdown(found))

    def test_an_engine_that_failed_somewhere_has_no_geomean(self):
        found = document()
        found["results"][0]["errors"]["linden"] = "wrong result"
        summary.summarize(found)
        self.assertNotIn("linden", found["geomeans"]["kernels"])
        self.assertIn("linden", found["geomeans"]["applications"])
        text = report.markdown(found)
        self.assertIn("wrong result", text)
        self.assertIn("error", text)

    def test_geomeans(self):
        means = summarized()["geomeans"]
        self.assertAlmostEqual(means["kernels"]["linden"]["median"], (1.15 * 1.0) ** 0.5)
        self.assertEqual(set(means), {"kernels", "applications", "all"})

    def test_an_interrupted_document_can_be_reported(self):
        found = document()
        found.update(interrupted=True, start=None)
        found["results"][2]["runs"] = {}
        summary.summarize(found)
        self.assertIn("Interrupted", report.markdown(found))
        self.assertTrue(plots.draw_all(found))


class Report(unittest.TestCase):
    def test_tables_say_what_was_measured_and_what_was_not(self):
        text = report.markdown(summarized())
        for part in ("fib", "geomean of all", "wasmtime is not installed", "Not available on this machine",
                     "getppid", "virtualised", "processor 1"):
            self.assertIn(part, text)

    def test_whole_processes_are_marked(self):
        found = document()
        found["results"][0]["runs"]["linden"][0]["whole_process"] = True
        summary.summarize(found)
        self.assertIn("fib (p)", report.markdown(found))

    def test_comparison_names_only_what_intervals_keep_apart(self):
        before, after = summarized(), document()
        for runs in (r["runs"] for r in after["results"]):
            runs["linden:base"] = [run_of(600), run_of(620)]
        after["results"][2]["costs"]["linden"]["code_size"] = 5000
        summary.summarize(after)
        text = compare.text(before, after)
        self.assertRegex(text, r"slower +\d+\.\d% +fib, linden:base")
        self.assertNotRegex(text, r"(slower|faster).*fib, linden:? ")
        self.assertRegex(text, r"larger.*lua, linden: 4096 -> 5000")
        self.assertIn("Nothing differs", compare.text(before, copy.deepcopy(before)))


class Plots(unittest.TestCase):
    def test_all_are_well_formed_and_within_their_size(self):
        drawings = plots.draw_all(summarized())
        self.assertEqual(set(drawings), {"overhead-kernels.svg", "overhead-applications.svg",
                                         "overhead-by-engine.svg", "compile-time.svg",
                                         "code-size.svg", "micro-calls.svg"})
        for name, text in drawings.items():
            root = xml.fromstring(text)
            width, height = float(root.get("width")), float(root.get("height"))
            for rect in root.iter("{http://www.w3.org/2000/svg}rect"):
                right = float(rect.get("x", 0)) + float(rect.get("width"))
                bottom = float(rect.get("y", 0)) + float(rect.get("height"))
                self.assertLessEqual(right, width + 0.1, name)
                self.assertLessEqual(bottom, height, name)

    def test_a_large_spread_makes_the_axis_logarithmic(self):
        self.assertFalse(chart.Axis([0.9, 1.2, 3], 0, 100).is_log)
        axis = chart.Axis([0.2, 30], 0, 100)
        self.assertTrue(axis.is_log)
        self.assertAlmostEqual(axis.x(2) - axis.x(1), axis.x(10) - axis.x(5))
        self.assertTrue(0 <= axis.x(0.2) < axis.x(30) <= 100)

    def test_axes_reach_beyond_their_values(self):
        for values in ([1], [0.0004, 3], [99, 100], [1e6, 3e6], [5, 50]):
            axis = chart.Axis(values, 0, 100)
            self.assertGreaterEqual(axis.end, max(values))
            self.assertLessEqual(axis.start, min(values))
            self.assertGreaterEqual(len(axis.ticks), 2)

    def test_legends_wrap_and_engines_have_colors_of_their_own(self):
        names = [f"linden:back-end-{i}" for i in range(10)] + ["node"]
        colors = plots.colors_of(names)
        self.assertEqual(len(set(colors.values())), len(names))
        entries = chart._legend(chart.Chart("t", "s", "u", colors, []))
        self.assertGreater(max(row for _, _, row in entries), 0)
        self.assertLess(max(x for _, x, _ in entries), chart.WIDTH)


class FakeRunner:
    """Engines that need the given milliseconds and print the given checksums."""

    def __init__(self, checksums):
        self.checksums = checksums
        self.rounds = []
        self.toolchain = SimpleNamespace(build=lambda program, engine: Artifact(Path("x")))

    def forget_cache(self, _):
        pass

    def compile_cost(self, *_):
        return {"compile_wall_s": 1.0}

    def instructions(self, *_):
        return None

    def run(self, _, engine, __, rounds):
        self.rounds.append((engine.name, rounds))
        checksum = self.checksums[engine.name]
        if checksum is None:
            raise RunError("it crashed")
        return run_of(10, checksum=checksum)


class Sessions(unittest.TestCase):
    def session(self, **checksums):
        engines_used = parse(*checksums)
        runner = FakeRunner(checksums)
        session = Session(runner, engines_used, Progress(io.StringIO()), alternations=3)
        session.measure_all([programs.Program("p", "kernel", "", "p", rounds=4)])
        return session.results[0], runner

    def test_engines_alternate_and_the_warm_up_does_not_count(self):
        result, runner = self.session(native="1", node="1")
        self.assertEqual(runner.rounds, [("native", 1), ("node", 1), *[("native", 4), ("node", 4)] * 3])
        self.assertEqual([len(runs) for runs in result["runs"].values()], [3, 3])

    def test_a_wrong_checksum_is_an_error_and_ends_the_engines_part(self):
        result, runner = self.session(native="1", node="2", linden="1")
        self.assertIn("checksum 2, but 1 with native", result["errors"]["node"])
        self.assertNotIn("node", result["runs"])
        self.assertEqual(len(result["runs"]["linden"]), 3)
        self.assertEqual(runner.rounds.count(("node", 4)), 0)

    def test_a_crash_is_an_error_of_that_engine_only(self):
        result, _ = self.session(native="1", linden=None)
        self.assertEqual(result["errors"], {"linden": "it crashed"})
        self.assertIn("native", result["runs"])


class Progresses(unittest.TestCase):
    def test_it_tells_what_is_left(self):
        now = [0.0]
        stream = io.StringIO()
        progress = Progress(stream, lambda: now[0])
        progress.expect(4)
        now[0] = 10.0
        progress.step("one")
        self.assertIn("30 s left] one", stream.getvalue())


class Directories(unittest.TestCase):
    def test_every_c_and_wasm_file_is_a_program(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("a.c", "b.wasm", "notes.txt"):
                (Path(folder) / name).write_text("")
            found = programs.directory(Path(folder))
        self.assertEqual([(p.name, p.module is not None) for p in found], [("a", False), ("b", True)])
        self.assertFalse(found[1].runs_with(parse("native")[0]))
        self.assertTrue(found[1].runs_with(parse("linden")[0]))
        self.assertFalse(found[1].runs_with(parse("linden-glibc")[0]))

    def test_an_empty_one_is_an_error(self):
        with tempfile.TemporaryDirectory() as folder, self.assertRaises(programs.SetupError):
            programs.directory(Path(folder))


if __name__ == "__main__":
    unittest.main()
