"""
Checks resources against CloudFormation's schemas with cfn-lint. Standard input: a template's Resources.
Standard output: a list of "rule path: message".
"""

import json
import sys

from cfnlint.api import ManualArgs, lint

template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": json.load(sys.stdin)}
# E3019: the resources are those of several stacks, whose names are the same.
matches = lint(json.dumps(template), config=ManualArgs(regions=["eu-central-1"], ignore_checks=["E3019"]))
json.dump([f"{m.rule.id} {'/'.join(map(str, m.path or []))}: {m.message}" for m in matches], sys.stdout)
