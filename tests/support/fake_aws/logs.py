"""CloudWatch Logs, read only: filtered events by page, some of them empty."""
from .accounts import ACCOUNT
from .errors import Refusal


class Logs:
    def __init__(self, clock, region, settings):
        self.clock = clock
        self.region = region
        self.settings = settings  # empty_pages, page
        self.groups = {}  # name: [event]

    def begin(self, operation, value):
        return None

    def write(self, group, stream, message, timestamp=None):
        events = self.groups.setdefault(group, [])
        now = int(self.clock.now() * 1000)
        events.append({"logStreamName": stream, "timestamp": now if timestamp is None else timestamp,
                       "message": message, "ingestionTime": now, "eventId": f"{now:020d}{len(events):036d}"})
        events.sort(key=lambda event: event["timestamp"])

    def filter_log_events(self, value, caller):
        name = value.get("logGroupName") or value.get("logGroupIdentifier", "").rpartition("log-group:")[2]
        if name not in self.groups:
            raise Refusal("ResourceNotFoundException", "The specified log group does not exist.")
        if "logStreamNames" in value and "logStreamNamePrefix" in value:
            raise Refusal("InvalidParameterException", "logStreamNames and logStreamNamePrefix exclude one another.")
        events = [event for event in self.groups[name] if self._fits(event, value)]
        start, _, seen_empty = value.get("nextToken", "0").partition("+")
        start = int(start)
        if self.settings["empty_pages"] and not seen_empty and events[start:]:
            return {"events": [], "nextToken": f"{start}+e", "searchedLogStreams": []}
        end = start + min(value.get("limit", 10000), self.settings["page"])
        more = {"nextToken": str(end)} if end < len(events) else {}
        return {"events": events[start:end], "searchedLogStreams": [], **more}

    @staticmethod
    def _fits(event, value):
        if not value.get("startTime", 0) <= event["timestamp"] <= value.get("endTime", 1 << 62):
            return False
        if event["logStreamName"] not in value.get("logStreamNames", [event["logStreamName"]]):
            return False
        if not event["logStreamName"].startswith(value.get("logStreamNamePrefix", "")):
            return False
        return value.get("filterPattern", "").strip('"') in event["message"]

    def describe_log_groups(self, value, caller):
        prefix = value.get("logGroupNamePrefix", "")
        return {"logGroups": [{"logGroupName": name, "storedBytes": 0,
                               "arn": f"arn:aws:logs:{self.region}:{ACCOUNT}:log-group:{name}:*"}
                              for name in sorted(self.groups) if name.startswith(prefix)]}
