const longestToken = 255;

/** Something between the brackets (the SDK takes nothing, too), printable and without blanks or more brackets. */
const bracketForm = /^Expo(?:nent)?PushToken\[[\x21-\x5a\x5c\x5e-\x7e]+\]$/;

/** An older form that the service still takes; letters beyond hexadecimal included, as in the SDK. */
const bareForm = /^[a-z\d]{8}-[a-z\d]{4}-[a-z\d]{4}-[a-z\d]{4}-[a-z\d]{12}$/i;

/** True for a text that the Expo Push Service could have given out. Raw FCM and APNs tokens are not among them. */
export function isExpoToken(token: string): boolean {
  return token.length <= longestToken && (bracketForm.test(token) || bareForm.test(token));
}
