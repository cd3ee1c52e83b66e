export { type FrameData, isCommentOnly, readFrame } from './frame-data.ts';
export { createFrameSplitter, type FrameRun, type FrameSplitter } from './frame-splitter.ts';
