/** What to do about an error of a delivery, in the languages of operators. */
export interface Advice {
  readonly en: string;
  readonly ja: string;
}

const deadToken: Advice = {
  en: 'The app was removed or the token changed. The token is quarantined by itself; ask the user to open the app, which registers again. If many die at once, look at `todoku tokens quarantined` before anything else.',
  ja: 'アプリが削除されたか、トークンが変わりました。トークンは自動で隔離されます。利用者がアプリを開けば再登録されます。一度に大量に出た場合は、まず `todoku tokens quarantined` を確認してください。',
};
const slowDown: Advice = {
  en: "The provider takes no more for now; it is sent again by itself. If it lasts, lower the project's rate budget or `todoku tuning set slots`.",
  ja: '送信先が一時的に受け付けていません。自動で再送します。続く場合は、プロジェクトの送信上限か `todoku tuning set slots` を下げてください。',
};
const credentials: Advice = {
  en: "The project's credentials are refused. Check the Expo access token, the FCM and APNs keys of the project, and renew them; sending resumes with the next probe.",
  ja: '認証情報が拒否されました。Expo のアクセストークン、FCM と APNs の鍵を確認し、更新してください。次の試行から送信を再開します。',
};
const message: Advice = {
  en: 'This message will never be taken as it is: correct it where the app makes it (size, collapse id, expiry), then send anew.',
  ja: 'この内容のままでは受け付けられません。作成元のアプリで大きさや設定を直し、改めて送ってください。',
};
const network: Advice = {
  en: "The provider could not be reached. It is sent again by itself; check the network, DNS and proxies of the workers, and the provider's status page.",
  ja: '送信先に接続できませんでした。自動で再送します。ワーカーのネットワーク、DNS、プロキシと、送信先の稼働状況を確認してください。',
};
const provider: Advice = {
  en: 'The provider has a fault of its own. It is sent again by itself; look at its status page.',
  ja: '送信先の障害です。自動で再送します。送信先の稼働状況を確認してください。',
};
const unclear: Advice = {
  en: 'No usable answer came, so it may or may not have been sent. Whether it is sent again is a rule of its type (`todoku types`).',
  ja: '有効な応答がなく、送られたかどうか分かりません。再送するかどうかは種別の設定（`todoku types`）に従います。',
};
const own: Advice = {
  en: 'A fault of this system: look at the logs of the workers around that time, then `todoku doctor`.',
  ja: '本システムの問題です。その時刻のワーカーのログを確認し、続いて `todoku doctor` を実行してください。',
};
const unknown: Advice = {
  en: "A code that is not known here. `todoku explain` shows a delivery with it; the provider's documentation tells its meaning.",
  ja: '未知のコードです。`todoku explain` で該当の配信を確認し、意味は送信先の資料を参照してください。',
};

const groups: readonly (readonly [Advice, readonly string[]])[] = [
  [deadToken, ['DeviceNotRegistered', 'BadDeviceToken', 'Unregistered', 'ExpiredToken', 'DeviceTokenNotForTopic']],
  [slowDown, ['MessageRateExceeded', 'TOO_MANY_REQUESTS', 'TooManyRequests', 'TooManyProviderTokenUpdates']],
  [
    credentials,
    [
      'InvalidCredentials',
      'MismatchSenderId',
      'UNAUTHORIZED',
      'BadCertificate',
      'BadCertificateEnvironment',
      'BadEnvironmentKeyIdInToken',
      'BadTopic',
      'ExpiredProviderToken',
      'Forbidden',
      'InvalidProviderToken',
      'MissingProviderToken',
      'MissingTopic',
      'TopicDisallowed',
      'UnrelatedKeyIdInToken',
    ],
  ],
  [
    message,
    [
      'MessageTooBig',
      'VALIDATION_ERROR',
      'API_ERROR',
      'PAYLOAD_TOO_LARGE',
      'PayloadTooLarge',
      'PayloadEmpty',
      'BadCollapseId',
      'BadExpirationDate',
      'BadMessageId',
      'BadPriority',
      'InvalidPushType',
      'DeveloperError',
      'PUSH_TOO_MANY_NOTIFICATIONS',
      'PUSH_TOO_MANY_EXPERIENCE_IDS',
    ],
  ],
  [network, ['CONNECTION_REFUSED', 'DNS_FAILED', 'TLS_FAILED', 'DEADLINE_BEFORE_SEND', 'PROVIDER_CLOSED', 'CONNECTION_FAILED']],
  [
    provider,
    [
      'ExpoError',
      'ProviderError',
      'INTERNAL_SERVER_ERROR',
      'InternalServerError',
      'ServiceUnavailable',
      'Shutdown',
      'RECEIPTS_UNREADABLE',
      'RECEIPT_MISSING',
    ],
  ],
  [
    unclear,
    [
      'DEADLINE_EXCEEDED',
      'CONNECTION_LOST',
      'TICKETS_UNREADABLE',
      'TICKET_COUNT',
      'TICKET_ORDER',
      'TICKET_UNREADABLE',
      'ERRORS_BESIDE_TICKETS',
      'ANSWER_TOO_LARGE',
      'LEASE_EXPIRED',
      'NO_OUTCOME',
    ],
  ],
  [own, ['CONTENT_NOT_LOADED', 'CIPHERTEXT_INVALID', 'KEY_UNAVAILABLE', 'POISONED', 'NO_PROVIDER']],
];

const byCode: ReadonlyMap<string, Advice> = new Map(groups.flatMap(([advice, codes]) => codes.map((code) => [code, advice] as const)));

/** By code alone. A status without a code of its own is 'HTTP_503'. */
export function adviceOn(code: string): Advice {
  return byCode.get(code) ?? (/^HTTP_5\d\d$/.test(code) ? provider : unknown);
}
