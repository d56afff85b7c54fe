"""The services' own descriptions, as Debian's botocore ships them or newer ones from a folder beside the project."""
import os

import botocore.loaders
import botocore.model

SERVICES = ("ecs", "ssm", "sts", "ecr", "logs")
HERE = os.path.dirname(os.path.abspath(__file__))
NEWER = os.path.join(HERE, "..", "..", "..", "..", "shared", "vectors", "aws", "models")


def models_folder():
    """SY_AWS_MODELS: a folder, or empty for Debian's own. Unset: the one beside the project when it is there."""
    folder = os.environ.get("SY_AWS_MODELS", NEWER)
    return os.path.abspath(folder) if folder and os.path.isdir(folder) else None


class Models:
    def __init__(self):
        self.folder = models_folder()
        # The search path of botocore ends with the newest: what is found first wins, so ours goes in front.
        loader = botocore.loaders.Loader()
        if self.folder:
            loader.search_paths.insert(0, self.folder)
        self.services = {}
        for name in SERVICES:
            description = loader.load_service_model(name, "service-2")
            self.services[name] = botocore.model.ServiceModel(description, name)
        self.targets = {model.metadata["targetPrefix"]: name for name, model in self.services.items()
                        if "targetPrefix" in model.metadata}

    def operation(self, service, name):
        """The operation's model or None."""
        model = self.services[service]
        return model.operation_model(name) if name in model.operation_names else None

    def signing_name(self, service):
        return self.services[service].signing_name

    def has_member(self, service, shape, member):
        return member in self.services[service].shape_for(shape).members
