"""The programs that are measured."""

import re
from dataclasses import dataclass
from pathlib import Path

from .packages import Debian, Npm, SetupError, fetch

BENCH = Path(__file__).resolve().parent.parent
OWN = BENCH / "programs"
GUEST_DIRECTORY = "/data"


@dataclass(frozen=True)
class Program:
    name: str
    kind: str  # "kernel", "application", "file" (of a directory that was named) or "start"
    stresses: str
    binary: str  # programs with the same binary are built once
    sources: tuple = ()  # with * in names: they need not be there yet
    flags: tuple = ()
    rounds: int = 12
    needs_directory: bool = False
    module: Path = None  # a .wasm file, which there is no source of
    wasi_flags: tuple = ()

    @property
    def takes_rounds(self):
        return self.kind in ("kernel", "application")

    @property
    def files(self):
        return [file for source in self.sources for file in
                (sorted(source.parent.glob(source.name)) if "*" in source.name else [source])]

    def runs_with(self, engine):
        if self.module:
            return engine.is_wasi
        # wasm2c 1.0.32 has no SIMD, so that explicit vector code says nothing about it.
        return engine.kind != "wasm2c" or not self.name.startswith("simd_")


def _without_longjmp(file_name, text):
    """Turns the jumps out of Duktape's bytecode loop into gotos.

    Duktape 1.3 leaves its bytecode loop by longjmp on every return from a function, into a setjmp
    in the same C function. Where there is no setjmp (see programs/no_setjmp/setjmp.h), a goto does
    the same. Native builds use the edited source too.
    """
    if file_name != "duktape.c":
        return text
    start = text.index("reset_setjmp_catchpoint:")
    end = text.index("\n}\n", start)
    body = text[start:end]
    caught = "if (DUK_SETJMP(thr->heap->lj.jmpbuf_ptr->jb)) {"
    jump = "duk_err_longjmp(thr);"
    if body.count(caught) != 1 or body.count(jump) != 6:
        raise SetupError("this duktape is not the source that the harness knows how to edit")
    body = body.replace(caught, "if (0) {\n executor_caught:")
    # The first one, inside the handler, passes an error on to the caller.
    handler, rest = body.split(jump, 1)
    rest = rest.replace(jump, "goto executor_caught;")
    return text[:start] + handler + jump + rest + text[end:]


PACKAGES = {  # of each binary
    "sqlite": Npm("better-sqlite3@13.2.0",  # carries the SQLite 3.54.1 amalgamation
                  ("package/deps/sqlite3/sqlite3.c", "package/deps/sqlite3/sqlite3.h")),
    "duktape": Npm("duktape@0.3.0",  # carries the Duktape 1.3.0 amalgamation
                   tuple(f"package/lib/duktape/src/{name}" for name in
                         ("duktape.c", "duktape.h", "duk_config.h")), _without_longjmp),
    "lua": Debian("lua5.4", "lua5.4_5.4.4.orig.tar.gz",
                  "164c7849653b80ae67bec4b7473b884bf5cc8d2dca05653475ec2ed27b9ebf61"),
    "zstd": Debian("libzstd", "libzstd_1.5.4+dfsg2.orig.tar.xz",
                   "8cf4bbb65e77ec348d052c8d6230eba66d435bddf64c8b5be2fcb16880c19953"),
    "expat": Debian("expat", "expat_2.5.0.orig.tar.gz",
                    "ab00ee05c7067fd10a35c5d2a4922ebba746ddd50ff83b79c828da17bbdf1757"),
    "pcre2": Debian("pcre2", "pcre2_10.42.orig.tar.gz",
                    "c33b418e3b936ee3153de2c61cc638e7e4fe3156022a5c77d0711bcbb9d64f1f",
                    tuple((f"pcre2-10.42/src/{a}", f"pcre2-10.42/src/{b}") for a, b in
                          (("config.h.generic", "config.h"), ("pcre2.h.generic", "pcre2.h"),
                           ("pcre2_chartables.c.dist", "pcre2_chartables.c")))),
    "bearssl": Debian("bearssl", "bearssl_0.6+dfsg.1.orig.tar.xz",
                      "102a625bd8f6155260867a50c508df8d8c3f796985dd744df1a68e5cd1a79004"),
    "tcc": Debian("tcc", "tcc_0.9.27+git20200814.62c30a4a.orig.tar.bz2",
                  "d63c113bcdd657f51c8ee197a0b0a24203603313e19a52b5f678d40ab7f5df35"),
}

SQLITE_OPTIONS = (
    "-DSQLITE_THREADSAFE=0", "-DSQLITE_OMIT_LOAD_EXTENSION", "-DSQLITE_OMIT_WAL",
    "-DSQLITE_DEFAULT_MEMSTATUS=0")
# No signals, and neither the time nor an address in what is hashed or sorted.
LUA_OPTIONS = ("-Dl_signalT=int", "-Dluai_makeseed(L)=20011", "-Dl_randomizePivot()=20011")
LUA_FILES = ("lapi lcode lctype ldebug ldo ldump lfunc lgc llex lmem lobject lopcodes lparser lstate "
             "lstring ltable ltm lundump lvm lzio lauxlib lbaselib lmathlib lstrlib ltablib")
# As it is where there is no assembler for the processor: all builds compile the same C.
ZSTD_OPTIONS = ("-DZSTD_DISABLE_ASM=1", "-DXXH_NAMESPACE=ZSTD_", "-DZSTD_LEGACY_SUPPORT=0")
PCRE2_OPTIONS = ("-DHAVE_CONFIG_H", "-DPCRE2_CODE_UNIT_WIDTH=8", "-DPCRE2_STATIC",
                 "-DSUPPORT_UNICODE", "-DHAVE_MEMMOVE")
