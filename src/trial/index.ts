/**
 * The door of trials. Scripts outside may call all of it: `statistics`, `decision` and `graders` are pure,
 * and what leaves here stays stable. See docs/guide/the-statistics.md and docs/guide/graders.md for examples
 * that run.
 */
import * as decision from './decision/index.ts';
import * as graders from './graders/index.ts';
import * as statistics from './statistics/index.ts';

export { decision, graders, statistics };
