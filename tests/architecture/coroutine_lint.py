"""One statement, one await: finds statements with co_await that are more than a plain call, optionally bound to a
name. Compilers differ in what they make of temporaries that live across a suspension, and so do readers."""

import re


def without_comments(text):
    """The code, with comments, strings and characters blanked out; every position stays where it was."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())

    return re.sub(r'R"([^(\s]*)\(.*?\)\1"|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|(?<![0-9a-zA-Z])\'(?:\\.|[^\'\\\n])+\'',
                  blank, text, flags=re.DOTALL)


def opens_block(code, at):
    """Whether the brace there opens a block and not an initializer. The formatter sets a block's off by a space."""
    before = code[:at].rstrip()
    if not before or before[-1] in ";{}":
        return True
    if before[-1] in "=,(<?&|" or re.search(r"\breturn$", before):
        return False
    return before[-1] == ")" or len(before) < at


def statement_around(code, at):
    """The statement that position stands in, from its first to its last character."""
    start, depth = at, 0
    while start > 0:
        c = code[start - 1]
        if c in ")]":
            depth += 1
        elif c in "([":
            depth = max(0, depth - 1)
        elif depth == 0 and c == ";" and not inside_for(code, start - 1):
            break
        elif depth == 0 and c == "}" and closes_block(code, start - 1):
            break
        elif depth == 0 and c == "{" and opens_block(code, start - 1):
            break
        start -= 1
    end, depth = at, 0
    while end < len(code):
        c = code[end]
        if c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        elif c == ";" and depth <= 0:
            break
        if depth < 0 and c == "}":
            break
        end += 1
    return code[start:end].strip()


def closes_block(code, at):
    depth = 0
    for place in range(at, -1, -1):
        if code[place] == "}":
            depth += 1
        elif code[place] == "{":
            depth -= 1
            if depth == 0:
                return opens_block(code, place)
    return True


def inside_for(code, at):
    """Whether the semicolon there stands in the head of a for."""
    depth = 0
    for place in range(at - 1, -1, -1):
        c = code[place]
        if c in ")}":
            depth += 1
        elif c == "{":
            if depth == 0:
                return False
            depth -= 1
        elif c == "(":
            if depth == 0:
                return bool(re.search(r"\bfor\s*$", code[:place]))
            depth -= 1
    return False


def head_and_body(statement):
    """Splits `if (...)`, `for (...)`, `else` and labels off the statement they govern."""
    head = ""
    while True:
        match = re.match(r"\s*(else\b|do\b|case\b[^;]*?(?<!:):(?!:)|default\s*:|(?:if|while|for|switch)\b\s*(?:constexpr\s*)?(?=\())",
                         statement)
        if not match:
            return head, statement.strip()
        end = match.end()
        if end < len(statement) and statement[end] == "(" and match.group().strip()[-1] != ":":
            depth = 0
            for end in range(end, len(statement)):
                depth += {"(": 1, ")": -1}.get(statement[end], 0)
                if depth == 0:
                    break
            end += 1
        head += statement[:end]
        statement = statement[end:]


def objection(statement):
    """What is wrong with a statement that has co_await in it; None if nothing is."""
    head, body = head_and_body(statement)
    if "co_await" in head:
        plain = re.fullmatch(r"\s*(?:else\s*)?if \((?:const )?auto[&*]* \w+ = co_await [^?{]*\)", head)
        return None if plain and "co_await" not in body else "co_await in a condition"
    if body.count("co_await") > 1:
        return "more than one co_await"
    before, after = body.split("co_await")
    if not re.fullmatch(r"(?:co_return\s+|[\w:<>,\s&*.()\[\]]*?(?:->[\w.]+)*\s*=\s*)?", before):
        return "co_await inside an expression"
    if before.count("(") or "{" in before:
        return "co_await inside an expression"
    if "{" in after:
        return "braces beside co_await"
    if "?" in after:
        return "?: beside co_await"
    if re.search(r"\bthrow\b", body):
        return "throw beside co_await"
    return None


def findings(text):
    code = without_comments(text)
    found = []
    for match in re.finditer(r"\bco_await\b", code):
        if re.search(r"operator\s*$", code[:match.start()]):
            continue
        what = objection(statement_around(code, match.start()))
        if what:
            found.append((code.count("\n", 0, match.start()) + 1, what))
    return found


def capturing_coroutines(text):
    """Lambdas that capture and return a task: the captures die with the lambda, before the coroutine does."""
    code = without_comments(text)
    pattern = r"(?<![\w\])\[])\[\s*([^\[\]]+)\]\s*(?:\([^{};]*?\))?\s*(?:mutable\s*)?->\s*[\w:]*\b(?:task|awaitable)<"
    return [(code.count("\n", 0, match.start()) + 1, "a coroutine lambda with captures")
            for match in re.finditer(pattern, code)]
