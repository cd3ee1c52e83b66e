export { type ObjectScan, scanObject, type Span } from './scan.ts';
export { type Edit, spliceObject } from './splice.ts';
