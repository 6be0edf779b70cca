#!/usr/bin/env python3
"""Reads the sources and holds them to the design: who includes whom, where third-party libraries may appear, how
coroutines are written. Run by ctest, or by hand from anywhere: tests/architecture/check_sources.py"""

import re
import unittest
from pathlib import Path

from coroutine_lint import capturing_coroutines, findings, without_comments

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("gateway", "config", "xmpp", "handlers", "web", "tests", "bench")
SKIPPED = {"node_modules", "build", "dist"}

# Layer: what it may include besides itself. The longest prefix of a path decides.
LAYERS = {
    "gateway/base": [],
    "config": ["gateway/base"],
    "gateway/net": ["gateway/base", "config"],
    "gateway/http": ["gateway/base", "config", "gateway/net"],
    "gateway/db": ["gateway/base", "config"],
    "xmpp/xml": ["gateway/base", "config"],
    "xmpp/address": ["gateway/base", "config"],
    "xmpp/stanza": ["gateway/base", "config"],
    "xmpp/access": ["gateway/base", "config"],
    "xmpp/sasl": ["gateway/base", "config"],
    "xmpp/auth": ["gateway/base", "config"],
    "xmpp/storage": ["gateway/base", "config", "gateway/db"],
    "xmpp/hooks": ["gateway/base", "config"],
    "xmpp/routing": ["gateway/base", "config"],
    "xmpp/stream": ["gateway/base", "config"],
    "xmpp/modules": ["gateway/base", "config"],
    "xmpp": ["gateway/base", "config"],  # ports and general options
    "handlers": ["gateway/base", "config", "gateway/net", "gateway/http", "gateway/db", "xmpp"],
    "web": ["gateway/base"],
    "gateway": ["gateway/base", "config", "gateway/net", "gateway/http", "gateway/db", "xmpp", "handlers", "web"],
}

# Inside xmpp: values, then what judges and stores them, then what moves them, then features.
XMPP_RANKS = [{"xml", "address", "stanza"}, {"access", "sasl", "auth", "storage"}, {"stream", "routing", "hooks"},
              {"modules"}]

# A module that uses another one.
MODULE_USES = {("presence", "roster"), ("disco", "roster"), ("register", "account_removal")}
# Not modules themselves, but the table of them and their options.
MODULE_WIRING = {"module_registry", "modules_options", "module_dependencies"}

# Third-party headers and the only sources that may include them.
CONFINED = {
    r"boost/beast\b": r"gateway/http/[^/]+\.cpp|gateway/base/asio\.cpp",
    r"toml\+\+|toml\.hpp": r"config/document\.cpp",
    r"sqlite3\.h": r"gateway/db/.*",
    r"expat\.h": r"xmpp/xml/.*",
    r"openssl/ssl\.h": r"gateway/net/.*",
    r"openssl/": r"gateway/net/.*|gateway/base/[^/]+\.cpp|gateway/self_signed\.cpp|gateway/doctor/certificate.*",
    r"zlib\.h": r"gateway/net/deflate\.cpp",
    r"ares\.h": r"gateway/doctor/ares_resolver\.cpp",
    r"stringprep\.h|idna\.h|idn2\.h": r"xmpp/address/.*|gateway/net/server_names\.cpp",
    r"re2/": r"xmpp/access/expression\.cpp",
    r"spdlog/": r"gateway/base/log\.cpp",
    r"CLI/": r"gateway/(command_line|config_commands/command_tree)\.cpp",
}

# 400 lines are the rule.
LONGER_FILES = {"xmpp/xml/scanner.cpp": 410, "tests/unit/net/tls_test.cpp": 420}
LONGEST = 400


def sources(*folders, suffixes=(".cpp", ".hpp")):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in suffixes and not SKIPPED & set(path.relative_to(ROOT).parts):
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


PRODUCT = [each for each in FOLDERS if each not in ("tests", "bench")]


