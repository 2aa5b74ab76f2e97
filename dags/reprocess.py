"""By hand, after a parser has changed: read kept pages again. By default it only tells what that would change."""

from __future__ import annotations

from airflow.sdk import Param, dag

import steps
from forms import choice
from newswire import sources
from newswire.model import Outcome
from wiring import DAG_ARGS, WINDOW_PARAMS

DOC = """
### Reprocess
Reads the kept pages of a source again with the parser of today. **Dry run** (the default) writes nothing: the log of the task
`reprocess` shows counts and a sample of what would change. Then trigger it without. What really changed gets a revision of cause
`parser`; an article that is no longer found is counted as `lost` and stays as it is. Of each article only the newest page counts.

**When it is red:** a wrong form says so in one line. Otherwise the database; run it again, it goes on with what is left to do.
`errors` in the counts: pages that break the parser, see `mart.rejected`; mend it and read the outcome `error` again.
Without times, all that is kept is read.
"""

CODES = [
    Outcome.OK, Outcome.REDIRECTED, Outcome.NOT_ARTICLE, Outcome.NO_TEXT, Outcome.NO_TITLE, Outcome.NO_DATE, Outcome.SERVICE,
    Outcome.UNSUPPORTED, Outcome.NO_CHANNEL, Outcome.PREVIEW_OFF, Outcome.SOFT_BAN, Outcome.ERROR,
]  # fmt: skip
"""`reprocess.PARSED`; that module needs the database's driver, which a Dag file must not load."""

FEEDS = [feed.name for source in sources.load_all() for feed in source.feeds]


@dag(
    dag_display_name="Reprocess", doc_md=DOC, schedule=None, **DAG_ARGS, tags=["newswire"],
    params={
        "source": Param(sources.names()[0], type="string", enum=sources.names(), title="Source"),
        "start": WINDOW_PARAMS["start"],
        "end": Param(None, type=["null", "string"], format="date-time", title="To", description="Published before."),
        "feeds": choice(FEEDS, "Editions or channels of the source (none: all)", is_open=True),
        "outcomes": choice(CODES, "Only what ended as (none: all)"),
        "outdated": Param(default=False, type="boolean", title="Only older parsers", description="Leave out what is up to date."),
        "limit": Param(None, type=["null", "integer"], minimum=1, title="Limit", description="Pages at the most, newest first."),
        "dry_run": Param(default=True, type="boolean", title="Dry run", description="Write nothing, tell what would change."),
    },
)  # fmt: skip
def reprocess() -> None:
    """Wire the Dag."""
    steps.reread(steps.reprocess())


reprocess()
