// Draws what the API says. Every value goes in as a text node, never as markup: names of routes, offers and
// models come from people and vendors, and answers from models.

/** Makes an element. `properties` sets class, direction and attributes; children are elements or texts. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** A name or id of a machine: left to right and apart from the sentence around it. */
function id(text) {
  return element('span', { class: 'id', dir: 'ltr' }, text);
}

function toShareText(share, total, language) {
  const format = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
  return format.format(total === 0 ? 0 : share / total);
}

function drawBar(part) {
  const fill = element('span');
  fill.style.inlineSize = `${Math.min(100, Math.max(0, part * 100))}%`;
  return element('div', { class: 'bar', 'aria-hidden': 'true' }, fill);
}

function drawBadges(offer, say) {
  const badges = [];
  if (offer.simulated) badges.push(element('span', { class: 'badge' }, say('simulatedBadge')));
  if (offer.health.state !== 'fine') {
    badges.push(element('span', { class: 'badge bad' }, say(offer.health.state)));
  }
  return badges;
}

function drawOffer({ name, label, part }, offers, say) {
  const offer = offers.find((candidate) => candidate.name === name);
  const badges = offer === undefined ? [] : drawBadges(offer, say);
  const head = element('div', {}, id(name), ...badges);
  const place =
    offer === undefined ? null : element('div', { class: 'place' }, say('place', offer.jurisdiction));
  const item = element(
    'li',
    part === null ? { class: 'then' } : {},
    element('span', { class: 'share' }, label),
    head,
  );
  item.append(
    ...[part === null || part === 1 ? null : drawBar(part), place].filter((child) => child !== null),
  );
  return item;
}

/** One route with what serves it, by share, and then what it falls back to. */
export function drawRoute(route, { say, language }) {
  const { shares, version } = route.serving;
  const total = shares.reduce((sum, { share }) => sum + share, 0);
  const serving = shares.map(({ offer, share }) =>
    drawOffer(
      { name: offer, label: toShareText(share, total, language), part: total === 0 ? 0 : share / total },
      route.offers,
      say,
    ),
  );
  const fallback = route.fallback
    .filter((name) => !shares.some(({ offer }) => offer === name))
    .map((name) => drawOffer({ name, label: say('afterwards'), part: null }, route.offers, say));
  const title = element(
    'h3',
    {},
    element('bdi', {}, route.name),
    element('small', {}, say('servingVersion', { version })),
  );
  return element('li', {}, title, element('ul', { class: 'offers' }, ...serving, ...fallback));
}

function toDurationText(ms, language) {
  const isLong = ms >= 1000;
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: isLong ? 'second' : 'millisecond',
    unitDisplay: 'short',
    maximumFractionDigits: isLong ? 1 : 0,
  }).format(isLong ? ms / 1000 : ms);
}

/** What became of a call, in a word that does not need its colour. */
export function toResultText(call, say) {
  if (call.failure !== null) return `${call.status} ${call.failure}`;
  return call.status < 400 ? say('ok') : String(call.status);
}

/** One call as a row of the table. */
export function drawCall(call, { say, language }) {
  const number = new Intl.NumberFormat(language);
  const clock = new Intl.DateTimeFormat(language, { timeStyle: 'medium' });
  const isGood = call.failure === null && call.status < 400;
  const { usage } = call;
  const input = usage === null ? 0 : usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  const tokens = usage === null ? '–' : `${number.format(input)} / ${number.format(usage.outputTokens)}`;
  // The amount stays the server's exact text; a number of this language would round it.
  const cost = call.cost === null ? '–' : `${call.cost} ${call.currency ?? ''}`;
  const purpose = call.purpose === 'client' ? null : element('span', { class: 'badge' }, call.purpose);
  const cells = [
    ['time', clock.format(call.at)],
    ['route', element('bdi', {}, call.route), purpose],
    ['offer', call.offer === null ? say('nobody') : id(call.offer)],
    [
      `result ${isGood ? 'ok' : 'bad'}`,
      `${isGood ? '✓' : '✗'} `,
      element('bdi', {}, toResultText(call, say)),
    ],
    ['took number', toDurationText(call.totalMs, language)],
    ['number wide', element('bdi', { dir: 'ltr' }, tokens)],
    ['number wide', element('bdi', { dir: 'ltr' }, cost)],
  ].map(([name, ...children]) => element('td', { class: name, role: 'cell' }, ...children));
  return element('tr', { role: 'row' }, ...cells);
}

function toConfigText({ source }, say) {
  if (source.kind === 'file') return say('configFile', { file: source.file });
  if (source.kind === 'store') return say('configStored', { version: source.version });
  return say('configBuiltIn');
}

function toLedgerText({ pressure, rows }, { say, language }) {
  if (pressure === 'shedding') return say('ledgerShedding');
  if (pressure === 'behind') return say('ledgerBehind');
  return say('ledgerNormal', { rows: rows === null ? '–' : new Intl.NumberFormat(language).format(rows) });
}

/** The facts about this process, as terms and descriptions. */
export function drawFacts(status, context) {
  const { say, language } = context;
  const since = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  const addresses = status.listeners.map(({ url }) => element('div', {}, id(url)));
  const facts = [
    ['version', [id(status.version)]],
    ['dataFolder', [id(status.dataFolder)]],
    ['configuration', [toConfigText(status.config, say)]],
    ['addresses', addresses],
    ['upSince', [since.format(status.startedAt)]],
    ['inFlight', [new Intl.NumberFormat(language).format(status.inFlight)]],
    ['ledger', [toLedgerText(status.ledger, context)]],
  ];
  return facts.flatMap(([name, values]) => [element('dt', {}, say(name)), element('dd', {}, ...values)]);
}

/** Warnings of the configuration, as list entries; the server words them. */
export function drawWarnings({ config }) {
  return config.warnings.map(({ path, text, remedy }) => {
    const words = `${path === '' ? '' : `${path}: `}${text}. ${remedy}`;
    return element('li', { dir: 'auto' }, words);
  });
}
