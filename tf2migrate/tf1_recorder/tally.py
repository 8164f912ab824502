"""Events that happen again and again, counted."""

import json
from typing import Any, Dict, List, Tuple

from tf2migrate.tf1_recorder.places import Place

KINDS = 16


class Tally:
    """Counts events by place and kind; of one place at most KINDS are told apart."""

    def __init__(self) -> None:
        self.entries = {}  # type: Dict[Tuple[Place, str], Dict[str, Any]]
        self.kinds = {}  # type: Dict[Place, int]

    def entry(self, place: Place, **what: Any) -> Dict[str, Any]:
        """The entry to count in; `others` is set in that of all further kinds."""
        key = (place, json.dumps(what, sort_keys=True))
        if key not in self.entries:
            self.kinds[place] = self.kinds.get(place, 0) + 1
            if self.kinds[place] > KINDS:
                key, what = (place, ""), {"others": True}
            self.entries.setdefault(key, dict(what, place=place, count=0))
        return self.entries[key]

    def rows(self) -> List[Dict[str, Any]]:
        """The entries, in an order that does not depend on threads."""
        return [self.entries[key] for key in sorted(self.entries)]
