"""Write the JSON Schema of the policy beside it, for editors and reviewers.

python -m utilities.policy_schema
"""

import json
from pathlib import Path

from solvencia.domain.policy import Policy

TARGET = Path("business_rules/policy.schema.json")


def policy_schema() -> str:
    """The schema as text."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Policy.model_json_schema(),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.write_text(policy_schema(), encoding="utf-8")
