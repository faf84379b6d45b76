"""Tests of dejagnu.py, with directives as they occur in GCC's torture tests."""

import tempfile
import unittest
from pathlib import Path

import dejagnu


def read(text, level="-O2"):
    with tempfile.NamedTemporaryFile("w", suffix=".c") as file:
        file.write(text)
        file.flush()
        return dejagnu.read(Path(file.name), level)


class TargetExpressions(unittest.TestCase):
    def test_triples_are_globs_and_lists_are_disjunctions(self):
        self.assertTrue(dejagnu.holds("*-*-*"))
        self.assertTrue(dejagnu.holds("i?86-*-* wasm32-*-*"))
        self.assertFalse(dejagnu.holds("i?86-*-* x86_64-*-*"))

    def test_operators_and_braces(self):
        self.assertTrue(dejagnu.holds("! { i?86-*-* x86_64-*-* }"))
        self.assertFalse(dejagnu.holds("{ i?86-*-* wasm32-*-* } && ia32"))
        self.assertTrue(dejagnu.holds("freestanding || int128"))
        self.assertFalse(dejagnu.holds("! alloca"))

    def test_unknown_capabilities_are_errors(self):
        with self.assertRaises(ValueError):
            dejagnu.holds("telepathy")


class Directives(unittest.TestCase):
    def test_options_apply_where_their_target_holds(self):
        text = """/* { dg-options "-fwrapv -DX='a b'" } */
                  /* { dg-additional-options "-fgnu89-inline" { target { ! signal } } } */
                  /* { dg-additional-options "-fno-common" { target *-*-linux* } } */"""
        self.assertEqual(read(text).options, ["-fwrapv", "-DX=a b", "-fno-common"])

    def test_braces_quote_like_quotation_marks(self):
        self.assertEqual(read('{ dg-options { "-fwrapv" } }').options, ["-fwrapv"])

    def test_requirements(self):
        self.assertEqual(read("{ dg-require-effective-target int32plus }").unsupported, "")
        self.assertIn("nested functions", read("{ dg-require-effective-target trampolines }").unsupported)

    def test_skips_depend_on_target_and_level(self):
        text = '{ dg-skip-if "a reason" { *-*-* } { "-O0" } { "" } }'
        self.assertEqual(read(text, "-O0").unsupported, "a reason")
        self.assertEqual(read(text, "-O2").unsupported, "")
        self.assertEqual(read('{ dg-skip-if "no" { ! alloca } }').unsupported, "")
        text = '{ dg-skip-if "only without" { *-*-* } { "*" } { "-O2" } }'
        self.assertEqual(read(text, "-O0").unsupported, "only without")
        self.assertEqual(read(text, "-O2").unsupported, "")

    def test_unknown_directives_are_errors(self):
        with self.assertRaises(ValueError):
            read("{ dg-guess }")


if __name__ == "__main__":
    unittest.main()