PCRE2_FILES = ("auto_possess chartables compile config context error extuni find_bracket match "
               "match_data newline ord2utf pattern_info script_run string_utils study substitute "
               "substring tables ucd valid_utf xclass")
# The constant-time implementations in portable C of what the workload uses.
BEARSSL_FILES = (
    "aead/gcm codec/* ec/ec_p256_m31 ec/ec_pubkey ec/ec_secp256r1 ec/ec_secp384r1 ec/ec_secp521r1 "
    "ec/ecdsa_atr ec/ecdsa_i31_bits ec/ecdsa_i31_sign_raw ec/ecdsa_i31_vrfy_raw hash/dig_oid "
    "hash/ghash_ctmul64 hash/sha2small hash/sha2big int/i31* int/i32_div32 mac/hmac mac/hmac_ct "
    "rand/hmac_drbg symcipher/aes_ct64* symcipher/aes_common symcipher/chacha20_ct "
    "symcipher/poly1305_ctmul")


def kernels():
    """Every file of bench/kernels is a kernel; its first comment says what it stresses."""
    found = []
    for source in sorted((BENCH / "kernels").glob("*.c")):
        comment = re.match(r"// Stresses: ([^;.]+)", source.read_text())
        if not comment:
            raise SetupError(f"{source}: the first line must be `// Stresses: GROUP; DETAILS`")
        found.append(Program(source.stem, "kernel", comment[1], source.stem, (source,)))
    return found


def applications(out):
    def build(name, folder, flags, files, includes=(), **more):
        # gnu17 because gcc 12 is measured too; warnings in other people's code are not ours to fix.
        common = ("-std=gnu17", f"-I{BENCH / 'kernels'}", f"-I{out / 'generated'}", "-w")
        root = out / "packages" / name / folder
        paths = [root / (file + ".c") for file in files.split()]
        own = tuple(f"-I{OWN / include}" for include in includes)
        includes = (f"-I{root}", *(f"-I{root / name}" for name in more.pop("within", ())))
        return dict(binary=name, kind="application", sources=(OWN / f"{name}_workload.c", *paths),
                    flags=(*common, *own, *flags, *includes), **more)

    getpid = ("-D_WASI_EMULATED_GETPID", "-lwasi-emulated-getpid")
    sqlite = build("sqlite", "", SQLITE_OPTIONS, "sqlite3", rounds=5)
    pcre2_files = " ".join(f"pcre2_{name}" for name in PCRE2_FILES.split())
    return [
        Program("sqlite", stresses="database in memory", **sqlite),
        Program("sqlite-file", stresses="database in a file", needs_directory=True, **sqlite),
        Program("duktape", stresses="JavaScript interpreter",
                **build("duktape", "", (), "duktape", ["no_setjmp"], rounds=10)),
        Program("lua", stresses="Lua interpreter",
                **build("lua", "lua-5.4.4/src", LUA_OPTIONS, LUA_FILES,
                        ["no_setjmp"], rounds=8)),
        Program("tcc", stresses="C compiler",
                **build("tcc", "", ("-DTCC_TARGET_ARM64", "-DCONFIG_TCC_STATIC"), "",
                        ["no_setjmp", "tcc"])),
        Program("zstd", stresses="compression",
                **build("zstd", "zstd-1.5.4/lib", ZSTD_OPTIONS,
                        "common/* compress/* decompress/*")),
        Program("expat", stresses="XML parser",
                **build("expat", "libexpat-R_2_5_0/expat/lib", ("-DXML_STATIC",), "*", ["expat"],
                        wasi_flags=getpid)),
        Program("pcre2", stresses="regular expressions",
                **build("pcre2", "pcre2-10.42/src", PCRE2_OPTIONS, pcre2_files, rounds=8)),
        Program("bearssl", stresses="cryptography",
                **build("bearssl", "bearssl-0.6/src", (), BEARSSL_FILES, within=["../inc"])),
    ]


def start_program():
    return Program("hello", "start", "start-up", "hello", (OWN / "hello.c",))


def directory(folder):
    """The programs of a directory that the user names: each .c or .wasm file is one."""
    found = []
    for file in sorted(folder.iterdir()):
        if file.suffix == ".c":
            found.append(Program(file.stem, "file", "", f"file-{file.stem}", (file,),
                                 (f"-I{BENCH / 'kernels'}",)))
        elif file.suffix == ".wasm":
            found.append(Program(file.stem, "file", "", f"file-{file.stem}", module=file))
    if not found:
        raise SetupError(f"{folder} has neither .c nor .wasm files")
    if len({program.name for program in found}) < len(found):
        raise SetupError(f"{folder}: two programs have the same name but for the suffix")
    return found


def prepare(out, programs, progress):
    """Fetches and generates what is not there yet of the sources of `programs`."""
    generated = out / "generated"
    generated.mkdir(parents=True, exist_ok=True)
    # Not by #embed, which gcc 12 doesn't know.
    for script in [*OWN.glob("*.js"), *OWN.glob("*.lua")]:
        target = generated / f"{script.name}.inc"
        text = ",".join(map(str, script.read_bytes()))
        if not target.exists() or target.read_text() != text:
            target.write_text(text)
    for binary in sorted({program.binary for program in programs} & set(PACKAGES)):
        fetch(out, PACKAGES[binary], binary, progress)
