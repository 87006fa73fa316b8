/** Bodies as the Expo Push Service was seen to send them, shortened only in tokens and ids. */

export const ok = (id: string) => ({ status: 'ok', id });

export const deadToken = (token: string) => ({
  status: 'error',
  message: `"${token}" is not a registered push notification recipient or it is associated with a project that does not exist.`,
  details: { error: 'DeviceNotRegistered', expoPushToken: token },
});

export const malformedToken = (token: string) => ({
  status: 'error',
  message: `"${token}" is not a valid Expo push token`,
  details: { error: 'DeviceNotRegistered', expoPushToken: token },
});

export const missingFcmKey = {
  status: 'error',
  message:
    "Unable to retrieve the FCM server key for the recipient's app. Make sure you have provided a server key as directed by the Expo FCM documentation.",
  details: { error: 'InvalidCredentials', fault: 'developer' },
};

const requestId = '7d1f0b46-93a6-4c08-bd0c-4c2f8fa3b0ad';

export const mixedProjects = (details: Record<string, readonly string[]>) => ({
  errors: [
    {
      code: 'PUSH_TOO_MANY_EXPERIENCE_IDS',
      type: 'USER',
      message:
        'All push notification messages in the same request must be for the same project; check the details field to investigate conflicting tokens.',
      details,
      isTransient: false,
      requestId,
    },
  ],
});

export const tooManyNotifications = {
  errors: [
    {
      code: 'PUSH_TOO_MANY_NOTIFICATIONS',
      message: 'You can send a maximum of 100 notifications per request (received 115); divide your requests.',
      isTransient: false,
      requestId,
    },
  ],
};

export const validationError = {
  errors: [{ code: 'VALIDATION_ERROR', message: '[0].data must be of type object.', isTransient: false, requestId }],
};

export const tooManyRequests = {
  errors: [
    { code: 'TOO_MANY_REQUESTS', message: 'Exceeded 600 notifications per second, please try again.', isTransient: true, requestId },
  ],
};

export const invalidToken = { error: 'invalid_token', error_description: 'The bearer token is invalid' };

export const unauthorized = {
  errors: [
    { code: 'UNAUTHORIZED', message: 'Insufficient permissions to send push notifications to @owner/slug', isTransient: false, requestId },
  ],
};

export const internalServerError = { errors: [{ code: 'INTERNAL_SERVER_ERROR', message: 'An unknown error occurred.' }] };

export const gatewayTimeoutHtml =
  '<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n<body>\r\n<center><h1>504 Gateway Time-out</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n';

export const upstreamReset = 'upstream connect error or disconnect/reset before headers. reset reason: connection termination';

export const apnsBadTokenReceipt = {
  status: 'error',
  message: 'The Apple Push Notification service failed to send the notification (reason: BadDeviceToken, status code: 400).',
  messageEnum: 1006,
  messageParamValues: ['BadDeviceToken', '400'],
  details: { apns: { reason: 'BadDeviceToken', statusCode: 400 }, error: 'DeveloperError', errorCodeEnum: 2, sentAt: 1782424694 },
};

export const fcmDeadReceipt = {
  status: 'error',
  message: 'The recipient device is not registered with FCM.',
  details: { error: 'DeviceNotRegistered', fcm: { error: 'NotRegistered' } },
};
