export {
  type AnswerHeaders,
  createEgress,
  type Egress,
  type Exchange,
  type ExchangeHandlers,
  type OutboundRequest,
} from './egress.ts';
export {
  type AttemptFailure,
  readRetryAfter,
  toAnswerFailure,
  toTransportFailure,
} from './failure-mapping.ts';
export { readText, type ReadTextRequest, type TextAnswer } from './read-text.ts';
export { type ProxySettings, readProxySettings } from './proxy-choice.ts';
