const BARE_UUID = /^[a-z\d]{8}-[a-z\d]{4}-[a-z\d]{4}-[a-z\d]{4}-[a-z\d]{12}$/i;

/** The rule of Expo's own SDK (`isExpoPushToken`), which also lets an empty bracket through. */
export function isExpoPushToken(token: string): boolean {
  if (token.endsWith(']')) {
    return token.startsWith('ExponentPushToken[') || token.startsWith('ExpoPushToken[');
  }
  return BARE_UUID.test(token);
}
