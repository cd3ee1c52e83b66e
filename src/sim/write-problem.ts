import type { Dialect } from '../kernel/index.ts';
import type { Problem, ProblemKind } from './problem.ts';
import type { SimVendor } from './types.ts';

/** An error as one vendor words it. */
export interface ErrorReply {
  readonly status: number;
  readonly body: object;
}

interface Wording {
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
  readonly message: string;
}

type Wordings = Readonly<Record<ProblemKind, Wording>>;

function word(status: number, names: string, message: string): Wording {
  const [type = '', code = ''] = names.split('/');
  return { status, type, code: code === '' ? null : code, message };
}

const invalid = 'invalid_request_error';

const openai: Wordings = {
  invalid: word(400, invalid, 'We could not parse the JSON body of your request.'),
  unprocessable: word(400, invalid, 'Invalid request.'),
  'key-missing': word(
    401,
    invalid,
    "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
  ),
  'key-wrong': word(
    401,
    `${invalid}/invalid_api_key`,
    'Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys.',
  ),
  'model-unknown': word(
    404,
    `${invalid}/model_not_found`,
    'The model `{model}` does not exist or you do not have access to it.',
  ),
  'path-unknown': word(404, `${invalid}/unknown_url`, 'Invalid URL ({model})'),
  'method-wrong': word(405, `${invalid}/method_not_supported`, 'Not allowed to {model}.'),
  'too-large': word(413, invalid, 'Maximum content size limit exceeded.'),
  rate: word(
    429,
    'requests/rate_limit_exceeded',
    'Rate limit reached for {model} in organization org-sim on requests per min (RPM): Limit 500, Used 500, Requested 1. Please try again in 2s.',
  ),
  server: word(
    500,
    'server_error',
    'The server had an error while processing your request. Sorry about that!',
  ),
  unavailable: word(
    503,
    'server_error',
    'The server is currently overloaded with other requests. Sorry about that! You can retry your request.',
  ),
  overloaded: word(529, 'server_error', 'The server is currently overloaded with other requests.'),
  balance: word(
    402,
    'insufficient_quota/insufficient_quota',
    'You exceeded your current quota, please check your plan and billing details.',
  ),
  banned: word(403, `${invalid}/account_deactivated`, 'Your account has been deactivated.'),
  content: word(
    400,
    `${invalid}/content_policy_violation`,
    'Your request was rejected as a result of our safety system.',
  ),
  'not-recorded': word(
    404,
    `${invalid}/not_recorded`,
    'This question is not among the recorded answers of model `{model}`.',
  ),
};

const deepseekCode = `${invalid}/${invalid}`;
const deepseek: Wordings = {
  ...openai,
  invalid: word(400, deepseekCode, 'Failed to parse the request body as JSON'),
  unprocessable: word(422, deepseekCode, 'Invalid parameters'),
  'key-missing': word(401, `authentication_error/${invalid}`, 'Authentication Fails (no such user)'),
  'key-wrong': word(401, `authentication_error/${invalid}`, 'Authentication Fails, Your api key is invalid'),
  'model-unknown': word(400, deepseekCode, 'Model Not Exist'),
  rate: word(429, `rate_limit_error/${invalid}`, 'Rate limit reached for requests'),
  server: word(500, 'server_error/internal_error', 'Internal Server Error'),
  unavailable: word(
    503,
    'service_unavailable_error/service_unavailable_error',
    'Service is too busy. We advise users to temporarily switch to alternative LLM API service providers.',
  ),
  balance: word(402, `unknown_error/${invalid}`, 'Insufficient Balance'),
  content: word(400, deepseekCode, 'Content Exists Risk'),
};

const qwen: Wordings = {
  ...openai,
  invalid: word(400, `${invalid}/invalid_parameter_error`, 'Request body format invalid'),
  'key-missing': word(401, `${invalid}/invalid_api_key`, "You didn't provide an API key."),
  'key-wrong': word(401, `${invalid}/invalid_api_key`, 'Incorrect API key provided.'),
  rate: word(429, 'limit_requests/limit_requests', 'You exceeded your current requests list.'),
  server: word(
    500,
    'internal_error/internal_error',
    'An internal error has occured, please try again later or contact service support.',
  ),
  unavailable: word(
    503,
    'model_unavailable/ModelUnavailable',
    'Model is unavailable, please try again later.',
  ),
  balance: word(
    402,
    'Arrearage/Arrearage',
    'Access denied, please make sure your account is in good standing.',
  ),
  content: word(
    400,
    'data_inspection_failed/data_inspection_failed',
    'Input data may contain inappropriate content.',
  ),
};

