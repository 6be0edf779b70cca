#!/usr/bin/env python3
"""The lint itself: what it lets through and what it objects to."""

import unittest

from coroutine_lint import capturing_coroutines, findings

GOOD = [
    "co_await f();",
    "const bool exists = co_await store_.exists(owner);",
    "auto [a, b] = co_await f(x, y);",
    "outcome = co_await exchange_->step(text);",
    "self->value = co_await f();",
    "co_return co_await f(x);",
    "if (auto x = co_await f(y)) g(x);",
    "while (running_ > 0) co_await joiner_->empty.wait();",
    "for (int i = 0; i < count; ++i) co_await turns();",
    "for (int i = 0; i < count; ++i) {\n    co_await turns();\n}",
    "if (!sent) co_await g(a, b(c));\nelse co_await h();",
    "const task_error e{1};\nco_await f(e);",
    "auto l = [](int x) -> task<> { co_await f(x); };",
    "call({\n    a,\n});\nco_await f();",
    "case kind::message:\n    co_await f();\n    break;",
    'co_await f("a ? {b}", \'{\');  // no { here',
    "try {\n    answer = co_await h.waiting(h.object, args...);\n} catch (...) {\n}",
]

BAD = [
    "if (co_await f(y)) g();",
    "while (co_await f()) g();",
    "for (auto x = co_await f(); x; ++x) g();",
    "switch (co_await f()) {\n}",
    "co_await f({.to = x});",
    "co_await f(std::string{x});",
    "auto x = std::pair{co_await f(), 1};",
    "g(co_await f());",
    "auto x = (co_await f()).value();",
    "auto x = a ? co_await f() : b;",
    "auto x = co_await f(a ? b : c);",
    "auto x = co_await f() + co_await g();",
    "if (!co_await f()) throw error();",
    "co_await f([&] { return 1; });",
    "return !co_await f();",
]


class Lint(unittest.TestCase):
    def test_plain_statements_pass(self):
        for statement in GOOD:
            with self.subTest(statement):
                self.assertEqual(findings("task<> f() {\n" + statement + "\n}\n"), [])

    def test_everything_else_is_found(self):
        for statement in BAD:
            with self.subTest(statement):
                self.assertNotEqual(findings("task<> f() {\n" + statement + "\n}\n"), [])

    def test_coroutine_lambdas_do_not_capture(self):
        self.assertEqual(capturing_coroutines("auto f = [](int x) -> task<> { co_return; };"), [])
        self.assertEqual(capturing_coroutines("auto f = [&] { return a[i]; };"), [])
        for code in ("[&]() -> task<> {}", "[this](int x) mutable -> task<int> {}", "[x] -> task<> {}"):
            self.assertEqual(len(capturing_coroutines("auto f = " + code + ";")), 1, code)


if __name__ == "__main__":
    unittest.main()
