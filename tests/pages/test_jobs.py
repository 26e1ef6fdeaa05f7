"""Long work beside the page: progress, stop, failure."""

from streamlit.testing.v1 import AppTest

from bcp_kit.forms.messages import messages


def _page() -> None:
    """A page with one long job; what it does is named in the session."""
    import time  # noqa: PLC0415 - runs as a page of its own

    import streamlit as st  # noqa: PLC0415

    from bcp_kit.domain.errors import BcpKitError, ErrorCode  # noqa: PLC0415
    from bcp_kit.pages.parts.jobs import Job, show_job, start_thread  # noqa: PLC0415

    def work(job: Job) -> str:
        if st_name == "fails":
            raise BcpKitError(ErrorCode.NOT_FOUND)
        for step in range(1000):
            if not job.report(step / 1000, "pages.jobs.running"):
                return "stopped"
            time.sleep(0.005 if st_name == "long" else 0)
        return "finished"

    st_name = st.session_state["kind"]
    if "begun" not in st.session_state:
        st.session_state["begun"] = True
        start_thread("try", work)
    outcome = show_job("try")
    if outcome:
        st.text(outcome)


def _until_ended(at: AppTest) -> AppTest:
    at.session_state["job.try"].thread.join(timeout=30)
    return at.run()


def _open(kind: str) -> AppTest:
    at = AppTest.from_function(_page, default_timeout=60)
    at.session_state["kind"] = kind
    return at.run()


def test_long_work_shows_progress_and_stops() -> None:
    """While it runs there is a stop button; pressing it ends the work with the answer so far."""
    at = _open("long")
    assert at.button(key="job.try.stop").label == messages("ja")["pages.jobs.stop"]
    at.button(key="job.try.stop").click().run()
    assert [t.value for t in _until_ended(at).text] == ["stopped"]


def test_short_work_gives_its_outcome_once() -> None:
    """The outcome is handed over once."""
    at = _open("short")
    if not at.text:
        at = _until_ended(at)
    assert [t.value for t in at.text] == ["finished"]
    assert not at.run().text


def test_a_failure_is_a_sentence() -> None:
    """A failure of the work is shown as its sentence on the page."""
    at = _open("fails")
    if not at.error:
        at = _until_ended(at)
    assert messages("ja")["errors.U-002.what"] in at.error[0].value
