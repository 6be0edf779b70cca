#!/usr/bin/env python3
"""The page of proofs shows the table that scripts/prove prints today."""

import pathlib
import subprocess
import sys

root = pathlib.Path(__file__).resolve().parent.parent.parent
page = (root / "docs" / "configuration" / "listen-proofs.md").read_text()
table = subprocess.run([root / "scripts" / "prove", "--table"], check=True, capture_output=True, text=True).stdout
if table not in page:
    sys.exit("docs/configuration/listen-proofs.md: put there what scripts/prove --table prints")
