/** Expo's answer for one recipient: taken, with the id to ask a receipt for, or refused at once. */
export type ExpoTicket =
  | { readonly status: 'ok'; readonly id: string }
  | {
      readonly status: 'error';
      readonly message: string;
      readonly details: { readonly error: 'DeviceNotRegistered' | 'MessageTooBig'; readonly expoPushToken: string };
    };

export function okTicket(id: string): ExpoTicket {
  return { status: 'ok', id };
}

export function malformedToken(token: string): ExpoTicket {
  return refused('DeviceNotRegistered', `"${token}" is not a valid Expo push token`, token);
}

/** The device is signed out, or its provider called it dead. */
export function inactiveToken(token: string): ExpoTicket {
  const message = `"${token}" is not a registered push notification recipient or it is associated with a project that does not exist.`;
  return refused('DeviceNotRegistered', message, token);
}

export function tooBig(token: string): ExpoTicket {
  return refused('MessageTooBig', 'The total notification payload was too large: it must be at most 4096 bytes.', token);
}

function refused(error: 'DeviceNotRegistered' | 'MessageTooBig', message: string, expoPushToken: string): ExpoTicket {
  return { status: 'error', message, details: { error, expoPushToken } };
}
