"""Every topic is answered, by words and by its intent, through the turn API and through Alexa."""

from __future__ import annotations

import pytest

from skill.alexa import certification
from skill.alexa.handler import AlexaDoor
from skill.app import App
from skill.authoring.compile import intent_name
from skill.authoring.yaml_files import read
from skill.core.library import Library, Severity
from skill.core.turn import Door
from skill.core.wording import Wording
from skill.web.local import create_app
from tests.alexa import envelopes
from tests.helpers import ROOT, Listener, spoken

QUESTIONS = read(ROOT / "tests/utterances/questions.yaml").convert(dict[str, tuple[str, ...]])
"""Questions of the development examples, by the topic that they ask for."""


def test_every_fourth_way_of_asking_gets_its_answer(app: App, library: Library) -> None:
    for topic in library.answers.values():
        for index, asks in enumerate(topic.asks[::4]):
            one = Listener(app, user=f"{topic.id} {index}")
            one.says(asks)
            met = one.reply.topic == topic.id
            # A sign of the asker's own may outrank the answer; it is never a wrong answer.
            flagged = {flag.id: flag.severity for flag in library.safety.flags}.get(one.reply.flag or "")
            assert met or flagged not in (None, Severity.MODIFY), asks


def test_every_topic_is_answered_through_the_turn_api_and_through_alexa(app: App, library: Library) -> None:
    client, door = create_app(app).test_client(), AlexaDoor(app)
    for topic in library.answers.values():
        intent = intent_name("Ask", topic.id)
        by_words = client.post("/v1/turn", json={"session": f"words {topic.id}", "text": topic.asks[0]}).json
        by_intent = client.post("/v1/turn", json={"session": f"intent {topic.id}", "intent": intent}).json
        assert by_words is not None
        assert by_intent is not None
        assert by_intent["topic"] == topic.id
        assert by_intent["outcome"] == "answer"
        # "Can I stretch with a fever" reports one: the advice comes instead of the answer.
        assert by_words["topic"] == topic.id or by_words["outcome"] in ("urgent", "emergency", "defer")
        response = door.handle(envelopes.intent(intent))
        assert certification.problems(response, answer=True) == []
        assert response["response"]["card"]["title"] == topic.title.format(**library.locales["en-US"].words)


@pytest.mark.parametrize("topic", QUESTIONS)
def test_the_development_questions_get_their_topics(app: App, topic: str) -> None:
    for asks in QUESTIONS[topic]:
        one = Listener(app, user=f"dev {asks}")
        one.says(asks)
        assert one.reply.topic == topic, (asks, spoken(one.reply))


def test_where_is_that_from_is_answered_for_every_topic(app: App, library: Library) -> None:
    for topic in library.answers.values():
        one = Listener(app, user=f"source {topic.id}")
        one.does(intent_name("Ask", topic.id))
        one.says("where is that from")
        where_from = library.answers[topic.id].where_from
        assert Wording(library, "en-US", Door.LOCAL).fill(where_from) in one.words
