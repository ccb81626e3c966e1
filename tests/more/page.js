// Talks to the page in Debian's Chromium. Prints one JSON object of what a person would see.
const { chromium } = require("playwright-core");

const [url, screenshot] = process.argv.slice(2);
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"].concat(
  ["--disable-background-networking", "--disable-component-update", "--disable-sync"],
);

async function main() {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
  const page = await browser.newPage({ viewport: { width: 760, height: 1000 } });
  const problems = [];
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(String(error)));
  await page.goto(url);
  const log = () => page.locator("#dialogue li").allTextContents();
  const heard = (words) => page.getByText(words).last().waitFor();
  const heardAlone = (words) => page.getByText(words, { exact: true }).last().waitFor();
  const say = async (words) => {
    await page.fill("#text", words);
    await page.press("#text", "Enter");
  };
  await heard("Welcome to Gentle Back.");
  const place = await page.inputValue("#place");
  const places = await page.locator("#place option").allTextContents();
  await say("the chair twist");
  for (const number of ["One", "Two", "Three", "Four", "Five", "Six"]) {
    await heard(`${number} of six.`);
    await page.getByRole("button", { name: "no", exact: true }).click();
  }
  await heard("Are you ready?");
  await say("ready");
  await page.locator("#pause").waitFor({ state: "visible", timeout: 60000 });
  const pause = await page.locator("#pause").innerText();
  await page.screenshot({ path: screenshot });
  await page.click("#skip");
  await say("how long left");
  await heard("Hold for");
  await say("ow that hurts");
  await heardAlone("Stop."); // "To stop, say stop." has been on the page before
  const hidden = await page.locator("#pause").isHidden();
  await say("carry on");
  await heard("No more stretching");
  await page.selectOption("#place", "en-GB");
  await say("what are the danger signs");
  await heard("999");
  const result = { place, places, log: await log(), pause, hidden, problems, title: await page.title() };
  await browser.close();
  console.log(JSON.stringify(result));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
