// Drives POST /alexa with a public Alexa client, from the built model. Prints one JSON object.
const { VirtualAlexa } = require("virtual-alexa");

const [url, model] = process.argv.slice(2);

function spoken(response) {
  const speech = response.response.outputSpeech;
  return speech ? speech.ssml.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim() : "";
}

async function main() {
  const alexa = VirtualAlexa.Builder().skillURL(url).interactionModelFile(model).create();
  const turns = [];
  const take = async (what, send) => {
    const response = await send();
    const attributes = (response.sessionAttributes || {}).gentle_back || {};
    turns.push({
      what,
      said: spoken(response),
      ssml: (response.response.outputSpeech || {}).ssml || "",
      state: attributes.state || null,
      ends: response.response.shouldEndSession,
      card: response.response.card || null,
    });
  };
  const say = (words) => take(words, () => alexa.utter(words));
  const intend = (name, slots) => take(name, () => alexa.intend(name, slots));
  await take("launch", () => alexa.launch());
  await say("guide me through the figure four");
  for (let number = 0; number < 6; number += 1) await intend("AMAZON.NoIntent");
  await say("i'm ready");
  await say("why does it pop");
  await intend("AMAZON.ResumeIntent");
  await intend("AMAZON.NextIntent");
  await say("ow that hurts");
  await say("let's keep going");
  console.log(JSON.stringify(turns));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