const glm: Wordings = {
  invalid: word(400, '/1214', 'API 调用参数有误，请检查文档。'),
  unprocessable: word(400, '/1214', 'API 调用参数有误，请检查文档。'),
  'key-missing': word(401, '/1001', 'Header 中未收到 Authentication 参数，无法进行身份验证。'),
  'key-wrong': word(401, '/1002', 'Authentication Token 非法，请确认 Authentication Token 正确传递。'),
  'model-unknown': word(400, '/1211', '模型不存在，请检查模型代码。'),
  'path-unknown': word(404, '/404', 'Not Found: {model}'),
  'method-wrong': word(405, '/405', 'Method Not Allowed: {model}'),
  'too-large': word(413, '/413', 'Request Entity Too Large'),
  rate: word(429, '/1302', '您当前使用该 API 的并发数过高，请降低并发，或联系客服增加限额。'),
  server: word(500, '/500', '内部错误'),
  unavailable: word(503, '/1234', '网络错误，请稍后重试。'),
  overloaded: word(529, '/1305', '当前 API 请求过多，请稍后重试。'),
  balance: word(429, '/1113', '您的账户已欠费，请充值后重试。'),
  banned: word(429, '/1313', 'Your account violates the fair use policy.'),
  content: word(
    400,
    '/1301',
    '系统检测到输入或生成内容可能包含不安全或敏感内容，请您避免输入易产生敏感内容的提示语，感谢您的配合。',
  ),
  'not-recorded': word(404, '/1211', '没有记录该问题的回答：{model}'),
};

const anthropic: Wordings = {
  invalid: word(400, invalid, 'The request body is not valid JSON'),
  unprocessable: word(400, invalid, 'Invalid request'),
  'key-missing': word(401, 'authentication_error', 'x-api-key header is required'),
  'key-wrong': word(401, 'authentication_error', 'invalid x-api-key'),
  'model-unknown': word(404, 'not_found_error', 'model: {model}'),
  'path-unknown': word(404, 'not_found_error', 'Not Found'),
  'method-wrong': word(405, invalid, 'Method Not Allowed'),
  'too-large': word(413, 'request_too_large', 'Request exceeds the maximum size'),
  rate: word(
    429,
    'rate_limit_error',
    "This request would exceed your account's rate limit. Please try again later.",
  ),
  server: word(500, 'api_error', 'Internal server error'),
  unavailable: word(503, 'api_error', 'Service temporarily unavailable'),
  overloaded: word(529, 'overloaded_error', 'Overloaded'),
  balance: word(
    402,
    'billing_error',
    'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
  ),
  banned: word(403, 'permission_error', 'This organization has been disabled.'),
  content: word(400, invalid, 'Output blocked by content filtering policy'),
  'not-recorded': word(
    404,
    'not_found_error',
    'This question is not among the recorded answers of model {model}',
  ),
};

const chatWordings: Readonly<Record<SimVendor, Wordings>> = {
  openai,
  anthropic: openai,
  deepseek,
  qwen,
  glm,
};

function toWording(vendor: SimVendor, dialect: Dialect, kind: ProblemKind): Wording {
  // DeepSeek and GLM answer on their Messages endpoint with the codes of their own API.
  const isOwn = dialect !== 'anthropic-messages' || vendor === 'deepseek' || vendor === 'glm';
  const wording = (isOwn ? chatWordings[vendor] : anthropic)[kind];
  return vendor === 'openai' && kind === 'balance' ? { ...wording, status: 429 } : wording;
}

/** Writes an error in the vendor's shape for the dialect that was called. */
export function writeProblem(
  vendor: SimVendor,
  problem: Problem,
  place: { readonly dialect: Dialect; readonly requestId: string },
): ErrorReply {
  const wording = toWording(vendor, place.dialect, problem.kind);
  const template = problem.message ?? wording.message;
  const message =
    problem.message === undefined ? template.replace('{model}', () => problem.model ?? '') : template;
  const code = problem.code ?? wording.code;
  const { status, type } = wording;
  const isMessages = place.dialect === 'anthropic-messages';
  if (vendor === 'glm') {
    const filter = problem.kind === 'content' ? { contentFilter: [{ level: 0, role: 'user' }] } : {};
    const error = { code, message };
    const body = isMessages ? { type: 'error', error: { type: code, ...error } } : { error, ...filter };
    return { status, body: isMessages ? { ...body, request_id: place.requestId } : body };
  }
  if (isMessages && vendor !== 'deepseek') {
    return { status, body: { type: 'error', error: { type, message }, request_id: place.requestId } };
  }
  const error = { message, type, param: problem.param ?? null, code };
  if (vendor !== 'qwen') return { status, body: { error } };
  return { status, body: { error, id: `chatcmpl-${place.requestId}`, request_id: place.requestId } };
}
