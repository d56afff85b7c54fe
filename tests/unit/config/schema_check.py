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


SWITCHCTL_MISTAKES = [
    "app: a",
    "environments: {}",
    "environments: {a: {}}",
    "environments: {A: {proxies: ['http://a']}}",
    "environments: {a: {proxies: [a]}}",
    "environments: {a: {proxies: ['http://a'], platform: k8s}}",
    "environments: {a: {proxies: ['http://a'], token: b, token_file: c}}",
    "environments: {a: {proxies: ['http://a'], record: {file: b, path: /c}}}",
    "environments: {a: {proxies: ['http://a'], keep_warm: 15}}",
    "environments: {a: {proxies: ['http://a'], smoke: {checks: [{}]}}}",
    "environments: {a: {proxies: ['http://a'], smoke: {programs: [{run: []}]}}}",
    "environments: {a: {proxies: ['http://a'], plan: {gate: {timeout: 1m}}}}",
    "environments: {a: {proxies: ['http://a'], compose: {service: web}}}",
    "environments: {a: {proxies: ['http://a'], ecs: {expect_account: '12'}}}",
    "environments: {a: {proxies: ['http://a'], notify: [{name: b}]}}",
    "{services: {web: {port: 70000}}, environments: {a: {proxies: ['http://a']}}}",
    "{services: {web: {heath: /x}}, environments: {a: {proxies: ['http://a']}}}",
]

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


def check(folder, name, mistakes):
    """What is wrong with the schema of one kind of file, and how many examples and mistakes were tried."""
    schema = json.loads((folder / f"schema/{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    wrong = []
    full = (folder / f"examples/{name}.yaml").read_text()
    ours = [path for path in sorted((folder / "examples").glob("*.yaml"))
            if path.name.startswith("switchctl") == (name == "switchctl")]
    texts = {path.name: path.read_text() for path in ours}
    # Uncommented, switchctl.yaml holds a token and a token_file, of which one must go.
    texts[f"{name}.yaml, uncommented"] = uncommented(full).replace("    token_file: token\n", "")
    for title, text in texts.items():
        for error in validator.iter_errors(load(text)):
            wrong.append(f"{title}: {error.json_path}: {error.message}")
    for text in mistakes:
        if validator.is_valid(load(text)):
            wrong.append(f"the schema of {name}.yaml accepts {text}")
    example = load(full)
    compare_defaults(example, schema, "", wrong)
    return schema, example, wrong, len(texts)


def main(folder):
    schema, example, wrong, texts = check(folder, "switchyard", MISTAKES)
    service = schema["properties"]["services"]["additionalProperties"]
    compare_defaults(example["services"]["backend"]["health"], service["properties"]["health"], "health.", wrong)

    schema, example, more, more_texts = check(folder, "switchctl", SWITCHCTL_MISTAKES)
    wrong += more
    environment = schema["properties"]["environments"]["additionalProperties"]
    staging = {key: value for key, value in example["environments"]["staging"].items() if key != "platform"}
    compare_defaults(staging, environment, "staging.", wrong)
    compare_defaults(example["environments"]["rehearsal"]["compose"], environment["properties"]["compose"],
                     "compose.", wrong)
    backend = schema["properties"]["services"]["additionalProperties"]
    compare_defaults(example["services"]["backend"], backend, "services.", wrong)
    mistakes = len(MISTAKES) + len(SWITCHCTL_MISTAKES)
    print("\n".join(wrong) or f"{texts + more_texts} examples and {mistakes} mistakes checked")
    return 1 if wrong else 0


sys.exit(main(pathlib.Path(sys.argv[1])))
