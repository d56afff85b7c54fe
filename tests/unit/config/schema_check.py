"""Examples against the JSON Schema: they fit, their values are its defaults, and mistakes do not fit."""
import json
import pathlib
import sys

try:
    import jsonschema
    import yaml
except ImportError:
    print("python3-jsonschema or python3-yaml is not installed: not checked")
    sys.exit(77)


def with_text_keys(node):
    """YAML has numbers as keys, JSON has not."""
    if isinstance(node, dict):
        return {str(key): with_text_keys(value) for key, value in node.items()}
    if isinstance(node, list):
        return [with_text_keys(item) for item in node]
    return node


def load(text):
    return with_text_keys(yaml.safe_load(text))


def uncommented(text):
    """Takes the "#" away from keys that stand behind one; prose has one space after it."""
    lines = []
    for line in text.splitlines():
        prose = line == "#" or (line.startswith("# ") and not line.startswith("#  "))
        lines.append(line[1:] if line.startswith("#") and not prose else line)
    return "\n".join(lines)


def shown(value):
    """A variable with a default stands for its default."""
    if isinstance(value, str) and value.startswith("${"):
        return value[value.index(":-") + 2 : -1]
    return value


def compare_defaults(node, schema, path, wrong):
    for key, value in node.items():
        below = schema.get("properties", {}).get(key)
        if below is None:
            continue
        if "default" in below and not isinstance(value, dict) and shown(value) != below["default"]:
            wrong.append(f"{path}{key}: the example has {value!r}, the schema {below['default']!r}")
        for one in [below, *below.get("anyOf", [])]:
            if isinstance(value, dict):
                compare_defaults(value, one, f"{path}{key}.", wrong)


MISTAKES = [
    "services: {}",
    "app: a",
    "services: {web: {blue: [http://a]}}",
    "services: {web: {blue: [http://a], green: []}}",
    "services: {web: {blue: [http://a], green: [ftp://b]}}",
    "services: {Web: {blue: [http://a], green: [http://b]}}",
    "services: {web: {blue: [http://a], green: [http://b], tunnels: drop}}",
    "services: {web: {blue: [http://a], green: [http://b], health: {interval: 10}}}",
    "services: {web: {blue: [http://a], green: [http://b], health: {fal: 1}}}",
    "{services: {web: {blue: [http://a], green: [http://b]}}, listen: [{address: localhost:80}]}",
    "{services: {web: {blue: [http://a], green: [http://b]}}, limits: {head: 32KB}}",
    "{services: {web: {blue: [http://a], green: [http://b]}}, pages: {200: a}}",
    "{services: {web: {blue: [http://a], green: [http://b]}}, log: {level: loud}}",
    "{services: {web: {blue: [http://a], green: [http://b]}}, rollout: {holds: [{percent: 0, for: 1m}]}}",
    "{services: {web: {blue: [http://a], green: [http://b]}}, rollout: {holds: [{percent: 10, for: 1m, requests: 0}]}}",
    "{services: {web: {blue: [http://a], green: [http://b]}}, rollout: {plans: {default: {}}}}",
    "{services: {web: {blue: [http://a], green: [http://b]}}, rollout: {when_quiet: never}}",
    "{services: {web: {blue: [http://a], green: [http://b]}}, verdict: {tolerated: 11}}",
    "{services: {web: {blue: [http://a], green: [http://b]}}, verdict: {latency: {factor: 1}}}",
    "{services: {web: {blue: [http://a], green: [http://b]}}, shield: {budget: 101}}",
    "{services: {web: {blue: [http://a], green: [http://b]}}, notify: [{name: a}]}",
    '{services: {web: {blue: [http://a], green: [http://b]}}, notify: [{name: a, url: "http://a", url_file: b}]}',
    '{services: {web: {blue: [http://a], green: [http://b]}}, notify: [{name: a, url: "http://a", events: [rebooted]}]}',
    "services: {web: {blue: [http://a], green: [http://b], templates: [api]}}",
    "services: {web: {blue: [http://a], green: [http://b], failures: [404]}}",
]


def main(folder):
    schema = json.loads((folder / "schema/switchyard.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    wrong = []
    full = (folder / "examples/switchyard.yaml").read_text()
    texts = {path.name: path.read_text() for path in sorted((folder / "examples").glob("*.yaml"))}
    texts["switchyard.yaml, uncommented"] = uncommented(full)
    for name, text in texts.items():
        for error in validator.iter_errors(load(text)):
            wrong.append(f"{name}: {error.json_path}: {error.message}")
    for text in MISTAKES:
        if validator.is_valid(load(text)):
            wrong.append(f"the schema accepts {text}")
    example = load(full)
    compare_defaults(example, schema, "", wrong)
    service = schema["properties"]["services"]["additionalProperties"]
    compare_defaults(example["services"]["backend"]["health"], service["properties"]["health"], "health.", wrong)
    print("\n".join(wrong) or f"{len(texts)} examples and {len(MISTAKES)} mistakes checked")
    return 1 if wrong else 0


sys.exit(main(pathlib.Path(sys.argv[1])))
