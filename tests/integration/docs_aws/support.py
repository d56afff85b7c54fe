"""Reading docs/aws and what it must agree with: AWS's models, switchctl's defaults."""
import functools
import json
import pathlib
import re
import sys

import botocore.loaders
import botocore.model
import botocore.validate

ROOT = pathlib.Path(__file__).resolve().parents[3]
FOLDER = ROOT / "docs" / "aws"
sys.path.insert(0, str(ROOT / "tests" / "support"))
from fake_aws import shapes  # noqa: E402


def read_json(path):
    return json.loads((FOLDER / path).read_text(encoding="utf-8"))


@functools.lru_cache(maxsize=None)
def model(service):
    """As Debian ships it."""
    return botocore.model.ServiceModel(botocore.loaders.Loader().load_service_model(service, "service-2"), service)


def wrong_with(service, operation, request):
    """Sentences: what botocore's validator refuses, and enums, lengths and patterns, which it lets pass."""
    shape = model(service).operation_model(operation).input_shape
    report = botocore.validate.ParamValidator().validate(request, shape)
    said = [report.generate_report()] if report.has_errors() else []
    return said + [broken.words for broken in shapes.check(shape, request)]


@functools.lru_cache(maxsize=None)
def defaults():
    """EcsOptions of switchctl: {"cluster": "{app}-{env}", …}"""
    header = (ROOT / "control/platform/options.h").read_text(encoding="utf-8")
    inside = re.search(r"struct EcsOptions \{(.*?)\n\};", header, re.DOTALL).group(1)
    return dict(re.findall(r'std::string (\w+) = "([^"]*)";', inside))


def named(key, service="", environment="staging"):
    return defaults()[key].replace("{app}", "pms").replace("{service}", service).replace("{env}", environment)
