"""The registry, and what becomes of an image that ECS runs."""
import hashlib

from .accounts import ACCOUNT
from .ecs_machine import FATES
from .errors import Refusal


def digest(text):
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


class Ecr:
    """Repositories with tags; also ECS's source of digests and of what an image does when it runs."""

    def __init__(self, clock, region):
        self.clock = clock
        self.region = region
        self.repositories = {}  # name: {digest: {"tags": [...], "pushed": stamp}}
        self.fates = []  # (part of an image or family, fate), the newest first

    def host(self):
        return f"{ACCOUNT}.dkr.ecr.{self.region}.amazonaws.com"

    def push(self, repository, tag):
        """Moves the tag to a new image; its digest follows from both names."""
        images = self.repositories.setdefault(repository, {})
        found = digest(f"{repository}:{tag}")
        for image in images.values():
            if tag in image["tags"]:
                image["tags"].remove(tag)
        images.setdefault(found, {"tags": [], "pushed": self.clock.stamp()})["tags"].append(tag)
        return found

    def remember(self, part, fate):
        """Tasks whose image or family contains `part` fare so."""
        if fate not in FATES:
            raise ValueError(f"a fate is one of {', '.join(FATES)}")
        self.fates.insert(0, (part, fate))

    def _split(self, image):
        """(repository, tag or None, digest or None) of one of ours, or None."""
        if not image.startswith(self.host() + "/"):
            return None
        name = image[len(self.host()) + 1:]
        name, _, found = name.partition("@")
        name, _, tag = name.partition(":")
        return name, tag or ("latest" if not found else None), found or None

    def fate(self, definition):
        for container in definition["containerDefinitions"]:
            for part, fate in self.fates:
                if part in container["image"] or part == definition["family"]:
                    return fate
            if self._split(container["image"]) and not self.digest_of(container["image"]):
                return "missing_image"
        return "good"

    def digest_of(self, image):
        """{"imageDigest": …} or {}."""
        split = self._split(image)
        if split is None:
            return {}
        name, tag, wanted = split
        for found, kept in self.repositories.get(name, {}).items():
            if found == wanted or (wanted is None and tag in kept["tags"]):
                return {"imageDigest": found}
        return {}

    def begin(self, operation, value):
        return None

    def _repository(self, value):
        name = value["repositoryName"]
        if value.get("registryId", ACCOUNT) != ACCOUNT or name not in self.repositories:
            raise Refusal("RepositoryNotFoundException", f"The repository with name '{name}' does not exist in the "
                          f"registry with id '{value.get('registryId', ACCOUNT)}'")
        return name, self.repositories[name]

    @staticmethod
    def _page(items, value):
        size, start = value.get("maxResults", 100), int(value.get("nextToken", "0"))
        end = start + size
        return items[start:end], {"nextToken": str(end)} if end < len(items) else {}

    def describe_images(self, value, caller):
        name, images = self._repository(value)
        if value.get("imageIds") and ("maxResults" in value or "nextToken" in value):
            raise Refusal("InvalidParameterException", "maxResults and nextToken cannot be used with imageIds.")
        found = self._chosen(name, images, value["imageIds"]) if value.get("imageIds") else list(images)
        more = {}
        if not value.get("imageIds"):
            found, more = self._page(found, value)
        shown = []
        for one in found:
            shown.append({"registryId": ACCOUNT, "repositoryName": name, "imageDigest": one,
                          "imageSizeInBytes": 48_000_000, "imagePushedAt": images[one]["pushed"],
                          **({"imageTags": list(images[one]["tags"])} if images[one]["tags"] else {})})
        return {"imageDetails": shown, **more}

    @staticmethod
    def _chosen(name, images, wanted):
        found = []
        for ident in wanted:
            match = [one for one, image in images.items() if ident.get("imageDigest", one) == one
                     and (("imageTag" not in ident) or ident["imageTag"] in image["tags"])]
            if not match:
                told = ", ".join(f"{key}:'{text}'" for key, text in sorted(ident.items()))
                raise Refusal("ImageNotFoundException", f"The image with imageId {{{told}}} does not exist within the "
                              f"repository with name '{name}' in the registry with id '{ACCOUNT}'")
            found += match
        return found

    def describe_repositories(self, value, caller):
        names = value.get("repositoryNames", sorted(self.repositories))
        for name in names:
            self._repository({"repositoryName": name})
        names, more = self._page(names, value)
        return {"repositories": [{"repositoryName": name, "registryId": ACCOUNT,
                                  "repositoryUri": f"{self.host()}/{name}", "imageTagMutability": "IMMUTABLE",
                                  "repositoryArn": f"arn:aws:ecr:{self.region}:{ACCOUNT}:repository/{name}"}
                                 for name in names], **more}
