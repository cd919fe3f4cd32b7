"""Hosts whose APIs have the model in the path, and who gives access tokens."""
import re
import urllib.parse

from scripted_host import ScriptedHost

PLACES = [r"/models/([^:/?]+):", r"/model/([^/?]+)/", r"/deployments/([^/?]+)/"]


class PathHost(ScriptedHost):
    def model_of(self, exchange):
        if exchange.path.partition("?")[0].endswith("/token"):
            return "token"
        for place in PLACES:
            if found := re.search(place, exchange.path):
                return urllib.parse.unquote(found[1])
        return super().model_of(exchange)
