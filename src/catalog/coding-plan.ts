/** Hosts and paths of subscriptions for coding tools. Their keys are personal and tied to listed tools. */
const codingPlanUrls: readonly RegExp[] = [
  /^https:\/\/coding(-intl)?\.dashscope\.aliyuncs\.com/,
  /^https:\/\/token-plan\.[a-z0-9-]+\.maas\.aliyuncs\.com/,
  /^https:\/\/(api\.z\.ai|open\.bigmodel\.cn)\/api\/coding(\/|$)/,
  /^https:\/\/api\.kimi\.com\/coding(\/|$)/,
  /^https:\/\/ark\.[a-z0-9.-]+\/api\/coding(\/|$)/,
];

/** True for the URL of a coding plan: using one through a gateway may get the account banned (Z.ai code 1313). */
export function isCodingPlanUrl(url: string): boolean {
  return codingPlanUrls.some((pattern) => pattern.test(url));
}
