import type { ReceiptKind } from '../tokens/behaviours.js';

/** JSON of one receipt; null for one that never comes. `BadDeviceToken` and `DeviceNotRegistered` are recorded shapes. */
export function receiptText(kind: ReceiptKind, acceptedAtMs: number): string | null {
  switch (kind) {
    case 'ok':
      return '{"status":"ok"}';
    case 'never':
      return null;
    case 'DeviceNotRegistered':
      return '{"status":"error","message":"The recipient device is not registered with FCM.","details":{"error":"DeviceNotRegistered","fcm":{"error":"NotRegistered"}}}';
    case 'BadDeviceToken':
      return `{"status":"error","message":"The Apple Push Notification service failed to send the notification (reason: BadDeviceToken, status code: 400).","messageEnum":1006,"messageParamValues":["BadDeviceToken","400"],"details":{"apns":{"reason":"BadDeviceToken","statusCode":400},"error":"DeveloperError","errorCodeEnum":2,"sentAt":${Math.floor(acceptedAtMs / 1000)}}}`;
    case 'MessageTooBig':
      return coded(kind, 'The total notification payload was too large: it must be at most 4096 bytes.');
    case 'MessageRateExceeded':
      return coded(kind, 'You are sending messages too frequently to the given device.');
    case 'MismatchSenderId':
      return coded(kind, 'There is an issue with your FCM push credentials: the sender does not match.');
    case 'InvalidCredentials':
      return coded(kind, 'The push notification credentials of the standalone app are invalid (InvalidProviderToken).');
    case 'ProviderError':
      return coded(kind, 'The push service of the platform failed.');
    case 'ExpoError':
      return coded(kind, 'An error occurred at Expo.');
    case 'without_details':
      return '{"status":"error","message":"The notification could not be delivered."}';
    case 'unknown_code':
      return coded('SomethingNew', 'Something new went wrong.');
  }
}

function coded(error: string, message: string): string {
  return JSON.stringify({ status: 'error', message, details: { error } });
}
