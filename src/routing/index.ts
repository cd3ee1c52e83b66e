export type { Allowance, Route, Serving, Share } from './route.ts';
export type { Snapshot } from './snapshot.ts';
