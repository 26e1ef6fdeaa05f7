"""Long work beside the page: a thread runs the service, the page shows how far it is and can stop it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Event, Thread
from typing import Any

import streamlit as st

from bcp_kit.pages.parts.guard import on_script_error
from bcp_kit.pages.parts.session import context, has_text, say
from bcp_kit.services.base import Context

POLL_EVERY = "500ms"


@dataclass
class Job:
    """One run of a service. `outcome` and `failure` are set by the thread when `thread` has ended."""

    done: float = 0.0
    stage: str = ""
    outcome: Any = None
    failure: Exception | None = None
    asked_to_stop: Event = field(default_factory=Event)
    thread: Thread | None = None

    def report(self, done: float, stage: str) -> bool:
        """Take note of the progress; False asks the service to stop."""
        self.done, self.stage = min(max(done, 0.0), 1.0), stage
        return not self.asked_to_stop.is_set()

    def running(self) -> bool:
        """True until the thread has ended."""
        return self.thread is not None and self.thread.is_alive()


def _run(job: Job, work: Callable[[Job], Any]) -> None:
    try:
        job.outcome = work(job)
    except Exception as error:
        job.failure = error


def start_thread(name: str, work: Callable[[Job], Any]) -> None:
    """Start `work(job)` in a thread of its own; one job of a name at a time per session.

    `work` may not touch Streamlit: what it needs of the session is handed to it.
    """
    known: Job | None = st.session_state.get(_key(name))
    if known is not None and known.running():
        return
    job = Job()
    job.thread = Thread(target=_run, args=(job, work), daemon=True)
    st.session_state[_key(name)] = job
    job.thread.start()


def start_job(name: str, work: Callable[[Context], Any], wait_s: float = 0.0) -> None:
    """Start the service call `work(ctx)` beside the page; its progress is the job's.

    Waits up to `wait_s` for its end: short work shows its outcome at once, without a bar in between.
    """
    ready = context()
    start_thread(name, lambda job: work(replace(ready, progress=job.report)))
    job: Job = st.session_state[_key(name)]
    if wait_s and job.thread is not None:
        job.thread.join(wait_s)


def _key(name: str) -> str:
    return f"job.{name}"


def show_job(name: str) -> Any:
    """Show a running job with its stop button; return the outcome once, when it has ended.

    Returns: the outcome in the run after the end, None otherwise. A failure is shown as its sentence.
    """
    job: Job | None = st.session_state.get(_key(name))
    if job is None:
        return None
    if job.running():
        _watch(name)
        return None
    del st.session_state[_key(name)]
    if job.failure is not None:
        on_script_error(job.failure)
    return job.outcome


@st.fragment(run_every=POLL_EVERY)
def _watch(name: str) -> None:
    """Redraw the bar twice a second; redraw the page when the job has ended."""
    job: Job | None = st.session_state.get(_key(name))
    if job is None or not job.running():
        st.rerun()
        return
    stage = say(job.stage) if has_text(job.stage) else say("pages.jobs.running")
    st.progress(job.done, text=stage)
    if st.button(say("pages.jobs.stop"), key=f"{_key(name)}.stop"):
        job.asked_to_stop.set()
    if job.asked_to_stop.is_set():
        st.caption(say("pages.jobs.stopping"))