def includes(text):
    return re.findall(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', text, re.MULTILINE)


def layer_of(path):
    fitting = [layer for layer in LAYERS if path.startswith(layer + "/")]
    return max(fitting, key=len) if fitting else None


def module_of(path):
    return path.removeprefix("xmpp/modules/").split("/")[0].split(".")[0]


class Sources(unittest.TestCase):
    maxDiff = None

    def nothing(self, found):
        self.assertFalse(found, "\n" + "\n".join(found))

    def test_includes_point_downwards(self):
        found = []
        for path, text in sources(*PRODUCT):
            layer = layer_of(path)
            for quote, name in includes(text):
                other = layer_of(name) if quote == '"' else None
                if other is None or other == layer:
                    continue
                both_xmpp = layer.startswith("xmpp") and other.startswith("xmpp")
                if not both_xmpp and not any(other == low or other.startswith(low + "/") for low in LAYERS[layer]):
                    found.append(f"{path}: {layer} may not include {name}")
        self.nothing(found)

    def test_xmpp_is_ordered_inside(self):
        rank = {part: place for place, parts in enumerate(XMPP_RANKS) for part in parts}
        found = []
        for path, text in sources("xmpp"):
            parts = path.split("/")
            if len(parts) < 3:
                continue
            for _, name in includes(text):
                other = name.split("/")
                if other[0] != "xmpp" or len(other) < 3 or rank[other[1]] <= rank[parts[1]]:
                    continue
                found.append(f"{path}: xmpp/{parts[1]} may not include {name}")
        self.nothing(found)

    def test_modules_stand_alone(self):
        found = []
        for path, text in sources("xmpp/modules"):
            module = module_of(path)
            if module in MODULE_WIRING:
                continue
            for _, name in includes(text):
                if name.startswith("xmpp/stream/"):
                    found.append(f"{path}: a module may not include {name}")
                if not name.startswith("xmpp/modules/"):
                    continue
                other = module_of(name)
                if other not in MODULE_WIRING | {module} and (module, other) not in MODULE_USES:
                    found.append(f"{path}: module {module} may not include {name}")
        self.nothing(found)

    def test_libraries_stay_where_they_are_wrapped(self):
        found = []
        for path, text in sources(*PRODUCT):
            for _, name in includes(text):
                for library, place in CONFINED.items():
                    if re.match(library, name) and not re.fullmatch(place, path):
                        found.append(f"{path}: includes {name}")
        self.nothing(found)

    def test_coroutines_are_started_in_one_place(self):
        found = []
        for path, text in sources(*FOLDERS):
            code = without_comments(text)
            if re.search(r"\bco_spawn\b", code) and path != "gateway/base/task_group.cpp" \
                    and not path.startswith("tests/support/"):
                found.append(f"{path}: co_spawn")
            if re.search(r"\basio::detached\b|asio/detached\.hpp|\(detached\)", code):
                found.append(f"{path}: detached")
        self.nothing(found)

    def test_coroutines_are_plain(self):
        found = []
        for path, text in sources(*FOLDERS):
            found += [f"{path}:{line}: {what}" for line, what in findings(text) + capturing_coroutines(text)]
        self.nothing(found)

    def test_files_are_short(self):
        found = []
        for path, text in sources(*FOLDERS):
            lines = text.count("\n")
            if lines > LONGER_FILES.get(path, LONGEST):
                found.append(f"{path}: {lines} lines")
        self.nothing(found)

    def test_headers_are_included_once(self):
        self.nothing([path for path, text in sources(*FOLDERS, suffixes=(".hpp",))
                      if not text.startswith("#pragma once\n")])

    def test_tests_do_not_sleep(self):
        self.nothing([path for path, text in sources("tests")
                      if re.search(r"\b(sleep_for|sleep_until|usleep|nanosleep)\b|\bsleep\s*\(",
                                   without_comments(text))])

    def test_nothing_is_left_for_later(self):
        words = re.compile("TO" + r"DO\b|FIX" + r"ME\b|\bX" + r"XX\b")
        suffixes = (".cpp", ".hpp", ".py", ".mjs", ".ts", ".sh", ".cmake", ".txt", ".md")
        self.nothing([path for path, text in sources(*FOLDERS, "docs", "scripts", "cmake", suffixes=suffixes)
                      if words.search(text)])


if __name__ == "__main__":
    unittest.main()
