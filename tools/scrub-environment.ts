/** Names that would let a test reach a vendor, spend money or depend on the machine it runs on. */
const scrubbed: readonly RegExp[] = [
  /_(API_)?KEY(_ID)?$/i,
  /_(AUTH_)?TOKEN$/i,
  /_SECRET$/i,
  /_BASE_URL$/i,
  /_PROXY$/i,
  /^(CHANGEOVER|OPENAI|ANTHROPIC|GEMINI|GOOGLE|DEEPSEEK|DASHSCOPE|ZAI|ZHIPU|MOONSHOT|MINIMAX|ARK|OPENROUTER|OLLAMA)_/,
  /^(AWS|AZURE|MISTRAL|GROQ|XAI|TOGETHER|HF)_/,
  /^NODE_(OPTIONS|EXTRA_CA_CERTS|TLS_REJECT_UNAUTHORIZED|USE_ENV_PROXY|USE_SYSTEM_CA|ENV)$/,
  /^SSL_CERT_(FILE|DIR)$/,
];

/** What npm itself needs to reach its registry, which the smoke test of the package uses. */
const kept: ReadonlySet<string> = new Set(['NPM_TOKEN', 'NODE_AUTH_TOKEN']);

/** npm reads its proxy from its own variables too, so that the proxy can be hidden from everything else. */
const npmProxies: readonly (readonly [string, string])[] = [
  ['HTTPS_PROXY', 'npm_config_https_proxy'],
  ['HTTP_PROXY', 'npm_config_proxy'],
  ['NO_PROXY', 'npm_config_noproxy'],
];

/** The environment for tests: without credentials, proxies and settings of whoever runs them. */
export function scrubEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const clean: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(environment)) {
    const isScrubbed = !name.startsWith('npm_config_') && scrubbed.some((pattern) => pattern.test(name));
    if (kept.has(name) || !isScrubbed) clean[name] = value;
  }
  for (const [proxy, setting] of npmProxies) {
    const value = environment[proxy] ?? environment[proxy.toLowerCase()];
    if (value !== undefined && clean[setting] === undefined) clean[setting] = value;
  }
  return clean;
}
