type Fields = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

/** The first of `names` that is no number, or an infinite one, which JSON cannot carry. */
function findNoNumber(record: Fields, names: readonly string[]): string | undefined {
  return names.find((name) => {
    const value = record[name];
    return typeof value !== 'number' || value === Infinity || value === -Infinity;
  });
}

function findUnitFault(unit: unknown): string | undefined {
  if (!isRecord(unit) || typeof unit['unit'] !== 'string') return 'a unit without a name';
  if (!isTexts(unit['cases'])) return `the unit "${unit['unit']}" without cases`;
  const { slices } = unit;
  return slices === undefined || isTexts(slices) ? undefined : `the slices of the unit "${unit['unit']}"`;
}

function findStageFault(stage: unknown): string | undefined {
  if (!isRecord(stage) || typeof stage['name'] !== 'string') return 'a stage without a name';
  const fault = findNoNumber(stage, ['unitsMin', 'unitsMax', 'deadlineMs']);
  if (fault !== undefined) return fault;
  const { units, peakHours, steps, badEvents } = stage;
  if (stage['kind'] === 'stored') {
    if (!Array.isArray(units)) return 'a stored stage without units';
    for (const unit of units) {
      const found = findUnitFault(unit);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!Array.isArray(peakHours) || peakHours.length !== 2) return 'the peak hours';
  if (!Array.isArray(steps)) return 'a live stage without steps';
  for (const step of steps) {
    const found = isRecord(step) ? findNoNumber(step, ['share', 'pairedShare', 'unitsMin']) : 'a step';
    if (found !== undefined) return found;
  }
  if (badEvents !== undefined) {
    const found = isRecord(badEvents) ? findNoNumber(badEvents, ['tolerance', 'perArm']) : 'bad events';
    if (found !== undefined) return found;
  }
  return findNoNumber(stage, ['daysMin', 'windowMs', 'pairsPerUnitMax']);
}

/**
 * The first part of a frame that is missing or of the wrong type, in words; undefined when it is shaped like
 * a frame. Frames come from logs and scripts, where no type vouches for them: without this a broken one
 * throws somewhere inside instead of being refused.
 */
export function findFrameShapeFault(frame: unknown): string | undefined {
  if (!isRecord(frame)) return 'what is no frame';
  const texts = ['trial', 'task', 'incumbent', 'candidate', 'runBy', 'seed'];
  const { grid, evidence, control, alarm, slices, stages } = frame;
  const fault =
    texts.find((name) => typeof frame[name] !== 'string') ??
    findNoNumber(frame, ['attempt', 'margin', 'alpha', 'stayThreshold', 'voidShareMax', 'boundBefore']) ??
    (isRecord(control) ? findNoNumber(control, ['threshold', 'margin', 'pairsMax']) : 'the control') ??
    (isRecord(alarm) ? findNoNumber(alarm, ['days', 'unitsPerDay', 'detectors']) : 'the alarm');
  if (fault !== undefined) return fault;
  if (grid !== 'log' && grid !== 'linear') return 'the grid';
  const isJudged = isRecord(evidence) && evidence['kind'] === 'judge-and-human';
  if (!isJudged && !(isRecord(evidence) && evidence['kind'] === 'scores')) return 'the evidence';
  if (isJudged && findNoNumber(evidence, ['labelShare']) !== undefined) return 'the label share';
  if (!Array.isArray(slices)) return 'the slices';
  if (!slices.every((slice) => isRecord(slice) && typeof slice['name'] === 'string')) return 'a slice';
  if (!Array.isArray(stages)) return 'the stages';
  for (const stage of stages) {
    const found = findStageFault(stage);
    if (found !== undefined) return found;
  }
  return undefined;
}
