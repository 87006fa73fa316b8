import { codeField, field } from './answer-fields.js';

/** What an error ticket or an error receipt says about one delivery. */
interface DeliveryFault {
  readonly kind: 'token_fault' | 'message_fault' | 'project_fault' | 'transient';
  readonly code: string;
}

/**
 * `details.error` of tickets and receipts. Expo's documentation lists only some of them for tickets; live tickets show more, so both
 * are read by one table. A code that is not here is `transient`: it was not delivered, the token isn't called dead on a guess, and
 * the number of tries is bounded.
 */
export const faultKinds: ReadonlyMap<string, DeliveryFault['kind']> = new Map([
  ['DeviceNotRegistered', 'token_fault'],
  ['MessageTooBig', 'message_fault'],
  ['MessageRateExceeded', 'transient'],
  // FCM: the project's sender key doesn't belong to the app that the token came from.
  ['MismatchSenderId', 'project_fault'],
  ['InvalidCredentials', 'project_fault'],
  // Expo's or Apple's or Google's own trouble.
  ['ExpoError', 'transient'],
  ['ProviderError', 'transient'],
]);

/**
 * `details.apns.reason` under DeveloperError, which is how Expo passes on what Apple refused. A reason that is not here is a
 * `message_fault`: it ends this delivery and touches neither the token nor the project.
 */
export const apnsReasonKinds: ReadonlyMap<string, DeliveryFault['kind']> = new Map([
  ['BadDeviceToken', 'token_fault'],
  ['Unregistered', 'token_fault'],
  ['ExpiredToken', 'token_fault'],
  // The token of another app (a development build, say). Of this token only: a project fault would stop everybody for it.
  ['DeviceTokenNotForTopic', 'token_fault'],
  ['BadCertificate', 'project_fault'],
  ['BadCertificateEnvironment', 'project_fault'],
  ['BadEnvironmentKeyIdInToken', 'project_fault'],
  ['BadTopic', 'project_fault'],
  ['ExpiredProviderToken', 'project_fault'],
  ['Forbidden', 'project_fault'],
  ['InvalidProviderToken', 'project_fault'],
  ['MissingProviderToken', 'project_fault'],
  ['MissingTopic', 'project_fault'],
  ['TopicDisallowed', 'project_fault'],
  ['UnrelatedKeyIdInToken', 'project_fault'],
  ['BadCollapseId', 'message_fault'],
  ['BadExpirationDate', 'message_fault'],
  ['BadMessageId', 'message_fault'],
  ['BadPriority', 'message_fault'],
  ['InvalidPushType', 'message_fault'],
  ['PayloadEmpty', 'message_fault'],
  ['PayloadTooLarge', 'message_fault'],
  // Faults of the one who talks to Apple, or Apple's own.
  ['BadPath', 'transient'],
  ['DuplicateHeaders', 'transient'],
  ['IdleTimeout', 'transient'],
  ['InternalServerError', 'transient'],
  ['MethodNotAllowed', 'transient'],
  ['MissingDeviceToken', 'transient'],
  ['ServiceUnavailable', 'transient'],
  ['Shutdown', 'transient'],
  ['TooManyProviderTokenUpdates', 'transient'],
  ['TooManyRequests', 'transient'],
]);

/** Codes under which a delivery fails because of its message: the same message is refused again. */
export const refusedMessageCodes: readonly string[] = [
  'DeveloperError',
  ...[...faultKinds, ...apnsReasonKinds].flatMap(([code, kind]) => (kind === 'message_fault' ? [code] : [])),
];

/** Classifies the `details` of an error ticket or receipt; any value is taken. */
export function deliveryFault(details: unknown): DeliveryFault {
  const code = codeField(details, 'error');
  if (code === 'DeveloperError') return developerFault(details);
  return { kind: faultKinds.get(code ?? '') ?? 'transient', code: code ?? 'UNKNOWN_ERROR' };
}

function developerFault(details: unknown): DeliveryFault {
  const reason = codeField(field(details, 'apns'), 'reason');
  return { kind: apnsReasonKinds.get(reason ?? '') ?? 'message_fault', code: reason ?? 'DeveloperError' };
}
