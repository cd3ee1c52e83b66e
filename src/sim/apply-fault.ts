import { gzipSync } from 'node:zlib';
import type { Frame } from './answer.ts';
import type { ActiveFault } from './faults.ts';
import type { Step } from './send-reply.ts';
import type { SimSpeed } from './types.ts';

const encoder = new TextEncoder();
const atOnce: SimSpeed = { firstTokenMs: 0, tokensPerSecond: 0 };

/** Comment or blank lines that a queued answer shows while it waits. */
const queueBeats = 4;

function write(bytes: string | Uint8Array): Step {
  return { do: 'write', bytes };
}

/** What a dialect's errors look like inside a stream. */
export interface StreamTools {
  readonly errorFrame: string;
  readonly speed: SimSpeed | undefined;
}

/** A stream's events as steps: at the sim's speed, and with the fault in them. */
export function toStreamSteps(
  frames: Iterable<Frame>,
  fault: ActiveFault | null,
  tools: StreamTools,
): Iterable<Step> {
  if (fault === null) return paceFrames(frames, tools.speed);
  // Names that are not listed do nothing between the events.
  const name: string = fault.name;
  switch (name) {
    case 'ok-with-error-body':
      return [write(tools.errorFrame)];
    case 'gzip-although-identity-asked':
      return [write(gzipSync([...frames].map((frame) => frame.text).join('')))];
    case 'torn-writes':
      return tear([...frames].map((frame) => frame.text).join(''));
    case 'queued':
      return queue(fault, ': keep-alive\n\n', paceFrames(frames, tools.speed));
    default:
      return breakFrames(frames, fault, tools);
  }
}

function* queue(fault: ActiveFault, beat: string, rest: Iterable<Step>): Iterable<Step> {
  for (let count = 0; count < queueBeats; count++) {
    yield { do: 'write', bytes: beat, isAlone: true };
    yield { do: 'wait', ms: fault.delayMs / queueBeats };
  }
  yield* rest;
}

/** How long to wait before each frame at a speed. */
function createPacer(speed: SimSpeed = atOnce): (frame: Frame) => Step[] {
  const perTokenMs = speed.tokensPerSecond > 0 ? 1000 / speed.tokensPerSecond : 0;
  let isFirst = true;
  return (frame) => {
    if (frame.kind !== 'content') return [];
    const ms = isFirst ? speed.firstTokenMs : perTokenMs * frame.tokens;
    isFirst = false;
    return ms > 0 ? [{ do: 'wait', ms }] : [];
  };
}

function* paceFrames(frames: Iterable<Frame>, speed: SimSpeed | undefined): Iterable<Step> {
  const pauseBefore = createPacer(speed);
  for (const frame of frames) {
    yield* pauseBefore(frame);
    yield write(frame.text);
  }
}

/** Three bytes at a time, each write on its own. */
function* tear(text: string): Iterable<Step> {
  const bytes = encoder.encode(text);
  for (let start = 0; start < bytes.length; start += 3) {
    yield { do: 'write', bytes: bytes.subarray(start, start + 3), isAlone: true };
  }
}

/** The place one byte into the first character of several bytes, or -1. */
function findTear(bytes: Uint8Array): number {
  return bytes.findIndex((byte) => byte >= 0xc0) + 1 || -1;
}

/** Steps that replace a frame, and whether the stream goes on after them. */
interface Break {
  readonly steps: readonly Step[];
  readonly isLast: boolean;
}

function breakContent(
  frame: Frame,
  fault: ActiveFault,
  place: { shown: number; errorFrame: string },
): Break | null {
  const isTime = place.shown === fault.afterEvents;
  const name: string = fault.name;
  switch (name) {
    case 'cut-in-utf8': {
      const bytes = encoder.encode(frame.text);
      const at = findTear(bytes);
      return at < 0 ? null : { steps: [write(bytes.subarray(0, at)), { do: 'cut' }], isLast: true };
    }
    case 'slow-first-token':
      return place.shown > 0
        ? null
        : { steps: [{ do: 'wait', ms: fault.delayMs }, write(frame.text)], isLast: false };
    case 'stall':
      return isTime ? { steps: [{ do: 'hang' }], isLast: true } : null;
    case 'cut-after-n':
      return isTime ? { steps: [{ do: 'cut' }], isLast: true } : null;
    case 'cut-in-field': {
      const half = frame.text.slice(0, Math.floor(frame.text.length / 2));
      return isTime ? { steps: [write(half), { do: 'cut' }], isLast: true } : null;
    }
    case 'error-mid-stream':
      return isTime ? { steps: [write(place.errorFrame)], isLast: true } : null;
    case 'malformed-chunk': {
      const broken = `${frame.text.slice(0, Math.floor(frame.text.length / 2)).trimEnd()}\n\n`;
      return isTime ? { steps: [write(broken), write(frame.text)], isLast: false } : null;
    }
    default:
      return null;
  }
}

