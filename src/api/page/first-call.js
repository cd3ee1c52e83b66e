// The card that sends the first call: code to paste, a short-lived key, and a button that sends it right
// away.
import { samples } from './samples.js';
import { ask } from './session.js';
import { element } from './view.js';

const shownKey = 'chg_…';

/** Limit: what is shown of an answer; a simulated endless stream must not fill the page. */
const shownAnswerLength = 4000;

const byId = (id) => document.getElementById(id);

/** Keys made here, by route; they are kept nowhere else. */
const keys = new Map();
let tab = 0;
/** Asked anew at each drawing, because the language may change. */
let say = (name) => name;

const pickedRoute = () => byId('first-route').value;

function drawSample() {
  const [, toCode] = samples[tab];
  const key = keys.get(pickedRoute()) ?? shownKey;
  const call = { baseUrl: location.origin, key, route: pickedRoute(), question: say('question') };
  byId('sample').textContent = toCode(call);
}

function pickTab(index) {
  tab = (index + samples.length) % samples.length;
  for (const [place, button] of [...byId('tabs').children].entries()) {
    button.setAttribute('aria-selected', String(place === tab));
    button.tabIndex = place === tab ? 0 : -1;
  }
  byId('tab-panel').setAttribute('aria-labelledby', `tab-${tab}`);
  drawSample();
}

function onTabKey(event) {
  const isRightToLeft = document.documentElement.dir === 'rtl';
  const forward = isRightToLeft ? 'ArrowLeft' : 'ArrowRight';
  const backward = isRightToLeft ? 'ArrowRight' : 'ArrowLeft';
  const target = { [forward]: tab + 1, [backward]: tab - 1, Home: 0, End: samples.length - 1 }[event.key];
  if (target === undefined) return;
  event.preventDefault();
  pickTab(target);
  byId('tabs').children[tab].focus();
}

function tell(...children) {
  byId('first-result').replaceChildren(...children);
}

function tellProblem({ status, body }) {
  const error = body?.error;
  const words = status === 0 ? say('unreachable') : `${error?.code ?? status}: ${error?.message ?? ''}`;
  tell(element('p', { class: 'bad', dir: 'auto' }, words));
}

/** The key of the picked route, made when there is none; null when that failed and was told. */
async function ensureKey() {
  const route = pickedRoute();
  const known = keys.get(route);
  if (known !== undefined) return known;
  const wanted = { name: 'first call', routes: [route], expiresIn: '1h', maxConcurrent: 2 };
  const made = await ask('POST', '/api/keys', wanted);
  if (made.status !== 200) {
    tellProblem(made);
    return null;
  }
  keys.set(route, made.body.key);
  drawSample();
  return made.body.key;
}

async function send(key) {
  const messages = [{ role: 'user', content: say('question') }];
  try {
    const response = await fetch('/v1/chat/completions', {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: pickedRoute(), messages }),
      credentials: 'omit',
    });
    return { status: response.status, body: await response.json() };
  } catch {
    // No server, or an answer that is no JSON: either way there is nothing to show but that.
    return { status: 0, body: null };
  }
}

async function sendForMe() {
  const key = await ensureKey();
  if (key === null) return;
  tell(element('p', { class: 'hint' }, say('sending')));
  const sent = await send(key);
  if (sent.status !== 200) {
    tellProblem(sent);
    return;
  }
  const content = sent.body?.choices?.[0]?.message?.content;
  const text = typeof content === 'string' && content !== '' ? content : say('emptyAnswer');
  tell(
    element('p', { class: 'hint' }, say('answer')),
    element('p', { class: 'answer', dir: 'auto' }, text.slice(0, shownAnswerLength)),
  );
}

async function makeKey() {
  if ((await ensureKey()) !== null) tell(element('p', { class: 'hint' }, say('keyMade')));
}

async function copy() {
  await navigator.clipboard.writeText(byId('sample').textContent);
  tell(element('p', { class: 'hint' }, say('copied')));
}

/** A button that cannot be pressed twice while its work runs. */
function onPress(id, work) {
  const button = byId(id);
  button.addEventListener('click', () => {
    button.disabled = true;
    void work().finally(() => {
      button.disabled = false;
    });
  });
}

function drawTab([name], index) {
  const properties = { type: 'button', role: 'tab', id: `tab-${index}`, 'aria-controls': 'tab-panel' };
  const button = element('button', { ...properties, dir: 'ltr' }, name);
  button.addEventListener('click', () => pickTab(index));
  return button;
}

/** Fills the card and listens to its buttons. */
export function setUpFirstCall(words) {
  say = words;
  byId('tabs').append(...samples.map(drawTab));
  byId('tabs').addEventListener('keydown', onTabKey);
  byId('first-route').addEventListener('change', () => {
    tell();
    drawSample();
  });
  onPress('send', sendForMe);
  onPress('make-key', makeKey);
  // Browsers give the clipboard to secure pages only: https, or this machine.
  byId('copy').hidden = navigator.clipboard === undefined;
  onPress('copy', copy);
}

/** Draws the code in the language that is set now. */
export function drawFirstCall() {
  tell();
  pickTab(tab);
}

/** Offers these routes, and keeps the picked one when it is still there. */
export function setRoutes(names) {
  const select = byId('first-route');
  const before = select.value;
  if ([...select.options].map(({ value }) => value).join('\n') === names.join('\n')) return;
  select.replaceChildren(...names.map((name) => element('option', { value: name }, name)));
  if (names.includes(before)) select.value = before;
  else if (names.includes('demo')) select.value = 'demo';
  drawSample();
}

/** Forgets the keys that were made here, when somebody signs out. */
export function forgetKeys() {
  keys.clear();
  tell();
}
