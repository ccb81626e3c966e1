// The page is one client of the turn API: it shows the dialogue, and plays its pauses on its own clock.

const TONE = { hertz: 396, loudness: 0.12 }; // a soft hum that swells and fades
const TRIES = {
  idle: ["the figure four", "a chair stretch", "why does it pop", "what can you do"],
  screening: ["no", "yes", "I'm not sure"],
  ready: ["ready", "chair", "stop"],
  guiding: ["next", "how long left", "pause", "ow, that hurts", "stop"],
  paused: ["carry on", "next", "repeat", "stop"],
  locked: ["why does it pop", "when should I see a doctor", "stop"],
};
const NAMES = { "set-up": "Get into place", "get-ready": "Get ready", hold: "Hold", release: "Come back slowly", rest: "Rest" };

const element = (id) => document.getElementById(id);
const session = crypto.randomUUID();
let skipped = 0; // milliseconds of pauses that were skipped: the conversation's clock runs ahead by them
let turn = 0; // a newer turn ends the playing of an older one
let skip = () => {};
let sound; // made when the first tone is played: a browser allows no sound before a click

function line(words, kind) {
  const item = document.createElement("li");
  item.textContent = words;
  if (kind) item.className = kind;
  element("dialogue").append(item);
  item.scrollIntoView({ block: "nearest" });
}

function wait(milliseconds, tick) {
  return new Promise((done) => {
    const start = performance.now();
    const timer = setInterval(() => {
      const left = milliseconds - (performance.now() - start);
      tick(Math.max(0, left));
      if (left <= 0) finish(0);
    }, 100);
    const finish = (left) => {
      clearInterval(timer);
      skipped += Math.max(0, left);
      done();
    };
    skip = () => finish(milliseconds - (performance.now() - start));
  });
}

async function pause(segment, mine) {
  const milliseconds = segment.pause * 1000;
  const side = segment.side && segment.cue !== "set-up" ? `, ${segment.side} side` : "";
  element("pause-name").textContent = `${NAMES[segment.cue] ?? "Rest"}${side}`;
  element("pause").hidden = false;
  element("dialogue").lastElementChild?.scrollIntoView({ block: "end" });
  await wait(milliseconds, (left) => {
    if (mine !== turn) return;
    element("pause-seconds").textContent = `${Math.ceil(left / 1000)} s`;
    element("pause-bar").value = 1 - left / milliseconds;
  });
  if (mine === turn) element("pause").hidden = true;
}

// Needs no file: one sine, faded in and out so that it never clicks.
function tone(seconds) {
  sound ??= new AudioContext();
  const [wave, level, now] = [sound.createOscillator(), sound.createGain(), sound.currentTime];
  wave.frequency.value = TONE.hertz;
  level.gain.setValueAtTime(0, now);
  level.gain.linearRampToValueAtTime(TONE.loudness, now + 0.15);
  level.gain.linearRampToValueAtTime(0, now + seconds);
  wave.connect(level).connect(sound.destination);
  wave.start(now);
  wave.stop(now + seconds);
}

async function play(answer, mine) {
  const stopped = ["stop", "urgent", "emergency", "defer"].includes(answer.outcome);
  for (const segment of answer.segments) {
    if (mine !== turn) return;
    if (segment.pause !== undefined) {
      await pause(segment, mine);
    } else if (segment.tone !== undefined) {
      tone(segment.tone);
      await wait(segment.tone * 1000, () => {});
    } else {
      line(segment.say, stopped ? "stop" : "");
      if (segment.stretch) await wait(segment.seconds * 1000, () => {});
    }
  }
  if (mine === turn && answer.end) line("The conversation is over. Say something to begin again.", "quiet");
}

function show(answer) {
  const heard = answer.heard;
  const second = heard.runner_up ? `, or ${heard.runner_up}` : "";
  element("status").textContent =
    `${answer.state} · heard ${heard.intent} (${Math.round(heard.confidence * 100)} %${second})`;
  element("tries").replaceChildren(
    ...TRIES[answer.state].map((words) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = words;
      button.addEventListener("click", () => say({ text: words }));
      return button;
    }),
  );
}

// Decides the number to call, and everyday words: the browser's language, where the skill speaks it.
async function offerPlaces() {
  const { locales } = await (await fetch("readyz")).json();
  const names = new Intl.DisplayNames(["en"], { type: "language" });
  element("place").replaceChildren(...locales.map((locale) => new Option(names.of(locale), locale)));
  element("place").value = navigator.languages.find((language) => locales.includes(language)) ?? "en-US";
}

async function say(what) {
  const mine = (turn += 1);
  const now = new Date(Date.now() + skipped).toISOString();
  element("pause").hidden = true;
  if (what.text) line(what.text, "you");
  if (what.text === "") line("(silence)", "quiet");
  element("text").value = "";
  element("text").focus();
  try {
    const response = await fetch("v1/turn", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ session, now, locale: element("place").value, ...what }),
    });
    const answer = await response.json();
    if (mine !== turn) return;
    if (answer.error) {
      line(answer.error.message, "quiet");
      return;
    }
    show(answer);
    await play(answer, mine);
  } catch {
    line("The skill does not answer. Is gentle-back still running?", "quiet");
  }
}

element("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = element("text").value.trim();
  if (text) say({ text });
});
element("silence").addEventListener("click", () => say({ text: "" }));
element("skip").addEventListener("click", () => skip());
offerPlaces().finally(() => say({ intent: "LaunchRequest" }));