/** Faults that happen between the content events; when an answer is too short they happen at its finish. */
function* breakFrames(frames: Iterable<Frame>, fault: ActiveFault, tools: StreamTools): Iterable<Step> {
  let shown = 0;
  let last: Frame | null = null;
  let hasBroken = false;
  const pauseBefore = createPacer(tools.speed);
  for (const frame of frames) {
    yield* pauseBefore(frame);
    const isFinish = frame.kind === 'finish';
    if (frame.kind === 'content' || (isFinish && !hasBroken && isPlaced(fault))) {
      const place = { shown: isFinish ? fault.afterEvents : shown, errorFrame: tools.errorFrame };
      const broken = breakContent(frame, fault, place);
      if (frame.kind === 'content') {
        shown += 1;
        last = frame;
      }
      if (broken !== null) {
        hasBroken = true;
        yield* broken.steps;
        if (broken.isLast) return;
        continue;
      }
    }
    if (fault.name === 'endless-stream' && isFinish) yield* repeat(last ?? frame);
    if (fault.name === 'finish-without-done' && frame.kind === 'done') return;
    yield write(frame.text);
    if (fault.name === 'duplicate-done' && frame.kind === 'done') yield write(frame.text);
  }
}

function isPlaced(fault: ActiveFault): boolean {
  return fault.name !== 'slow-first-token' && fault.name !== 'cut-in-utf8';
}

function* repeat(frame: Frame): Iterable<Step> {
  for (;;) yield { do: 'write', bytes: frame.text, isAlone: true };
}

/** A whole answer as steps, with the fault in it. `length`: content-length to declare, or null for none. */
export function toWholeSteps(
  body: string,
  fault: ActiveFault | null,
  waitMs: number,
): { readonly steps: Iterable<Step>; readonly length: number | null } {
  const bytes = encoder.encode(body);
  const half = bytes.subarray(0, Math.floor(bytes.length / 2));
  const before: Step[] = waitMs > 0 ? [{ do: 'wait', ms: waitMs }] : [];
  const usual = { steps: [...before, write(bytes)], length: bytes.length };
  if (fault === null) return usual;
  const name: string = fault.name;
  switch (name) {
    case 'slow-first-token':
      return { steps: [{ do: 'wait', ms: fault.delayMs }, write(bytes)], length: bytes.length };
    case 'stall':
      return { steps: [...before, write(half), { do: 'hang' }], length: bytes.length };
    case 'cut-in-utf8': {
      const at = findTear(bytes);
      const shown = at < 0 ? half : bytes.subarray(0, at);
      return { steps: [...before, write(shown), { do: 'cut' }], length: bytes.length };
    }
    case 'cut-in-field':
    case 'cut-after-n':
    case 'error-mid-stream':
      return { steps: [...before, write(half), { do: 'cut' }], length: bytes.length };
    case 'malformed-chunk':
      return { steps: [...before, write(half)], length: half.length };
    case 'endless-stream':
      return { steps: spin(bytes.subarray(0, -1)), length: null };
    case 'queued':
      return { steps: queue(fault, '\n', [write(bytes)]), length: null };
    case 'torn-writes':
      return { steps: tear(body), length: bytes.length };
    case 'gzip-although-identity-asked': {
      const packed = gzipSync(bytes);
      return { steps: [...before, write(packed)], length: packed.length };
    }
    default:
      return usual;
  }
}

const blanks = ' '.repeat(1024);

function* spin(start: Uint8Array): Iterable<Step> {
  yield write(start);
  for (;;) yield { do: 'write', bytes: blanks, isAlone: true };
}
