// The page at `/`: where you are, what serves, the last calls, and how to send the first one.
import { drawFirstCall, forgetKeys, setRoutes, setUpFirstCall } from './first-call.js';
import { ask, endSession, openSession, readSession, takeLinkToken } from './session.js';
import { languages, pickLanguage, texts } from './texts.js';
import { drawCall, drawFacts, drawRoute, drawWarnings, element, toResultText } from './view.js';

/** Between looks at the last calls, and at everything else, while the page can be seen. */
const callsEveryMs = 2000;
const restEveryMs = 10_000;

const shownCalls = 25;
const languagePlace = 'changeover-language';

const byId = (id) => document.getElementById(id);

let language = 'en';
let timer = null;
let restDueAt = 0;
/** What was drawn last, so that nothing is drawn anew under a reader's eyes when it is the same. */
let drawn = { rest: null, calls: null };
let seenCalls = null;

function say(name, values = {}) {
  const text = texts[language][name] ?? texts.en[name] ?? name;
  return text.replace(/\{(\w+)\}/g, (place, key) => String(values[key] ?? place));
}

const context = () => ({ say, language });

function setLanguage(code) {
  language = code;
  const [, , direction] = languages.find(([known]) => known === code);
  document.documentElement.lang = code;
  document.documentElement.dir = direction;
  for (const place of document.querySelectorAll('[data-text]')) place.textContent = say(place.dataset.text);
  byId('language').value = code;
  drawn = { rest: null, calls: null };
  seenCalls = null;
  drawFirstCall();
}

function show({ inside, problem = '' }) {
  byId('inside').hidden = !inside;
  byId('sign-out').hidden = !inside;
  byId('sign-in').hidden = inside;
  byId('sign-in-problem').textContent = problem;
}

function signOut(problem = '') {
  endSession();
  forgetKeys();
  window.clearTimeout(timer);
  byId('simulated').hidden = true;
  byId('version').textContent = '';
  for (const id of ['routes', 'calls', 'facts', 'warnings']) byId(id).replaceChildren();
  drawn = { rest: null, calls: null };
  seenCalls = null;
  show({ inside: false, problem });
  byId('admin-key').focus();
}

/**
 * Sends one request; null when there is nothing to draw, because the server is away or the session is over.
 */
async function read(path) {
  const { status, body } = await ask('GET', path);
  const isAway = status === 0 || status >= 500;
  byId('unreachable').hidden = !isAway;
  byId('unreachable').textContent = isAway ? say('unreachable') : '';
  document.body.classList.toggle('is-waiting', isAway);
  if (status === 401) signOut(say('ended'));
  return status === 200 ? body : null;
}

function drawRest(status, routes) {
  const now = JSON.stringify([{ ...status, uptimeMs: 0 }, routes]);
  if (now === drawn.rest) return;
  drawn.rest = now;
  byId('version').textContent = status.version;
  byId('simulated').hidden = !status.simulated;
  byId('facts').replaceChildren(...drawFacts(status, context()));
  byId('warnings').replaceChildren(...drawWarnings(status));
  byId('routes').replaceChildren(...routes.map((route) => drawRoute(route, context())));
  setRoutes(routes.map(({ name }) => name));
  const example = routes.find(({ fallback }) => fallback.length > 0) ?? routes[0];
  const target = example?.fallback[0] ?? 'MODEL@ENDPOINT';
  byId('switch-example').textContent =
    `changeover route switch ${example?.name ?? 'ROUTE'} ${target} --reason "…"`;
}

function drawCalls(calls) {
  const now = calls.map(({ id }) => id).join(' ');
  if (now === drawn.calls) return;
  drawn.calls = now;
  const fresh = seenCalls === null ? [] : calls.filter(({ id }) => !seenCalls.has(id));
  seenCalls = new Set(calls.map(({ id }) => id));
  byId('no-calls').hidden = calls.length > 0;
  byId('calls-table').hidden = calls.length === 0;
  byId('calls').replaceChildren(
    ...calls.map((call) => {
      const row = drawCall(call, context());
      if (fresh.includes(call)) row.classList.add('new');
      return row;
    }),
  );
  const [latest] = fresh;
  if (latest === undefined) return;
  const result = toResultText(latest, say);
  byId('calls-news').textContent = say('news', { count: fresh.length, route: latest.route, result });
}

async function look() {
  window.clearTimeout(timer);
  if (document.hidden || readSession() === null) return;
  const now = window.performance.now();
  if (now >= restDueAt) {
    const [status, list] = await Promise.all([read('/api/status'), read('/api/routes')]);
    if (status !== null && list !== null) {
      restDueAt = now + restEveryMs;
      drawRest(status, list.routes);
    }
  }
  const page = readSession() === null ? null : await read(`/api/calls?limit=${shownCalls}`);
  if (page !== null) drawCalls(page.calls);
  window.clearTimeout(timer);
  if (readSession() !== null) timer = window.setTimeout(look, callsEveryMs);
}

function enter() {
  show({ inside: true });
  restDueAt = 0;
  return look();
}

function toSignInProblem(status) {
  if (status === 0) return say('unreachable');
  return status === 401 ? say('keyRefused') : say('tooManyTries');
}

async function signIn() {
  const field = byId('admin-key');
  const status = await openSession({ adminKey: field.value.trim() });
  field.value = '';
  if (status === 200) await enter();
  else show({ inside: false, problem: toSignInProblem(status) });
}

function setUpLanguage() {
  const select = byId('language');
  select.append(...languages.map(([code, name]) => element('option', { value: code, lang: code }, name)));
  select.addEventListener('change', () => {
    localStorage.setItem(languagePlace, select.value);
    setLanguage(select.value);
    restDueAt = 0;
    void look();
  });
  const kept = localStorage.getItem(languagePlace);
  setLanguage(languages.some(([code]) => code === kept) ? kept : pickLanguage(navigator.languages));
}

async function start() {
  setUpFirstCall(say);
  setUpLanguage();
  byId('sign-in-form').addEventListener('submit', (event) => {
    event.preventDefault();
    void signIn();
  });
  byId('sign-out').addEventListener('click', () => signOut());
  document.addEventListener('visibilitychange', () => void look());
  const token = takeLinkToken();
  const isSpent = token !== null && (await openSession({ token })) !== 200;
  if (readSession() !== null) await enter();
  else show({ inside: false, problem: isSpent ? say('linkSpent') : '' });
}

await start();
